"""`begin_fuzz` and `begin_shrink`: experiments that restart the app, in the background."""

from __future__ import annotations

import threading

import anyio.to_thread
import pytest

from ipyasgi import Explorer
from ipyasgi.experiments import Fuzzed, Shrunk
from ipyasgi.protocol.errors import LoopError, RequestError

from .planted import build_app
from .test_fuzz import ADD, engine_of, item


class Counter:
    """
    A raw app that counts POSTs in each start, and crashes at GET when there were two.

    :ivar gates: by the number of a start, the event that it waits for; ``entered`` is set meanwhile
    """

    def __init__(self):
        self.starts = 0
        self.gates = {}
        self.entered = threading.Event()

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            await receive()
            self.starts += 1
            scope["state"]["count"] = 0
            self.count = scope["state"]
            if self.starts in self.gates:
                self.entered.set()
                await anyio.to_thread.run_sync(self.gates[self.starts].wait)
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        self.count["count"] += scope["method"] == "POST"
        if scope["method"] == "GET" and self.count["count"] >= 2:
            raise RuntimeError("two")
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})


@pytest.fixture
def planted(monkeypatch):
    """Attach the app with planted faults; schemathesis need not be installed."""
    monkeypatch.setattr("ipyasgi.explorer.explorer.load_schemathesis", lambda: None)
    with Explorer(build_app()) as explorer:
        yield explorer


@pytest.fixture
def counted():
    """Attach a `Counter` that has crashed as ``r5``."""
    with Explorer(Counter()) as explorer:
        for _ in range(4):
            explorer.post("/")
        explorer.get("/", raise_exceptions=False)
        yield explorer


def test_fuzz(planted, monkeypatch):
    """The value is that of `fuzz`; the handle says what runs, and what was done so far."""
    go = threading.Event()

    def run(engine):
        engine.send(ADD, item(tags=["a", "a"]))
        assert go.wait(20)
        engine.send(ADD, item())
        return ()

    engine_of(monkeypatch, run)
    pending = planted.begin_fuzz(seconds=1000, seed=7)
    shown = pending.to_text()
    assert shown.startswith("fuzz 9 operations  sending  ")
    assert shown.endswith("To wait for it, and see what it found: .result()")
    go.set()
    found = pending.result(60)
    assert isinstance(found, Fuzzed)
    assert (found.seed, found.stopped, found.requests) == (7, "finished", 2)
    assert [one.title for one in found.findings] == ["ZeroDivisionError"]
    assert pending.to_text().endswith("\nWhat it found: .result()")


def test_a_fuzz_that_is_cancelled(planted, monkeypatch):
    """Its value has the findings so far; the engine is stopped, and the app is not restarted."""
    reached, go = threading.Event(), threading.Event()

    def run(engine):
        engine.send(ADD, item(tags=["a", "a"]))
        reached.set()
        assert go.wait(20)
        engine.send(ADD, item())
        raise AssertionError("a request was sent after the end")

    engine_of(monkeypatch, run)
    pending = planted.begin_fuzz(seconds=1000)
    assert reached.wait(20)
    pending.cancel()
    go.set()
    found = pending.result(60)
    assert (found.stopped, found.requests) == ("interrupted", 1)
    assert [one.title for one in found.findings] == ["ZeroDivisionError"]
    assert found.findings[0].exchange is planted.history[-1]
    assert "have changed the app's state" in found.notes[-1]
    assert planted.app.state.starts == 1
    assert "cancelled" in pending.to_text()


def test_shrink(counted):
    """The value is that of `shrink`, and the state is made again."""
    pending = counted.begin_shrink("r5")
    found = pending.result(60)
    assert isinstance(found, Shrunk)
    assert [one.spec.method for one in found.steps] == ["POST", "POST", "GET"]
    assert "its state is as before" in found.notes[-1]
    assert pending.to_text().startswith("shrink r5  ended  ")


@pytest.mark.parametrize("at", [4, -1], ids=["in a try", "while the state is made again"])
def test_a_shrink_that_is_cancelled(counted, at):
    """Its value has the smallest that was found, and a note says how to make the state again."""
    app = counted.app
    if at < 0:  # the last start of a whole search
        before = app.starts
        counted.begin_shrink("r5").result(60)
        at = app.starts - before
    gate = app.gates[app.starts + at] = threading.Event()
    pending = counted.begin_shrink("r5")
    assert app.entered.wait(20)
    with pytest.raises(RequestError, match="the shrink of r5 still runs, and restarts the app"):
        counted.shrink("r5")
    with pytest.raises(RequestError, match="the shrink of r5 still runs"):
        counted.begin_shrink("r5")
    pending.cancel()
    gate.set()
    found = pending.result(60)
    assert found.stopped == "interrupted"
    assert "%asgi replay r1-r" in found.notes[-1]
    assert counted.get("/").status_code == 200
    assert counted.shrink("r5").failed_again


def test_what_is_wrong_is_said_at_once(counted):
    """A name that the history does not have, or a request that did not fail, begins nothing."""
    with pytest.raises(KeyError, match="r99"):
        counted.begin_shrink("r99")
    with pytest.raises(RequestError, match="r1 did not fail"):
        counted.begin_shrink("r1")


def test_closing_ends_it(counted):
    """The search of an explorer that is closed ends with an error; nobody waits for it."""
    app = counted.app
    gate = app.gates[app.starts + 2] = threading.Event()
    pending = counted.begin_shrink("r5", seconds=1000)
    assert app.entered.wait(20)
    gate.set()
    counted.close()
    with pytest.raises(LoopError, match="Counter is detached"):
        pending.result(60)
