"""Requests to arXiv, with pauses and retries; the only module that uses the network.

Requests are made one after another on one connection, with three seconds between the end of one and the beginning
of the next (https://info.arxiv.org/help/api/tou.html). A request that fails, or whose answer is rejected by its
parser, is repeated after a pause that grows and is partly random; after the last attempt it is a FetchError. It is
one too when all failed requests of a client, with their pauses, would take longer than ``RequestPolicy.failures``.

The server is not trusted. A request ends at its deadline, whatever it waits for: asyncio cancels it during the lookup
of the host's name, the connection, the headers and the body. The memory of an answer is bounded too: by httpx for the
headers, by ``RequestPolicy.largest`` for the decompressed body.

The clock and the random numbers are passed in, so that tests need not wait. Deadlines are in real time.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, TypeVar

import msgspec

from sitegen import __version__
from sitegen.errors import FetchError

if TYPE_CHECKING:
    import httpx

ATTEMPTS = 7  # of one request; the pauses between them add up to about four minutes
_ATTEMPTS_IF_REFUSED = 3  # if arXiv answers that the request itself is wrong
_FIRST_PAUSE, _LONGEST_PAUSE = 5.0, 120.0  # seconds
_LONGEST_RETRY_AFTER = 600.0  # seconds; if arXiv asks for a longer pause, the fetch ends
_MAX_REDIRECTS = 3
_PARSED = frozenset({200, 400})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_REQUEST_ERRORS = frozenset({400, 401, 403, 404, 410})
_LATER = "fetch again later; what has arrived is kept"
_LONGEST_REASON = 200  # characters of an error, which may quote what the server sent
_ARXIV = re.compile(r"(?:[a-z]+\.)?arxiv\.org")

T = TypeVar("T")


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """The time and random numbers; a test passes functions of its own."""

    monotonic: Callable[[], float] = time.monotonic  # seconds
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    random: Callable[[], float] = random.random  # at least 0, below 1


class RequestPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Limits of requests; times are in seconds."""

    spacing: float = 3.0  # from the end of one request to the beginning of the next
    connect: float = 15.0  # to connect
    read: float = 60.0  # without receiving a byte
    whole: float = 300.0  # from looking up the host's name to the last byte of the answer
    largest: int = 32 << 20  # bytes of one answer, decompressed; 1,000 papers are about 3 MB
    failures: float = 1800.0  # of all failed requests together, with the pauses after them


class Rejected(Exception):
    """A request failed, or its answer cannot be true; the request is to be repeated.

    ``wait`` is the pause that arXiv asks for, in seconds; ``refused`` is true if arXiv calls the request wrong.
    """

    def __init__(self, message: str, *, wait: float = 0.0, refused: bool = False) -> None:
        super().__init__(message)
        self.wait, self.refused = wait, refused


class ArxivClient:
    """A connection to arXiv. ``requests`` is the number of requests made."""

    def __init__(
        self,
        endpoint: str,
        contact: str,
        *,
        clock: Clock,
        policy: RequestPolicy | None = None,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        """``contact`` is sent in User-Agent; ``say`` is called with a line for each request that is repeated."""
        import httpx  # here, because the import takes 100 ms and only a fetch needs it

        self.endpoint = endpoint
        self.requests = 0
        self._policy = policy or RequestPolicy()
        self._clock = clock
        self._say = say
        self._lost = 0.0  # seconds, of failed requests and the pauses after them
        # The first request waits too: another fetch may have ended just now.
        self._ready = clock.monotonic() + self._policy.spacing
        self._runner = asyncio.Runner()
        self._client = httpx.AsyncClient(
            # Not all that httpx can decode: only of gzip is the size known before it is in memory.
            headers={"User-Agent": f"sitegen/{__version__} ({contact})", "Accept-Encoding": "gzip"},
            timeout=httpx.Timeout(self._policy.read, connect=self._policy.connect),
            limits=httpx.Limits(max_connections=1),
            # Servers on this machine are reached without the proxy that the environment names.
            mounts={f"all://{name}": None for name in ("127.0.0.1", "localhost", "[::1]")},
        )

    def __enter__(self) -> ArxivClient:
        return self

    def __exit__(self, *_: object) -> None:
        with self._runner:
            self._runner.run(self._client.aclose())

    def now(self) -> datetime:
        """Return the time of the clock that was passed in, with time zone UTC."""
        return self._clock.now()

    def ask(self, url: str, parse: Callable[[bytes], T]) -> T:
        """Return the result of ``parse`` for the answer to a request.

        If ``parse`` raises Rejected, or the request fails, it is repeated. FetchError after the last attempt.
        """
        for attempt in range(1, ATTEMPTS + 1):
            status, began = 0, self._clock.monotonic()
            try:
                status, body = self._follow(url)
                return parse(body)
            except Rejected as rejected:
                failure = rejected
            refused = failure.refused or status in _REQUEST_ERRORS
            if failure.wait > _LONGEST_RETRY_AFTER:
                remedy = f"fetch again in {failure.wait / 60:,.0f} minutes; what has arrived is kept"
                raise FetchError.at(url, f"{failure}; arXiv asks to be left alone", remedy)
            if attempt == (_ATTEMPTS_IF_REFUSED if refused else ATTEMPTS):
                break
            longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (attempt - 1))
            pause = max(failure.wait, longest * (0.5 + self._clock.random() / 2))
            self._lost += self._clock.monotonic() - began + pause
            if self._lost > self._policy.failures:
                message = f"{failure}; failed requests would take more than {self._policy.failures / 60:,.0f} minutes"
                raise FetchError.at(url, message, _LATER)
            self._say(f"{failure}: asking again in {pause:.0f} s")
            self._clock.sleep(pause)
        remedy = "correct the query, or fetch again later" if refused else _LATER
        raise FetchError.at(url, f"{failure} ({attempt} attempts)", remedy)

    def _follow(self, url: str) -> tuple[int, bytes]:
        """Return the status and the body of an answer, following redirects; Rejected if it is none to parse."""
        for _ in range(_MAX_REDIRECTS + 1):
            status, headers, body = self._get(url)
            if status not in _REDIRECTS:
                return status, self._accept(status, headers, body)
            url = self._redirect_target(url, headers.get("location", ""))
        raise Rejected(f"arXiv redirects more than {_MAX_REDIRECTS} times")

    def _redirect_target(self, url: str, location: str) -> str:
        """Return where a redirect leads; Rejected if it is not to be followed."""
        import httpx

        try:
            # Parsed by httpx, which makes the request: another parser might see another host.
            here, there = httpx.URL(url), httpx.URL(url).join(location)
        except httpx.InvalidURL:
            raise Rejected("arXiv redirects to an invalid address") from None
        if not location or there.scheme not in ("http", "https"):
            raise Rejected("arXiv redirects to an invalid address")
        if here.scheme == "https" and there.scheme == "http":
            raise Rejected("arXiv redirects from https to http, which is not followed")
        if there.host != here.host and not (is_arxiv(here.host) and is_arxiv(there.host)):
            raise Rejected(f"arXiv redirects to another host, {there.host[:80]!r}, which is not followed")
        if there.port != here.port:
            raise Rejected(f"arXiv redirects to another port, {there.port}, which is not followed")
        return str(there)

    def _get(self, url: str) -> tuple[int, httpx.Headers, bytes]:
        """Wait for the end of the pause, then make one request; Rejected if no complete answer arrives."""
        import httpx

        while (left := self._ready - self._clock.monotonic()) > 0:
            self._clock.sleep(left)
        self.requests += 1
        try:
            return self._runner.run(self._answer(url))
        except TimeoutError:
            raise Rejected(f"the answer takes longer than {self._policy.whole:g} s") from None
        except httpx.TimeoutException as error:
            raise Rejected(f"arXiv does not answer in time ({type(error).__name__})") from None
        except httpx.InvalidURL:  # httpx looks at the address of a redirect, too
            raise Rejected("arXiv redirects to an invalid address") from None
        except httpx.HTTPError as error:
            reason = str(error)[:_LONGEST_REASON] or type(error).__name__
            raise Rejected(f"the connection failed: {reason}") from None
        finally:
            self._ready = self._clock.monotonic() + self._policy.spacing

    async def _answer(self, url: str) -> tuple[int, httpx.Headers, bytes]:
        """Return status, headers and body of an answer; the body is left out if nobody is going to parse it.

        TimeoutError at the deadline, whatever the request is waiting for.
        """
        async with asyncio.timeout(self._policy.whole), self._client.stream("GET", url) as response:
            is_wanted = response.status_code in _PARSED
            return response.status_code, response.headers, await self._read(response) if is_wanted else b""

    async def _read(self, response: httpx.Response) -> bytes:
        """Return the decompressed body; Rejected if it is too large, damaged, or compressed, but not with gzip."""
        encoding = response.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("identity", "gzip"):
            raise Rejected(f"the answer is compressed as {encoding[:40]!r}, which was not asked for")
        unzip = zlib.decompressobj(16 + zlib.MAX_WBITS) if encoding == "gzip" else None
        body = bytearray()
        async for part in response.aiter_raw():
            try:
                body += unzip.decompress(part, self._policy.largest + 1 - len(body)) if unzip else part
            except zlib.error as error:
                raise Rejected(f"the answer is damaged: {error}") from None
            if len(body) > self._policy.largest:
                raise Rejected(f"the answer is larger than {self._policy.largest / 1e6:,.0f} MB")
            if unzip and unzip.unused_data:
                raise Rejected("the answer is damaged: its compressed data go on after their end")
        if unzip and not unzip.eof:
            raise Rejected("the answer is damaged: its compressed data have no end")
        return bytes(body)

    def _accept(self, status: int, headers: httpx.Headers, body: bytes) -> bytes:
        """Return the body of an answer that can be parsed; Rejected for any other status."""
        # With 400 arXiv sends a feed that holds the reason, which the parser of the answer reads.
        if status == 200 or (status == 400 and body.lstrip().startswith(b"<?xml")):
            return body
        wait = self._retry_after(headers.get("retry-after", "").strip())
        raise Rejected(f"arXiv answers with HTTP {status}", wait=wait, refused=status in _REQUEST_ERRORS)

    def _retry_after(self, value: str) -> float:
        """Return the seconds that a Retry-After header asks for (RFC 9110, 10.2.3); 0 if it cannot be read."""
        if value.isascii() and value.isdecimal():
            return float(value[:9])
        try:
            moment = parsedate_to_datetime(value[:64])
        except (ValueError, TypeError, IndexError, OverflowError):
            return 0.0
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0.0, (moment - self._clock.now()).total_seconds())


def is_arxiv(host: str) -> bool:
    """Return whether a host is arxiv.org or a subdomain of it."""
    return _ARXIV.fullmatch(host) is not None
