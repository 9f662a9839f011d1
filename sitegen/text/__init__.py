"""From what authors wrote to what a page shows: TeX, names, slugs, abstracts."""

# Stands for the way back to the site's root in markup that is made before its page is known; the renderer puts
# the page's own "../" there. NUL can come from no feed (XML forbids it) and content.py strips it.
ROOT = "\0"

# Begins a link of the owner's text to a paper, before the identifier, until the papers of the archive are known
# (site/urls.py has the addresses).
PAPER_LINK = f"{ROOT}arxiv:"
