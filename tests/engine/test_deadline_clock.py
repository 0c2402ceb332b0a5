"""The clock of deadlines: as ``time.monotonic``, without the time in which a debugger held the app."""

import sys
import threading
import time
from types import SimpleNamespace

import pytest

from ipyasgi.engine.deadline_clock import DEADLINE_CLOCK, LATE_S, DeadlineClock
from ipyasgi.engine.inbox import Inbox, WaitPlan

NOW_S = 1000.0


@pytest.fixture
def standing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no time pass for the clock and for `stopped_s`, however busy the machine is."""
    time = SimpleNamespace(monotonic=lambda: NOW_S)
    monkeypatch.setattr("ipyasgi.engine.deadline_clock.time", time)
    monkeypatch.setitem(globals(), "time", time)


@pytest.fixture
def attached(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a debugger that is attached, as far as the clock can see."""
    monkeypatch.setitem(sys.modules, "debugpy", SimpleNamespace(is_client_connected=lambda: True))
    monkeypatch.setitem(sys.modules, "pydevd", SimpleNamespace(get_global_debugger=lambda: object()))


def stopped_s(clock: DeadlineClock) -> float:
    """Return the seconds that the clock has left out."""
    return time.monotonic() - clock.now_s()


@pytest.mark.usefixtures("standing")
def test_it_is_the_usual_clock() -> None:
    """Without a debugger every wait counts, however late it ends."""
    clock = DeadlineClock()
    clock.note_wait(NOW_S - 60, 0.2, waited=True)
    assert stopped_s(clock) == pytest.approx(0)


@pytest.mark.parametrize("waited", [True, False])
@pytest.mark.usefixtures("attached", "standing")
def test_a_wait_that_stood(waited: bool) -> None:
    """A slice that took far too long does not count, whether or not an item ended it; one that is a bit late does."""
    clock = DeadlineClock()
    clock.note_wait(NOW_S - 0.2 - LATE_S / 2, 0.2, waited=waited)
    assert stopped_s(clock) == pytest.approx(0)
    clock.note_wait(NOW_S - 60, 0.2, waited=waited)
    assert stopped_s(clock) == pytest.approx(60)


@pytest.mark.usefixtures("attached", "standing")
def test_a_wait_while_another_thread_stands() -> None:
    """Slices that pass in time do not count either, as long as a debugger holds a thread."""
    clock, thread = DeadlineClock(), threading.current_thread()
    thread.additional_info = SimpleNamespace(pydev_state=2)  # type: ignore[attr-defined]
    try:
        clock.note_wait(NOW_S - 0.2, 0.2, waited=True)
    finally:
        del thread.additional_info  # type: ignore[attr-defined]
    clock.note_wait(NOW_S - 0.2, 0.2, waited=True)
    assert stopped_s(clock) == pytest.approx(0.2)


@pytest.mark.usefixtures("standing")
def test_a_stop_that_two_waits_notice() -> None:
    """A time is left out once."""
    clock = DeadlineClock()
    for began_s, ended_s in ((10.0, 20.0), (11.0, 20.0), (12.0, 25.0), (13.0, 14.0)):
        clock.leave_out(began_s, ended_s)
    assert stopped_s(clock) == pytest.approx(15)


@pytest.mark.usefixtures("attached")
def test_a_stop_between_two_waits() -> None:
    """A debugger also stops the thread that waits between two slices, which does not count either."""
    before_s = stopped_s(DEADLINE_CLOCK)

    def wait() -> WaitPlan[None]:
        yield 0
        time.sleep(2 * LATE_S)
        yield 0

    Inbox().run_sync(wait())
    assert stopped_s(DEADLINE_CLOCK) - before_s > 1.9 * LATE_S
