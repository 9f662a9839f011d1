"""Forms slugs: short ASCII names for URLs, unique also on file systems that ignore case and Unicode form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from hashlib import blake2b

from sitegen.text import lines

LONGEST = 80  # characters
_LONGEST_INPUT = 4 * LONGEST  # characters of a text that are used
_FEWEST_DIGITS = 6  # hexadecimal digits of the digest that is appended to a slug that is taken

_BETWEEN = re.compile(r"[^a-z0-9]+")
_LETTERS = lines.Transliteration(
    lambda text: _BETWEEN.sub("-", text.replace("'", "").lower()),
    {ord("\n"): "\n", **dict.fromkeys(map(ord, "'’ʼ`"))},
)


def slugify(text: str) -> str:
    """Return text as lower-case ASCII letters, digits and single hyphens; "" if it has no letters or digits.

    Other scripts are transliterated (anyascii). A slug is cut to 80 characters, at a hyphen if it has one.
    """
    slug = _hyphenated(text[:_LONGEST_INPUT].replace("\n", " "))
    if len(slug) <= LONGEST:
        return slug
    head, hyphen, _ = slug[: LONGEST + 1].rpartition("-")
    return head if hyphen else slug[:LONGEST]


def slugify_all(texts: Sequence[str]) -> list[str]:
    """Return ``slugify`` of each text."""
    slugs = lines.map_lines(_hyphenated, texts)
    if max(map(len, slugs), default=0) > LONGEST or max(map(len, texts), default=0) > _LONGEST_INPUT:
        return [
            slugify(text) if len(slug) > LONGEST or len(text) > _LONGEST_INPUT else slug
            for slug, text in zip(slugs, texts, strict=True)
        ]
    return slugs


def _hyphenated(text: str) -> str:
    """Return each line of the text as a slug of any length."""
    return lines.squeezed(text.translate(_LETTERS), "-")


# Windows reserves these names for devices, in upper and lower case and with any suffix:
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file
DEVICES = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$", "clock$"]
    + [f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"]
)


def is_device(name: str) -> bool:
    """Return whether Windows treats a file or folder of this name as a device."""
    return name.partition(".")[0].rstrip(" ").lower() in DEVICES


def portable(path: str) -> str:
    """Return a path with a hyphen added to each name that Windows treats as a device: ``docs/aux-``."""
    return "/".join([_no_device(name) if is_device(name) else name for name in path.split("/")])


def _no_device(name: str) -> str:
    stem, point, ending = name.partition(".")
    return f"{stem}-{point}{ending}"


def unique_slugs(keys: Sequence[str], texts: Sequence[str], reserved: Iterable[str] = ()) -> list[str]:
    """Return a unique slug for each text; ``keys`` are unique, and earlier texts have precedence.

    The first text with a slug gets it unchanged. Later ones, and slugs that are reserved or names of devices, get a
    digest of the key appended, which does not depend on other texts. Therefore a slug does not change as long as the
    texts before it stay the same.
    """
    slugs = slugify_all(texts)
    taken = {"", *reserved, *DEVICES}
    for index, slug in enumerate(slugs):
        if slug in taken:
            slug = slugs[index] = _with_digest(slug or "x", keys[index], taken)
        taken.add(slug)
    return slugs


def _with_digest(slug: str, key: str, taken: set[str]) -> str:
    """Return the slug with as many digits of the key's digest as make it differ from those taken."""
    digest = blake2b(key.encode("utf-8", "surrogatepass")).hexdigest()
    digits = _FEWEST_DIGITS
    while (candidate := f"{slug}-{digest[:digits]}") in taken:
        digits += 1
        if digits > len(digest):
            digest += blake2b(digest.encode()).hexdigest()
    return candidate
