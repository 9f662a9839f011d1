"""The cache gives back what was put there, or nothing."""

from pathlib import Path

import pytest

from sitegen.incremental.cache import Cache

KEY = "0123456789abcdef"


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("body", [b"", b"\0\0\0\0", b"a body", bytes(range(256)) * 1000])
def test_a_body_is_found_under_its_key(cache: Cache, body: bytes) -> None:
    assert cache.get("kind", KEY) is None
    cache.put("kind", KEY, body)
    found = cache.get("kind", KEY)
    assert isinstance(found, memoryview)
    assert found == body
    assert cache.get("other", KEY) is None
    assert cache.get("kind", KEY[::-1]) is None


def test_a_body_is_replaced(cache: Cache, tmp_path: Path) -> None:
    for body in (b"old", b"new"):
        cache.put("kind", KEY, body)
    assert cache.get("kind", KEY) == b"new"
    assert files(tmp_path) == [f"cache/kind/{KEY}"]


def damaged(data: bytes) -> list[bytes]:
    flipped = [data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :] for at in range(len(data))]
    return [data[:size] for size in range(len(data))] + flipped + [data + b"\0", bytes(len(data)), b""]


def test_a_damaged_body_is_not_found(cache: Cache, tmp_path: Path) -> None:
    cache.put("kind", KEY, b"body")
    place = tmp_path / "cache" / "kind" / KEY
    for data in damaged(place.read_bytes()):
        place.write_bytes(data)
        assert cache.get("kind", KEY) is None, data


def test_what_cannot_be_read_or_written_is_not_kept(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    in_a_file = Cache(tmp_path / "file")
    in_a_file.put("kind", KEY, b"body")
    assert in_a_file.get("kind", KEY) is None
    in_a_file.sweep("kind", ())
    # The place of the body is taken by a folder that is not empty.
    cache = Cache(tmp_path)
    (tmp_path / "kind" / KEY / "inner").mkdir(parents=True)
    cache.put("kind", KEY, b"body")
    assert cache.get("kind", KEY) is None
    cache.sweep("kind", ())
    assert files(tmp_path) == ["file"]


def test_only_what_is_used_outlives_a_sweep(cache: Cache, tmp_path: Path) -> None:
    for kind in ("kind", "other"):
        for key in ("a", "b", "c"):
            cache.put(kind, key, b"body")
    (tmp_path / "cache" / "kind" / ".a.123").write_bytes(b"an interrupted write")
    cache.sweep("kind", {"b", "d"})
    assert files(tmp_path / "cache") == ["kind/b", "other/a", "other/b", "other/c"]
    cache.sweep("absent", ())
