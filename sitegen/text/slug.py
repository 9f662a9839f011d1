"""Short ASCII names for URLs, unique on file systems that fold case and Unicode forms as well."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from hashlib import blake2b

from sitegen.text import lines

LONGEST = 80  # characters
_READ = 4 * LONGEST  # of a text, to make one
_DIGITS = 6  # of a digest that tells equal slugs apart, to begin with

_BETWEEN = re.compile(r"[^a-z0-9]+")
_LETTERS = lines.Letters(
    lambda text: _BETWEEN.sub("-", text.replace("'", "").lower()),
    {ord("\n"): "\n", **dict.fromkeys(map(ord, "'’ʼ`"))},
)


def slugify(text: str) -> str:
    """Return text in lower-case ASCII letters, digits and single hyphens, "" if nothing is left of it.

    Other scripts are transliterated (anyascii); what is longer than 80 characters is cut at a hyphen.
    """
    slug = _hyphenated(text[:_READ].replace("\n", " "))
    if len(slug) <= LONGEST:
        return slug
    head, hyphen, _ = slug[: LONGEST + 1].rpartition("-")
    return head if hyphen else slug[:LONGEST]


def slugified(texts: Sequence[str]) -> list[str]:
    """Return the ``slugify`` of each text."""
    slugs = lines.each(_hyphenated, texts)
    if max(map(len, slugs), default=0) > LONGEST or max(map(len, texts), default=0) > _READ:
        return [
            slugify(text) if len(slug) > LONGEST or len(text) > _READ else slug
            for slug, text in zip(slugs, texts, strict=True)
        ]
    return slugs


def _hyphenated(text: str) -> str:
    return lines.squeezed(text.translate(_LETTERS), "-")


# Windows keeps these names for devices, whatever their case, with any ending behind a full stop:
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file
DEVICES = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$", "clock$"]
    + [f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"]
)


def is_device(name: str) -> bool:
    """Return whether Windows takes the name of a file or folder for a device."""
    return name.partition(".")[0].rstrip(" ").lower() in DEVICES


def portable(path: str) -> str:
    """Return a path with a hyphen in each of its names that Windows would take for a device: ``docs/aux-``."""
    return "/".join([_no_device(name) if is_device(name) else name for name in path.split("/")])


def _no_device(name: str) -> str:
    stem, point, ending = name.partition(".")
    return f"{stem}-{point}{ending}"


def unique_slugs(keys: Sequence[str], texts: Sequence[str], reserved: Iterable[str] = ()) -> list[str]:
    """Give each key, in order of precedence, a slug of its text that no other one has.

    The first with a slug has it plain; a later one, or one that is reserved or the name of a device, appends a digest
    of its key, which does not depend on the others. So nobody's slug changes while those before in the order stay. A
    key counts once: no two of them are the same.
    """
    slugs = slugified(texts)
    taken = {"", *reserved, *DEVICES}
    for index, slug in enumerate(slugs):
        if slug in taken:
            slug = slugs[index] = _with_digest(slug or "x", keys[index], taken)
        taken.add(slug)
    return slugs


def _with_digest(slug: str, key: str, taken: set[str]) -> str:
    digest = blake2b(key.encode("utf-8", "surrogatepass")).hexdigest()
    digits = _DIGITS
    while (candidate := f"{slug}-{digest[:digits]}") in taken:
        digits += 1
        if digits > len(digest):
            digest += blake2b(digest.encode()).hexdigest()
    return candidate
