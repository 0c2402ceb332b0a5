"""Small apps and the eyes of a reader for the panels' tests: no browser, no kernel."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import anyio
import pytest

from ipyasgi import Explorer
from ipyasgi.panels import comm_writer
from ipyasgi.panels.comm_queue import Write

from ..notebook.conftest import shell, some_files  # noqa: F401  (fixtures)


class Endpoint:
    """A row of the small app's route table."""

    def __init__(self, method: str, path: str, name: str) -> None:
        self.methods, self.path, self.name = (method,), path, name
        self.kind = "websocket" if method == "WS" else "http"
        self.endpoint = self


class SmallApp:
    """Echoes, sleeps and fails; notes what became of its calls."""

    def __init__(self) -> None:
        rows = ("GET /echo echo", "POST /items add", "GET /items/{item_id} show", "GET /slow slow", "WS /chat chat")
        self.routes = [Endpoint(*row.split()) for row in rows]
        self.notes: list[str] = []
        self.fails = False
        self.slow_begun = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            return await self.live(receive, send)
        if scope["path"] == "/boom":
            raise RuntimeError("the app broke")
        if scope["path"] == "/slow":
            self.slow_begun += 1
            try:
                await anyio.sleep(30)
            finally:
                self.notes.append("slow ended")
        body = (await receive()).get("body", b"")
        said = f"{scope['method']} {scope['raw_path'].decode()}?{scope['query_string'].decode()} ".encode() + body
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": said})
        return None

    async def live(self, receive: Any, send: Any) -> None:
        await receive()
        if self.fails:
            raise OSError("no database")
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})


@pytest.fixture
def app() -> SmallApp:
    """Give the small app."""
    return SmallApp()


@pytest.fixture
def explorer(app: SmallApp) -> Iterator[Explorer]:
    """Give an explorer of the small app."""
    with Explorer(app, name="small") as explorer:
        yield explorer


@pytest.fixture(autouse=True)
def writing(monkeypatch: pytest.MonkeyPatch) -> threading.Lock:
    """Give the lock that is held while the traits of one message are set, one after the other."""
    lock, write = threading.Lock(), comm_writer._write

    def write_alone(message: Write) -> None:
        with lock:
            write(message)

    monkeypatch.setattr(comm_writer, "_write", write_alone)
    return lock


@pytest.fixture
def until(writing: threading.Lock) -> Callable[..., None]:
    """
    Give a function that waits until something holds, as a reader of the page would: between two messages.

    Messages to different widgets arrive one after the other, so a test waits for the last of them.
    """

    def wait(holds: Callable[[], object], within_s: float = 20.0) -> None:
        def see() -> object:
            with writing:
                return holds()

        end_s = time.monotonic() + within_s
        while not see():
            assert time.monotonic() < end_s, "it did not happen in time"
            time.sleep(0.005)

    return wait


@pytest.fixture
def page_says() -> Callable[..., None]:
    """Give a function that acts as the page: it sends a custom message to a piece of it."""
    return lambda part, **content: part._handle_custom_msg(content, [])
