"""A coroutine on a loop, seen from the thread that waits for it."""

import concurrent.futures
import os
import signal
import threading

import anyio
import pytest

from ipyasgi.engine.background_loop import BackgroundLoop
from ipyasgi.protocol.errors import DeadlineError

from .calls import becomes_true


async def double(number: int) -> int:
    await anyio.sleep(0)
    return 2 * number


def test_a_job_is_waited_for(loop: BackgroundLoop) -> None:
    """A job has a value, and `done` is true afterwards."""
    job = loop.submit(double, 4)
    assert job.result(20) == 8
    assert job.done()


def test_a_job_is_cancelled_and_cleans_up(loop: BackgroundLoop) -> None:
    """Cancelling ends the coroutine where it waits, after its ``finally``."""
    steps: list[str] = []

    async def work() -> None:
        try:
            steps.append("began")
            await anyio.sleep_forever()
        finally:
            steps.append("cleaned up")

    job = loop.submit(work)
    assert becomes_true(lambda: steps)
    job.cancel()
    with pytest.raises(concurrent.futures.CancelledError):
        job.result(20)
    assert steps == ["began", "cleaned up"]
    job.cancel()


@pytest.mark.parametrize("cancelled", [False, True])
def test_a_job_tells_when_it_is_done(loop: BackgroundLoop, cancelled: bool) -> None:
    """Whoever does not wait is called at the end, however it comes, and at once where it has come."""
    told: list[str] = []
    job = loop.submit(anyio.sleep_forever if cancelled else anyio.sleep, *(() if cancelled else (0.05,)))
    job.future.add_done_callback(lambda _: told.append("then"))
    assert told == []
    if cancelled:
        job.cancel()
    assert becomes_true(lambda: told)
    job.future.add_done_callback(lambda _: told.append("at once"))
    assert told == ["then", "at once"]


def test_a_passed_result_timeout_stops_nothing(loop: BackgroundLoop) -> None:
    """Waiting for a job in vain leaves it running."""
    release = threading.Event()

    async def work() -> str:
        while not release.is_set():
            await anyio.sleep(0.005)
        return "done"

    job = loop.submit(work)
    with pytest.raises(TimeoutError):
        job.result(0.02)
    release.set()
    assert job.result(20) == "done"


def test_a_passed_call_deadline_cancels_and_names(loop: BackgroundLoop) -> None:
    """``call`` with a timeout cancels the work, and its error names the function."""
    steps: list[str] = []

    async def fetch_answer() -> None:
        steps.append("began")
        try:
            await anyio.sleep_forever()
        finally:
            steps.append("ended")

    with pytest.raises(DeadlineError, match=r"no result of .*fetch_answer within 0.05 s"):
        loop.call(fetch_answer, timeout_s=0.05)
    assert steps in (["began", "ended"], [])  # on a busy machine it may not have begun by then


def test_a_timeout_of_the_work_is_its_own(loop: BackgroundLoop) -> None:
    """A ``TimeoutError`` that the work raises is not taken for a deadline of ours."""

    async def work() -> None:
        raise TimeoutError("mine")

    with pytest.raises(TimeoutError, match="mine") as caught:
        loop.call(work, timeout_s=5)
    assert not isinstance(caught.value, DeadlineError)


class Knock(Exception):
    """Raised by a signal handler."""


@pytest.mark.parametrize("raised", [KeyboardInterrupt, Knock])
def test_an_interrupted_call_cancels(loop: BackgroundLoop, raised: type[BaseException]) -> None:
    """Whatever a signal raises in the waiting caller, the work is cancelled and the prompt is back at once."""
    ended = threading.Event()
    began = threading.Event()

    async def work() -> None:
        began.set()
        try:
            await anyio.sleep_forever()
        finally:
            ended.set()

    def handler(*_: object) -> None:
        raise raised

    def knock() -> None:
        began.wait(20)
        os.kill(os.getpid(), signal.SIGUSR1)

    before = signal.signal(signal.SIGUSR1, handler)
    knocker = threading.Thread(target=knock)
    try:
        knocker.start()
        with pytest.raises(raised):
            loop.call(work)
        assert ended.wait(20)
    finally:
        knocker.join()
        signal.signal(signal.SIGUSR1, before)


def test_an_exception_called_cancelled_is_the_works_own(loop: BackgroundLoop) -> None:
    """A class of the app's that has the name of trio's cancellation is raised like any other."""

    class Cancelled(Exception):
        pass

    async def work() -> None:
        raise Cancelled("the order was cancelled")

    with pytest.raises(Cancelled, match="the order"):
        loop.call(work, timeout_s=5)
