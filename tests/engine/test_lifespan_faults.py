"""Apps that break the lifespan protocol: refused, noted or ended, and never waited for."""

import contextlib
from dataclasses import dataclass
from typing import Any

import anyio
import pytest

from ipyasgi.engine.background_loop import BackgroundLoop
from ipyasgi.engine.lifespan import LifespanRunner
from ipyasgi.protocol.errors import DeadlineError, LifespanError

from .calls import becomes_true, knocks_when


async def fails_and_waits(scope, receive, send):
    await receive()
    await send({"type": "lifespan.startup.failed", "message": "no"})
    await receive()


async def fails_and_sleeps(scope, receive, send):
    await receive()
    await send({"type": "lifespan.startup.failed", "message": "no"})
    await anyio.sleep_forever()


@pytest.mark.usefixtures("usual_graces")
@pytest.mark.parametrize("app", [fails_and_waits, fails_and_sleeps])
def test_a_failed_startup_leaves_no_task(loop: BackgroundLoop, app: Any) -> None:
    """An app that does not end after ``lifespan.startup.failed`` is cancelled."""
    runner = LifespanRunner(app, {}, lambda: loop)
    with pytest.raises(LifespanError, match="startup failed: no"):
        runner.startup(5)
    assert becomes_true(lambda: runner.run is not None)
    assert runner.status == "startup failed"


def test_an_app_that_asks_for_a_third_message(loop: BackgroundLoop) -> None:
    """An app that loops around ``receive`` after its shutdown is ended instead of waited for."""

    async def app(scope, receive, send):
        while True:
            await send({"type": (await receive())["type"] + ".complete"})

    runner = LifespanRunner(app, {}, lambda: loop)
    runner.startup(5)
    runner.shutdown(3)
    assert runner.status == "stopped"


def test_an_app_that_waits_for_shutdown_early(loop: BackgroundLoop) -> None:
    """An app may receive the second message in another task before it has completed its startup."""

    async def app(scope, receive, send):
        await receive()
        async with anyio.create_task_group() as group:
            group.start_soon(receive)
            await anyio.sleep(0.05)
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})

    runner = LifespanRunner(app, {}, lambda: loop)
    runner.startup(5)
    assert becomes_true(lambda: runner.waiting == ("receive", "lifespan.shutdown"))
    runner.shutdown(3)
    assert runner.status == "stopped"


@pytest.mark.parametrize("message", [None, {}])
def test_no_message_at_all(loop: BackgroundLoop, message: Any) -> None:
    """Something without a type is refused with a sentence."""

    async def app(scope, receive, send):
        await receive()
        await send(message)

    with pytest.raises(AssertionError, match="not a dict with a"):
        LifespanRunner(app, {}, lambda: loop).startup(5)


def test_wrong_messages_are_noted(loop: BackgroundLoop) -> None:
    """A message out of order, and one that does not exist, change nothing and are found among the violations."""

    async def app(scope, receive, send):
        await receive()
        await send({"type": "lifespan.shutdown.failed", "message": "not yet"})
        await send({"type": "lifespan.zero"})
        await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.startup.complete"})
        await receive()

    runner = LifespanRunner(app, {}, lambda: loop)
    runner.startup(5)
    runner.shutdown(5)
    assert runner.run is not None
    assert [one.rule for one in runner.run.violations] == [
        "lifespan.before-shutdown",
        "lifespan.unknown-message",
        "lifespan.startup-twice",
        "lifespan.shutdown-unfinished",
    ]
    assert runner.failure_message == ""


def test_a_word_of_the_table_is_no_message(loop: BackgroundLoop) -> None:
    """A token of the table changes nothing if an app sends it as a message type."""

    async def app(scope, receive, send):
        await receive()
        for word in ("app.raised", "loop.lost", "deadline.passed", "lifespan.shutdown"):
            await send({"type": word})
        await send({"type": "lifespan.startup.complete"})
        await send({"type": "loop.lost"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})

    runner = LifespanRunner(app, {}, lambda: loop)
    runner.startup(5)
    assert runner.status == "running"
    runner.shutdown(5)
    assert runner.status == "stopped"
    assert runner.run is not None
    assert {one.rule for one in runner.run.violations} == {"lifespan.unknown-message"}


@pytest.mark.parametrize("answer", ["complete", "failed"])
def test_an_answer_before_the_question_counts(loop: BackgroundLoop, answer: str) -> None:
    """An app that completes its startup before receiving it runs, as in servers, and has a violation."""

    async def app(scope, receive, send):
        await send({"type": f"lifespan.startup.{answer}"})
        assert (await receive())["type"] == "lifespan.startup"
        assert (await receive())["type"] == "lifespan.shutdown"
        await send({"type": "lifespan.shutdown.complete"})

    runner = LifespanRunner(app, {}, lambda: loop)
    if answer == "failed":
        with pytest.raises(LifespanError, match="startup failed"):
            runner.startup(5)
    else:
        runner.startup(5)
        runner.shutdown(5)
        assert runner.status == "stopped"
    assert becomes_true(lambda: runner.run is not None)
    assert runner.run is not None
    assert [one.rule for one in runner.run.violations] == ["lifespan.before-startup"]


@pytest.mark.parametrize("message", [None, {"type": "lifespan.zero"}, {"type": "lifespan.startup.complete"}])
def test_an_app_that_sends_for_ever_can_be_ended(loop: BackgroundLoop, message: Any) -> None:
    """An endless loop around a message that is refused or ignored runs into the deadline, and the loop lives on."""

    async def app(scope, receive, send):
        await receive()
        await send({"type": "lifespan.startup.complete"})
        while True:
            with contextlib.suppress(AssertionError):
                await send(message)

    runner = LifespanRunner(app, {}, lambda: loop)
    runner.startup(5)
    with pytest.raises(DeadlineError):
        runner.shutdown(0.1)
    assert loop.call(anyio.sleep, 0, timeout_s=5) is None


def test_an_answer_after_the_deadline_is_no_breach(loop: BackgroundLoop) -> None:
    """A message after the deadline is not a violation."""

    async def app(scope, receive, send):
        await receive()
        try:
            await anyio.sleep_forever()
        finally:
            with anyio.CancelScope(shield=True):
                await send({"type": "lifespan.startup.complete"})

    runner = LifespanRunner(app, {}, lambda: loop)
    with pytest.raises(DeadlineError):
        runner.startup(0.05)
    assert becomes_true(lambda: runner.run is not None)
    assert runner.run is not None
    assert (runner.status, runner.run.violations) == ("not answering", ())


@pytest.mark.parametrize("ask", ["shutdown", "step"])
def test_an_app_that_never_asks_for_the_shutdown(loop: BackgroundLoop, ask: str) -> None:
    """A running app that never receives again misses its deadline, and the next life is possible."""

    async def app(scope, receive, send):
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await anyio.sleep_forever()

    runner = LifespanRunner(app, {}, lambda: loop)
    runner.startup(5)
    with pytest.raises(DeadlineError):
        getattr(runner, ask)(0.05)
    assert runner.status == "not answering"
    assert runner.next_actions == ("start", "step")
    runner.startup(5)
    assert runner.status == "running"


def test_an_interrupt_before_the_first_receive(loop: BackgroundLoop) -> None:
    """An app that was interrupted before it received anything failed to start: lifespan may well be supported."""
    entered = []

    async def app(scope, receive, send):
        entered.append(True)
        await anyio.sleep_forever()

    runner = LifespanRunner(app, {}, lambda: loop)
    with knocks_when(lambda: entered, KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        runner.startup()
    assert becomes_true(lambda: runner.status == "startup failed")


@dataclass(frozen=True)
class FrozenFault(Exception):
    """An exception that refuses every change."""

    text: str


@pytest.mark.parametrize("phase", ["startup", "shutdown"])
def test_a_frozen_exception_is_raised_as_itself(loop: BackgroundLoop, phase: str) -> None:
    """The app's exception is not modified."""

    async def app(scope, receive, send):
        await receive()
        if phase == "shutdown":
            await send({"type": "lifespan.startup.complete"})
            await receive()
        raise FrozenFault("mine")

    runner = LifespanRunner(app, {}, lambda: loop)
    with pytest.raises(FrozenFault):
        runner.restart(5)
        runner.shutdown(5)
