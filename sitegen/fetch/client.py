"""One polite and stubborn request to arXiv; the only module that touches the network.

Requests go out one after another on one connection, and three seconds pass between the end of one and the beginning
of the next (https://info.arxiv.org/help/api/tou.html). Whatever goes wrong, an answer that its judge finds
impossible too, is tried again after a growing and partly random while; then it is a FetchError.

Clock and chance are passed in, so that what is done can be tested without waiting.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urljoin, urlsplit

import msgspec

from sitegen import __version__
from sitegen.errors import FetchError

if TYPE_CHECKING:
    import httpx

ATTEMPTS = 7  # of one request; the waits between them add up to about four minutes
_ATTEMPTS_IF_REFUSED = 3  # where arXiv says that the request itself is wrong
_FIRST_WAIT, _LONGEST_WAIT = 5.0, 120.0  # seconds
_PATIENCE = 600.0  # seconds that arXiv may ask us to wait for
_MAX_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_REFUSALS = frozenset({400, 401, 403, 404, 410})
_ARXIV = re.compile(r"(?:[a-z]+\.)?arxiv\.org")

T = TypeVar("T")


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """Time and chance, as the program finds them or as a test makes them."""

    monotonic: Callable[[], float] = time.monotonic  # seconds
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    random: Callable[[], float] = random.random  # at least 0, below 1


class RequestPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """How requests are made; times are in seconds."""

    spacing: float = 3.0  # from the end of one to the beginning of the next
    connect: float = 15.0
    read: float = 60.0  # without a single byte
    whole: float = 300.0  # one answer, from the question to its last byte
    largest: int = 64 << 20  # bytes of one answer; 2,000 papers are about 5 MB


class Rejected(Exception):
    """An answer, or none, after which the same is asked again.

    ``wait`` is what arXiv wants us to wait, in seconds; ``refused`` that it holds the request to be wrong.
    """

    def __init__(self, message: str, *, wait: float = 0.0, refused: bool = False) -> None:
        super().__init__(message)
        self.wait, self.refused = wait, refused


class ArxivClient:
    """The one connection of a fetch; it counts its requests."""

    def __init__(
        self,
        endpoint: str,
        contact: str,
        *,
        clock: Clock,
        policy: RequestPolicy | None = None,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Speak to ``endpoint`` as ``contact``; what goes wrong, and is tried again, is told to ``say``."""
        import httpx  # here, because it takes 100 ms and only a fetch needs it

        host = urlsplit(endpoint).hostname or ""
        self._manners = policy or RequestPolicy()
        self._clock = clock
        self._say = say
        self._host = host
        # The first request keeps its distance too: another fetch may have ended just now.
        self._ready = clock.monotonic() + self._manners.spacing
        self.requests = 0
        self._client = httpx.Client(
            headers={"User-Agent": f"sitegen/{__version__} ({contact})"},
            timeout=httpx.Timeout(self._manners.read, connect=self._manners.connect),
            limits=httpx.Limits(max_connections=1),
            # A proxy of the environment leads outside; what is on this machine is reached without it.
            mounts={f"all://{name}": None for name in ("127.0.0.1", "localhost", "[::1]")},
        )

    def __enter__(self) -> ArxivClient:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def now(self) -> datetime:
        """Return what time it is for this line."""
        return self._clock.now()

    def ask(self, url: str, judge: Callable[[bytes], T]) -> T:
        """Return what ``judge`` makes of the answer; where it raises Rejected, the same is asked again."""
        for attempt in range(1, ATTEMPTS + 1):
            status = 0
            try:
                status, body = self._follow(url)
                return judge(body)
            except Rejected as rejected:
                trouble = rejected
            refused = trouble.refused or status in _REFUSALS
            if trouble.wait > _PATIENCE:
                remedy = f"fetch again in {trouble.wait / 60:,.0f} minutes; what has arrived is kept"
                raise FetchError.at(url, f"{trouble}; arXiv asks to be left alone", remedy)
            if attempt == (_ATTEMPTS_IF_REFUSED if refused else ATTEMPTS):
                break
            longest = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** (attempt - 1))
            wait = max(trouble.wait, longest * (0.5 + self._clock.random() / 2))
            self._say(f"{trouble}: asking again in {wait:.0f} s")
            self._clock.sleep(wait)
        remedy = (
            "mend the query, or fetch again later"
            if refused
            else "fetch again later; what has arrived is kept"
        )
        raise FetchError.at(url, f"{trouble} ({attempt} attempts)", remedy)

    def _follow(self, url: str) -> tuple[int, bytes]:
        for _ in range(_MAX_REDIRECTS + 1):
            status, headers, body = self._get(url)
            if status not in _REDIRECTS:
                return status, self._body(status, headers, body)
            url = self._next(url, headers.get("location", ""))
        raise Rejected(f"arXiv redirects more than {_MAX_REDIRECTS} times")

    def _next(self, url: str, location: str) -> str:
        try:
            target = urljoin(url, location)
            here, there = urlsplit(url), urlsplit(target)
            host, _ = there.hostname or "", there.port
        except ValueError:
            raise Rejected("arXiv redirects to what is no address") from None
        if not location or there.scheme not in ("http", "https"):
            raise Rejected("arXiv redirects to what is no address")
        if here.scheme == "https" and there.scheme == "http":
            raise Rejected("arXiv redirects from https to http, which is not followed")
        if host != self._host and not (is_arxiv(self._host) and is_arxiv(host)):
            raise Rejected(f"arXiv redirects to another host, {host[:80]!r}, which is not followed")
        return target

    def _get(self, url: str) -> tuple[int, httpx.Headers, bytes]:
        """Make one request when it is time for it; Rejected if there is no whole answer."""
        import httpx

        while (left := self._ready - self._clock.monotonic()) > 0:
            self._clock.sleep(left)
        self.requests += 1
        deadline = self._clock.monotonic() + self._manners.whole
        try:
            with self._client.stream("GET", url) as response:
                return response.status_code, response.headers, self._read(response, deadline)
        except httpx.TimeoutException as error:
            raise Rejected(f"arXiv does not answer in time ({type(error).__name__})") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Rejected(f"the connection failed: {error or type(error).__name__}") from None
        finally:
            self._ready = self._clock.monotonic() + self._manners.spacing

    def _read(self, response: httpx.Response, deadline: float) -> bytes:
        parts, size = [], 0
        for part in response.iter_bytes():
            parts.append(part)
            size += len(part)
            if size > self._manners.largest:
                raise Rejected(f"the answer is larger than {self._manners.largest / 1e6:,.0f} MB")
            if self._clock.monotonic() > deadline:
                raise Rejected(f"the answer takes longer than {self._manners.whole:.0f} s")
        return b"".join(parts)

    def _body(self, status: int, headers: httpx.Headers, body: bytes) -> bytes:
        # With 400 arXiv sends a feed that says what is wrong; whoever judges the answer reads it.
        if status == 200 or (status == 400 and body.lstrip().startswith(b"<?xml")):
            return body
        wait = self._wanted(headers.get("retry-after", "").strip())
        raise Rejected(f"arXiv answers with HTTP {status}", wait=wait, refused=status in _REFUSALS)

    def _wanted(self, retry_after: str) -> float:
        """Return the seconds that a Retry-After asks for, in either of its forms (RFC 9110, 10.2.3)."""
        if retry_after.isascii() and retry_after.isdecimal():
            return float(retry_after[:9])
        try:
            moment = parsedate_to_datetime(retry_after[:64])
        except (ValueError, TypeError, IndexError, OverflowError):
            return 0.0
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0.0, (moment - self._clock.now()).total_seconds())


def is_arxiv(host: str) -> bool:
    """Return whether a host is one of arXiv's own."""
    return _ARXIV.fullmatch(host) is not None
