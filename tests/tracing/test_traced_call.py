"""One traced call of an app, and an interrupt at any line of what puts its taps in and removes them."""

import linecache
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import anyio.to_thread
import pytest

from ipyasgi.tracing import traced_call
from ipyasgi.tracing.layer_taps import LAYER_TAPS, LayerPlan, Tap
from ipyasgi.tracing.taps import TRACE_TAPS
from ipyasgi.tracing.traced_call import TracedCall

FILES = [str(Path(traced_call.__file__).with_name(name)) for name in ("traced_call.py", "taps.py", "layer_taps.py")]
SCOPE: dict[str, Any] = {"type": "http", "headers": []}
NEVER = 100_000


class Layer:
    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)


async def innermost(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})


def interrupt_at(line: int, work: Callable[[], object]) -> bool:
    """Do some work, interrupted before the given line of those that it runs; return whether there was such a line."""
    count = 0

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal count
        if frame.f_code.co_filename not in FILES:
            return None
        # A signal is handled before or after a lock is taken or released, never at the line that does so.
        if event == "line" and "_lock:" not in linecache.getline(frame.f_code.co_filename, frame.f_lineno):
            count += 1
            if count == line:
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


@pytest.fixture
def app() -> Layer:
    return Layer(Layer(innermost))


def assert_nothing_is_left(app: Layer, run_sync: object) -> None:
    assert anyio.to_thread.run_sync is run_sync
    assert not isinstance(app.app, Tap)
    assert app.app.app is innermost
    assert TRACE_TAPS.watched()[0] == ()
    assert not LAYER_TAPS._put


@pytest.mark.parametrize("known", [True, False])
def test_an_interrupt_while_it_opens(app: Layer, known: bool) -> None:
    """What was put in by then is removed at the end, and the next call has all taps, also of layers that are known."""
    run_sync, plan = anyio.to_thread.run_sync, LayerPlan()
    for line in range(1, NEVER):
        call = TracedCall(app, plan if known else LayerPlan())
        is_interrupted = interrupt_at(line, lambda call=call: call.open(SCOPE))  # type: ignore[misc]
        call.close()

        assert_nothing_is_left(app, run_sync)
        following = TracedCall(app, plan)
        following.open(SCOPE)
        assert isinstance(app.app, Tap)
        assert isinstance(app.app._tap_app.app, Tap)
        assert anyio.to_thread.run_sync is not run_sync
        following.close()
        assert_nothing_is_left(app, run_sync)
        if not is_interrupted:
            return


def test_an_interrupt_while_it_closes(app: Layer) -> None:
    """What is left is removed when it is closed again."""
    run_sync, plan = anyio.to_thread.run_sync, LayerPlan()
    for line in range(1, NEVER):
        call = TracedCall(app, plan)
        call.open(SCOPE)
        is_interrupted = interrupt_at(line, call.close)
        call.close()

        assert_nothing_is_left(app, run_sync)
        if not is_interrupted:
            return


def test_another_call_at_the_same_time(app: Layer) -> None:
    """A call that is interrupted while it opens leaves the taps of another one where they are."""
    run_sync, plan = anyio.to_thread.run_sync, LayerPlan()
    other = TracedCall(app, plan)
    other.open(SCOPE)
    for line in range(1, NEVER):
        call = TracedCall(app, plan)
        is_interrupted = interrupt_at(line, lambda call=call: call.open(SCOPE))  # type: ignore[misc]
        call.close()

        assert isinstance(app.app, Tap)
        assert anyio.to_thread.run_sync is not run_sync
        if not is_interrupted:
            break
    other.close()
    assert_nothing_is_left(app, run_sync)
