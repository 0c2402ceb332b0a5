"""The layers of an app: in a trace what each did, and without a request which there are."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import socketio
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route

from ipyasgi import Explorer
from ipyasgi.tracing import Layer, Trace
from ipyasgi.tracing.layer_taps import LAYER_TAPS, LayerPlan, Tap
from ipyasgi.tracing.layers import read_middleware, slots_in
from ipyasgi.tracing.middleware_row import describe
from ipyasgi.tracing.tracer import Tracer

from .corpus import APPS
from .wrappers import Outer

HERE = "tracing/test_layers.py"


async def books(request: Request) -> Response:
    return PlainTextResponse("b" * 2000)


async def broken(request: Request) -> Response:
    raise ZeroDivisionError("on purpose")


class Auth:
    """Adds a user to the scope, and responds by itself without one."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and "/private" in scope["path"]:
            await PlainTextResponse("who are you?", 401)(scope, receive, send)
            return
        await self.app({**scope, "user": "ann"}, receive, send)


class Catching:
    """Responds with 503 instead of an exception."""

    __slots__ = ("_next",)

    def __init__(self, app: Any) -> None:
        self._next = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await self._next(scope, receive, send)
        except ZeroDivisionError:
            await PlainTextResponse("later", 503)(scope, receive, send)


async def add_time(request: Request, call_next: Callable) -> Response:
    await asyncio.sleep(0.06)
    response = await call_next(request)
    response.headers["x-took"] = "some"
    return response


def app_of(kind: type = Starlette) -> Any:
    inner = Starlette(routes=[Route("/inside", books)], middleware=[Middleware(GZipMiddleware)])
    app = kind(
        middleware=[
            Middleware(Catching),
            Middleware(Auth),
            Middleware(BaseHTTPMiddleware, dispatch=add_time),
            Middleware(GZipMiddleware),
        ]
    )
    app.add_route("/books", books)
    app.add_route("/broken", broken)
    app.mount("/sub", inner)
    return app


def trace_of(app: Any, path: str, **options: Any) -> Trace:
    with Explorer(app, lifespan="off") as explorer:
        trace = explorer.get(path, trace=True, raise_exceptions=False, **options).trace
    assert trace is not None
    assert trace.missing == 0
    return trace


def layers_of(app: Any, path: str) -> dict[str, Layer]:
    return {layer.name: layer for layer in trace_of(app, path).layers}


@pytest.mark.serial
@pytest.mark.parametrize("kind", [Starlette, FastAPI])
def test_what_each_layer_did(kind: type) -> None:
    """Each layer has its changes of headers, body and scope, its line, and its time alone."""
    trace = trace_of(app_of(kind), "/books")
    layers = {layer.name: layer for layer in trace.layers}

    assert "scope +user" in layers["Auth"].changed
    assert layers["add_time"].changed == ("+x-took",)
    assert "+content-encoding" in layers["GZipMiddleware"].changed
    assert any(one.startswith("body 2,000 → ") for one in layers["GZipMiddleware"].changed)
    assert layers["Catching"].changed == ()
    assert layers["Auth"].source.startswith(HERE)
    assert layers["add_time"].source.startswith(HERE)
    assert (layers["Auth"].package, layers["GZipMiddleware"].package) == ("", "Starlette")
    assert 59e6 < layers["add_time"].own_ns < layers["Auth"].total_ns
    assert layers["Auth"].own_ns < layers["add_time"].own_ns
    last = trace.layers[-1]
    assert (last.name.endswith("Router → books()"), last.responded) == (True, 200)
    assert trace.layers[0].name == kind.__name__
    assert [layer.depth for layer in trace.layers] == list(range(len(trace.layers)))
    assert sum(layer.own_ns for layer in trace.layers) <= trace.duration_ns * 1.05


def test_the_layer_that_responds() -> None:
    """A layer that responds by itself has the status, and the layers inside it are not there."""
    layers = layers_of(app_of(), "/private")

    assert layers["Auth"].responded == 401
    assert layers["Catching"].responded is None
    assert "add_time" not in layers


def test_exceptions() -> None:
    """The layer that raised an exception is named, and the one that caught it."""
    layers = layers_of(app_of(), "/broken")

    assert layers["Router → broken()"].raised == "ZeroDivisionError"
    assert (layers["Catching"].caught, layers["Catching"].responded) == ("ZeroDivisionError", 503)
    assert layers["Auth"].raised == "", "it only let the exception through"


def test_mounted_apps() -> None:
    """The layers of a mounted app are inside those of the app, also in its first request."""
    trace = trace_of(app_of(), "/sub/inside")

    names = [layer.name for layer in trace.layers]
    assert names.count("Starlette") == 2
    assert names.count("GZipMiddleware") == 2
    assert names[-1] == "Router → books()"


def test_nested_objects() -> None:
    """Layers without a framework are found in slots, attributes and closures."""
    trace = trace_of(APPS["raw"](), "/plain")

    assert [layer.name for layer in trace.layers] == ["Outer", "closed_over.catching", "raw_app"]
    assert trace.layers[0].changed == ("+x-outer",)


@pytest.mark.serial
def test_slow_layer() -> None:
    """A layer that has most of the time for itself is a finding, with its line."""
    (found,) = trace_of(app_of(), "/sub/inside").findings

    assert found.kind == "slow layer"
    assert found.text.startswith(f"Slow layer: add_time at {HERE}")


@pytest.mark.parametrize("path", ["/books", "/broken", "/private", "/sub/inside"])
def test_nothing_stays_behind(path: str) -> None:
    """After the last traced request each layer holds the app itself, and not a tap."""
    app = app_of()
    with Explorer(app) as explorer:
        before = held_by(app)
        explorer.get(path, trace=True, raise_exceptions=False)
        after = held_by(app)

    assert [id(one) for one in before] == [id(one) for one in after[: len(before)]]
    assert not any(isinstance(one, Tap) for one in after)


def held_by(app: Any) -> list[Any]:
    """Return all apps inside an app."""
    found = []
    for slot in slots_in(app):
        found += [slot.get(), *held_by(slot.get())]
    return found


def test_a_tap_looks_like_its_app() -> None:
    """A tap has the attributes, the class and the name of the app that it stands for."""
    app = app_of()
    seen = {}

    class Looking:
        def __init__(self, app: Any) -> None:
            self.app = app

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "http":
                seen["is_a"] = isinstance(self.app, Auth)
                seen["name"] = type(self.app).__name__
                seen["tapped"] = isinstance(self.app, Tap)
                self.app.label = "set through it"
            await self.app(scope, receive, send)

    inner = Auth(app)
    trace_of(Looking(inner), "/books")

    assert seen == {"is_a": True, "name": "Auth", "tapped": True}
    assert inner.label == "set through it"


def test_mounts_name_the_app() -> None:
    """What a mount names as the endpoint of its scope is the app that is mounted, and not a tap."""
    seen = []

    async def mounted(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["endpoint"])
        await PlainTextResponse("ok")(scope, receive, send)

    trace_of(Starlette(routes=[Mount("/sub", mounted)]), "/sub/x")

    assert seen == [mounted]
    assert type(seen[0]) is type(mounted)


def test_an_error_of_ours_does_not_reach_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    """If a layer cannot be noted, the app responds as without a trace."""

    def fail(*_: object) -> None:
        raise AttributeError("a bug of ours")

    monkeypatch.setattr("ipyasgi.tracing.tracer.picture_scope", fail)
    monkeypatch.setattr("ipyasgi.tracing.freezing.read_layers", fail)
    with Explorer(app_of(), lifespan="off") as explorer:
        exchange = explorer.get("/books", trace=True)

    assert exchange.status_code == 200
    assert exchange.trace is not None
    assert exchange.trace.layers == ()
    assert exchange.trace.missing > 0


def test_a_request_that_is_abandoned_in_between() -> None:
    """Taps of an app are counted for each request."""
    app = Outer(app_of())
    inner = app.wrapped
    LAYER_TAPS.open(app, LayerPlan(), 1)
    LAYER_TAPS.open(app, LayerPlan(), 2)
    LAYER_TAPS.close(app, 1)
    LAYER_TAPS.close(app, 1)
    assert isinstance(app.wrapped, Tap)
    LAYER_TAPS.close(app, 2)
    assert app.wrapped is inner
    assert Tracer().enter_layer(describe(app), {"type": "http"}) is not None


def test_middleware_before_the_start() -> None:
    """The layers of an app that was not started are read without making them, so that more can be added."""
    app = app_of()

    names = [row.name for row in read_middleware(app)]

    assert names == ["Starlette", "Catching", "Auth", "add_time", "GZipMiddleware", "Router", "Starlette",
                     "GZipMiddleware", "Router"]  # fmt: skip
    app.add_middleware(Auth)


def test_middleware_of_an_explorer() -> None:
    """An explorer shows the layers of its app, outermost first, each with its line, and mounts with their path."""
    with Explorer(app_of(FastAPI)) as explorer:
        middleware = explorer.middleware
        lines = middleware.to_text().splitlines()

    names = [row.name for row in middleware]
    assert names.index("Catching") < names.index("Auth") < names.index("add_time") < names.index("APIRouter")
    assert lines[0] == f"{len(middleware)} layers, outermost first"
    assert any("/sub  Starlette" in line for line in lines)
    assert any("add_time" in line and HERE in line for line in lines)
    assert repr(middleware) == f"<Middleware: {len(middleware)} layers>"
    assert middleware.to_dict()["middleware"][0]["name"] == "FastAPI"
    assert "<td>" in middleware._repr_mimebundle_()["text/html"]


def test_a_layer_that_comes_later() -> None:
    """A route, a layer or an app that the app got after a traced request is in the trace of the next one."""

    async def late(request: Request) -> Response:
        return PlainTextResponse("late")

    app, outer = app_of(), Outer(app_of())
    with Explorer(app, lifespan="off") as explorer:
        assert len(explorer.get("/sub/inside", trace=True).trace.layers) > 7
        app.mount("/later", Starlette(routes=[Route("/x", late)], middleware=[Middleware(Auth)]))
        for _ in range(2):
            explorer.get("/later/x")  # builds its layers, which are found nevertheless
            names = [layer.name for layer in explorer.get("/later/x", trace=True).trace.layers]
            assert (names.count("Auth"), names[-1]) == (2, "Router → late()")
    with Explorer(outer, lifespan="off") as explorer:
        explorer.get("/books", trace=True)
        outer.wrapped = Auth(outer.wrapped)
        names = [layer.name for layer in explorer.get("/books", trace=True).trace.layers]
    assert names[:3] == ["Outer", "Auth", "Starlette"]


def test_the_plan_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The layers of an app are searched for the first traced request of it, not for each."""
    searched = []

    def search(layer: Any) -> Any:
        searched.append(layer)
        return slots_in(layer)

    monkeypatch.setattr("ipyasgi.tracing.layer_taps.slots_in", search)
    with Explorer(app_of(FastAPI), lifespan="off") as explorer:
        explorer.get("/books", trace=True)
        found = len(searched)
        layers = [explorer.get("/books", trace=True).trace.layers for _ in range(3)]

    assert len(searched) == found > 5
    assert {len(one) for one in layers} == {len(layers[0])} != {0}


def test_packages_that_hold_an_app() -> None:
    """The app beside Socket.IO is opened, and so is what it holds."""
    trace = trace_of(socketio.ASGIApp(socketio.AsyncServer(async_mode="asgi"), other_asgi_app=app_of()), "/books")

    names = [layer.name for layer in trace.layers]
    assert names[:3] == ["ASGIApp", "Starlette", "ServerErrorMiddleware"]
    assert names[-1] == "Router → books()"


def test_an_app_that_wraps_itself_later() -> None:
    """An app that wraps what it holds at its first request does not wrap a tap, which would stay."""

    class Lazy:
        def __init__(self, app: Any) -> None:
            self.app = app
            self.middleware_stack: Any = None

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            if self.middleware_stack is None:
                self.middleware_stack = [self.app]
                self.app = Auth(self.app)
            await self.app(scope, receive, send)

    app = Lazy(app_of())
    with Explorer(app, lifespan="off") as explorer:
        first, second = (explorer.get("/books", trace=True).trace for _ in range(2))

    assert (first.layers, [layer.name for layer in second.layers][:3]) == ((), ["Lazy", "Auth", "Starlette"])
    assert not isinstance(app.middleware_stack[0], Tap)


def test_a_place_that_is_read_only_by_now() -> None:
    """A layer that no longer takes a tap runs without it; the error does not reach the app."""

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError

    class Once:
        locked = False

        def __init__(self) -> None:
            self.app = inner

        def __setattr__(self, name: str, value: Any) -> None:
            if self.locked:
                raise AttributeError(name)
            super().__setattr__(name, value)

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            await self.app(scope, receive, send)

    outer, plan = Once(), LayerPlan()
    plan.put(outer, plan.place)
    assert outer.app is not inner
    plan.remove()
    Once.locked = True
    plan.put(outer, plan.place)
    assert outer.app is inner
