"""Apps that do some work in each request, and the traces of it. Not a test."""

from collections.abc import Awaitable, Callable
from typing import Any

from ipyasgi import Explorer
from ipyasgi.tracing import Call, Finding, Trace

Work = Callable[[], Awaitable[object]]


def app_of(work: Work) -> Any:
    """Return an app that does some work in each request, and responds with nothing."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await work()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})

    return app


def trace_of(work: Work, *, backend: str = "asyncio", raises: bool = True, **options: Any) -> Trace:
    """Return the trace of one request to an app that does this work."""
    with Explorer(app_of(work), lifespan="off", backend=backend) as explorer:
        exchange = explorer.get("/", trace=True, raise_exceptions=raises, **options)
        trace = exchange.trace
    assert trace is not None
    return trace


def calls_of(work: Work, **options: Any) -> list[Call]:
    return list(trace_of(work, **options).calls)


def problems_of(trace: Trace) -> list[Finding]:
    """Return the findings about calls; those about time depend on the machine."""
    return [finding for finding in trace.findings if finding.kind in ("n+1", "repeated query")]
