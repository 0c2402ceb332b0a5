"""The clinic sample with faults planted in it: each is found in the trace of one request, with its line."""

import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import anyio
import pytest
from fastapi import Depends, FastAPI, Request, Response
from sqlalchemy import select

from ipyasgi import Explorer
from ipyasgi.samples.clinic import main
from ipyasgi.samples.clinic.database import Session
from ipyasgi.samples.clinic.models import Pet
from ipyasgi.tracing import Trace

CallNext = Callable[[Request], Awaitable[Response]]
HERE = "tracing/test_clinic.py"


async def read_rates() -> dict[str, float]:
    await anyio.sleep(0.3)
    return {"EUR": 1.0}


def draw_report() -> str:
    time.sleep(0.3)
    return "drawn"


async def run_in_worker(function: Callable[[], str]) -> str:
    """Look as if another thread ran it."""
    return function()


async def close_at_night(request: Request, call_next: CallNext) -> Response:
    """Answer before the app does."""
    if request.url.path == "/night":
        return Response("closed", 503)
    return await call_next(request)


async def hide_errors(request: Request, call_next: CallNext) -> Response:
    """Swallow what an endpoint raises."""
    try:
        return await call_next(request)
    except ZeroDivisionError:
        return Response("all is well")


def clinic() -> FastAPI:
    """Return an app with the clinic's lifespan, routers and middleware, and the faults."""
    app = FastAPI(lifespan=main.lifespan)
    for router in (main.auth.router, main.pets.router, main.visits.router):
        app.include_router(router)

    @app.get("/report")
    async def report(session: Session) -> dict[str, int]:
        pets = (await session.scalars(select(Pet))).all()
        return {pet.name: len(await pet.awaitable_attrs.visits) for pet in pets}

    @app.get("/price")
    async def price(rates: Annotated[dict[str, float], Depends(read_rates)]) -> float:
        return 10 * rates["EUR"]

    @app.get("/drawing")
    async def drawing() -> str:
        return await run_in_worker(draw_report)

    @app.get("/share")
    async def share(parts: int = 0) -> float:
        return 1 / parts

    for middleware in (hide_errors, close_at_night, main.time_request):
        app.middleware("http")(middleware)
    return app


def trace_of(path: str) -> tuple[Trace, int]:
    """Return the trace of the second request, after what the first one imports, and its status."""
    with Explorer(clinic()) as explorer:
        explorer.get("/pets")
        exchange = explorer.get(path, trace=True)
    assert exchange.trace is not None
    return exchange.trace, exchange.status_code


def line_of(function: Any, text: str = "") -> str:
    """Return ``file:line`` of a function, or of the line in it that contains a text."""
    lines, first = inspect.getsourcelines(function)
    return f"{HERE}:{first + next(number for number, line in enumerate(lines) if text in line)}"


def test_n_plus_one() -> None:
    """A relationship that is loaded for each row is one finding, with the line of the loop."""
    trace, _ = trace_of("/report")

    (found,) = [one for one in trace.findings if one.kind == "n+1"]
    assert found.place == line_of(clinic, "awaitable_attrs.visits")
    assert found.count >= 3


@pytest.mark.serial
def test_a_slow_dependency() -> None:
    """It is named with its line, and nothing else is a finding."""
    trace, _ = trace_of("/price")

    (found,) = trace.findings
    assert (found.kind, found.place) == ("slow dependency", line_of(read_rates))


@pytest.mark.serial
def test_what_only_looks_like_a_worker() -> None:
    """A function that blocks the event loop is found at the line where it does."""
    trace, _ = trace_of("/drawing")

    (found,) = [one for one in trace.findings if one.kind == "blocked loop"]
    assert found.place == line_of(draw_report, "time.sleep")


def test_a_middleware_that_answers_early() -> None:
    """It has the status that it sent; no layer inside it was called."""
    trace, status = trace_of("/night")

    (layer,) = [one for one in trace.layers if one.responded is not None]
    assert (status, layer.responded, layer.source) == (503, 503, line_of(close_at_night))
    assert "hide_errors" not in {one.name for one in trace.layers}


def test_a_middleware_that_swallows_an_exception() -> None:
    """It has the name of the exception, although the response says that all is well."""
    trace, status = trace_of("/share")

    (layer,) = [one for one in trace.layers if one.caught]
    assert (status, layer.caught, layer.source) == (200, "ZeroDivisionError", line_of(hide_errors))
