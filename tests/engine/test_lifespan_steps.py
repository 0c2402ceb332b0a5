"""The app's lifespan one message at a time."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import anyio
import pytest

from ipyasgi.engine.background_loop import BackgroundLoop
from ipyasgi.engine.lifespan import LifespanRunner
from ipyasgi.protocol.errors import DeadlineError

from .calls import becomes_true


async def app(scope, receive, send):
    await receive()
    scope["state"]["phase"] = "started"
    await send({"type": "lifespan.startup.complete"})
    await receive()
    scope["state"]["phase"] = "shutting down"
    await send({"type": "lifespan.shutdown.complete"})
    scope["state"]["phase"] = "over"


@pytest.fixture
def runner(loop: BackgroundLoop) -> Iterator[LifespanRunner]:
    """Give the runner of an app with a lifespan."""
    runner = LifespanRunner(app, {}, lambda: loop)
    yield runner
    if runner.alive:
        runner.end(3)


STEPS = [
    ("starting", ("send", "lifespan.startup.complete"), "started"),
    ("running", ("receive", "lifespan.shutdown"), "started"),
    ("shutting down", ("send", "lifespan.shutdown.complete"), "shutting down"),
    ("stopped", None, "over"),
]


@pytest.mark.parametrize("round_", range(5))
def test_step_by_step(runner: LifespanRunner, round_: int) -> None:
    """Each step lets one message pass and returns when the app waits at the next, or has ended."""
    assert (runner.status, runner.waiting) == ("not started", None)
    for number, (status, waiting, phase) in enumerate(STEPS, 1):
        runner.step(5)
        assert (runner.status, runner.waiting) == (status, waiting)
        assert len(runner.events) == number
        assert runner._state["phase"] == phase
    runner.step(5)
    assert (runner.status, len(runner.events)) == ("starting", 1)


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_going_on_by_itself(runner: LifespanRunner, steps: int) -> None:
    """``startup`` and ``shutdown`` open the gate that stepping has shut."""
    for _ in range(steps):
        runner.step(5)
    if steps == 1:
        runner.startup(5)
        assert runner.status == "running"
    runner.shutdown(5)
    assert runner.status == "stopped"
    assert len(runner.events) == 4


def test_shutdown_of_a_half_started_app(runner: LifespanRunner) -> None:
    """Stopping while the startup is being stepped lets it finish first."""
    runner.step(5)
    runner.shutdown(5)
    assert runner.status == "stopped"


def test_stepping_a_running_app_goes_one_message(runner: LifespanRunner) -> None:
    """After a startup without steps, one step is one message."""
    for _ in range(10):
        runner.startup(5)
        runner.step(5)
        assert (runner.status, runner.waiting) == ("shutting down", ("send", "lifespan.shutdown.complete"))
        runner.step(5)
        assert runner.status == "stopped"


def test_open_gates_let_it_run(runner: LifespanRunner) -> None:
    """Opening the gates lets a stepped app run without a waiting caller."""
    runner.open_gates()
    runner.step(5)
    runner.open_gates()
    assert becomes_true(lambda: runner.status == "running")
    assert runner.waiting == ("receive", "lifespan.shutdown")


@pytest.mark.parametrize("how", ["raise", "fail"])
def test_a_failure_is_told_by_the_status(loop: BackgroundLoop, how: str) -> None:
    """A step into a failure raises nothing: status, exception and message say what happened."""

    async def failing(scope, receive, send):
        await receive()
        if how == "raise":
            raise ValueError("no database")
        await send({"type": "lifespan.startup.failed", "message": "no database"})

    runner = LifespanRunner(failing, {}, lambda: loop)
    runner.step(5)
    if how == "fail":
        assert runner.waiting == ("send", "lifespan.startup.failed")
        runner.step(5)
    assert runner.status == "startup failed"
    assert "no database" in (runner.failure_message or str(runner.exception))


def test_a_step_has_a_deadline(loop: BackgroundLoop, deadlines_from: Any) -> None:
    """An app that does not reach its next message is cancelled at the deadline, whose error contains its line."""
    entered: list[bool] = []
    deadlines_from(lambda: entered)

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        entered.append(True)
        await anyio.sleep_forever()

    runner = LifespanRunner(slow, {}, lambda: loop)
    with pytest.raises(DeadlineError, match=r"no next receive or send of the app within 0\.1 s; .* in slow, awaiting"):
        runner.step(0.1)
    assert runner.status == "not answering"


def test_looking_from_another_thread(runner: LifespanRunner) -> None:
    """Status, waiting message and events can be read while another thread steps."""
    seen: set[Any] = set()
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            seen.add((runner.status, runner.waiting, len(runner.events)))
            time.sleep(0.0005)

    looker = threading.Thread(target=look)
    looker.start()
    for number, (status, waiting, _) in enumerate(STEPS, 1):
        runner.step(5)
        found = becomes_true(lambda now=(status, waiting, number): now in seen)
        assert found, (number, seen)
    stop.set()
    looker.join()
