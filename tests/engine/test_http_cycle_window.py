"""Credit between a sender on the loop and a reader elsewhere."""

import threading
import time

import pytest

from ipyasgi.engine.background_loop import BackgroundLoop
from ipyasgi.engine.http_cycle import LIMIT_BYTES, LIMIT_ITEMS, CreditWindow

from .calls import becomes_true


class Sender:
    """Admits items of one size as fast as the window lets it."""

    def __init__(self, loop: BackgroundLoop, count: int, size_bytes: int) -> None:
        self.window = CreditWindow(loop)
        self.admitted = 0
        self.job = loop.submit(self.run, count, size_bytes)

    async def run(self, count: int, size_bytes: int) -> None:
        for _ in range(count):
            await self.window.admit(size_bytes)
            self.admitted += 1

    def settles_at(self, count: int) -> bool:
        return becomes_true(lambda: self.admitted >= count) and (time.sleep(0.02) or self.admitted == count)


def test_it_starts_shut(loop: BackgroundLoop) -> None:
    """Nothing is admitted before the reader asks for the first time."""
    sender = Sender(loop, 3, 1)
    assert sender.settles_at(0)
    sender.window.open()
    sender.window.open()
    sender.job.result(20)


@pytest.mark.parametrize(
    ("size_bytes", "ahead"),
    [(1, LIMIT_ITEMS), (0, LIMIT_ITEMS), (LIMIT_BYTES // 4, 4), (LIMIT_BYTES, 1), (LIMIT_BYTES * 3, 1)],
)
def test_it_is_bounded_by_items_and_by_bytes(loop: BackgroundLoop, size_bytes: int, ahead: int) -> None:
    """The sender runs ahead by so many items or so many bytes; one item always fits into an empty window."""
    sender = Sender(loop, 100, size_bytes)
    sender.window.open()
    assert sender.settles_at(ahead)
    sender.window.took(size_bytes)
    sender.window.give_back()
    assert sender.settles_at(ahead + 1)
    sender.job.cancel()


def test_credit_goes_back_in_halves(loop: BackgroundLoop) -> None:
    """Most items that are read cost no hop: credit is given back when half the window was read."""
    sender = Sender(loop, 1000, 1)
    sender.window.open()
    assert sender.settles_at(LIMIT_ITEMS)
    for _ in range(LIMIT_ITEMS // 2 - 1):
        sender.window.took(1)
    assert sender.settles_at(LIMIT_ITEMS)
    sender.window.took(1)
    assert sender.settles_at(LIMIT_ITEMS + LIMIT_ITEMS // 2)
    sender.job.cancel()


def test_lifted_it_holds_nobody(loop: BackgroundLoop) -> None:
    """Once the reader has left, a waiting sender continues, and none waits again."""
    sender = Sender(loop, 1000, LIMIT_BYTES)
    sender.window.open()
    assert sender.settles_at(1)
    loop.call_soon(sender.window.lift)
    sender.job.result(20)
    assert sender.admitted == 1000


def test_nothing_is_lost_under_load(loop: BackgroundLoop) -> None:
    """A sender and a reader at full speed do not deadlock."""
    count = 20_000
    window = CreditWindow(loop)
    arrived = threading.Semaphore(0)

    async def send() -> None:
        for _ in range(count):
            await window.admit(100)
            arrived.release()

    window.open()
    job = loop.submit(send)
    for _ in range(count):
        if not arrived.acquire(blocking=False):
            window.give_back()
            assert arrived.acquire(timeout=5)
        window.took(100)
    job.result(20)
