"""Short ASCII names for URLs, unique on file systems that fold case and Unicode forms as well."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from hashlib import blake2b

from anyascii import anyascii

LONGEST = 80  # characters
_DIGITS = 6  # of a digest that tells equal slugs apart, to begin with

_APOSTROPHES = str.maketrans("", "", "'’ʼ`")
_BETWEEN = re.compile(r"[^a-z0-9]+")


def slugify(text: str) -> str:
    """Return text in lower-case ASCII letters, digits and single hyphens, "" if nothing is left of it.

    Other scripts are transliterated (anyascii); what is longer than 80 characters is cut at a hyphen.
    """
    if (
        text.isascii() and len(text) <= LONGEST
    ):  # nearly all names are no more than letters, blanks and full stops
        slug = text.lower().replace(". ", "-").replace(" ", "-").replace(".", "-").strip("-")
        if slug.replace("-", "").isalnum() and "--" not in slug:
            return slug
    text = text[: 4 * LONGEST].translate(_APOSTROPHES)
    if not text.isascii():
        text = anyascii(text).replace("'", "")
    slug = _BETWEEN.sub("-", text.lower()).strip("-")
    if len(slug) <= LONGEST:
        return slug
    head, hyphen, _ = slug[: LONGEST + 1].rpartition("-")
    return head if hyphen else slug[:LONGEST]


def unique_slugs(items: Iterable[tuple[str, str]], reserved: Container[str] = ()) -> dict[str, str]:
    """Give each (key, text), in order of precedence, a slug that no other one has.

    The first with a slug has it plain; a later one, or one that is reserved, appends a digest of its key,
    which does not depend on the others. So nobody's slug changes while those before in the order stay.
    """
    slugs: dict[str, str] = {}
    taken: set[str] = set()
    for key, text in items:
        if key in slugs:
            continue
        slug = slugify(text)
        if not slug or slug in taken or slug in reserved:
            slug = _with_digest(slug or "x", key, taken, reserved)
        taken.add(slug)
        slugs[key] = slug
    return slugs


def _with_digest(slug: str, key: str, taken: set[str], reserved: Container[str]) -> str:
    digest = blake2b(key.encode("utf-8", "surrogatepass")).hexdigest()
    digits = _DIGITS
    while (candidate := f"{slug}-{digest[:digits]}") in taken or candidate in reserved:
        digits += 1
        if digits > len(digest):
            digest += blake2b(digest.encode()).hexdigest()
    return candidate
