"""The lifespan stepper: its buttons are what is allowed, and what goes wrong is shown."""

import threading
from collections.abc import Callable

import anyio
import pytest

from ipyasgi import Explorer, Settings
from ipyasgi.panels import LifespanStepper
from ipyasgi.protocol.errors import LifespanStateError, LoopError


def test_step_by_step_to_stopped_and_back(explorer: Explorer, page_says: Callable, until: Callable) -> None:
    """Each press lets one message pass; the buttons are the explorer's next actions."""
    stepper = LifespanStepper(explorer)
    assert stepper.bar.status == "running"
    for want in ("shutting down", "stopped", "starting", "running"):
        page_says(stepper.bar, ask="act", action="step")
        until(lambda want=want: stepper.bar.status == want and not stepper.bar.acting)
        assert stepper.bar.actions == list(explorer.lifespan.next_actions)
    for action, want in (("stop", "stopped"), ("start", "running"), ("restart", "running")):
        stepper.act(action)
        until(lambda: not stepper.acting)
        until(lambda want=want: stepper.bar.status == want and not stepper.bar.acting)
    assert "lifespan.startup" in stepper.table.value


def test_folded_it_is_the_status_alone(explorer: Explorer, app) -> None:
    """Buttons and table are collapsed, with the time of the startup in view, unless the app could not be started."""
    stepper = LifespanStepper(explorer, folded=True)
    assert stepper.bar.folded
    assert "ipyasgi-shut" in stepper._dom_classes
    assert stepper.bar.took.endswith("s")
    assert not LifespanStepper(explorer).bar.folded
    app.fails = True
    with Explorer(app) as broken:
        stepper = LifespanStepper(broken, folded=True)
        assert not stepper.bar.folded
        assert "ipyasgi-shut" not in stepper._dom_classes


@pytest.mark.serial
def test_closing_while_an_action_is_under_way_leaves_no_thread(app, until: Callable) -> None:
    """A restart that comes too late finds the client closed, and opens no loop that nobody would close."""
    for _ in range(5):
        explorer = Explorer(app)
        stepper = LifespanStepper(explorer)
        stepper.act("restart")
        explorer.close()
        until(lambda explorer=explorer: not [t for t in threading.enumerate() if t.name == "ipyasgi-loop"])


def test_a_held_app_says_what_it_waits_at(explorer: Explorer, until: Callable) -> None:
    """Between two steps the bar names the message that comes next."""
    stepper = LifespanStepper(explorer)
    stepper.act("step")
    until(lambda: stepper.bar.note == "waiting at send lifespan.shutdown.complete")


def test_a_startup_that_fails_is_shown_with_its_frames(app, until: Callable) -> None:
    """The app's own words are in the table, and where that is folded in the notice; start may be tried again."""
    app.fails = True
    with Explorer(app) as explorer:
        open_one = LifespanStepper(explorer)
        open_one.act("start")
        until(lambda: not open_one.acting and not open_one.bar.acting)
        assert "no database" in open_one.table.value
        assert not open_one.notice.text
        stepper = LifespanStepper(explorer, folded=True)
        assert (stepper.bar.status, stepper.bar.tone) == ("startup failed", "bad")
        stepper.act("start")
        until(lambda: "no database" in stepper.notice.text)
        until(lambda: "live" in stepper.notice.detail)
        assert "no database" in stepper.table.value
        app.fails = False
        stepper.act("start")
        until(lambda: stepper.bar.status == "running")
        assert not stepper.notice.text


def test_the_reason_of_a_failure_is_one_masked_line() -> None:
    """Beside the status stands the last line of the traceback that the app sent, without its secret."""

    async def app(scope, receive, send) -> None:
        await receive()
        message = "Traceback (most recent call last):\n  File x\nOSError: no db at postgresql://ann:s3cret@db/clinic\n"
        await send({"type": "lifespan.startup.failed", "message": message})

    with Explorer(app) as explorer:
        note = LifespanStepper(explorer).bar.note
    assert note == "OSError: no db at postgresql://•••@db/clinic"


def test_what_is_not_allowed_now_is_refused(explorer: Explorer, page_says: Callable, until: Callable) -> None:
    """In Python it raises; from the page it is said in the panel, and nothing happens."""
    stepper = LifespanStepper(explorer)
    with pytest.raises(LifespanStateError):
        stepper.act("start")
    page_says(stepper.bar, ask="act", action="start")
    until(lambda: stepper.notice.text)
    page_says(stepper.bar, ask="act", action="explode")
    assert explorer.lifespan.status == "running"


def test_it_follows_what_others_do(explorer: Explorer, until: Callable) -> None:
    """A cell or another panel moves the lifespan: the bar and the table follow."""
    stepper = LifespanStepper(explorer)
    explorer.lifespan.shutdown()
    until(lambda: stepper.bar.status == "stopped")


def test_the_caller_does_not_wait(app, until: Callable, deadlines_from: Callable) -> None:
    """An app that takes its time to start keeps neither the caller nor the comm writer waiting."""
    shown: list[bool] = []
    deadlines_from(lambda: shown)

    async def never(receive, send):
        await receive()
        await receive()

    app.live = never
    with Explorer(app, lifespan="off", settings=Settings(lifespan_timeout_s=1.0)) as explorer:
        stepper = LifespanStepper(explorer)
        stepper.act("start")
        until(lambda: stepper.bar.acting == "start")
        until(lambda: stepper.bar.status == "starting")
        until(lambda: stepper.bar.actions == [])
        shown.append(True)
        until(lambda: stepper.notice.text)
        until(lambda: stepper.bar.status == "not answering")


def test_what_is_printed_between_two_messages_is_shown_at_once(app, until: Callable) -> None:
    """An app that is long in starting tells what it does: the table has it before the next message."""
    shown: list[bool] = []

    async def slow_start(receive, send):
        await receive()
        print("opening the shop")
        while not shown:
            await anyio.sleep(0.01)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})

    app.live = slow_start
    with Explorer(app, lifespan="off") as explorer:
        stepper = LifespanStepper(explorer)
        stepper.act("start")
        until(lambda: "opening the shop" in stepper.table.value)
        assert explorer.lifespan.status == "starting"
        shown.append(True)
        until(lambda: stepper.bar.status == "running" and not stepper.acting)


def test_an_action_that_cannot_begin_is_not_under_way(
    explorer: Explorer, monkeypatch: pytest.MonkeyPatch, until: Callable
) -> None:
    """Where the loop takes no work the reason is raised, and the next press is free again."""
    stepper = LifespanStepper(explorer)

    def full(*_: object) -> None:
        raise LoopError("the loop is closed")

    with monkeypatch.context() as patch:
        patch.setattr(stepper.loop, "submit", full)
        with pytest.raises(LoopError, match="closed"):
            stepper.act("stop")
    assert stepper.acting == ""
    stepper.act("stop")
    until(lambda: stepper.bar.status == "stopped" and not stepper.bar.acting)
