"""The bytes that are kept of a body: all up to a limit, else its beginning."""

import tracemalloc

import pytest

from ipyasgi.engine.kept_body import KEPT_BYTES, KeptBody


@pytest.mark.parametrize("chunks", [[], [b""], [b"abc"], [b"a", b"b"], [b"a", b"", b"bc", b"d"]])
def test_whole(chunks: list[bytes]) -> None:
    """A body within the limit is kept whole; empty chunks do not count."""
    body = KeptBody(10)
    for chunk in chunks:
        body.add(chunk)
    assert (body.content(), body.whole) == (b"".join(chunks), True)
    assert (body.chunks, body.size_bytes) == (len([one for one in chunks if one]), len(b"".join(chunks)))


def test_one_chunk_is_not_copied() -> None:
    """The only chunk of a body is kept as it is."""
    chunk = bytes(1000)
    body = KeptBody(None)
    body.add(chunk)
    assert body.content() is chunk


@pytest.mark.parametrize("size", [1000, 400_000, 3 * KEPT_BYTES, 7 * KEPT_BYTES])
def test_beyond_the_limit(size: int) -> None:
    """Beyond the limit the first megabyte is kept, however the chunks are cut, and the rest is counted."""
    whole = bytes(range(256)) * (10 * KEPT_BYTES // 256)
    body = KeptBody(2 * KEPT_BYTES)
    for start in range(0, len(whole), size):
        body.add(whole[start : start + size])
        if body.size_bytes > 5 * KEPT_BYTES:
            break
    assert not body.whole
    assert body.content() == whole[:KEPT_BYTES]
    assert body.size_bytes > 5 * KEPT_BYTES


def test_a_limit_below_a_megabyte() -> None:
    """Never more than the limit is kept."""
    body = KeptBody(3)
    for chunk in (b"ab", b"cd", b"ef"):
        body.add(chunk)
    assert (body.content(), body.whole, body.size_bytes) == (b"abc", False, 6)


def test_memory_of_many_chunks() -> None:
    """Many chunks are held once, also when their content is asked for."""
    tracemalloc.start()
    try:
        body = KeptBody(None)
        for _ in range(1000):
            body.add(bytes(20_000))
        assert len(body.content()) == 20_000_000
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()
