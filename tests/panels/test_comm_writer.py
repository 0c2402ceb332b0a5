"""The display thread: how fast it writes, where, in which context, and what it survives."""

import contextvars
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from ipyasgi.engine.background_loop import BackgroundLoop
from ipyasgi.panels.comm_writer import MESSAGES_PER_S, Budget, CommWriter, free_replies
from ipyasgi.protocol.errors import LoopError

from .canvas import Canvas


@pytest.fixture
def loop() -> Iterator[BackgroundLoop]:
    """Give a display loop."""
    loop = BackgroundLoop(name="ipyasgi-display")
    yield loop
    loop.close()


@pytest.fixture
def writer(loop: BackgroundLoop) -> Iterator[CommWriter]:
    """Give a comm writer, closed at the end."""
    writer = CommWriter(loop)
    yield writer
    writer.close()


def wait_for(holds: Callable[[], object], within_s: float = 20.0) -> None:
    until = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.005)


def test_a_budget_is_a_second_s_worth_and_refills() -> None:
    """Ten messages may go at once after a quiet time, then one every tenth of a second."""
    budget = Budget(10)
    for _ in range(10):
        assert budget.wait_s(100.0) == 0
        budget.spend()
    assert budget.wait_s(100.0) == pytest.approx(0.1)
    assert budget.wait_s(100.06) == pytest.approx(0.04)
    assert budget.wait_s(100.1) == pytest.approx(0)
    assert budget.wait_s(500.0) == 0
    for _ in range(10):
        budget.spend()
    assert budget.wait_s(500.0) == pytest.approx(0.1)


@pytest.mark.serial
def test_a_thousand_rows_a_second_are_few_messages(writer: CommWriter) -> None:
    """Every row arrives once and in order, at no more than ten messages a second."""
    canvas = Canvas()
    queue = writer.attach(canvas)
    began = time.monotonic()
    for number in range(1000):
        queue.put(number)
        time.sleep(max(began + number / 1000 - time.monotonic(), 0))
    wait_for(lambda: len(canvas.rows()) == 1000)
    lasted_s = time.monotonic() - began
    assert canvas.rows() == list(range(1000))
    assert len(canvas.written) <= lasted_s * MESSAGES_PER_S + 2


def test_the_first_row_is_not_kept_waiting(writer: CommWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a quiet time a row is written at once, not after the gap between two writes."""
    monkeypatch.setattr("ipyasgi.panels.comm_queue.ROWS_GAP_S", 60.0)
    canvas = Canvas()
    writer.attach(canvas).put("row")
    wait_for(canvas.rows)


@pytest.mark.serial
def test_a_value_that_changes_all_the_time_keeps_to_the_rate(writer: CommWriter) -> None:
    """Traits are written at the panel's rate, and the last value is the one that stays."""
    canvas = Canvas()
    queue = writer.attach(canvas)
    began = time.monotonic()
    while time.monotonic() < began + 0.5:
        queue.state(value=time.monotonic())
    queue.state(value="last")
    wait_for(lambda: canvas.of("state")[-1:] == [{"value": "last"}])
    assert len(canvas.of("state")) <= MESSAGES_PER_S * (1 + time.monotonic() - began) + 1


def test_any_thread_puts_and_one_thread_writes(writer: CommWriter, loop: BackgroundLoop) -> None:
    """Rows of many threads are numbered without a gap, and only the display thread touches the widget."""
    canvas = Canvas()
    queue = writer.attach(canvas)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(queue.put, range(1000)))
    wait_for(lambda: len(canvas.rows()) == 1000)
    numbers = [message["first"] + i for message in canvas.of("rows") for i in range(len(message["rows"]))]
    assert numbers == list(range(1, 1001))
    assert canvas.threads == {loop.thread}


@pytest.mark.serial
def test_put_and_state_never_wait_for_a_slow_widget(writer: CommWriter) -> None:
    """While one widget holds up the comm writer, the app's loop puts on without noticing."""
    canvas, release = Canvas(), threading.Event()
    canvas.__dict__["before_write"] = lambda: release.wait(40)
    queue = writer.attach(canvas, keep_rows=100)
    queue.put("first")
    began = time.monotonic()
    for number in range(1000):
        queue.put(number)
        queue.state(value=number)
    assert time.monotonic() - began < 20
    release.set()
    wait_for(lambda: canvas.rows()[-1:] == [999])
    assert canvas.of("rows")[-1]["dropped"] >= 900


def test_messages_belong_to_the_cell_that_attached(writer: CommWriter) -> None:
    """Writes see the context variables of attach, whoever puts: ipykernel keeps the cell in one."""
    cell: contextvars.ContextVar[str] = contextvars.ContextVar("cell")
    seen: list[str | None] = []
    canvas = Canvas()
    canvas.__dict__["before_write"] = lambda: seen.append(cell.get(None))

    writer.attach(Canvas())  # starts the writer, in a context that must not matter
    cell.set("the panel's")
    queue = writer.attach(canvas)
    cell.set("another")
    queue.put("from a later cell")
    wait_for(lambda: len(seen) == 1)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(queue.state, value=1).result(20)
    wait_for(lambda: len(seen) == 2)
    assert seen == ["the panel's"] * 2


def test_a_write_that_raises_spoils_nothing_else(writer: CommWriter) -> None:
    """The error is kept with its queue; that panel's next write and the other panels go on."""
    torn, sound = Canvas(), Canvas()
    faults = iter([RuntimeError("comm closed")])

    def fail_once() -> None:
        for fault in faults:
            raise fault

    torn.__dict__["before_write"] = fail_once
    torn_queue, sound_queue = writer.attach(torn), writer.attach(sound)
    torn_queue.put("lost")
    sound_queue.put("row")
    wait_for(sound.rows)
    torn_queue.put("next")
    wait_for(lambda: torn.rows() == ["next"])
    assert [str(error) for error in torn_queue.errors] == ["comm closed"]
    torn.hear(paint="ask", first=1, last=1)
    wait_for(lambda: "lost" in torn.rows())


def test_a_closed_channel_is_written_out_and_let_go(writer: CommWriter) -> None:
    """What was put before close appears; the widget is unhooked; other channels stay."""
    canvas, other = Canvas(), Canvas()
    queue, stays = writer.attach(canvas), writer.attach(other)
    for number in range(700):
        queue.put(number)
    queue.close()
    wait_for(lambda: not canvas.hooks)
    assert len(canvas.rows()) == 700
    stays.put("row")
    wait_for(other.rows)


def test_close_writes_what_is_left_and_ends_the_writer(loop: BackgroundLoop) -> None:
    """After close nothing is taken, nothing is written, attaching is an error, and closing again is harmless."""
    writer, canvas = CommWriter(loop), Canvas()
    queue = writer.attach(canvas)
    for number in range(1200):
        queue.put(number)
    writer.close()
    assert len(canvas.rows()) == 1200
    assert canvas.hooks == []
    queue.put("late")
    queue.state(value="late")
    writer.close()
    with pytest.raises(LoopError, match="closed"):
        writer.attach(Canvas())
    assert len(canvas.rows()) == 1200


@pytest.mark.serial
def test_close_has_a_deadline(loop: BackgroundLoop) -> None:
    """A widget that never returns does not hold up the end."""
    writer, canvas, release = CommWriter(loop), Canvas(), threading.Event()
    canvas.__dict__["before_write"] = lambda: release.wait(40)
    writer.attach(canvas).put("row")
    began = time.monotonic()
    writer.close(timeout_s=0.1)
    assert time.monotonic() - began < 20
    release.set()


@pytest.mark.serial
def test_a_loop_that_ends_first_is_no_accident(loop: BackgroundLoop) -> None:
    """With the display loop gone, putting and closing still neither raise nor wait."""
    writer = CommWriter(loop)
    queue = writer.attach(Canvas())
    loop.close()
    queue.put("row")
    queue.state(value=1)
    began = time.monotonic()
    writer.close()
    assert time.monotonic() - began < 5


def test_replies_are_free_after_attach_and_after_each_write(writer: CommWriter) -> None:
    """The pin that ipykernel 7.4 sets with each send is taken off; widgets without a comm are left alone."""
    canvas = Canvas()
    canvas.comm._reply_subshell_id = None
    queue = writer.attach(canvas)
    assert vars(canvas.comm) == {}
    canvas.__dict__["before_write"] = lambda: setattr(canvas.comm, "_reply_subshell_id", None)
    queue.put("row")
    wait_for(lambda: canvas.rows() and vars(canvas.comm) == {})
    free_replies(object(), type("Closed", (), {"comm": None})())
