"""An interrupt at any line of a change leaves the old state or the new one, and no loop."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from linecache import getline
from pathlib import Path
from typing import Any

import pytest

import ipyasgi
from ipyasgi import Explorer
from ipyasgi.experiments import fuzz
from ipyasgi.magic.attached_apps import AttachedApps
from ipyasgi.records.requests import build_spec
from ipyasgi.testclient import TestClient

pytestmark = [
    pytest.mark.usefixtures("usual_graces"),  # an interrupt in our code may leave the app uncancelled
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),  # within a finalizer
    pytest.mark.timeout(180),
]

_NOT_AT = tuple(" " * indent + word for indent in range(0, 40, 4) for word in ("with ", "try:"))
_OURS = str(Path(ipyasgi.__file__).parent)


def app_of(word: bytes) -> Any:
    """Return an app with a lifespan that responds with this word."""

    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            for kind in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{kind}.complete"})
            return
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            await receive()
            return
        if scope["path"] == "/crash":
            raise ValueError("crash")
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": word})

    return app


def interrupted_at(number: int, act: Callable[[], object]) -> bool:
    """Run ``act`` with a KeyboardInterrupt at the given line of ours on this thread; return False if it is shorter."""
    left = number
    fired = False

    def trace(frame: Any, event: str, arg: object) -> Any:
        nonlocal left, fired
        # In exit.py each loop that was not collected yet has lines, so they would never end.
        if not frame.f_code.co_filename.startswith(_OURS) or frame.f_code.co_filename.endswith("exit.py"):
            return None
        # Not at a `with`: its line comes again at its end, where a trace function, unlike a signal, can raise before
        # the lock is released. Not at a `try:`, which does nothing that a signal could interrupt, and which Python 3.11
        # does not count to the `with` around it.
        if event == "line" and not fired and not getline(frame.f_code.co_filename, frame.f_lineno).startswith(_NOT_AT):
            left -= 1
            if left < 0:
                fired = True
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        with contextlib.suppress(KeyboardInterrupt):
            act()
    finally:
        sys.settrace(before)
    return fired


def every_line(act: Callable[[], object], step: int = 1, start: int = 0) -> Iterator[int]:
    """Yield after each interrupt of ``act``, from its first line to its last."""
    number = start
    while interrupted_at(number, act):
        yield number
        number += step
    assert number > start


def ours() -> list[str]:
    """Return the names of our threads."""
    return sorted(thread.name for thread in threading.enumerate() if thread.name.startswith("ipyasgi"))


def wait_for(condition: Callable[[], object], what: object) -> None:
    """Wait until the condition holds."""
    until_s = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < until_s, what
        time.sleep(0.005)


def is_usable(explorer: Explorer) -> bool:
    """Return whether the explorer runs its app, after starting it if an interrupted step has ended it."""
    if explorer.lifespan.status != "running":
        explorer.lifespan.restart(timeout=5)
    return explorer.get("/", timeout=5).text == "old" and explorer.lifespan.status == "running"


old, new = app_of(b"old"), app_of(b"new")


def test_replacing_the_app():
    """The next request is answered by the old app or by the new one, which runs."""
    explorer = Explorer(old)
    with explorer:
        for number in every_line(lambda: explorer.replace_app(new)):
            assert explorer.get("/", timeout=5).text in ("old", "new"), number
            assert explorer.lifespan.status == "running", number
            explorer.replace_app(old)
    wait_for(lambda: not ours(), ours)


def test_opening():
    """An explorer whose constructor was interrupted leaves no loop."""
    for number in every_line(lambda: Explorer(old).close()):
        wait_for(lambda: not ours(), (number, ours()))


def test_closing():
    """An interrupted close has closed, or can be repeated."""
    opened = [Explorer(old)]
    for number in every_line(lambda: opened[-1].close()):
        opened[-1].close()
        assert opened[-1].closed
        wait_for(lambda: not ours(), (number, ours()))
        opened[:] = [Explorer(old)]
    opened[-1].close()


@pytest.mark.parametrize("act", ["restart", "step", "get", "recheck", "websocket_exchange"])
def test_using(act):
    """The explorer can be used and closed after an interrupt; its lifespan can be started again."""
    with Explorer(old) as explorer:
        first = explorer.get("/")
        acts = {
            "restart": explorer.lifespan.restart,
            "step": explorer.lifespan.step,
            "get": lambda: explorer.get("/"),
            "recheck": lambda: explorer.recheck(first),
            "websocket_exchange": lambda: explorer.websocket_exchange("/ws", wait_s=0),
        }
        for number in every_line(acts[act], step=11):
            wait_for(lambda: is_usable(explorer), (number, explorer.lifespan.status))
    wait_for(lambda: not ours(), ours)


class Engine:
    """Stands for schemathesis: sends one request that crashes and one that does not."""

    is_late = False

    def __init__(self, send, **_):
        self.send = send
        self.problems: dict[str, None] = {}

    def stop(self):
        """Nothing goes on."""

    def run(self):
        for path in ("/crash", "/"):
            self.send(f"GET {path}", build_spec("GET", path))
        yield from ()


@pytest.mark.nightly
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("act", "step"), [("time", 31), ("load", 31), ("shrink", 43), ("fuzz", 43)])
def test_experiments(monkeypatch, act, step):
    """After an interrupt the history is as it was, with whole exchanges after it, and the app can be used."""
    monkeypatch.setattr("ipyasgi.explorer.explorer.load_schemathesis", lambda: None)
    monkeypatch.setattr(fuzz, "FuzzEngine", Engine)
    app = app_of(b"old")
    app.openapi = lambda: {"openapi": "3.1.0", "paths": {"/": {"get": {}}, "/crash": {"get": {}}}}
    with Explorer(app) as explorer:
        first, crash = explorer.get("/"), explorer.get("/crash", raise_exceptions=False)
        acts = {
            "time": lambda: explorer.time("GET", "/", runs=2),
            "load": lambda: explorer.load(crash, users=(2,), seconds=0.01),
            "shrink": lambda: explorer.shrink(crash, seconds=1000),
            "fuzz": lambda: explorer.fuzz(seconds=1000, seed=1),
        }
        before = [(one.name, one.outcome) for one in (first, crash)]
        for number in every_line(acts[act], step=step):
            after = list(explorer.history)
            assert [(one.name, one.outcome) for one in after[:2]] == before, number
            names = [one.name for one in after]
            assert len({*names}) == len(names), number
            for one in after[2:]:
                assert explorer.history[one.name] is one, number
                assert one.run is not None or one.ended_by_you, (number, one)
                assert one.to_text(), number
            wait_for(lambda: is_usable(explorer), (number, explorer.lifespan.status))
            explorer.history.clear()
            first, crash = explorer.get("/"), explorer.get("/crash", raise_exceptions=False)
            before = [(one.name, one.outcome) for one in (first, crash)]
    wait_for(lambda: not ours(), ours)


def test_a_client():
    """A TestClient whose ``with`` was interrupted leaves no loop once it is closed."""

    def use() -> None:
        client = TestClient(old)
        try:
            with client:
                client.get("/")
        finally:
            closing.append(client)

    closing: list[TestClient] = []
    for number in every_line(use, step=23):
        while closing:
            closing.pop().close()
        wait_for(lambda: not ours(), (number, ours()))
    while closing:
        closing.pop().close()


@pytest.fixture
def apps() -> Iterator[AttachedApps]:
    """The attached apps of a shell whose variable ``app`` is the old app."""
    namespace = {"app": old}
    apps = AttachedApps(
        namespace,
        write_line=lambda line: None,
        show_whole=lambda raised: None,
        meter=lambda: contextlib.nullcontext(lambda progress: None),
        on_settings=lambda settings: None,
        shell_loop=lambda: None,
    )
    yield apps
    apps.clear()
    wait_for(lambda: not ours(), ours)


def test_following_a_name(apps):
    """After an interrupt the next line has the app that the name is bound to."""
    apps.attach("app")
    for number in every_line(apps.follow_all):
        assert apps.explorer().app is apps.namespace["app"], number
        assert apps.explorer().get("/", timeout=5).status_code == 200, number
        assert apps.explorer().lifespan.status == "running", number
        apps.namespace["app"] = new if apps.namespace["app"] is old else old


@pytest.mark.parametrize("act", ["attach", "detach"])
def test_attaching(apps, act):
    """An interrupted attach or detach can be repeated, and leaves no explorer that has no name."""
    if act == "detach":
        apps.attach("app")
    act_on = {"attach": lambda: apps.attach("app"), "detach": lambda: apps.detach("app")}[act]
    for number in every_line(act_on, step=193):
        assert apps.attach("app").get("/", timeout=5).text == "old", number
        if act == "attach":
            apps.detach("app")
            wait_for(lambda: not ours(), (number, ours()))
