"""Characters that show nothing are dropped; those that a script or an emoji needs stay."""

from __future__ import annotations

import pytest

from sitegen.text.characters import visible

DROPPED = [
    "\u00ad", "\u034f", "\u061c", "\u180e", "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u202a", "\u202e",
    "\u2060", "\u2061", "\u2063", "\u2066", "\u2069", "\u206f", "\u3164", "\ufe0f", "\ufeff", "\ufff9",
    "\U000e0041", "\ufdd0", "\uffff",
]  # fmt: skip
KEPT = {
    "Persian": "می\u200cخواهم کتاب\u200cها",
    "Arabic at the end of a word": "ه\u200d",
    "Hindi": "क्\u200dष और क्\u200cष",
    "Sinhala": "ශ්\u200dරී",
    "Mongolian": "\u182c\u1820\u1837\u180e\u1820",
    "woman scientist": "👩\u200d🔬",
    "rainbow flag": "🏳\ufe0f\u200d🌈",
    "skin tone": "👨🏽\u200d💻",
    "flag of England": "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "heart": "I ❤\ufe0f cells ©\ufe0f",
    "keycap": "1\ufe0f\u20e3",
    "variant of an ideograph": "葛\U000e0100城",
    "blanks": "5\u00a0µm,\u2009a\u3000b\u2028c",
    "accents": "e\u0301 İstanbul Ḿ 𝒳 ≤ –",
}


@pytest.mark.parametrize("sign", DROPPED, ids=ascii)
def test_a_character_that_shows_nothing_is_dropped(sign: str) -> None:
    assert visible(f"{sign}Ada{sign} Exam{sign}plé{sign}") == "Ada Examplé"


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT.keys())
def test_what_a_script_or_an_emoji_needs_stays(text: str) -> None:
    assert visible(text) == text


def test_a_repeated_joiner_stays_once() -> None:
    assert visible("می\u200c\u200cخواهم") == "می\u200cخواهم"
