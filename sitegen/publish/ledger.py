"""What the persons and papers of the last build were, so that pages of those who are the same are not even looked at.

It holds for the very files that the build wrote. It may be deleted or damaged at any time; the next build then looks
at all pages, and finds the same.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from sitegen import sealed
from sitegen.pages.state import State


class Ledger(msgspec.Struct, frozen=True, array_like=True):
    """What a build made the pages of papers and persons of."""

    listed: bytes  # digest of the manifest that the build wrote
    look: bytes  # digest of the templates of papers and persons, and of all else that makes their pages
    frames: bytes  # digest of what is around the blocks of these pages
    state: State


_DECODER = msgspec.msgpack.Decoder(Ledger)


def recall(place: Path, listed: bytes, look: bytes) -> Ledger | None:
    """Return the ledger of a build that wrote this manifest with this look."""
    if (body := sealed.recall(place.with_suffix(".ledger"))) is None:
        return None
    try:
        ledger = _DECODER.decode(body)
    except msgspec.MsgspecError:  # of another version of the program
        return None
    return ledger if (ledger.listed, ledger.look) == (listed, look) else None


def keep(place: Path, ledger: Ledger) -> None:
    """Keep a ledger; where it can't be kept, the next build takes longer."""
    sealed.keep(place.with_suffix(".ledger"), msgspec.msgpack.encode(ledger))
