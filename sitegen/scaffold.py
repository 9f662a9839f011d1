"""``sitegen new``: make a folder for a new site, which builds as it is; comments in its files explain the rest."""

from __future__ import annotations

import os
from pathlib import Path

from sitegen import resources
from sitegen.errors import SitegenError

_SITE_TOML = """\
# The settings of this site. Lines that begin with # are comments; a setting that is
# commented out shows its default, unless it says "for example".

# The site's name. The sample feed is of this field; put the name of yours.
title = "Neurons and Cognition"

# The address of the site. Feeds, the sitemap and citations need the full address.
url = "https://example.org/"

# One sentence on what the archive holds, for search engines and previews.
description = "Preprints on neurons and cognition, from arXiv."

# Language of the site's own text, as a BCP 47 code.
# language = "en"

# Who runs the site, their page and their e-mail address; for example:
# owner = "The Example Lab"
# owner_url = "https://example.org/lab/"
# contact = "archive@example.org"

# The site's repository on GitHub, where readers can report mistakes about authors; for example:
# repository = "OWNER/NAME"

# The time zone in which a day begins and ends.
# timezone = "UTC"

# Colour of links, marks and pictures; it is made darker or lighter where it could not be read otherwise.
# theme_color = "#0d5c63"

# Whether browsers keep the pages that a reader has visited or saved, for use without a network.
# offline = false

# Whether HTML in pages and notes is published as it is written, with scripts, styles and frames; without this, all
# that could run or load something is left out. Set it only if you read every page and note before it is published.
# Browsers still refuse inline scripts and other hosts, until a base.html of your own changes the policy of pages.
# unsafe_html = false

[field]
# What the archive is about, and arXiv's code for it (https://arxiv.org/category_taxonomy).
name = "Neurons and Cognition"
category = "q-bio.NC"

[lists]
# Papers, or names, on one page of a list: 10 to 500.
# page_size = 100
# Papers in an Atom feed.
# feed_size = 50
# So many papers earn a person a feed and a .bib file of their own.
# person_feed = 3
# Authors that a paper's page shows before it folds the rest.
# fold_authors = 20
# Days on the front page.
# home_days = 5

# Links at the top of every page. The first of these tables replaces the built-in links.
# A page is a path below the site's root ("/" is the front page) or an https address; for example:
# [[navigation]]
# label = "About"
# page = "about/"

# Saved searches: each has a page under watch/ and an Atom feed; for example:
# [[watch]]
# title = "Grid cells"
# query = "grid cell OR place cell"
# slug = "grid-cells"

[fetch]
# What to ask of arXiv's API: categories, or a query in the API's own language
# (https://info.arxiv.org/help/api/user-manual.html), and single papers besides; for example:
# categories = ["q-bio.NC"]
# query = "cat:q-bio.NC AND abs:hippocampus"
# ids = ["2603.07369"]
# Oldest day of submission; for example:
# since = 2026-01-01
# How arXiv can reach you, an e-mail address or an https address; for example:
# contact = "archive@example.org"
# Papers to ask for in one run, 0 for no limit.
# max = 0
# endpoint = "https://export.arxiv.org/api/query"
"""

_ABOUT = """\
+++
description = "What this archive is, and where its papers come from."
+++

# About

This archive gathers preprints of one field from [arXiv](https://arxiv.org/): a page for each paper, each
author and each day. This page is yours to write; it is the file `content/pages/about.md`.

## Where the papers come from

All data on papers come from arXiv's feeds. Thank you to arXiv for use of its open access interoperability.
"""

_PEOPLE_TOML = """\
# Who is who. Papers print names in many forms, and sitegen joins only those that differ in case, spacing, full
# stops, hyphens or titles. Say here which other forms are the same person: take out the # in front of an example
# and mend it. `sitegen authors suggest` lists likely ones, and `sitegen authors suggest --review` asks about each
# and writes the answers into this file.

# [[person]]
# name = "Ada M. Example"                 # the form to show
# names = ["A. M. Example", "A. Example"] # other forms that papers print
# id = "ada-example"                      # optional: the last part of the page's address
# orcid = "0000-0002-1825-0097"           # optional
# homepage = "https://example.org/ada/"   # optional

# A changed name. The site keeps no trace of the former ones, neither on pages nor in exports nor as addresses.
# [[person]]
# name = "Bo Sample"
# names = ["Former Sample"]
# silent = true

# Two persons with one name: say which papers are whose. Papers that nobody lists stay with the name.
# [[person]]
# name = "Wei Wang"
# id = "wei-wang-2"
# papers = ["2603.07369", "2603.07364"]

# Persons who differ, although their names could be forms of one: `sitegen authors suggest` leaves them out.
# [[different]]
# names = ["J. Example", "Jane Example"]
"""

_EXAMPLE_NOTE = """\
+++
arxiv = "2603.07369"
author = "Your name"
date = 2026-03-22
+++

# What we made of it

A note stands on the page of its paper. This one is not published, because its file's name begins with an
underscore. Other papers are linked as [this one](arxiv:2603.07364), pages of the site as [About](/about/).
"""

_GITIGNORE = """\
output/
.output.sitegen-*
.sitegen/
"""

_TEMPLATES_README = "A template that you put here wins over sitegen's own template of the same name.\n"
_STATIC_README = (
    "A file that you put here is published with the site, and wins over sitegen's own of the same name.\n"
)

_FILES = {
    "content/site.toml": _SITE_TOML,
    "content/pages/about.md": _ABOUT,
    "content/people.toml": _PEOPLE_TOML,
    "content/notes/_example.md": _EXAMPLE_NOTE,
    "templates/README.md": _TEMPLATES_README,
    "static/README.md": _STATIC_README,
    ".gitignore": _GITIGNORE,
}
_FEED = "content/feeds/sample.xml"


_WORKFLOW = ".github/workflows/site.yml"
_INSTALL_COMMAND = "pip install --quiet .\n"


def create(target: Path, *, github: str = "") -> tuple[Path, ...]:
    """Write a new site into a new or empty folder, and return the paths of its files.

    ``github`` is the repository of sitegen on GitHub (``owner/name``); if it is given, the site also has a workflow
    that installs sitegen from there and publishes the site on GitHub Pages. A folder with nothing but ``.git`` counts
    as empty. SitegenError if the folder is not empty or cannot be written.
    """
    files = {name: text.encode() for name, text in _FILES.items()}
    files[_FEED] = resources.sample_feed().read_bytes()
    if github:
        files[_WORKFLOW] = _workflow(github).encode()
    try:
        if os.path.lexists(target) and not target.is_dir():
            raise SitegenError.at(target, "is no folder", "name a folder that is new or empty")
        if target.is_dir() and any(path.name != ".git" for path in target.iterdir()):
            raise SitegenError.at(target, "the folder is not empty", "name a folder that is new or empty")
        return tuple(_write(target / name, data) for name, data in sorted(files.items()))
    except OSError as error:
        path = error.filename or target
        raise SitegenError.at(path, f"cannot be written: {error.strerror}", "name another folder") from error


def _workflow(repository: str) -> str:
    """Return the workflow of sitegen's repository, changed to install sitegen from ``repository``."""
    own = resources.workflow().read_text("utf-8")
    assert own.count(_INSTALL_COMMAND) == 1
    return own.replace(_INSTALL_COMMAND, f'pip install --quiet "git+https://github.com/{repository}"\n')


def _write(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:  # x: fails if another process has made the file meanwhile
        file.write(data)
    return path
