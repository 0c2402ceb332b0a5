"""The layers of Litestar, Quart, Falcon and Django: what each did, and that nothing stays behind."""

import asyncio
import logging
import time
import types
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import falcon
import falcon.asgi
import litestar
import pytest
import quart
from django.http import HttpResponse
from django.urls import path
from fastapi import FastAPI
from litestar.middleware import DefineMiddleware
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from ipyasgi import Explorer
from ipyasgi.records.attributes import instance_dict, slots_of
from ipyasgi.tracing import Layer, Trace
from ipyasgi.tracing.layer_taps import LAYER_TAPS, LayerPlan, Tap
from ipyasgi.tracing.layers import read_middleware, slots_in
from ipyasgi.tracing.slots import is_marked

from ..django_project import django_project
from .corpus import NAMES, REQUESTS, opened
from .wrappers import Outer

HERE = "tracing/"


def trace_of(app: Any, path: str, **options: Any) -> Trace:
    with Explorer(app, lifespan="off") as explorer:
        trace = explorer.get(path, trace=True, raise_exceptions=False, **options).trace
    assert trace is not None
    assert trace.missing == 0
    return trace


def by_name(trace: Trace) -> dict[str, Layer]:
    return {layer.name: layer for layer in trace.layers}


def names_of(trace: Trace) -> list[tuple[int, str]]:
    return [(layer.depth, layer.name) for layer in trace.layers]


@pytest.fixture
def django() -> Iterator[Any]:
    with opened("django") as app:
        yield app


# -- Litestar ------------------------------------------------------------------------------------------------------


def test_litestar() -> None:
    """The middleware of the route is there, with what it did, and the hooks inside what calls them."""
    with opened("litestar") as app:
        trace = trace_of(app, "/sub/inside")
    layers = by_name(trace)

    assert names_of(trace) == [
        (0, "Litestar"),
        (1, "CORSMiddleware"),
        (2, "ExceptionHandlerMiddleware"),
        (3, "ASGIRouter"),
        (4, "closed_over.catching"),
        (5, "Outer"),
        (6, "CompressionMiddleware"),
        (7, "ExceptionHandlerMiddleware"),
        (8, "HTTPRoute.handle → inside()"),
        (9, "note (before_request)"),
        (9, "add_header (after_request)"),
        (9, "note (after_response)"),
        (1, "add_to_message (before_send)"),
    ]
    assert layers["Outer"].changed == ("+x-outer",)
    assert layers["add_header (after_request)"].changed == ("+x-after",)
    assert layers["add_to_message (before_send)"].changed == ("+x-sent",)
    assert layers["Litestar"].changed == (), "what a hook did is not what the app did"
    assert layers["Outer"].source.startswith(f"{HERE}wrappers.py:")
    assert (layers["Outer"].package, layers["ASGIRouter"].package) == ("", "Litestar")
    endpoint = layers["HTTPRoute.handle → inside()"]
    assert (endpoint.responded, endpoint.with_endpoint) == (200, True)
    assert endpoint.source.startswith(f"{HERE}corpus_litestar.py:")


def test_middleware_of_a_route_of_litestar() -> None:
    """Only the route that was found has taps, and its own middleware is inside that of the app."""
    with opened("litestar") as app:
        names = [layer.name for layer in trace_of(app, "/cookies").layers]

    assert names.count("Outer") == 2


def test_a_websocket_of_litestar() -> None:
    """The layers of a WebSocket are those of its route, with the handler."""

    @litestar.websocket("/chat", middleware=[DefineMiddleware(Outer)])
    async def chat(socket: litestar.WebSocket[Any, Any, Any]) -> None:
        await socket.accept()
        await socket.close()

    with Explorer(litestar.Litestar([chat], openapi_config=None, logging_config=None), lifespan="off") as explorer:
        assert explorer.websocket("/chat", trace=True).wait(10)
        trace = explorer.history[-1].trace

    assert trace is not None
    assert trace.missing == 0
    assert [layer.name for layer in trace.layers][-3:] == [
        "Outer",
        "ExceptionHandlerMiddleware",
        "WebSocketRoute.handle → chat()",
    ]


def test_exceptions_of_litestar() -> None:
    """The layer that makes a response of an exception has caught it."""
    with opened("litestar") as app:
        layers = trace_of(app, "/broken").layers
        unknown = trace_of(app, "/nowhere").layers

    (endpoint,) = (layer for layer in layers if layer.with_endpoint)
    (caught,) = (layer for layer in layers if layer.caught)
    assert endpoint.raised == "RuntimeError"
    assert (caught.name, caught.caught, caught.responded) == ("ExceptionHandlerMiddleware", "RuntimeError", 500)
    assert {layer.raised for layer in unknown if layer.name == "ASGIRouter"} == {"NotFoundException"}


def test_the_table_of_litestar() -> None:
    """Without a request each different list of middleware is shown once, with the path of a route."""
    with opened("litestar") as app:
        rows = read_middleware(app)

    assert [(row.depth, row.name, row.path) for row in rows if row.name in ("Litestar", "ASGIRouter", "Outer")] == [
        (0, "Litestar", ""),
        (3, "ASGIRouter", ""),
        (5, "Outer", ""),
        (5, "Outer", ""),
        (6, "Outer", ""),
    ]
    assert "add_to_message (before_send)" in [row.name for row in rows]


# -- Quart ---------------------------------------------------------------------------------------------------------


def test_quart() -> None:
    """The functions for each request are inside the wrapped ``asgi_app``, in the order in which they ran."""
    with opened("quart") as app:
        trace = trace_of(app, "/plain")
        rows = read_middleware(app)
    layers = by_name(trace)

    assert names_of(trace) == [
        (0, "Quart"),
        (1, "Outer"),
        (2, "Quart.asgi_app"),
        (3, "authorize (before_request)"),
        (3, "Quart.dispatch_request → plain()"),
        (3, "add_header (after_request)"),
        (3, "note (teardown_request)"),
    ]
    assert layers["Outer"].changed == ("+x-outer",)
    assert layers["add_header (after_request)"].changed == ("+x-after",)
    assert layers["authorize (before_request)"].source.startswith(f"{HERE}corpus_quart.py:")
    assert layers["Quart.dispatch_request → plain()"].responded == 200
    assert layers["Quart.asgi_app"].responded is None
    assert [(row.depth, row.name) for row in rows] == [
        (0, "Quart"),
        (1, "Outer"),
        (2, "Quart.asgi_app"),
        (3, "authorize (before_request)"),
        (3, "Quart.dispatch_request"),
        (3, "later_again (errorhandler)"),
        (3, "add_header (after_request)"),
        (3, "note (teardown_request)"),
    ]


def test_exceptions_of_quart() -> None:
    """The error handler that made the response has caught the exception; else Quart itself has."""
    with opened("quart") as app:
        handled, unhandled = by_name(trace_of(app, "/sub/inside")), by_name(trace_of(app, "/broken"))

    handler = handled["later_again (errorhandler)"]
    assert (handler.caught, handler.responded) == ("ZeroDivisionError", 503)
    assert handled["Quart.dispatch_request → inside()"].raised == "ZeroDivisionError"
    assert (handled["Quart.asgi_app"].caught, handled["Quart.asgi_app"].responded) == ("", None)
    assert (unhandled["Quart.asgi_app"].caught, unhandled["Quart.asgi_app"].responded) == ("RuntimeError", 500)


# -- Falcon --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["falcon", "falcon, dependent"])
def test_falcon(name: str) -> None:
    """The methods of middleware objects are beside each other, around the responder."""
    with opened(name) as app:
        trace = trace_of(app, "/plain")
        rows = read_middleware(app)
    layers = by_name(trace)

    assert names_of(trace) == [
        (0, "App"),
        (1, "AddTime.process_request"),
        (1, "Auth.process_request_async"),
        (1, "Auth.process_resource_async"),
        (1, "Resource.on_get()"),
        (1, "AddTime.process_response"),
    ]
    assert layers["AddTime.process_response"].changed == ("+x-took", "+vary")
    assert layers["Resource.on_get()"].responded == 200
    assert layers["Resource.on_get()"].with_endpoint
    assert layers["Auth.process_request_async"].source.startswith(f"{HERE}corpus_falcon.py:")
    assert sorted(row.name for row in rows) == [
        "AddTime.process_request",
        "AddTime.process_response",
        "App",
        "Auth.process_request_async",
        "Auth.process_resource_async",
        "later (error handler)",
    ]


def test_exceptions_of_falcon() -> None:
    """The error handler that made the response has caught the exception."""
    with opened("falcon") as app:
        layers = by_name(trace_of(app, "/sub/inside"))

    handler = layers["later (error handler)"]
    assert (handler.caught, handler.responded) == ("ZeroDivisionError", 503)
    assert layers["Resource.on_get()"].raised == "ZeroDivisionError"
    assert layers["App"].caught == ""


# -- Django --------------------------------------------------------------------------------------------------------


def test_django(django: Any) -> None:
    """Each middleware and each adapter between sync and async is a layer, with what it did."""
    trace = trace_of(django, "/big", headers={"accept-encoding": "gzip"})
    layers = by_name(trace)

    assert names_of(trace) == [
        (0, "ASGIHandler"),
        (1, "SyncToAsync"),
        (2, "SecurityMiddleware"),
        (3, "Compress"),
        (4, "add_time.middleware_sync"),
        (5, "OnlySync"),
        (6, "AsyncToSync"),
        (7, "OnlyAsync"),
        (8, "OfMixin"),
        (9, "CommonMiddleware"),
        (10, "view → big()"),
        (11, "OnlySync.process_view"),
    ]
    assert layers["OnlyAsync"].changed == ("+x-async",)
    assert layers["OfMixin"].changed == ("+x-mixin",)
    assert "+x-took" in layers["add_time.middleware_sync"].changed
    assert "+content-encoding" in layers["Compress"].changed
    assert any(one.startswith("body 30,000 → ") for one in layers["Compress"].changed)
    assert layers["OnlySync"].changed == ()
    assert layers["view → big()"].responded == 200
    for name in ("OnlyAsync", "OfMixin", "OnlySync.process_view"):
        assert layers[name].source.startswith(f"{HERE}corpus_django.py:")
    assert (layers["OfMixin"].package, layers["CommonMiddleware"].package) == ("", "Django")
    assert sum(layer.own_ns for layer in trace.layers) <= trace.duration_ns * 1.05


def test_exceptions_of_django(django: Any) -> None:
    """A view that raises is not caught by the middleware outside it, because Django makes a response before."""
    broken, divided = by_name(trace_of(django, "/broken")), by_name(trace_of(django, "/divided"))

    view = broken["view → broken()"]
    assert (view.raised, view.responded) == ("RuntimeError", 500)
    assert {layer.caught for layer in broken.values()} == {""}
    hook = divided["OnlySync.process_exception"]
    assert (hook.caught, hook.responded) == ("ZeroDivisionError", 503)
    assert {layer.raised for layer in divided.values()} == {""}


def test_the_table_of_django(django: Any) -> None:
    """Without a request the same layers are there, with the hooks around the view."""
    names = [row.name for row in read_middleware(django)]

    assert names[:9] == [
        "ASGIHandler",
        "SyncToAsync",
        "SecurityMiddleware",
        "Compress",
        "add_time.middleware_sync",
        "OnlySync",
        "AsyncToSync",
        "OnlyAsync",
        "OfMixin",
    ]
    assert "OnlySync.process_template_response" in names


# -- all -----------------------------------------------------------------------------------------------------------


def held_in(root: Any) -> list[Any]:
    """Return what an app reaches, the nearest first: items, attributes, and what functions have closed over."""
    found: dict[int, Any] = {}
    waiting = deque([root])
    while waiting and len(found) < 20_000:
        one = waiting.popleft()
        if id(one) in found or isinstance(one, type | str | bytes | int | types.ModuleType | logging.Logger):
            continue
        found[id(one)] = one
        if isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, list | tuple | set | frozenset):
            waiting += one
        elif isinstance(one, types.FunctionType):
            waiting += [cell.cell_contents for cell in one.__closure__ or () if cell != types.CellType()]
        elif isinstance(one, types.MethodType):
            waiting += [one.__self__, one.__func__]
        else:
            waiting += [*instance_dict(one).values(), *slots_of(one).values()]
    return list(found.values())


@pytest.mark.parametrize("name", NAMES)
def test_nothing_stays_behind(name: str) -> None:
    """After the last traced request nothing that the app reaches is a tap."""
    with opened(name) as app, Explorer(app, lifespan="off") as explorer:
        LAYER_TAPS.open(app, LayerPlan(), 1)
        during = [one for one in held_in(app) if isinstance(one, Tap) or is_marked(one)]
        LAYER_TAPS.close(app, 1)
        for method, path, options in REQUESTS:
            explorer.request(method, path, trace=True, raise_exceptions=False, **options)
        after = [one for one in held_in(app) if isinstance(one, Tap) or is_marked(one)]

    assert during
    assert after == []


@pytest.mark.parametrize("name", [name for name in NAMES if name != "raw"])
def test_an_error_of_ours_does_not_reach_the_app(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """If a step cannot be noted, the app responds as without a trace."""

    def fail(*_: object, **__: object) -> None:
        raise AttributeError("a bug of ours")

    with opened(name) as app, Explorer(app, lifespan="off") as explorer:
        plain = explorer.get("/plain", raise_exceptions=False)
        monkeypatch.setattr("ipyasgi.tracing.tracer.PartBoundary", fail)
        monkeypatch.setattr("ipyasgi.tracing.tracer.picture_scope", fail)
        traced = explorer.get("/plain", trace=True, raise_exceptions=False)

    assert traced.content == plain.content
    assert traced.trace is not None
    assert traced.trace.missing > 0


PLANTED = "planted"


class Quick:
    """Responds by itself to one path."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"] == "/early":
            await send({"type": "http.response.start", "status": 403, "headers": []})
            await send({"type": "http.response.body", "body": b"no"})
            return
        await self.app(scope, receive, send)


class Slow:
    """Takes its time."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(0.2)
        await self.app(scope, receive, send)


def planted_litestar() -> Any:
    @litestar.get("/fine", middleware=[DefineMiddleware(Slow)])
    async def fine() -> str:
        return "fine"

    @litestar.get("/early")
    async def early() -> str:
        return "never"

    @litestar.get("/broken")
    async def broken() -> str:
        return str(1 // 0)

    return litestar.Litestar(
        [fine, early, broken], middleware=[Quick], openapi_config=None, logging_config=None,
        exception_handlers={ZeroDivisionError: swallow_in_litestar},
    )  # fmt: skip


def swallow_in_litestar(request: Any, error: Exception) -> Any:
    return litestar.Response("swallowed", status_code=200)


def planted_quart() -> Any:
    app = quart.Quart(PLANTED)

    @app.before_request
    async def check_slowly() -> Any:
        if quart.request.path == "/fine":
            await asyncio.sleep(0.2)
        return ("no", 403) if quart.request.path == "/early" else None

    @app.errorhandler(ZeroDivisionError)
    async def swallow(error: Exception) -> Any:
        return "swallowed"

    @app.get("/<name>")
    async def show(name: str) -> Any:
        return str(1 // (name != "broken"))

    return app


def planted_falcon() -> Any:
    class Checks:
        async def process_request(self, req: Any, resp: Any) -> None:
            if req.path == "/fine":
                await asyncio.sleep(0.2)
            if req.path == "/early":
                resp.status, resp.complete = 403, True

    class Show:
        async def on_get(self, req: Any, resp: Any, name: str) -> None:
            resp.text = str(1 // (name != "broken"))

    async def swallow(req: Any, resp: Any, error: Exception, params: Any) -> None:
        resp.text = "swallowed"

    app = falcon.asgi.App(middleware=[Checks()])
    app.add_error_handler(ZeroDivisionError, swallow)
    app.add_route("/{name}", Show())
    return app


class CheckSlowly:
    """Middleware of Django's."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        if request.path == "/fine":
            time.sleep(0.2)
        return HttpResponse(status=403) if request.path == "/early" else self.get_response(request)

    def process_exception(self, request: Any, error: Exception) -> HttpResponse:
        return HttpResponse("swallowed")


def show(request: Any, name: str) -> HttpResponse:
    return HttpResponse(str(1 // (name != "broken")))


urlpatterns = [path("<name>", show)]


@contextmanager
def planted(name: str) -> Iterator[Any]:
    """Give an app with faults, in a framework."""
    if name == "django":
        with django_project(__name__, MIDDLEWARE=[f"{__name__}.CheckSlowly"]) as app:
            yield app
    else:
        makers = [planted_starlette, planted_fastapi, planted_litestar, planted_quart, planted_falcon]
        yield next(make for make in makers if make.__name__.endswith(name))()


async def swallow_in_starlette(request: Any, error: Exception) -> Any:
    return PlainTextResponse("swallowed")


async def show_in_starlette(request: Request) -> Any:
    return PlainTextResponse(str(1 // (request.path_params["name"] != "broken")))


class SlowForOne(Slow):
    """Takes its time for one path."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await (super().__call__ if scope["path"] == "/fine" else self.app)(scope, receive, send)


def planted_starlette() -> Any:
    app = Starlette(
        routes=[Route("/{name}", show_in_starlette)],
        exception_handlers={ZeroDivisionError: swallow_in_starlette},
    )
    app.add_middleware(SlowForOne)
    app.add_middleware(Quick)
    return app


def planted_fastapi() -> Any:
    app = FastAPI(exception_handlers={ZeroDivisionError: swallow_in_starlette})
    app.add_route("/{name}", show_in_starlette)
    app.add_middleware(SlowForOne)
    app.add_middleware(Quick)
    return app


@pytest.mark.serial
@pytest.mark.parametrize("name", ["starlette", "fastapi", "litestar", "quart", "falcon", "django"])
def test_planted_faults(name: str) -> None:
    """A layer that responds early, one that swallows an exception, and a slow one are found, each with its line."""
    with planted(name) as app:
        slow, early, broken = (trace_of(app, path) for path in ("/fine", "/early", "/broken"))

    (finding,) = slow.findings
    assert finding.kind == "slow layer"
    assert finding.place.startswith(f"{HERE}test_frameworks.py:")
    (responding,) = (layer for layer in early.layers if layer.responded is not None)
    assert responding.responded == 403
    assert responding.source.startswith(f"{HERE}test_frameworks.py:")
    assert not responding.with_endpoint
    (swallowing,) = (layer for layer in broken.layers if layer.caught)
    assert (swallowing.caught, swallowing.responded) == ("ZeroDivisionError", 200)
    assert swallowing.source.startswith(f"{HERE}test_frameworks.py:")


@pytest.mark.parametrize("name", NAMES)
def test_the_plan_is_made_once(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The layers are not searched again for later requests of the same routes."""
    searched = []

    def search(layer: Any) -> Any:
        searched.append(layer)
        return slots_in(layer)

    monkeypatch.setattr("ipyasgi.tracing.layer_taps.slots_in", search)
    with opened(name) as app, Explorer(app, lifespan="off") as explorer:
        for _ in range(3):  # a framework looks up hooks at the first request of a route
            explorer.get("/plain", trace=True)
        found = len(searched)
        explorer.get("/plain", trace=True)

    assert len(searched) == found > 0


def test_a_function_that_comes_later() -> None:
    """A function that Quart got after a traced request is in the trace of the next one."""
    with opened("quart") as app, Explorer(app, lifespan="off") as explorer:
        first = explorer.get("/plain", trace=True).trace
        app.after_request_funcs[None].append(lambda response: response)
        second = explorer.get("/plain", trace=True).trace

    assert first is not None
    assert second is not None
    assert len(second.layers) == len(first.layers) + 1
