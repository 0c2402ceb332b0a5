"""When a panel draws itself again: soon after it is asked, and never more than ten times a second."""

import contextlib
import time
from collections.abc import Callable, Iterator

import pytest

from ipyasgi.engine.background_loop import BackgroundLoop
from ipyasgi.panels.redraw import GAP_S, Redraw


@pytest.fixture
def loop() -> Iterator[BackgroundLoop]:
    """Give a loop to draw on."""
    with contextlib.closing(BackgroundLoop()) as loop:
        yield loop


def test_a_flood_of_asking_draws_a_few_times(loop: BackgroundLoop, until: Callable) -> None:
    """A thousand questions at once are one drawing more, and the last of them is answered."""
    drawn: list[float] = []
    redraw = Redraw(lambda: drawn.append(time.monotonic()))
    job = loop.submit(redraw.run)
    until(lambda: len(drawn) == 1)
    for _ in range(1000):
        loop.call_soon(redraw.ask)
    until(lambda: len(drawn) >= 2)
    time.sleep(3 * GAP_S)
    assert len(drawn) <= 3
    before = len(drawn)
    loop.call_soon(redraw.ask)
    until(lambda: len(drawn) > before)
    job.end(1)


def test_it_draws_without_being_asked(loop: BackgroundLoop, until: Callable) -> None:
    """What changes without news is drawn every now and then."""
    drawn: list[int] = []
    job = loop.submit(Redraw(lambda: drawn.append(1), every_s=0.05).run)
    until(lambda: len(drawn) >= 3)
    job.end(1)
