"""Starts, replacements and ends of the app, while other threads use the explorer."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import pytest

from ipyasgi import Explorer
from ipyasgi.errors import LifespanStateError, LoopError


def app_of(word: bytes, *, startup_s: float = 0.0, began: Callable[[], object] = lambda: None) -> Any:
    """Return an app that responds with a word; ``/hang`` never ends, and ``began`` is called there and at the start."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await receive()
            began()
            await anyio.sleep(startup_s)
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        if scope["path"] == "/hang":
            began()
            await anyio.sleep_forever()
        await anyio.sleep(0.001)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": word})

    return app


def test_requests_while_the_app_is_replaced() -> None:
    """Each is answered by the old app or by the new one, or its error says what happened; none is only cancelled."""
    old, new = app_of(b"old"), app_of(b"new")
    replaced = threading.Event()

    def send_all() -> set[str]:
        found = set()
        while not replaced.is_set():
            try:
                found.add(explorer.get("/", timeout=20).text)
            except LoopError as exc:
                found.add(str(exc))
        return found

    with Explorer(old) as explorer, ThreadPoolExecutor(8) as threads:
        sending = [threads.submit(send_all) for _ in range(8)]
        for number in range(40):
            assert explorer.replace_app(old if number % 2 else new) is None
        replaced.set()
        found = set().union(*(one.result(30) for one in sending))
        assert explorer.get("/").text == "old"
    assert found - {"old", "new"} <= {"the app was replaced while this request was sent: send it again"}
    assert found & {"old", "new"}


@pytest.mark.parametrize(
    ("end", "word"), [(lambda explorer: explorer.replace_app(app_of(b"")), "replaced"), (Explorer.close, "detached")]
)
def test_a_request_whose_app_ends(end: Callable[[Explorer], object], word: str) -> None:
    """It raises an error that says so, which its exchange has too."""
    began = threading.Event()
    with Explorer(app_of(b"", began=began.set)) as explorer, ThreadPoolExecutor(1) as threads:
        began.clear()
        sent = threads.submit(explorer.get, "/hang", timeout=60)
        assert began.wait(10)
        end(explorer)
        with pytest.raises(LoopError, match=f"the app was {word} while this request was sent: send it again"):
            sent.result(10)
        assert isinstance(explorer.history[-1].exception, LoopError)


@pytest.mark.parametrize("act", ["startup", "restart", "shutdown"])
def test_a_lifespan_step_during_a_replacement(act: str) -> None:
    """It waits, and then works on the new app, also if the caller took ``explorer.lifespan`` before."""
    began = threading.Event()
    with Explorer(app_of(b"old")) as explorer, ThreadPoolExecutor(1) as threads:
        lifespan = explorer.lifespan
        replacing = threads.submit(explorer.replace_app, app_of(b"new", startup_s=0.2, began=began.set))
        assert began.wait(10)
        with pytest.raises(LifespanStateError) if act == "startup" else contextlib.nullcontext():  # it is running
            getattr(lifespan, act)()
        assert replacing.result(10) is None
        assert lifespan.status == explorer.lifespan.status == ("stopped" if act == "shutdown" else "running")
        assert explorer.get("/").text == "new"
