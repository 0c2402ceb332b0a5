"""What completion knows of an app is read on another thread, ahead of the first key press."""

import gc
import threading
import time
import weakref

import pytest

from ipyasgi import Explorer
from ipyasgi.magic import completion_cache
from ipyasgi.magic.completion_cache import CompletionCache
from ipyasgi.protocol.errors import LoopError


class Item:
    """A route of Starlette's kind."""

    methods = frozenset({"GET"})

    def __init__(self, path):
        self.path = path


class App:
    """An app that notes who reads its table, which takes a while; its routes can be changed."""

    def __init__(self, work_s=0.0):
        self.items = [Item("/one")]
        self.readers = []
        self._work_s = work_s

    @property
    def routes(self):
        if not self.readers or self.readers[-1] is not threading.current_thread():
            self.readers.append(threading.current_thread())
            until_s = time.thread_time() + self._work_s
            while time.thread_time() < until_s:
                pass
        return self.items

    async def __call__(self, scope, receive, send):
        """Answer nobody: nothing may be sent for completion."""
        raise AssertionError(scope)


@pytest.fixture
def attached():
    """Give a function that explores an app and reads it ahead; all are closed in the end."""
    explorers = []

    def attach(app):
        explorers.append(Explorer(app, lifespan="off"))
        return CompletionCache(explorers[-1])

    yield attach
    for one in explorers:
        one.close()


def _wait(condition):
    until = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_the_first_key_press_finds_the_routes(attached):
    """Once begun, the table is read by another thread, and asking reads it no more."""
    app = App()
    ahead = attached(app)
    ahead.start()
    _wait(lambda: app.readers)

    assert list(ahead.routes) == ["GET /one"]
    assert threading.current_thread() not in app.readers


def test_without_a_start_they_are_read_when_asked_for(attached):
    """Who asks first reads the table here and now."""
    app = App(work_s=0.02)
    assert list(attached(app).routes) == ["GET /one"]
    assert app.readers == [threading.current_thread()]


@pytest.mark.parametrize(("work_s", "waits"), [(0.0, True), (0.05, False)], ids=["quick", "slow"])
def test_a_slow_table_is_read_again_elsewhere(attached, monkeypatch, work_s, waits):
    """When the list is old a quick table is read on the spot; for a slow one the old list is given, later the new."""
    monkeypatch.setattr(completion_cache, "FRESH_S", 0.0)
    app = App(work_s)
    ahead = attached(app)
    assert list(ahead.routes) == ["GET /one"]
    app.items = [*app.items, Item("/two")]
    app.readers.clear()

    found = list(ahead.routes)
    assert found == (["GET /one", "GET /two"] if waits else ["GET /one"])
    _wait(lambda: len(ahead.routes) == 2)
    assert (threading.current_thread() in app.readers) is waits


@pytest.mark.serial
def test_a_key_press_waits_a_little_only(attached, monkeypatch):
    """A table that another thread is stuck in is offered as an empty one, in time."""
    monkeypatch.setattr(completion_cache, "PATIENCE_S", 0.05)
    gate, app = threading.Event(), App()
    ahead = attached(app)
    monkeypatch.setattr(App, "routes", property(lambda self: gate.wait(20) and self.items))
    ahead.start()
    _wait(ahead._lock.locked)
    began = time.monotonic()
    try:
        assert list(ahead.routes) == []
        assert time.monotonic() - began < 5
    finally:
        gate.set()
    _wait(lambda: len(ahead.routes) == 1)


def test_it_keeps_no_explorer():
    """The cache does not keep an explorer, or its loops, alive."""
    explorer = Explorer(App(), lifespan="off")
    gone = weakref.ref(explorer)
    ahead = CompletionCache(explorer)
    ahead.start()
    _wait(lambda: ahead._last)
    explorer.close()
    del explorer
    gc.collect()
    assert gone() is None


def test_a_closed_explorer_says_so():
    """Nothing is read for an explorer that is closed; what was read before is still there."""
    explorer = Explorer(App(), lifespan="off")
    ahead = CompletionCache(explorer)
    explorer.close()
    ahead.start()
    assert list(ahead.routes) == ["GET /one"]
    with pytest.raises(LoopError, match="attach it again"):
        CompletionCache(explorer)
