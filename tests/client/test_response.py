"""The response of an app: its additions to ``httpx.Response``."""

import asyncio
import pickle
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from ipyasgi.client.httpx import httpx
from ipyasgi.client.response import DEBUG, EARLY_HINTS, PUSHES, RUN, TRAILERS, VIOLATIONS, AppResponse
from ipyasgi.engine.extensions import ServerPush
from ipyasgi.engine.runs import HttpRun
from ipyasgi.protocol.errors import EventStreamError
from ipyasgi.protocol.event_stream import EVENT_LIMIT_BYTES, ServerSentEvent
from ipyasgi.protocol.violations import Violation

STREAM = [b"data: a\n", b"\ndata: b", b"\n\ndata: unfinished"]
EVENTS = [ServerSentEvent(data="a"), ServerSentEvent(data="b")]


class Chunks(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A response's body that notes how far it was read."""

    def __init__(self, chunks: list[bytes]) -> None:
        self.chunks = chunks
        self.given = 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self.chunks:
            self.given += 1
            yield chunk

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self.chunks:
            self.given += 1
            yield chunk


def answered(content_type: str | None = "text/event-stream", chunks: list[bytes] = STREAM, **more: Any) -> AppResponse:
    headers = {} if content_type is None else {"content-type": content_type}
    return AppResponse(200, headers=headers, stream=Chunks(chunks), request=httpx.Request("GET", "http://t/"), **more)


# -- server-sent events -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("content_type", ["text/event-stream", "Text/Event-Stream ; charset=utf-8"])
def test_events_are_read_as_they_come(content_type: str) -> None:
    """Each event is there with the chunk that ends it, and not later."""
    response = answered(content_type)
    events = response.iter_sse()
    assert next(events) == EVENTS[0]
    assert response.stream.given == 2
    assert list(events) == EVENTS[1:]


def test_events_of_a_response_that_was_read() -> None:
    """They can be read again and again from the body that is there."""
    response = answered()
    response.read()
    assert list(response.iter_sse()) == list(response.iter_sse()) == EVENTS


def test_events_are_read_asynchronously() -> None:
    """The same events come from ``aiter_sse``."""

    async def read() -> list[ServerSentEvent]:
        return [event async for event in answered().aiter_sse()]

    assert asyncio.run(read()) == EVENTS


@pytest.mark.parametrize(
    ("content_type", "said"),
    [
        ("application/json", "is 'application/json', not 'text/event-stream' (status 200): read it with .text"),
        ("text/event-streams", "is 'text/event-streams'"),
        (None, "has no content type"),
        ("", "has no content type"),
    ],
)
def test_a_response_that_is_no_event_stream(content_type: str | None, said: str) -> None:
    """A response that is not an event stream raises an error with its type, and is not read."""
    response = answered(content_type)
    with pytest.raises(EventStreamError) as caught:
        next(response.iter_sse())
    assert said in str(caught.value)
    assert response.stream.given == 0
    with pytest.raises(EventStreamError):
        asyncio.run(anext(response.aiter_sse()))


def test_an_event_without_end() -> None:
    """It is refused, after the events before it."""
    chunks = [b"data: a\n\ndata: " + b"x" * EVENT_LIMIT_BYTES]
    events = answered(chunks=chunks).iter_sse()
    assert next(events) == EVENTS[0]
    with pytest.raises(EventStreamError, match="longer than"):
        next(events)

    async def read() -> list[ServerSentEvent]:
        return [event async for event in answered(chunks=chunks).aiter_sse()]

    with pytest.raises(EventStreamError, match="longer than"):
        asyncio.run(read())


# -- what the call left -----------------------------------------------------------------------------------------

PUSH = ServerPush(path="/a", headers=((b"a", b"1"),))
VIOLATION = Violation(rule="http.no-response", message="x")
A_RUN = HttpRun(kind="http", scope={}, events=(), started_at_s=0.0, duration_ns=1, outcome="returned")


def test_without_anything_beside_it() -> None:
    """Every view is empty, not missing, but for a template that was not rendered."""
    response = answered()
    assert (response.run, response.violations, response.early_hints, response.pushes) == (None, (), (), ())
    assert response.trailers == httpx.Headers()
    assert not hasattr(response, "template")
    with pytest.raises(AttributeError, match="sent no 'context'"):
        _ = response.context


def test_what_the_call_left_is_seen_as_it_grows() -> None:
    """Properties of a streamed response show what has arrived so far."""
    violations: list[Violation] = []
    hints: list[bytes] = [b"</a>; rel=\xe9"]
    pushes: list[ServerPush] = []
    trailers: list[tuple[bytes, bytes]] = []
    response = answered(
        extensions={
            VIOLATIONS: violations,
            EARLY_HINTS: hints,
            PUSHES: pushes,
            TRAILERS: trailers,
            DEBUG: {"template": 1},
        }
    )
    assert (response.violations, response.pushes, response.early_hints) == ((), (), ("</a>; rel=é",))
    assert (response.template, hasattr(response, "context")) == (1, False)
    violations.append(VIOLATION)
    hints.append(b"</b>")
    pushes.append(PUSH)
    trailers.extend([(b"X-A", b"1"), (b"x-a", b"2")])
    response.extensions[RUN] = A_RUN
    response.extensions[DEBUG] = {"context": {"a": 1}}
    assert (response.violations, response.pushes, response.run) == ((VIOLATION,), (PUSH,), A_RUN)
    assert response.early_hints == ("</a>; rel=é", "</b>")
    assert response.trailers.get_list("x-a") == ["1", "2"]
    assert (response.context, hasattr(response, "template")) == ({"a": 1}, False)


@pytest.mark.parametrize("info", [None, "text", []])
def test_debug_information_of_no_use(info: Any) -> None:
    """Debug information that is not a dict has no template."""
    assert not hasattr(answered(extensions={DEBUG: info}), "template")


def test_it_is_pickled_as_a_response_of_httpx_is() -> None:
    """The body and headers travel; extensions, which may hold anything, stay."""
    response = answered(extensions={RUN: A_RUN, VIOLATIONS: [VIOLATION], DEBUG: {"template": lambda: None}})
    response.read()
    again = pickle.loads(pickle.dumps(response))
    assert (type(again), again.content, again.headers) == (AppResponse, b"".join(STREAM), response.headers)
    assert list(again.iter_sse()) == EVENTS
    assert (again.run, again.violations, hasattr(again, "template")) == (None, (), False)
