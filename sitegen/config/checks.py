"""Checks of settings that are codes or names: each returns the text to use, or raises ValueError(message, remedy)."""

from __future__ import annotations

import re
import zoneinfo

from sitegen.config.toml import shown
from sitegen.models import ArxivId

# A well-formed language tag, RFC 5646 section 2.1, without the grandfathered ones.
_LANGUAGE = re.compile(
    r"[a-z]{2,3}(?:-[a-z]{3}){0,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*(?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?",
    re.I | re.A,
)
_COLOR = re.compile(r"#[0-9a-f]{6}", re.I)
_CATEGORY = re.compile(r"[a-z]+(?:-[a-z]+)*(?:\.[A-Za-z]+(?:-[A-Za-z]+)*)?")


def language(text: str) -> str:
    """Return a BCP 47 language code."""
    if not _LANGUAGE.fullmatch(text):
        proposal = text.replace("_", "-").partition(".")[0]
        remedy = f"write {proposal}" if _LANGUAGE.fullmatch(proposal) else "such as en, de or pt-BR"
        raise ValueError(f"expected a BCP 47 language code, found {shown(text)}", remedy)
    return text


def timezone(text: str) -> str:
    """Return the IANA name of a time zone."""
    # ZoneInfo also opens "localtime", which is a different zone on each machine.
    try:
        zoneinfo.ZoneInfo(text)
        known = text != "localtime"
    except (KeyError, ValueError, OSError):
        known = False
    if not known:
        from difflib import get_close_matches  # imported here, because only mistakes need it

        names = {name.lower(): name for name in sorted(zoneinfo.available_timezones() - {"localtime"})}
        near = get_close_matches(text.lower(), names, n=1)
        remedy = f"did you mean {names[near[0]]}?" if near else "such as UTC or Europe/Berlin"
        raise ValueError(f"expected the IANA name of a time zone, found {shown(text)}", remedy)
    return text


def color(text: str) -> str:
    """Return a colour as #rrggbb, in lower case."""
    if not _COLOR.fullmatch(text):
        raise ValueError(
            f"expected a colour such as #0d5c63, found {shown(text)}", "write # and six hexadecimal digits"
        )
    return text.lower()


def category(text: str) -> str:
    """Return arXiv's code of a category."""
    if not _CATEGORY.fullmatch(text):
        archive, _, subject = text.replace("/", ".").partition(".")
        # Subjects are two capital letters, except in physics.
        proposal = f"{archive.lower()}.{subject.upper()}"
        likely = len(subject) == 2 and _CATEGORY.fullmatch(proposal)
        remedy = f"did you mean {proposal}?" if likely else "such as q-bio.NC or hep-th"
        raise ValueError(f"expected an arXiv category, found {shown(text)}", remedy)
    return text


def identifier(text: str) -> ArxivId:
    """Return an arXiv identifier."""
    try:
        return ArxivId.parse(text)
    except ValueError as error:
        raise ValueError(str(error), "such as 2603.07369 or q-bio/0309001") from None
