"""Spans that an app makes with OpenTelemetry, on its trace."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from opentelemetry import trace as api
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider

from ipyasgi import Explorer
from ipyasgi.tracing import Step, Trace
from ipyasgi.tracing.telemetry import SpanListeners


class Seen(SpanProcessor):
    """The app's own processor."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def on_end(self, span: Any) -> None:
        self.names.append(span.name)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Iterator[Seen]:
    """Set up a provider as an app does, and take it away again, which OpenTelemetry itself cannot."""
    provider, seen = TracerProvider(), Seen()
    provider.add_span_processor(seen)
    monkeypatch.setattr(api, "_TRACER_PROVIDER", provider)
    yield seen
    provider.shutdown()


def app_of() -> FastAPI:
    app = FastAPI()

    @app.get("/")
    async def show() -> None:
        tracer = api.get_tracer("shop")
        with tracer.start_as_current_span("read", attributes={"rows": 3, "api_key": "s3cret"}):
            await asyncio.sleep(0.01)
            with tracer.start_as_current_span("inside") as span:
                span.update_name("renamed")

    @app.get("/thread")
    def threaded() -> None:
        with api.get_tracer("shop").start_as_current_span("in a thread"):
            pass

    @app.get("/broken")
    async def broken() -> None:
        with api.get_tracer("shop").start_as_current_span("broken"):
            raise RuntimeError("on purpose")

    @app.get("/logfire")
    async def logged() -> None:
        attributes = {"code.filepath": "shop/api.py", "code.lineno": 7, "logfire.msg": "read", "n": 1}
        with api.get_tracer("logfire").start_as_current_span("as Logfire", attributes=attributes):
            pass

    @app.get("/open")
    async def left_open() -> None:
        api.get_tracer("shop").start_span("left open")

    return app


def trace_of(path: str) -> Trace:
    with Explorer(app_of()) as explorer:
        trace = explorer.get(path, trace=True, raise_exceptions=False).trace
    assert trace is not None
    assert trace.missing == 0
    return trace


def spans_of(path: str) -> list[Step]:
    return [one for one in trace_of(path).steps if one.kind == "span"]


def test_spans(seen: Seen) -> None:
    """The app's spans are steps with their depth, time and attributes, secrets masked; FastAPI's own are not there."""
    outer, inner = spans_of("/")

    assert (outer.name, outer.depth, outer.detail) == ("read", 0, "rows=3, api_key=•••")
    assert (inner.name, inner.depth) == ("renamed", 1)
    assert outer.total_ns > 9_000_000 > inner.total_ns
    assert inner.began_ns >= outer.began_ns
    assert {"read", "renamed"} <= set(seen.names), "the app's own processor gets them too"


def test_in_a_thread(seen: Seen) -> None:
    """A span of a worker thread is there."""
    assert [one.name for one in spans_of("/thread")] == ["in a thread"]


def test_the_line_of_a_span(seen: Seen) -> None:
    """The line that Logfire notes is the step's, and what it notes for itself is not shown."""
    (found,) = spans_of("/logfire")

    assert (found.source, found.detail) == ("shop/api.py:7", "n=1")


def test_an_exception(seen: Seen) -> None:
    """A span that ends with an exception has it."""
    (found,) = spans_of("/broken")

    assert "on purpose" in found.error


def test_a_span_that_does_not_end(seen: Seen) -> None:
    """A span that the app leaves open is shown until the end."""
    trace = trace_of("/open")

    (found,) = [one for one in trace.steps if one.kind == "span"]
    assert found.began_ns + found.total_ns == trace.duration_ns


def test_only_traced_requests(seen: Seen) -> None:
    """Requests that are not traced have no steps, and two at once do not mix theirs."""
    with Explorer(app_of()) as explorer:
        plain = explorer.get("/")
        pending = [explorer.begin("GET", "/", trace=True) for _ in range(5)]
        traces = [one.result().trace for one in pending]

    assert plain.trace is None
    assert [[one.name for one in trace.steps if one.kind == "span"] for trace in traces if trace] == [
        ["read", "renamed"]
    ] * 5


def test_one_listener(seen: Seen) -> None:
    """A provider gets one listener, however many requests are traced."""
    for _ in range(3):
        trace_of("/thread")

    processors = api._TRACER_PROVIDER._active_span_processor._span_processors  # type: ignore[union-attr]
    assert len([one for one in processors if type(one).__name__ == "SpanListener"]) == 1


def test_no_provider_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """An app that has set up no provider has none afterwards, although the environment names one."""
    monkeypatch.setattr(api, "_TRACER_PROVIDER", None)
    monkeypatch.setenv("OTEL_PYTHON_TRACER_PROVIDER", "sdk_tracer_provider")

    SpanListeners().listen()

    assert api._TRACER_PROVIDER is None


def test_a_provider_around_the_sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A provider that holds the SDK's, as Logfire's does, is listened to; any other is left alone."""

    class Proxy:
        def __init__(self, provider: Any) -> None:
            self.provider = provider

    provider = TracerProvider()
    listeners = SpanListeners()
    for held, number in ((Proxy(provider), 1), (object(), 1), (Proxy(Proxy(None)), 1)):
        monkeypatch.setattr(api, "_TRACER_PROVIDER", held)
        listeners.listen()
        assert len(provider._active_span_processor._span_processors) == number
    provider.shutdown()
