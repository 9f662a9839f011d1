"""Decides which requests the preview answers, and finds the file of the site for each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

import msgspec

LOOPBACK = "127.0.0.1"

_LOOPBACK_NAMES = frozenset({LOOPBACK, "localhost", "::1"})
_AUTHORITY = re.compile(r"(?:\[([0-9a-f:.]+)\]|([^:\[\]/@]+))(?::([0-9]{1,5}))?", re.I | re.A)
_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9._-]{0,252}[a-z0-9])?", re.I | re.A)
_HTTP = 80  # the port that browsers leave out


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """The address of the preview."""

    host: str  # a name or an IP address of this machine; 0.0.0.0 and :: stand for all of them
    port: int
    base: str = "/"  # path of the site's root, with a slash at both ends
    allowed: tuple[str, ...] = ()  # other accepted host names, in lower case, with any port

    @property
    def url(self) -> str:
        """The address to open in a browser on this machine."""
        host = "localhost" if _is_unspecified(self.host) else self.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}{self.base}"

    @property
    def is_private(self) -> bool:
        """Whether only this machine can reach it."""
        return self.host in _LOOPBACK_NAMES


class Redirect(msgspec.Struct, frozen=True):
    """The requested file is at another path."""

    to: str


def refusal(address: Address, headers: Mapping[str, str], *, may_be_followed: bool) -> str:
    """Return why a request is refused, or "" if it is answered.

    Browsers let any page on the web send requests to this machine. The header Host reveals a page whose host name
    resolves to this machine (DNS rebinding), Origin a WebSocket or a form, and Sec-Fetch-Site a script or an image
    (https://www.w3.org/TR/fetch-metadata/). If ``may_be_followed``, links of other sites may lead to the address.
    """
    host = headers.get("Host", "")
    if not _is_own(address, host):
        name = _name(host) or "NAME"
        return (
            f"this preview is at {address.url} and answers to no other name; for a forwarded port, or a name in "
            f"your network, start it with --allow-host {name}"
        )
    # Early WebSockets used the longer name; every handshake of a page has one of the two.
    origin = headers.get("Origin", headers.get("Sec-WebSocket-Origin"))
    if origin is not None and origin.lower() != f"http://{host.lower()}" and not _is_allowed(address, origin):
        return "another site's page asked for it"
    if headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        followed = headers.get("Sec-Fetch-Mode") == "navigate" and headers.get("Sec-Fetch-Dest") == "document"
        return "" if followed and may_be_followed else "another site's page asked for it"
    return ""


def _name(host: str) -> str:
    """Return the name in a Host header in lower case, or "" if it is invalid."""
    match = _AUTHORITY.fullmatch(host)
    return (match[1] or match[2]).lower() if match and is_name(match[1] or match[2]) else ""


def is_name(text: str) -> bool:
    """Whether a text is a host name or an IP address."""
    return bool(_NAME.fullmatch(text)) or _is_ip_address(text)


def _is_allowed(address: Address, origin: str) -> bool:
    """Whether an origin is an allowed name; https is accepted, because a forwarded port may be encrypted."""
    scheme, sign, host = origin.partition("://")
    return bool(sign) and scheme.lower() in ("http", "https") and _name(host) in address.allowed


def _is_own(address: Address, host: str) -> bool:
    name = _name(host)
    if name in address.allowed:
        return True
    match = _AUTHORITY.fullmatch(host)
    if not match or int(match[3] or _HTTP) != address.port:
        return False
    name = (match[1] or match[2]).lower()
    if name in _LOOPBACK_NAMES or name == address.host.lower():
        return True
    # DNS rebinding needs a name, so a request with an IP address is safe.
    return _is_unspecified(address.host) and _is_ip_address(name)


def _is_unspecified(host: str) -> bool:
    return _is_ip_address(host) and ip_address(host).is_unspecified


def _is_ip_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def locate(output: Path, base: str, path: str) -> Path | Redirect | None:
    """Return the file for the path of a URL, as GitHub Pages resolves it; None if there is none.

    It is never outside ``output``, hidden or behind a symbolic link, because Pages does not publish such files.
    """
    if path == "/" != base or path + "/" == base:
        return Redirect(base)
    if not path.startswith(base):
        return None
    *folders, name = map(_segment, path[len(base) :].split("/"))
    # An empty folder is refused too: after two slashes a browser would read the next word as a host in a redirect.
    if not all(folders) or name is None:
        return None
    file = output.joinpath(*filter(None, folders), name or "index.html")
    try:
        root = output.resolve(strict=True)
        if file.resolve(strict=True) != root.joinpath(file.relative_to(output)):
            return None
        if file.is_dir():
            return Redirect(f"{path}/")
        return file if file.is_file() else None
    except (OSError, RuntimeError):  # missing, a name that is too long, or a loop of links
        return None


def quoted(path: str) -> str:
    """Return a path that is safe in a Location header."""
    return quote(path, safe="/%~!$&'()*+,;=:@")


def _segment(written: str) -> str | None:
    """Return the decoded segment of a path, "" after a slash at the end; None if it is invalid or hidden."""
    try:
        name = unquote_to_bytes(written).decode()
    except UnicodeDecodeError:
        return None
    if name.startswith(".") or not name.isprintable() or "/" in name or "\\" in name:
        return None
    return name
