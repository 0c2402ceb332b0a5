"""The recording of a call, its limits, and its observer."""

import contextlib
import contextvars
import dataclasses
import hashlib
import threading
from collections.abc import Iterator
from typing import Any

import anyio
import pytest

from ipyasgi.engine import recording as recording_module
from ipyasgi.engine.background_loop import BackgroundLoop
from ipyasgi.engine.http_cycle import HttpCycle
from ipyasgi.engine.recording import BODY_LIMIT_BYTES
from ipyasgi.engine.request_body import IteratorBody
from ipyasgi.engine.runs import Event, HttpRun, Run, WebSocketRun
from ipyasgi.engine.websocket import WebSocketCycle

from .calls import START, becomes_true, begun, body, websocket_scope

mark: contextvars.ContextVar[str] = contextvars.ContextVar("mark", default="")


async def answer(scope, receive, send):
    await receive()
    await send(START)
    await send(body(b"one", more=True))
    await send(body(b"two"))


def run_of(cycle: HttpCycle | WebSocketCycle) -> Run:
    assert cycle.wait_ended(20)
    assert cycle.run is not None
    return cycle.run


def test_a_run_is_every_message_in_order(loop: BackgroundLoop) -> None:
    """The frozen run holds scope, messages with their times, and how it ended."""
    run = run_of(begun(answer, loop, content=b"x", record=True))
    assert isinstance(run, HttpRun)
    assert [(event.direction, event.type) for event in run.events] == [
        ("receive", "http.request"),
        ("send", "http.response.start"),
        ("send", "http.response.body"),
        ("send", "http.response.body"),
    ]
    assert [event.body_bytes for event in run.events] == [1, 0, 3, 3]
    times = [event.at_ns for event in run.events]
    assert times == sorted(times)
    assert (run.first_byte_ns, run.response_end_ns) == (times[1], times[3])
    assert run.duration_ns >= times[-1]
    assert (run.kind, run.outcome, run.exception, run.violations) == ("http", "returned", None, ())
    with pytest.raises(dataclasses.FrozenInstanceError):
        run.outcome = "raised"


def test_without_recording_nothing_is_kept(loop: BackgroundLoop) -> None:
    """A plain call has no recording and no run."""
    cycle = begun(answer, loop)
    assert cycle.wait_ended(20)
    assert (cycle.recording, cycle.run) == (None, None)


def test_what_the_app_changes_later_is_not_seen(loop: BackgroundLoop) -> None:
    """The scope is as it was before the call, and messages are as they were when they were sent."""

    async def app(scope, receive, send):
        scope["path"] = "/changed"
        scope["headers"].append((b"x", b"y"))
        headers = [(b"a", b"1")]
        data = bytearray(b"before")
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        headers.append((b"late", b"1"))
        await send(body(data))
        data[:] = b"after!"

    run = run_of(begun(app, loop, record=True))
    assert run.scope["path"] == "/"
    assert run.scope["headers"] == ()
    assert "state" not in run.scope
    assert run.events[0].message["headers"] == ((b"a", b"1"),)
    assert run.events[1].message["body"] == b"before"


@pytest.mark.parametrize(
    ("data", "kept", "size"),
    [
        (b"x" * (BODY_LIMIT_BYTES + 5), b"x" * BODY_LIMIT_BYTES, BODY_LIMIT_BYTES + 5),
        (memoryview(b"abc"), b"abc", 3),
    ],
)
def test_long_bodies_are_cut(loop: BackgroundLoop, data: Any, kept: bytes, size: int) -> None:
    """An event keeps the beginning of a body and its whole size."""

    async def app(scope, receive, send):
        await send(START)
        await send(body(data))

    event = run_of(begun(app, loop, record=True)).events[1]
    assert (event.message["body"], event.body_bytes) == (kept, size)


def _kept_body(run: Run) -> bytes:
    sent = (event.message.get("body") for event in run.events if event.type == "http.response.body")
    return b"".join(part for part in sent if isinstance(part, bytes))


@pytest.mark.parametrize("chunk", [b"x" * 50_000, b"y" * 200_000, b"z" * 3_000_000])
def test_of_a_long_stream_the_beginning_the_size_and_a_digest_are_kept(loop: BackgroundLoop, chunk: bytes) -> None:
    """The messages of one call hold the first megabyte of its body; the run knows the whole size and its SHA-256."""

    async def app(scope, receive, send):
        await receive()
        await send(START)
        await send(body(memoryview(b"first"), more=True))
        for _ in range(60):
            await send(body(chunk, more=True))
        await send(body(bytearray(b"last")))

    run = run_of(begun(app, loop, content=b"up" * 2_000_000, record=True))
    assert isinstance(run, HttpRun)
    whole = b"first" + chunk * 60 + b"last"
    assert (run.body_bytes, run.body_sha256) == (len(whole), hashlib.sha256(whole).hexdigest())
    assert _kept_body(run) == whole[:BODY_LIMIT_BYTES]
    assert len(run.events) == 64


def test_a_body_that_is_none_does_not_disturb_the_app(loop: BackgroundLoop) -> None:
    """A body of the wrong type, or of scattered memory, is the app's affair, also where a digest is taken."""

    async def app(scope, receive, send):
        await send(START)
        for wrong in ("text", 7, None):
            with contextlib.suppress(Exception):
                await send(body(wrong, more=True))
        await send(body(memoryview(b"a-b-" * BODY_LIMIT_BYTES)[::2]))

    run = run_of(begun(app, loop, record=True))
    assert (run.outcome, run.exception) == ("returned", None)
    assert run.body_sha256


def test_a_body_that_is_kept_whole_needs_no_digest(loop: BackgroundLoop, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is a digest only if the events do not contain the whole body, such as after a dropped message."""
    run = run_of(begun(answer, loop, record=True))
    assert (_kept_body(run), run.body_bytes, run.body_sha256) == (b"onetwo", 6, "")
    monkeypatch.setattr(recording_module, "EVENTS_LIMIT", 3)
    run = run_of(begun(answer, loop, record=True))
    assert (_kept_body(run), run.body_bytes) == (b"one", 6)
    assert run.body_sha256 == hashlib.sha256(b"onetwo").hexdigest()


@pytest.mark.parametrize(("text", "size"), [("é", 2), ("\ud800", 3), ("x" * 70_000, 70_000)])
def test_texts_count_their_bytes(loop: BackgroundLoop, text: str, size: int) -> None:
    """A text frame counts as UTF-8; one that cannot be encoded does not affect the app."""

    async def app(scope, receive, send):
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": text})

    cycle = WebSocketCycle(app, websocket_scope(), loop, record=True)
    cycle.begin()
    run = run_of(cycle)
    assert isinstance(run, WebSocketRun)
    assert run.exception is None
    assert run.events[-1].body_bytes == size


def test_many_messages_are_counted(loop: BackgroundLoop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond its limit a recording counts messages instead of keeping them."""
    monkeypatch.setattr(recording_module, "EVENTS_LIMIT", 3)
    run = run_of(begun(answer, loop, record=True))
    assert (len(run.events), run.events_dropped) == (3, 1)


def test_a_snapshot_while_it_runs(loop: BackgroundLoop) -> None:
    """Live views read the events so far from their own thread."""
    started, release = threading.Event(), threading.Event()

    async def app(scope, receive, send):
        await send(START)
        started.set()
        while not release.is_set():
            await anyio.sleep(0.005)

    cycle = begun(app, loop, record=True)
    assert cycle.recording is not None
    assert started.wait(20)
    assert [event.type for event in cycle.recording.snapshot()] == ["http.response.start"]
    release.set()
    assert cycle.wait_ended(20)


class Watch:
    """Collects its notifications and their threads."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.threads: set[threading.Thread] = set()

    def note(self, what: str) -> None:
        self.told.append(what)
        self.threads.add(threading.current_thread())

    def opened(self, scope: Any) -> None:
        self.note(f"opened {scope['type']}")

    def message(self, event: Event) -> None:
        self.note(event.type)

    def closed(self, run: Run) -> None:
        self.note(f"closed {run.outcome}")

    @contextlib.contextmanager
    def around(self) -> Iterator[None]:
        self.note("around")
        token = mark.set("seen")
        yield
        mark.reset(token)
        self.note("left")


def test_an_observer_is_told_on_the_loops_thread(loop: BackgroundLoop) -> None:
    """Opened, around the call, each message, left, closed; always on the loop's thread."""
    watch = Watch()
    marks = []

    async def app(scope, receive, send):
        marks.append(mark.get())
        await answer(scope, receive, send)

    assert begun(app, loop, observer=watch).wait_ended(20)
    assert watch.told == [
        "opened http",
        "around",
        "http.request",
        "http.response.start",
        "http.response.body",
        "http.response.body",
        "left",
        "closed returned",
    ]
    assert watch.threads == {loop.thread}
    assert (marks, mark.get()) == (["seen"], "")


@pytest.mark.parametrize("moment", ["opened", "message", "around"])
def test_a_faulty_observer_is_told_as_an_error(loop: BackgroundLoop, moment: str) -> None:
    """An observer that raises ends the call with its exception, and no waiter hangs."""

    class Faulty(Watch):
        pass

    def fail(*_: Any) -> Any:
        raise ZeroDivisionError

    setattr(Faulty, moment, fail)
    cycle = begun(answer, loop, observer=Faulty())
    assert cycle.wait_ended(20)
    assert isinstance(cycle.exception, ZeroDivisionError)


def test_the_response_to_many_messages_is_recorded(loop: BackgroundLoop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit chunks are only counted, but the start of the response and the end stay known."""
    monkeypatch.setattr(recording_module, "EVENTS_LIMIT", 3)

    async def app(scope, receive, send):
        for _ in range(5):
            await receive()
        await send(START)
        await send(body(b"abc"))

    run = run_of(begun(app, loop, content=IteratorBody([b"x"] * 10), record=True))
    assert isinstance(run, HttpRun)
    assert run.first_byte_ns is not None
    assert run.response_end_ns is not None
    assert (run.body_bytes, run.events_dropped) == (3, 3)


def test_a_call_that_is_ended_from_outside(loop: BackgroundLoop) -> None:
    """The run says when its response was cut off, and where the app was; a response that ended was not cut off."""

    async def app(scope, receive, send):
        await send(START)
        await send(body(b"abc", more=scope["method"] == "GET"))
        await anyio.sleep_forever()

    for method in ("GET", "POST"):
        cycle = begun(app, loop, method=method, record=True)
        assert becomes_true(lambda cycle=cycle: cycle._read_place()[1].endswith("sleep_forever"))
        cycle.abort(gently=True)
        run = cycle.run
        assert isinstance(run, HttpRun)
        assert run.waited_at.endswith(" in app, awaiting sleep_forever")
        assert (run.cut_off_ns is None, run.response_end_ns is None) == (method == "POST", method == "GET")
