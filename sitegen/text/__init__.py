"""Converts what authors wrote into what pages show: TeX, names, slugs, abstracts."""

# Placeholder for the relative path to the site's root, in markup that is made before its page is known. The renderer
# replaces it by the page's own "../" prefix. Feeds cannot contain NUL (XML excludes it) and content.py removes it.
ROOT = "\0"

# Prefix of an identifier in the address of a link from a Markdown page to a paper. It is resolved once the papers of
# the archive are known (site/urls.py forms the addresses).
PAPER_LINK = f"{ROOT}arxiv:"
