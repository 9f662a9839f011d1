"""Converts the bytes of a feed file, plain or gzipped and in any supported encoding, to XML in UTF-8."""

from __future__ import annotations

import re
import zlib
from codecs import getincrementaldecoder
from io import BytesIO
from typing import NoReturn

from sitegen.errors import FeedError
from sitegen.feeds import bounds

# Bytes that are decompressed or decoded at a time, so that a large file is in memory once.
_PIECE = 1 << 20
# Bytes of a gzip member that are read first, twice as many each time: a member may be empty.
_FIRST_PIECE = 1 << 10

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_GZIP = b"\x1f\x8b"
_DECLARED = re.compile(rb"<\?xml[^>]*?\sencoding\s*=\s*[\"']([^\"'>]*)[\"']")
_ENCODINGS = {"utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "ascii", "iso-8859-1": "latin-1"}
_WEB_PAGE = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_PAGE_TITLE = re.compile(rb"<title[^>]*>([^<]{1,200})", re.I)

FETCH_AGAIN = "delete the file and fetch it again"
CUT_MESSAGE = "the file is cut short: it ends before the feed does"


def to_utf8(data: bytes, path: str) -> bytes:
    """Return the XML in ``data``, decompressed, in UTF-8 without a byte order mark.

    FeedError if it is too large, damaged, in an unsupported encoding, or evidently not XML.
    """
    if len(data) > bounds.FILE:
        _refuse_size(path)
    if data.startswith(_GZIP):
        data = _gunzip(data, path)
        if data.startswith(_GZIP):
            raise FeedError.at(path, "a gzip file within a gzip file", "unpack it once")
    data = _utf8(data, path)
    _refuse_other_answers(data, path)
    return data


def printable(text: str, limit: int = 100) -> str:
    """Return text from a feed for a message: one line of at most ``limit`` characters, all of them printable."""
    folded = " ".join(text[: 4 * limit].split())
    shown = "".join(char if char.isprintable() else "\ufffd" for char in folded)
    return shown if len(shown) <= limit else shown[: limit - 1].rstrip() + "…"


def _gunzip(data: bytes, path: str) -> bytes:
    """Return the decompressed members of a gzip file (RFC 1952); FeedError if it is damaged or too large."""
    out, view = BytesIO(), memoryview(data)
    at = members = 0
    while data.startswith(_GZIP, at):
        members += 1
        if members > bounds.GZIP_MEMBERS:
            message = f"a gzip file of more than {bounds.GZIP_MEMBERS:,} members"
            raise FeedError.at(path, message, "pack it again as one")
        try:
            at += _unpack_member(view[at:], out, path)
        except zlib.error as error:
            raise FeedError.at(path, f"the gzip file is damaged: {error}", FETCH_AGAIN) from None
    if view[at : at + 1] and data[at:].strip(b"\0"):  # some mirrors pad files with zeros
        raise FeedError.at(path, "the gzip file is damaged: other data follows its end", FETCH_AGAIN)
    return out.getvalue()  # shares the memory of ``out``


def _unpack_member(view: memoryview, out: BytesIO, path: str) -> int:
    """Append the first gzip member to ``out``; return its compressed size. zlib.error if it is damaged."""
    unpack = zlib.decompressobj(wbits=31)
    at, size = 0, _FIRST_PIECE
    while not unpack.eof:
        piece = view[at : at + size]
        if not piece:
            raise FeedError.at(path, "the gzip file is cut short", FETCH_AGAIN)
        room = bounds.FILE + 1 - out.tell()
        out.write(unpack.decompress(piece, min(room, _PIECE)))
        if out.tell() > bounds.FILE:
            _refuse_size(path)
        at += len(piece) - len(unpack.unused_data) - len(unpack.unconsumed_tail)
        size = min(2 * size, _PIECE)
    return at


def _utf8(data: bytes, path: str) -> bytes:
    """Return the document in UTF-8, so that expat and feedparser cannot disagree about its encoding."""
    encoding = next((name for mark, name in _BOMS if data.startswith(mark)), "")
    if encoding:
        data = data[3 if encoding == "utf-8" else 2 :]
    elif data.startswith((b"<\0", b"\0<")):
        encoding = "utf-16-le" if data.startswith(b"<\0") else "utf-16-be"
    else:
        found = _DECLARED.match(data[: bounds.PROLOG])
        declared = found[1].decode("ascii", "replace").lower() if found else "utf-8"
        encoding = _ENCODINGS.get(declared, "")
        if not encoding:
            message = f"declares the encoding «{printable(declared, 40)}», which is not supported"
            raise FeedError.at(path, message, "save the file as UTF-8", line=1)
    return _decoded(data, encoding, path)


def _decoded(data: bytes, encoding: str, path: str) -> bytes:
    """Return the document in UTF-8; FeedError if some bytes are not valid in its encoding."""
    decoder = getincrementaldecoder(encoding)()
    out, view = BytesIO(), memoryview(data)
    for start in range(0, len(data) or 1, _PIECE):
        waiting = len(decoder.getstate()[0])  # bytes of a character that began in the piece before
        try:
            text = decoder.decode(view[start : start + _PIECE], final=start + _PIECE >= len(data))
        except UnicodeDecodeError as error:
            _refuse_other_answers(data, path)
            line = data.count(b"\n", 0, start - waiting + error.start) + 1
            if error.end == len(error.object) and error.reason in (
                "unexpected end of data",
                "truncated data",
            ):
                raise FeedError.at(path, CUT_MESSAGE, FETCH_AGAIN, line=line) from None
            message = f"declares {encoding.upper()}, but has bytes that are not valid in it"
            remedy = f"{FETCH_AGAIN}, or save it as UTF-8"
            raise FeedError.at(path, message, remedy, line=line) from None
        if encoding != "utf-8":
            out.write(text.encode("utf-8"))
    return data if encoding == "utf-8" else out.getvalue()


def _refuse_other_answers(data: bytes, path: str) -> None:
    """Refuse what arXiv sends instead of a feed when it is busy: nothing, a web page, or a line of text."""
    head = data[: bounds.PROLOG].lstrip()
    if not head and not data.strip():
        raise FeedError.at(path, "the file is empty", FETCH_AGAIN)
    if _WEB_PAGE.match(head):
        refuse_web_page(data, path)
    if head and not head.startswith(b"<"):
        said = printable(head.decode("utf-8", "replace"))
        raise FeedError.at(
            path, f"plain text, not a feed: «{said}»", f"wait some minutes, then {FETCH_AGAIN}", line=1
        )


def refuse_web_page(data: bytes, path: str) -> NoReturn:
    title = _PAGE_TITLE.search(data[: 1 << 16])
    about = f" («{printable(title[1].decode('utf-8', 'replace'))}»)" if title else ""
    message = f"arXiv answered with a web page{about}, not with a feed"
    raise FeedError.at(path, message, f"wait some minutes, then {FETCH_AGAIN}")


def _refuse_size(path: str) -> NoReturn:
    message = f"holds more than {bounds.FILE >> 20} MB of XML"
    raise FeedError.at(path, message, "split it into feeds of fewer entries")
