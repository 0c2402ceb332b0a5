"""Every way a call of the app may end: by itself, at a deadline, left early, cancelled, interrupted, left behind."""

import concurrent.futures
import contextlib
import re
import threading
import time
from typing import Any

import anyio
import anyio.to_thread
import pytest

from ipyasgi.engine.background_loop import BackgroundLoop
from ipyasgi.engine.call_handle import Deadline
from ipyasgi.protocol.errors import AppExitError, DeadlineError

from .calls import START, Knock, becomes_true, begun, body, knocks_when

# -- deadlines ------------------------------------------------------------------------------------------------


def test_a_deadline_names_what_and_where(loop: BackgroundLoop) -> None:
    """The error names what did not come, the deadline, and the line where the app was waiting."""

    async def wait_for_the_pool():
        await anyio.sleep_forever()

    async def app(scope, receive, send):
        await wait_for_the_pool()

    cycle = begun(app, loop)
    assert becomes_true(lambda: cycle._read_place()[1].endswith("sleep_forever"))
    with pytest.raises(DeadlineError, match=r"no response within 0\.1 s") as caught:
        cycle.wait_response(gap_s=0.1)
    assert caught.value.timeout_s == 0.1
    assert any("test_call.py" in line and "wait_for_the_pool" in line for line in caught.value.stack)
    assert re.search(
        r"waiting at engine/test_call\.py:\d+ in wait_for_the_pool, awaiting sleep_forever\.", str(caught.value)
    )
    assert cycle.outcome == "cancelled"


@pytest.mark.usefixtures("patient")
def test_a_deadline_tells_the_app_and_lets_it_clean_up(loop: BackgroundLoop) -> None:
    """An app that listens hears ``http.disconnect`` first, and its cleanup may await."""
    steps: list[str] = []

    async def app(scope, receive, send):
        await receive()
        steps.append((await receive())["type"])
        await anyio.sleep(0.1)
        steps.append("cleaned up")

    with pytest.raises(DeadlineError):
        begun(app, loop).wait_response(gap_s=0.05)
    assert steps == ["http.disconnect", "cleaned up"]


@pytest.mark.serial
def test_each_message_begins_the_gap_anew(loop: BackgroundLoop) -> None:
    """The read deadline is the longest gap, not the whole: an app that keeps sending is left alone."""

    async def app(scope, receive, send):
        await send(START)
        for _ in range(6):
            await anyio.sleep(0.3)
            await send(body(b"x", more=True))
        await send(body())

    cycle = begun(app, loop)
    cycle.wait_response(gap_s=1.5)
    assert cycle.content() == b"xxxxxx"


def test_a_total_deadline_ends_an_endless_response(loop: BackgroundLoop, deadlines_from: Any) -> None:
    """An app that never stops sending is ended by the deadline for the whole."""
    started: list[bool] = []
    deadlines_from(lambda: started)

    async def app(scope, receive, send):
        await send(START)
        started.append(True)
        while True:
            await anyio.sleep(0.01)
            await send(body(b"x", more=True))

    with pytest.raises(DeadlineError, match=r"the response did not end within 0\.2 s \(200 OK, ") as caught:
        begun(app, loop).wait_response(gap_s=20, deadline=Deadline.after(0.2))
    assert caught.value.timeout_s == pytest.approx(0.2, abs=0.01)


def test_the_apps_exception_is_kept_as_itself(loop: BackgroundLoop) -> None:
    """The app's exception is raised itself, with the app's frame in its traceback."""
    error = KeyError("item")

    async def app(scope, receive, send):
        raise error

    cycle = begun(app, loop)
    cycle.wait_response()
    assert cycle.exception is error
    assert cycle.outcome == "raised"
    assert error.__traceback__ is not None
    names = []
    traceback = error.__traceback__
    while traceback is not None:
        names.append(traceback.tb_frame.f_code.co_name)
        traceback = traceback.tb_next
    assert names[-1] == "app"


@pytest.mark.parametrize("raised", [SystemExit(3), KeyboardInterrupt()])
@pytest.mark.parametrize("grouped", [False, True])
def test_an_exit_is_fenced(loop: BackgroundLoop, raised: BaseException, grouped: bool) -> None:
    """An app that raises SystemExit, in a task group too, ends its call and nothing else."""

    async def leave():
        raise raised

    async def app(scope, receive, send):
        if not grouped:
            raise raised
        async with anyio.create_task_group() as group:
            group.start_soon(leave)

    cycle = begun(app, loop)
    cycle.wait_response()
    assert isinstance(cycle.exception, AppExitError)
    assert cycle.exception.raised is raised
    assert loop.responds(2)


# -- every way of ending --------------------------------------------------------------------------------------


async def endless_body(scope, receive, send):
    await send(START)
    while True:
        await send(body(b"", more=True))


async def endless_unknown(scope, receive, send):
    await send(START)
    while True:
        await send({"type": "http.response.zero"})


async def endless_debug(scope, receive, send):
    while True:
        await send({"type": "http.response.debug", "info": {}})


async def endless_receive(scope, receive, send):
    await send(START)
    await send(body())
    while True:
        await receive()


async def endless_trailers(scope, receive, send):
    await send({**START, "trailers": True})
    await send(body())
    while True:
        await send({"type": "http.response.trailers", "more_trailers": True})


@pytest.mark.parametrize("app", [endless_body, endless_unknown, endless_debug, endless_receive, endless_trailers])
def test_an_app_that_never_pauses_can_be_cancelled(loop: BackgroundLoop, app: Any) -> None:
    """An endless loop around ``send`` or ``receive`` that awaits nothing else still lets itself be cancelled."""
    cycle = begun(app, loop)
    time.sleep(0.02)
    assert cycle.abort()
    assert cycle.outcome == "cancelled"


def test_the_end_may_be_asked_for_again(loop: BackgroundLoop) -> None:
    """Once the app has ended, no wait hangs, however often and from whichever thread."""

    async def app(scope, receive, send):
        await send(START)
        await send(body(b"x"))

    cycle = begun(app, loop)
    for _ in range(3):
        cycle.wait_response(gap_s=20)
        assert cycle.wait_ended(0)
        assert cycle.abort()
    assert cycle.content() == b"x"


@pytest.mark.parametrize("stream", [False, True])
def test_another_thread_may_end_the_call(loop: BackgroundLoop, stream: bool) -> None:
    """Who waits for a call that another thread ends is let go, and is not given half a body for a whole one."""

    async def app(scope, receive, send):
        await send(START)
        await send(body(b"half", more=True))
        await anyio.sleep_forever()

    cycle = begun(app, loop, stream=stream)
    other = threading.Timer(0.1, cycle.abort)
    other.start()
    with pytest.raises(concurrent.futures.CancelledError):
        cycle.wait_response(gap_s=20)
        if stream:
            for _ in cycle.iter_chunks(gap_s=20):
                pass
        cycle.content()
    other.join()


@pytest.mark.serial
@pytest.mark.parametrize("raised", [KeyboardInterrupt, Knock])
@pytest.mark.parametrize("timeout_s", [None, 30])
def test_an_interrupted_wait_cancels(
    loop: BackgroundLoop, raised: type[BaseException], timeout_s: float | None
) -> None:
    """Whatever a signal raises in the waiting caller, the app is cancelled at once."""
    entered, cancelled = [], []

    async def app(scope, receive, send):
        entered.append(True)
        try:
            await anyio.sleep_forever()
        finally:
            cancelled.append(True)

    with knocks_when(lambda: entered, raised), pytest.raises(raised):
        begun(app, loop).wait_response(gap_s=timeout_s)
    assert cancelled == [True]


@pytest.mark.usefixtures("usual_graces")
def test_blocking_work_is_left_behind(loop: BackgroundLoop) -> None:
    """A synchronous endpoint cannot be stopped: it is abandoned, and its thread is replaced until it ends."""
    began, release = threading.Event(), threading.Event()

    async def app(scope, receive, send):
        await anyio.to_thread.run_sync(work)

    def work():
        began.set()
        release.wait(10)

    async def tokens() -> float:
        return anyio.to_thread.current_default_thread_limiter().total_tokens

    before = loop.call(tokens)
    cycle = begun(app, loop)
    assert began.wait(20)
    assert not cycle.abort()
    assert (cycle.outcome, cycle.ended) == ("abandoned", False)
    assert becomes_true(lambda: loop.call(tokens) == before + 1)
    cycle.wait_response()
    release.set()
    assert becomes_true(lambda: cycle.ended)
    assert loop.call(tokens) == before


@pytest.mark.usefixtures("usual_graces")
def test_a_blocked_loop_is_suspected(loop: BackgroundLoop, may_block: None) -> None:
    """An endpoint that blocks the loop itself gives the prompt back and makes the loop suspect."""
    blocked, release = threading.Event(), threading.Event()

    async def app(scope, receive, send):
        blocked.set()
        release.wait(10)

    cycle = begun(app, loop)
    assert blocked.wait(20)
    assert not cycle.abort()
    assert loop.suspect
    release.set()


def test_a_closed_loop_ends_the_wait(loop: BackgroundLoop) -> None:
    """When the loop of a call ends, the wait ends, and ending the call raises nothing."""

    async def app(scope, receive, send):
        await send(START)
        await anyio.sleep_forever()

    cycle = begun(app, loop, stream=True)
    cycle.wait_response()
    loop.close()
    cycle.finish()
    assert cycle.abort(gently=True)
    assert cycle.ended


def test_a_faulty_observer_does_not_hang_the_caller(loop: BackgroundLoop) -> None:
    """An observer that raises at the end is reported, and the caller does not hang."""

    class Faulty:
        def opened(self, scope: Any) -> None:
            pass

        def message(self, event: Any) -> None:
            pass

        def closed(self, run: Any) -> None:
            raise ZeroDivisionError("in the observer")

        def around(self) -> Any:
            return contextlib.nullcontext()

    async def app(scope, receive, send):
        await send(START)
        await send(body())

    cycle = begun(app, loop, observer=Faulty())
    cycle.wait_response(gap_s=20)
    assert isinstance(cycle.exception, ZeroDivisionError)


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("stream", [False, True])
def test_an_app_that_goes_along_is_cut_off_all_the_same(loop: BackgroundLoop, stream: bool) -> None:
    """When another thread ends the call and the app returns nicely, the reader is not given half for a whole."""

    async def app(scope, receive, send):
        await receive()
        await send(START)
        await send(body(b"half", more=True))
        await receive()

    cycle = begun(app, loop, stream=stream)
    other = threading.Timer(0.1, cycle.abort, kwargs={"gently": True})
    other.start()
    with pytest.raises(concurrent.futures.CancelledError):
        cycle.wait_response(gap_s=20)
        if stream:
            for _ in cycle.iter_chunks(gap_s=20):
                pass
        cycle.content()
    other.join()
    assert cycle.outcome == "returned"


@pytest.mark.usefixtures("usual_graces")
def test_an_abandoned_call_has_a_record(loop: BackgroundLoop) -> None:
    """The record of an abandoned call is frozen then; the later end of the app does not change it."""
    release = threading.Event()

    async def app(scope, receive, send):
        await receive()
        await anyio.to_thread.run_sync(release.wait, 10)
        await send(START)
        await send(body())

    cycle = begun(app, loop, record=True)
    assert becomes_true(lambda: cycle.recording is not None and cycle.recording.snapshot())
    assert not cycle.abort()
    run = cycle.run
    assert run is not None
    assert (run.outcome, [event.type for event in run.events]) == ("abandoned", ["http.request"])
    release.set()
    assert becomes_true(lambda: cycle.ended)
    assert cycle.outcome == "abandoned"
    assert cycle.run is run


def test_cancelling_on_a_closed_loop(loop: BackgroundLoop, may_block: None) -> None:
    """Cancelling a call on a closed loop releases its waiters."""
    blocked, release = threading.Event(), threading.Event()

    async def app(scope, receive, send):
        blocked.set()
        release.wait(10)

    cycle = begun(app, loop)
    assert blocked.wait(20)
    loop.stop_soon()
    try:
        cycle.cancel_soon()
        assert cycle.wait_ended(20)
        assert cycle.outcome == "abandoned"
    finally:
        release.set()
