"""Loops that cannot start, are stopped by their app while they end, or are blocked permanently: no wait hangs."""

import asyncio
import threading
from typing import Any

import anyio
import pytest

from ipyasgi.engine.background_loop import BackgroundLoop
from ipyasgi.protocol.errors import LoopError

from .calls import becomes_true


def test_a_factory_that_gives_no_loop() -> None:
    """A ``loop_factory`` that does not return a loop raises an error at once."""
    with pytest.raises(LoopError, match="loop_factory returned object"):
        BackgroundLoop(backend_options={"loop_factory": object})


class Faulty(asyncio.SelectorEventLoop):
    """A loop that cannot begin."""

    def create_task(self, coro: Any, **options: Any) -> Any:
        coro.close()
        raise ValueError("cannot begin")


def test_a_loop_that_cannot_begin() -> None:
    """What goes wrong before the loop is ready is raised by its maker, and the loop is closed."""
    made: list[Faulty] = []

    def factory() -> Faulty:
        made.append(Faulty())
        return made[0]

    with pytest.raises(ValueError, match="cannot begin"):
        BackgroundLoop(backend_options={"loop_factory": factory})
    assert becomes_true(made[0].is_closed)


def test_a_task_that_stops_the_ending_loop() -> None:
    """``loop.stop()`` in the cleanup of a task does not keep the loop from closing, nor the others from cleaning up."""
    loop = BackgroundLoop()
    steps: list[str] = []
    running: list[asyncio.AbstractEventLoop] = []

    async def work() -> None:
        try:
            running.append(asyncio.get_running_loop())
            steps.append("began")
            await anyio.sleep_forever()
        finally:
            running[0].stop()
            with anyio.CancelScope(shield=True):
                await anyio.sleep(0.01)
            steps.append("cleaned up")

    loop.submit(work)
    assert becomes_true(lambda: steps)
    loop.close()
    assert steps == ["began", "cleaned up"]
    assert running[0].is_closed()


def test_closing_a_blocked_loop_runs_the_closers(loop: BackgroundLoop, may_block: None) -> None:
    """A suspect loop that does not respond is given up, and its closers still run."""
    blocked, release = threading.Event(), threading.Event()
    told: list[bool] = []

    async def block() -> None:
        blocked.set()
        release.wait(10)

    loop.spawn(block)
    assert blocked.wait(20)
    loop.closers.append(lambda timeout_s: told.append(loop.lost))
    loop.suspect = True
    loop.close(0.5)
    release.set()
    assert told == [True]
    loop.thread.join(20)
