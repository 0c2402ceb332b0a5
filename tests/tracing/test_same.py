"""The app does the same with and without tracing."""

from collections.abc import Iterator
from typing import Any

import pytest

from ipyasgi import Exchange, Explorer

from .corpus import NAMES, REQUESTS, opened


@pytest.fixture(scope="module", params=NAMES)
def explorer(request: pytest.FixtureRequest) -> Iterator[Explorer]:
    with opened(request.param) as app, Explorer(app, lifespan="off") as explorer:
        yield explorer


def seen_of(exchange: Exchange) -> Any:
    """Return all that a client sees of an exchange, and the messages and exceptions behind it."""
    response = exchange.response
    return (
        exchange.outcome,
        sorted(response.headers.multi_items()) if response is not None else None,
        response.content if response is not None else None,
        [(event.direction, event.type, event.body_bytes) for event in exchange.events],
        type(exchange.exception),
        str(exchange.exception),
        type(exchange.handled_exception and exchange.handled_exception.exception),
        len(exchange.violations),
    )


@pytest.mark.parametrize("number", range(len(REQUESTS)))
def test_nothing_changes(explorer: Explorer, number: int) -> None:
    """Status, headers, body, messages and exceptions are the same with and without tracing, and after it."""
    method, path, options = REQUESTS[number]

    plain, traced, after = (
        explorer.request(method, path, trace=trace, raise_exceptions=False, **options) for trace in (False, True, False)
    )

    assert plain.trace is None
    assert traced.trace is not None
    assert seen_of(traced) == seen_of(plain)
    assert seen_of(after) == seen_of(plain)
    assert traced.trace.missing == 0


def test_queries_of_every_framework(explorer: Explorer) -> None:
    """The queries of an async endpoint and of one in a worker thread are in the trace, with the N+1 among them."""
    for path in ("/query", "/thread"):
        trace = explorer.get(path, trace=True).trace

        assert trace is not None
        assert len(trace.calls) == 7
        # A busy machine stops the loop's thread now and then, which looks as if the app held it.
        assert [finding.kind for finding in trace.findings if finding.kind != "blocked loop"] == ["n+1"]
        assert "hunter2" not in str(trace.to_dict())


@pytest.mark.parametrize("name", NAMES)
def test_requests_in_flight(name: str) -> None:
    """Requests that run while traces begin and end are not disturbed, and their calls are not mixed."""
    with opened(name) as app, Explorer(app, lifespan="off") as explorer:
        running = [explorer.begin("GET", "/thread") for _ in range(20)]
        traced = [explorer.get("/query", trace=True) for _ in range(20)]

        assert {pending.result().outcome for pending in running} == {"200 OK"}
        assert {len(one.trace.calls) for one in traced if one.trace is not None} == {7}
        assert {pending.result().trace for pending in running} == {None}
