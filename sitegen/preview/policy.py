"""The Content-Security-Policy of a page in the preview."""

from __future__ import annotations

import re

_POLICY = re.compile(rb'<meta http-equiv="content-security-policy" content="[^"]*"', re.I)


def with_preview_allowed(head: bytes, nonce: str) -> bytes:
    """Return the head of a page whose Content-Security-Policy also allows what the preview adds to the page."""
    if not (found := _POLICY.search(head)):
        return head
    policy = found[0].decode(errors="surrogateescape")
    for directive, allowed in (
        ("script-src", f"'nonce-{nonce}'"),
        ("style-src", f"'nonce-{nonce}'"),
        ("connect-src", "ws: wss:"),  # some browsers do not count them as 'self'
        ("trusted-types", "preview"),
    ):
        policy = policy.replace(f"{directive} ", f"{directive} {allowed} ", 1)
    return head[: found.start()] + policy.encode(errors="surrogateescape") + head[found.end() :]
