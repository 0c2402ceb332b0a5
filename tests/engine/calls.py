"""Shared by the tests of the engine: scopes, messages, a started request, and a bounded wait."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from ipyasgi.engine.background_loop import BackgroundLoop
from ipyasgi.engine.http_cycle import HttpCycle
from ipyasgi.engine.request_body import RequestBody
from ipyasgi.protocol.scopes import build_http_scope, build_websocket_scope
from ipyasgi.protocol.types import Scope

ADDRESS: dict[str, Any] = {
    "scheme": "http",
    "host": "testserver",
    "port": None,
    "raw_path": b"/",
    "query_string": b"",
}


def http_scope(method: str = "GET") -> Scope:
    """Return the scope of a request for ``/``."""
    return build_http_scope(method=method, headers=[], **ADDRESS)


def websocket_scope() -> Scope:
    """Return the scope of a WebSocket at ``/``."""
    return build_websocket_scope(**{**ADDRESS, "scheme": "ws"}, headers=[], subprotocols=[])


def becomes_true(condition: Callable[[], object], within_s: float = 20.0) -> bool:
    """Wait until ``condition()`` is true; return whether it became true in time."""
    until = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.002)
    return True


START = {"type": "http.response.start", "status": 200, "headers": [(b"x-a", b"1")]}


def body(data: object = b"", more: bool = False) -> dict[str, Any]:
    """Return one message of a response's body."""
    return {"type": "http.response.body", "body": data, "more_body": more}


def begun(app: Any, loop: BackgroundLoop, *, method: str = "GET", content: Any = b"", **options: Any) -> HttpCycle:
    """Return a request that the app is already working on."""
    cycle = HttpCycle(app, http_scope(method), content, loop, **options)
    cycle.begin()
    return cycle


def posted(app: Any, loop: BackgroundLoop, content: RequestBody, **options: Any) -> HttpCycle:
    """Return a request with a body that comes in pieces, which the app is already working on."""
    return begun(app, loop, method="POST", content=content, **options)


async def read_all(scope: Any, receive: Any, send: Any) -> None:
    """Respond with the contents of each message of the request."""
    seen = []
    while True:
        message = await receive()
        seen.append(message)
        if not message.get("more_body"):
            break
    scope["state"]["seen"] = seen
    await send(START)
    await send(body(b"".join(message.get("body", b"") for message in seen)))


async def answers_at_once(scope: Any, receive: Any, send: Any) -> None:
    """Respond without receiving the request."""
    await send(START)
    await send(body(b"enough"))


async def answers_after_one(scope: Any, receive: Any, send: Any) -> None:
    """Respond after the first message of the request."""
    await receive()
    await answers_at_once(scope, receive, send)


class Knock(Exception):
    """Raised by a signal handler."""


@contextlib.contextmanager
def knocks_when(condition: Callable[[], object], raised: type[BaseException]) -> Iterator[None]:
    """Raise in the main thread, from a signal handler, shortly after ``condition()`` is true."""

    def handler(*_: object) -> None:
        raise raised

    def knock() -> None:
        if becomes_true(condition):
            time.sleep(0.05)
            os.kill(os.getpid(), signal.SIGUSR1)

    before = signal.signal(signal.SIGUSR1, handler)
    thread = threading.Thread(target=knock)
    thread.start()
    try:
        yield
    finally:
        thread.join()
        signal.signal(signal.SIGUSR1, before)
