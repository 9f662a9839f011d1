"""The cache holds what can be derived again: whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from sitegen.incremental.cache import Cache, parts_of


@pytest.mark.parametrize("body", [b"", b"body", bytes(100_000)])
def test_a_body_is_found_by_kind_and_key(body: bytes, tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    cache.put("kind", "key", body)
    assert cache.get("kind", "key") == body
    assert cache.get("kind", "other") is None
    assert cache.get("other", "key") is None


@pytest.mark.parametrize("damage", [b"", b"\0\0\0\0", b"cut", b"x" * 200])
def test_a_damaged_body_is_absent(damage: bytes, tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("kind", "key", b"body")
    cache.path("kind", "key").write_bytes(damage)
    assert cache.get("kind", "key") is None


def test_parts_of_a_file_are_found_one_by_one(tmp_path: Path) -> None:
    cache, bodies = Cache(tmp_path), [b"one", b"", b"three"]
    parts = list(parts_of("kind", "key", cache.put_parts("kind", "key", bodies)))
    assert [cache.get_part(part) for part in parts] == bodies
    cache.path("kind", "key").write_bytes(cache.path("kind", "key").read_bytes()[:-1])
    assert Cache(tmp_path).get_part(parts[-1]) is None


def test_a_sweep_leaves_what_was_used(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    for key in ("a", "b", "c"):
        cache.put("kind", key, key.encode())
    cache.put("other", "a", b"other")
    cache.sweep("kind", {"b"})
    assert [cache.get("kind", key) for key in ("a", "b", "c")] == [None, b"b", None]
    assert cache.get("other", "a") == b"other"
    cache.sweep("nothing", ())


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    cache = Cache(tmp_path / "file")
    cache.put("kind", "key", b"body")
    assert cache.get("kind", "key") is None
    cache.sweep("kind", ())
