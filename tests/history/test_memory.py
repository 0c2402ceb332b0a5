"""The estimate of what an exchange holds."""

import gc
import tracemalloc

import pytest

from ipyasgi.history.memory import held_bytes

from ..explorer.replies import Replies, exploring, store_of


def printing(number: int) -> bytes:
    """Print a hundred lines."""
    for line in range(100):
        print("line", line + number)
    return b"printed"


@pytest.mark.serial
@pytest.mark.parametrize(
    ("path", "content"),
    [("/", b""), ("/large", b""), ("/headers", b""), ("/print", b""), ("/boom", b""), ("/" + "long/" * 500, b""),
     ("/", b"%06d" * 5000)],
    ids=["bare", "large", "headers", "print", "boom", "long", "sent"],
)  # fmt: skip
def test_the_estimate_is_a_little_more_than_what_is_held(path: str, content: bytes) -> None:
    """Of each kind of exchange the history counts what it really takes or a little more, and never far less."""
    replies = Replies(
        bodies={
            "/large": lambda n: b"%06d" % n * 10_000,
            "/print": printing,
            "/boom": lambda n: ValueError(f"number {n} is not in stock"),
        },
        headers={"/headers": lambda n: [(b"x-header-%d" % i, b"%d" % (n + i)) for i in range(40)]},
    )
    with exploring(replies) as explorer:

        def send(number: int) -> None:
            explorer.post(path, content=content and content % ((number,) * 5000), raise_exceptions=False)

        for number in range(8):
            send(number)
        explorer.history.clear()
        gc.collect()
        tracemalloc.start()
        try:
            for number in range(40):
                send(number)
            replies.seen.clear()
            gc.collect()
            held = tracemalloc.get_traced_memory()[0]
        finally:
            tracemalloc.stop()
        estimate = store_of(explorer).held_bytes
        assert 0.55 * estimate < held < 1.1 * estimate


def test_redirects_count() -> None:
    """The exchanges that redirects led through are counted with the one they led to."""
    replies = Replies(status={"/move": 302}, headers={"/move": [(b"location", b"/")]})
    with exploring(replies) as explorer:
        moved, plain = explorer.get("/move"), explorer.get("/")
        assert held_bytes(moved) > 1.8 * held_bytes(plain)
