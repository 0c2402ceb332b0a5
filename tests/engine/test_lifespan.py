"""The app's lifespan as a whole: started, shut down, failing in every way, one life after the other."""

import contextlib
import contextvars
import itertools
import threading
from collections.abc import Callable, Iterator
from typing import Any

import anyio
import pytest

from ipyasgi.engine.background_loop import BackgroundLoop
from ipyasgi.engine.lifespan import LifespanRunner
from ipyasgi.protocol.errors import DeadlineError, LifespanError, LifespanStateError, LoopError

from .calls import Knock, becomes_true, knocks_when

cell: contextvars.ContextVar[str] = contextvars.ContextVar("cell", default="")


class AppFault(Exception):
    """Raised by the apps of this file."""


async def act(how: str, phase: str, send: Any) -> bool:
    """Run a phase as configured; return False if the app should return."""
    if how == "raise":
        raise AppFault(phase)
    if how == "never answer":
        await anyio.sleep_forever()
    if how == "return":
        return False
    if how == "fail":
        await send({"type": f"lifespan.{phase}.failed", "message": f"no {phase}"})
        return False
    await send({"type": f"lifespan.{phase}.complete"})
    return True


def an_app(startup: str = "ok", shutdown: str = "ok") -> Any:
    async def app(scope, receive, send):
        assert (await receive())["type"] == "lifespan.startup"
        scope["state"]["started"] = True
        if await act(startup, "startup", send):
            assert (await receive())["type"] == "lifespan.shutdown"
            await act(shutdown, "shutdown", send)

    return app


@pytest.fixture
def life(loop: BackgroundLoop) -> Iterator[Callable[..., LifespanRunner]]:
    """Yield a factory of runners, which are ended after the test."""
    made: list[LifespanRunner] = []

    def make(app: Any, **options: Any) -> LifespanRunner:
        made.append(LifespanRunner(app, {}, lambda: loop, **options))
        return made[-1]

    yield make
    for runner in made:
        runner.open_gates()
        if runner.alive:
            runner.end(3)


Make = Callable[..., LifespanRunner]


def types(runner: LifespanRunner) -> list[str]:
    return [event.type.removeprefix("lifespan.") for event in runner.events]


def test_a_whole_life(life: Make) -> None:
    """Started and shut down, with the messages of both, the state filled, and a frozen record at the end."""
    runner = life(an_app())
    assert (runner.status, runner.events, runner.run, runner.future) == ("not started", (), None, None)
    runner.startup(5)
    assert (runner.status, runner.alive, runner.run) == ("running", True, None)
    assert runner._state == {"started": True}
    runner.shutdown(5)
    assert (runner.status, runner.alive) == ("stopped", False)
    assert types(runner) == ["startup", "startup.complete", "shutdown", "shutdown.complete"]
    assert runner.run is not None
    assert (runner.run.status, runner.run.outcome, runner.run.violations) == ("stopped", "returned", ())
    assert runner.future is not None
    assert runner.future.result(20) is None


STARTUPS = {
    "ok": ("running", None),
    "fail": ("startup failed", LifespanError),
    "raise": ("startup failed", AppFault),
    "return": ("startup failed", LifespanError),
    "never answer": ("not answering", DeadlineError),
}
SHUTDOWNS = {
    "ok": ("stopped", None),
    "fail": ("shutdown failed", LifespanError),
    "raise": ("shutdown failed", AppFault),
    "return": ("stopped", None),
    "never answer": ("not answering", DeadlineError),
}


@pytest.mark.parametrize(("how", "end"), STARTUPS.items())
def test_every_startup(life: Make, how: str, end: tuple[str, type[Exception] | None]) -> None:
    """Each way a startup may go has its status and its error; none hangs."""
    status, error = end
    runner = life(an_app(startup=how))
    if error is None:
        runner.startup(5)
    else:
        with pytest.raises(error) as caught:
            runner.startup(0.3 if error is DeadlineError else 5)
        assert how != "fail" or "startup failed: no startup. Fix" in str(caught.value)
        assert how != "return" or "the app returned without sending lifespan.startup.complete" in str(caught.value)
    assert runner.status == status
    assert runner.failure_message == ("no startup" if how == "fail" else "")
    assert isinstance(runner.exception, AppFault) is (how == "raise")
    if error is not None:
        assert becomes_true(lambda: runner.run is not None)


@pytest.mark.parametrize(("how", "end"), SHUTDOWNS.items())
def test_every_shutdown(life: Make, how: str, end: tuple[str, type[Exception] | None]) -> None:
    """Each way a shutdown may go has its status and its error; none hangs."""
    status, error = end
    runner = life(an_app(shutdown=how))
    runner.startup(5)
    if error is None:
        runner.shutdown(5)
    else:
        with pytest.raises(error):
            runner.shutdown(0.3 if error is DeadlineError else 5)
    assert runner.status == status
    assert becomes_true(lambda: runner.run is not None)


@pytest.mark.parametrize("how", list(itertools.product(STARTUPS, SHUTDOWNS)))
def test_after_every_end_there_is_a_next_life(life: Make, how: tuple[str, str]) -> None:
    """However a life has ended, the next one can begin."""
    startup, shutdown = how
    runner = life(an_app(startup, shutdown))
    for step in (runner.startup, runner.shutdown):
        with contextlib.suppress(AppFault, LifespanError, DeadlineError, LifespanStateError):
            step(0.1)
    runner.app = an_app()
    runner.startup(5)
    assert runner.status == "running"


@pytest.mark.parametrize("how", ["raise", "return"])
def test_dying_while_running(life: Make, how: str) -> None:
    """An app whose lifespan ends by itself has died, and the next shutdown raises an error."""

    async def app(scope, receive, send):
        await receive()
        await send({"type": "lifespan.startup.complete"})
        if how == "raise":
            raise AppFault

    runner = life(app)
    runner.startup(5)
    assert becomes_true(lambda: runner.status == "died")
    with pytest.raises(LifespanStateError, match="cannot stop: the lifespan is 'died'; possible now: start, step"):
        runner.shutdown(5)


@pytest.mark.parametrize("mode", ["on", "auto"])
@pytest.mark.parametrize("how", ["raise", "return"])
def test_an_app_without_lifespan(life: Make, mode: str, how: str) -> None:
    """An app that never asks for a message does not support lifespan: an error, or simply so."""

    async def app(scope, receive, send):
        if how == "raise":
            raise AppFault

    runner = life(app, mode=mode)
    if mode == "auto":
        runner.startup(5)
    else:
        with pytest.raises(AppFault if how == "raise" else LifespanError):
            runner.startup(5)
    assert runner.status == "unsupported"
    assert not runner.alive


def test_an_app_that_fails_in_startup_is_not_without_lifespan(life: Make) -> None:
    """In ``auto``, an app that has asked for its startup and then raises has failed."""
    runner = life(an_app(startup="raise"), mode="auto")
    with pytest.raises(AppFault):
        runner.startup(5)
    assert runner.status == "startup failed"


def test_what_is_not_possible_is_said(life: Make) -> None:
    """Starting twice, or stopping a lifespan that does not run, is an error that names the possible actions."""
    runner = life(an_app())
    with pytest.raises(LifespanStateError, match="cannot stop: the lifespan is 'not started'; possible now: start"):
        runner.shutdown(5)
    runner.startup(5)
    with pytest.raises(LifespanStateError, match="cannot start: the lifespan is 'running'; possible now: step, stop"):
        runner.startup(5)
    assert runner.next_actions == ("step", "stop", "restart")


def test_restart(life: Make) -> None:
    """A restart is a new life in the same state dict; from nothing it is a start."""
    runner = life(an_app())
    runner.restart(5)
    first = runner.future
    runner._state["kept"] = 1
    runner.restart(5)
    assert runner.future is not first
    assert runner.status == "running"
    assert types(runner) == ["startup", "startup.complete"]
    assert runner._state == {"started": True, "kept": 1}


def test_shutdown_follows_its_caller(life: Make) -> None:
    """The shutdown runs with the context variables of its caller, except those that the app has set itself."""
    own: contextvars.ContextVar[str] = contextvars.ContextVar("own", default="")
    seen = []

    async def app(scope, receive, send):
        await receive()
        own.set("the app's")
        seen.append(cell.get())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        seen.extend([cell.get(), own.get()])

    runner = life(app)
    cell.set("cell 1")
    own.set("cell 1")
    runner.startup(5)
    cell.set("cell 2")
    own.set("cell 2")
    runner.shutdown(5)
    assert seen == ["cell 1", "cell 2", "the app's"]


def test_concurrent_callers_take_turns(life: Make) -> None:
    """Of several threads that start one app, one succeeds and the others get an error."""
    runner = life(an_app())
    results: list[str] = []

    def start() -> None:
        try:
            runner.startup(5)
            results.append("started")
        except LifespanStateError as exc:
            results.append(exc.status)

    threads = [threading.Thread(target=start) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(results) == ["running"] * 4 + ["started"]


@pytest.mark.serial
def test_a_caller_waits_for_its_turn_no_longer_than_it_may(life: Make, loop: BackgroundLoop) -> None:
    """A step during another one waits until its own deadline."""
    runner = life(an_app(startup="never answer"))

    def wait_in_vain() -> None:
        with contextlib.suppress(DeadlineError, LifespanError):
            runner.startup(40)

    first = threading.Thread(target=wait_in_vain)
    first.start()
    assert becomes_true(lambda: runner.status == "starting")
    with pytest.raises(LifespanStateError, match="wait for the other step to end"):
        runner.startup(0.1)
    assert runner.status == "starting"
    loop.close()
    first.join()


@pytest.mark.parametrize("ask", ["startup", "shutdown", "step", "restart"])
def test_the_loops_own_thread_cannot_wait(life: Make, loop: BackgroundLoop, ask: str) -> None:
    """Asking from the app's own loop would never end; it is refused."""
    runner = life(an_app())
    runner.startup(5)

    async def work() -> None:
        getattr(runner, ask)(5)

    with pytest.raises(LoopError, match="cannot block on the event loop from its own thread"):
        loop.call(work, timeout_s=5)
    assert runner.status == "running"


@pytest.mark.parametrize("raised", [KeyboardInterrupt, Knock])
@pytest.mark.parametrize("phase", ["startup", "shutdown"])
def test_an_interrupt_ends_the_life(life: Make, phase: str, raised: type[BaseException]) -> None:
    """An interrupted startup or shutdown cancels the app and has failed."""
    runner = life(an_app(**{phase: "never answer"}))
    if phase == "shutdown":
        runner.startup(5)
    with knocks_when(lambda: types(runner)[-1:] == [phase], raised), pytest.raises(raised):
        getattr(runner, phase)()
    assert becomes_true(lambda: runner.status == f"{phase} failed"), runner.status


def test_a_lost_loop_loses_the_life(life: Make, loop: BackgroundLoop) -> None:
    """When the loop is given up, the status is lost, and the next life is possible."""
    runner = life(an_app())
    runner.startup(5)
    loop.give_up()
    assert runner.status == "lost"
    assert not runner.alive
    assert runner.next_actions == ("start", "step")


def test_ending_is_quiet_about_deadlines(life: Make) -> None:
    """``end`` shuts a live app down; a passed deadline is an error only without ``quiet``."""
    life(an_app()).end(1)
    runner = life(an_app(shutdown="never answer"))
    runner.startup(5)
    runner.end(0.05)
    assert runner.status == "not answering"
    runner.startup(5)
    with pytest.raises(DeadlineError, match=r"no lifespan\.shutdown\.complete within 0\.05 s"):
        runner.end(0.05, quiet=False)


def test_a_restart_is_one_turn(life: Make) -> None:
    """No other thread can start the app during a restart."""
    halfway, go_on = threading.Event(), threading.Event()
    runner = life(an_app())
    runner.startup(5)
    startup = runner.startup

    def hold_then_start(timeout_s: float | None = None) -> None:
        halfway.set()
        go_on.wait(5)
        startup(timeout_s)

    runner.startup = hold_then_start
    restarting = threading.Thread(target=runner.restart, args=(5,))
    restarting.start()
    assert halfway.wait(20)
    with pytest.raises(LifespanStateError, match="wait for the other step"):
        startup(0.05)
    go_on.set()
    restarting.join(5)
    assert runner.status == "running"


def test_ending_a_lost_life_is_told(life: Make, loop: BackgroundLoop) -> None:
    """``end`` without ``quiet`` raises an error if something blocks the loop."""
    runner = life(an_app())
    runner.startup(5)
    loop.give_up()
    runner.end(0.05)
    with pytest.raises(LoopError, match="something blocks the event loop"):
        runner.end(0.05, quiet=False)
