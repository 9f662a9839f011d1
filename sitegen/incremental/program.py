"""The digest of the program: what another version of it has kept in the cache is not used."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

from sitegen import __version__

_PACKAGE = Path(__file__).parents[1]

# Libraries whose versions affect the bytes of pages.
_LIBRARIES = {"anyascii", "feedparser", "jinja2", "markdown", "markupsafe", "math_core", "msgspec", "nh3"}
_LIBRARIES |= {"pylatexenc", "tzdata"}


@functools.cache  # it is that of the program that runs: a build of three papers takes a tenth less in the preview
def program_digest() -> bytes:
    """Return the 16-byte digest of sitegen's source code and of its libraries' versions."""
    digest = blake2b(__version__.encode(), digest_size=16)
    for library in sorted(_installed()):
        digest.update(library.encode() + b"\0")
    for path in sorted(_PACKAGE.rglob("*.py")):
        digest.update(path.relative_to(_PACKAGE).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.digest()


def _installed() -> Iterator[str]:
    """Yield the libraries with their versions (``msgspec-0.19.0``)."""
    for folder in filter(os.path.isdir, sys.path):
        for entry in os.scandir(folder):
            # importlib.metadata would find the versions too, but takes 25 ms to import.
            name, _, version = entry.name.removesuffix(".dist-info").partition("-")
            if entry.name.endswith(".dist-info") and name.lower().replace("-", "_") in _LIBRARIES:
                yield f"{name.lower()}-{version}"
