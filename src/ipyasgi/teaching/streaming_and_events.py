"""The exercises of notebook 06: an answer in pieces, an event, and a stream that ends when its reader leaves."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from typing import Any, cast

import anyio

from .. import Explorer
from ..errors import ProtocolError
from ..records import ServerSentEvent
from ..testclient import AppResponse
from .trial import REQUEST_S, Missing, Wrong, ask, expect, expect_status, open_explorer, refuse_all_but_http, show

_LEAVE_S = 1.0
_TICKS = 3


def check_countdown(app: Any) -> str:
    """06-1: four pieces, each in a body message of its own, as plain text."""
    with open_explorer(app) as explorer:
        exchange = ask(explorer, "GET", "/")
        expect_status(exchange, 200, "the status is in `http.response.start`")
        kind = exchange.headers.get("content-type", "")
        expect(kind.startswith("text/plain"), f"the content-type is {show(kind)}", "headers are pairs of bytes")
        bodies = [event.message.get("body", b"") for event in exchange.events if event.type == "http.response.body"]
        pieces = [body.decode("utf-8", "replace").strip() for body in bodies if body]
        expect(
            pieces == ["3", "2", "1", "go"],
            f"the pieces are {show(pieces)}",
            "each piece is the `body` of one message; how does a message say that another will follow?",
        )
    return "four pieces, and the last one says that it is the last"


def check_encode_event(encode_event: Callable[..., bytes]) -> str:
    """06-2: one server-sent event, read back by who reads event streams."""
    expect(callable(encode_event), f"your answer is {show(encode_event)}, and a function was asked for")
    for data, event in (("tea", ""), ("tea", "order"), ("two cups,\nno sugar", "order"), ("", "ping")):
        call = f"encode_event({data!r}, {event!r})" if event else f"encode_event({data!r})"
        encoded = encode_event(data, event) if event else encode_event(data)
        if encoded is None:
            raise Missing(f"{call} returns nothing")
        expect(isinstance(encoded, bytes), f"{call} returns {show(encoded)}, which is not bytes", "`str.encode` helps")
        expect(
            encoded.endswith(b"\n\n"),
            f"{call} returns {show(encoded)}: a reader waits for the rest of the event",
            "what ends an event?",
        )
        read = _read_events(encoded)
        expect(len(read) == 1, f"{call} is read as {len(read)} events", "which line must not be empty, and which must?")
        expect(
            read[0].data == data,
            f"{call} is read as the data {show(read[0].data)}",
            "how does section 3 write data of two lines?",
        )
        name = event or "message"
        expect(read[0].event == name, f"{call} is read as an event {show(read[0].event)}, not {name!r}")
    return "every event is read as what was written"


def _read_events(encoded: bytes) -> list[ServerSentEvent]:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        refuse_all_but_http(scope)
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": encoded})

    with open_explorer(app) as explorer, explorer.client.stream("GET", "/") as response:
        return list(cast(AppResponse, response).iter_sse())


class _Watched:
    """The answer, and how its call for a request ended; a deadline of its own keeps it from going on for ever."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.left_at_s = float("inf")
        self.returned_at_s = float("inf")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)
        if scope["type"] == "http":
            self.returned_at_s = time.monotonic()


def check_clock(app: Any) -> str:
    """06-3: sends again and again until the reader leaves, and then returns by itself."""
    with open_explorer(app) as explorer:  # is it an app at all?
        expect(explorer.startup_error is None, f"its startup fails: {explorer.startup_error}")
    watched = _Watched(app)
    with open_explorer(watched) as explorer:
        try:
            sent = _read_and_leave(explorer, watched)
        except ProtocolError:  # no response, or half of one
            raise Missing("the app sends nothing in answer to `GET /`, or not enough") from None
        if not sent:
            raise Missing("the app sends no piece of a body")
        expect(len(sent) == _TICKS, f"the stream ended after {show(sent)}, with its reader still there")
        expect(all("tick" in piece for piece in sent), f"the pieces are {show(sent)}", "each piece is the word `tick`")
        explorer.client.call(anyio.sleep, 0.1)
    if watched.returned_at_s == float("inf"):
        raise Wrong(
            "its reader left, and the app went on: it had to be stopped from outside",
            "which message says that the reader has left, and who receives it while you send?",
        )
    took_s = watched.returned_at_s - watched.left_at_s
    expect(took_s < _LEAVE_S, f"it went on for {took_s:.0f} s after its reader had left")
    return "it ticks, hears that its reader has left, and returns"


def _read_and_leave(explorer: Explorer, watched: _Watched) -> list[str]:
    with explorer.client.stream("GET", "/", timeout=REQUEST_S) as response:
        expect(response.status_code == 200, f"GET / answers {response.status_code}, and 200 was asked for")
        sent = list(itertools.islice(response.iter_text(), _TICKS))
        watched.left_at_s = time.monotonic()
        return sent


CHECKS = {"06-1": check_countdown, "06-2": check_encode_event, "06-3": check_clock}
