"""The exercises of notebook 06: a response in chunks, its pauses, an event, and streams that end with their client."""

from __future__ import annotations

import itertools
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import CancelledError
from typing import Any, cast

import anyio

from ..errors import ProtocolError
from ..records import ServerSentEvent
from ..testclient import AppResponse
from .trial import (
    REQUEST_S,
    Missing,
    Wrong,
    ask,
    expect,
    expect_content_type,
    expect_function,
    expect_status,
    open_explorer,
    require,
    run,
    show,
)

_TICKS = 3
_WAIT_S = 3.0


def check_countdown(app: Any) -> str:
    """06-1: four chunks of plain text, each in one message."""
    with open_explorer(app) as explorer:
        exchange = ask(explorer, "GET", "/")
        expect_status(exchange, 200, look="the status is in `http.response.start`")
        expect_content_type(exchange, "text/plain", "headers are pairs of bytes")
        bodies = [event.message.get("body", b"") for event in exchange.events if event.type == "http.response.body"]
        chunks = [body.decode("utf-8", "replace").strip() for body in bodies if body]
        look = "each chunk is the `body` of one message; how does a message say that another will follow?"
        expect(chunks == ["3", "2", "1", "go"], f"the chunks are {show(chunks)}", look)
    return "four chunks, and the last one ends the response"


def check_longest_pause(longest_pause: Callable[[Any], Any]) -> str:
    """06-2: the longest time between two messages of a response, in seconds."""
    expect_function(longest_pause)
    for gaps_s in ((0.0, 0.1, 0.0), (0.0, 0.0, 0.15), (0.1,)):
        with open_explorer(_pausing(gaps_s), lifespan="off") as explorer:
            exchange = ask(explorer, "GET", "/")
        times_ns = [event.at_ns for event in exchange.events]
        pauses_s = [(after - before) / 1e9 for before, after in itertools.pairwise(times_ns)]
        found = require(longest_pause(exchange))
        expect(isinstance(found, (int, float)), f"it returns {show(found)}, not a number")
        wanted = max(pauses_s)
        look = "is it in seconds? `at_ns` is in nanoseconds, and a second has 1e9 of them"
        expect(found < 1e3 * wanted, f"for a pause of {wanted:.3f} s it returns {found:g}", look)
        look = "a pause is the difference between the times of two messages, one right after the other"
        expect(abs(found - wanted) < 1e-6, f"for a pause of {wanted:.3f} s it returns {found:g}", look)
    return "so you find where a stream stalls, in any app"


def _pausing(gaps_s: Sequence[float]) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for gap_s in gaps_s:
            await anyio.sleep(gap_s)
            await send({"type": "http.response.body", "body": b"tea", "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    return app


def check_encode_event(encode_event: Callable[..., bytes]) -> str:
    """06-3: one server-sent event, decoded by a client."""
    expect_function(encode_event)
    for data, event in (("tea", ""), ("tea", "order"), ("two cups,\nno sugar", "order"), ("", "ping")):
        call = f"encode_event({data!r}, {event!r})" if event else f"encode_event({data!r})"
        encoded = require(encode_event(data, event) if event else encode_event(data), f"{call} returns nothing")
        expect(isinstance(encoded, bytes), f"{call} returns {show(encoded)}, which is not bytes", "`str.encode` helps")
        message = f"{call} returns {show(encoded)}: a client waits for the rest of the event"
        expect(encoded.endswith(b"\n\n"), message, "what ends an event?")
        read = _read_events(encoded)
        expect(len(read) == 1, f"{call} is read as {len(read)} events", "which line must not be empty, and which must?")
        look = "how does section 3 write data of two lines?"
        expect(read[0].data == data, f"{call} is read as the data {show(read[0].data)}", look)
        name = event or "message"
        expect(read[0].event == name, f"{call} is read as an event {show(read[0].event)}, not {name!r}")
    return "every event is decoded as it was written"


def _read_events(encoded: bytes) -> list[ServerSentEvent]:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": encoded})

    with open_explorer(app, lifespan="off") as explorer, explorer.client.stream("GET", "/") as response:
        return list(cast(AppResponse, response).iter_sse())


def check_cancelled(request: Any) -> str:
    """06-4: a request in the background, cancelled after at least three chunks."""
    is_request = all(hasattr(request, name) for name in ("progress", "cancelled", "done"))
    expect(is_request, f"pass what `&` returns to `check`, not {show(request)}")
    chunks = request.progress.chunks
    message = "the request is still running" if not request.done() else "the request ended, but was not cancelled"
    expect(request.cancelled, message, "which method of `h` did section 4 use?")
    expect(chunks >= _TICKS, f"it was cancelled after {chunks} chunks", "wait while `progress.chunks` is too small")

    try:
        request.result(_WAIT_S)
    except TimeoutError:
        message = f"it was cancelled, but had not ended after {_WAIT_S:g} s"
        raise Wrong(message, "does the app catch its cancellation?") from None
    except CancelledError:
        pass
    return f"{chunks} chunks were sent before it was cancelled"


class _Watched:
    """The reader's app, and the times when the client left and the app returned."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.left_at_s = float("inf")
        self.returned_at_s = float("inf")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)
        if scope["type"] == "http":
            self.returned_at_s = time.monotonic()


def check_clock(app: Any) -> str:
    """06-5: send until the client disconnects, then return."""
    with open_explorer(app) as explorer:
        expect(explorer.startup_error is None, f"its startup fails: {explorer.startup_error}")
    watched = _Watched(app)
    with open_explorer(watched) as explorer:
        try:
            with explorer.client.stream("GET", "/", timeout=REQUEST_S) as response:
                expect(response.status_code == 200, f"GET / returns {response.status_code}, not 200")
                sent = list(itertools.islice(response.iter_text(), _TICKS))
                watched.left_at_s = time.monotonic()
        except ProtocolError:  # no response, or half of one
            raise Missing("the app sends no response to GET /, or not all of it") from None
        if not sent:
            raise Missing("the app sends no body")
        expect(len(sent) == _TICKS, f"the stream ended after {show(sent)}, while its client was still connected")
        expect(all("tick" in chunk for chunk in sent), f"the chunks are {show(sent)}", "each chunk is the word `tick`")
        explorer.client.call(anyio.sleep, 0.1)
    message = "its client disconnected, but the app did not return and had to be stopped"
    look = "which message reports the disconnect, and how can the app receive it while it sends?"
    expect(watched.returned_at_s < float("inf"), message, look)
    took_s = watched.returned_at_s - watched.left_at_s
    expect(took_s < 1.0, f"it returned only {took_s:.0f} s after its client had disconnected")
    return "it ticks, notices the disconnect, and returns"


def check_closing_prices(closing_prices: Callable[[list[str]], Any]) -> str:
    """06-6: a generator that cleans up after its last value, and if it is stopped before."""
    expect_function(closing_prices)
    wanted = [f"data: {price}\n\n" for price in (100, 101, 102)]
    for case, count in (("after all prices", 3), ("if the client leaves after one price", 1)):
        log: list[str] = []
        values = closing_prices(log)
        expect(isinstance(values, AsyncGenerator), f"it returns {show(values)}, not an async generator")
        found = run(_read_values, values, count)
        expect(found == wanted[:count], f"it yields {show(found)}, not {show(wanted[:count])}")
        if case == "after all prices":
            require(log or None, "`log` stays empty")
        look = "which lines run when a generator is stopped at its `yield`?"
        expect(log == ["closed"], f"{case} `log` is {show(log)}", look)
    return "it is closed once, whatever the client does"


async def _read_values(values: AsyncGenerator[Any, None], count: int) -> list[Any]:
    """Return that many values, or all if there are as many, and close the generator as a framework does."""
    found: list[Any] = []
    try:
        async for value in values:
            found.append(value)
            if len(found) == count < _TICKS:
                break
    finally:
        await values.aclose()
    return found


CHECKS = {
    "06-1": check_countdown,
    "06-2": check_longest_pause,
    "06-3": check_encode_event,
    "06-4": check_cancelled,
    "06-5": check_clock,
    "06-6": check_closing_prices,
}
