"""Apps inside wrappers of many shapes: their routes, their state and their documents."""

import functools
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from ipyasgi import Explorer
from ipyasgi.routes.nested_apps import looks_like_app, visit
from ipyasgi.routes.routes import apps_in, read_routes


def make() -> FastAPI:
    """Return an app with one route, which counts in its state."""
    app = FastAPI(docs_url=None, redoc_url=None)
    app.state.count = 0

    @app.get("/count")
    async def count() -> int:
        app.state.count += 1
        return app.state.count

    return app


INNER = make()


class Held:
    def __init__(self, app: Any) -> None:
        self.wrapped = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.wrapped(scope, receive, send)


class Slotted:
    __slots__ = ("_next",)

    def __init__(self, app: Any) -> None:
        self._next = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self._next(scope, receive, send)


class Method:
    def __init__(self, app: Any) -> None:
        self.next = app

    async def run(self, scope: Any, receive: Any, send: Any) -> None:
        await self.next(scope, receive, send)


class OfClass:
    inner = INNER

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.inner(scope, receive, send)


def closed_over(app: Any) -> Any:
    """Return a function around an app."""

    async def wrapper(scope: Any, receive: Any, send: Any) -> None:
        await app(scope, receive, send)

    return wrapper


def nested_class(app: Any) -> Any:
    """Return an object whose class has an app in its closure."""

    class Nested:
        async def __call__(self, *args: Any) -> None:
            await app(*args)

    return Nested()


async def of_global(scope: Any, receive: Any, send: Any) -> None:
    """Call an app that is a global variable."""
    await INNER(scope, receive, send)


async def with_app(app: Any, scope: Any, receive: Any, send: Any) -> None:
    """Call an app that `functools.partial` gives."""
    await app(scope, receive, send)


async def with_option(scope: Any, receive: Any, send: Any, *, app: Any) -> None:
    """Call an app that `functools.partial` gives by name."""
    await app(scope, receive, send)


@pytest.mark.parametrize(
    "wrap",
    [
        Held, Slotted, lambda app: Method(app).run, lambda app: OfClass(), closed_over, nested_class,
        lambda app: of_global, lambda app: functools.partial(with_app, app),
        lambda app: functools.partial(with_option, app=app), CORSMiddleware,
        lambda app: Held(Slotted(closed_over(nested_class(app)))),
    ],
    ids=[
        "attribute", "slot", "method", "class attribute", "closure", "nested class", "global", "partial",
        "partial by name", "CORSMiddleware", "several levels",
    ],
)  # fmt: skip
def test_what_a_wrapper_hides_is_found(wrap: Any) -> None:
    """Routes, document and state of the app inside are there, and a request shows the change of its state."""
    with Explorer(wrap(INNER)) as explorer:
        assert "GET /count" in explorer.routes
        assert explorer.routes["GET /count"].example().path == "/count"
        assert explorer.openapi.operation("GET /count") is not None
        (change,) = explorer.get("/count").state_diff
        assert change.path == "app.state.count"
        assert explorer.state.app is INNER.state


class Dispatcher:
    def __init__(self, apps: Any) -> None:
        self.apps = apps

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...


@pytest.mark.parametrize("apps", [{"/a": INNER, "/b/": make()}, [("/a", INNER), ("/b", make())]], ids=["dict", "list"])
def test_dispatchers(apps: Any) -> None:
    """The keys of a dict of apps, and the first elements of pairs, are paths."""
    keys = list(read_routes(Dispatcher(apps)))
    assert {"GET /a/count", "GET /b/count"} <= set(keys)
    assert next(iter(read_routes(Dispatcher({"http": make()})))) == "GET /count"


def test_the_state_of_mounted_apps() -> None:
    """The state of an app mounted in another, at any depth and after attaching, is watched under its path."""
    outer, inner, innermost = make(), make(), make()
    outer.mount("/sub", inner)
    with Explorer(CORSMiddleware(outer)) as explorer:
        assert list(explorer.state.places()) == ["app.state", "/sub app.state", "state"]
        assert [str(one) for one in explorer.get("/sub/count").state_diff] == ["/sub app.state.count 0 → 1"]
        inner.mount("/deep", Held(innermost))
        explorer.state.look()
        outer.add_api_route("/new", lambda: 1)
        assert [str(one) for one in explorer.get("/sub/deep/count").state_diff] == ["/sub/deep app.state.count 0 → 1"]


class Trapped:
    """Everything that asks it is a trap."""

    def __init__(self) -> None:
        self.__dict__["app"] = INNER

    def __getattribute__(self, name: str) -> Any:
        if name == "__dict__":
            return object.__getattribute__(self, name)
        raise AssertionError("called")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...

    __iter__ = __len__ = __bool__ = __eq__ = __hash__ = property(lambda self: 1 / 0)  # type: ignore[assignment]


def test_the_walk_runs_no_code_and_ends() -> None:
    """No code of a wrapper runs; apps that hold themselves, thousands of them or endless chains end the walk."""
    found: list[Any] = []

    def enter(one: Any, path: str) -> bool:
        found.append(one)
        return False

    visit(Trapped(), enter)
    assert any(one is INNER for one in found)
    found.clear()
    visit(Held(Trapped()), enter)
    assert any(one is INNER for one in found)
    assert any(one is INNER for _, one in apps_in(Held(Trapped())))
    around = Held(None)
    around.wrapped = [around, around]
    chain: Any = around
    for _ in range(1000):
        chain = Held(chain)
    many = Dispatcher([Held(INNER) for _ in range(5000)])
    for app in (around, chain, many):
        found.clear()
        visit(app, enter)
        assert 0 < len(found) <= 501
    itself = Starlette()
    itself.routes.extend([Mount("/a", itself), Mount("/b", itself)])
    assert len(list(apps_in(itself))) <= 1000
    assert read_routes(itself) is not None


def test_what_looks_like_an_app() -> None:
    """It takes scope, receive and send."""

    async def four(a: Any, b: Any, c: Any, d: Any) -> None: ...

    assert all(map(looks_like_app, (of_global, Held(None), INNER, functools.partial(four, 1), Method(None).run)))
    assert not any(map(looks_like_app, (four, make, Held, object(), 1, None, "app", Route("/", four).matches)))


def test_a_flask_app_behind_wsgi() -> None:
    """A Flask app, which is called as a WSGI app, is found behind its wrapper and below its mount."""
    flask = pytest.importorskip("flask")
    site = flask.Flask("site")
    site.add_url_rule("/cups/<int:cup_id>", "read_cup", lambda cup_id: str(cup_id))

    class Gateway:
        def __init__(self, app: object) -> None:
            self.app = app

        async def __call__(self, scope, receive, send) -> None: ...

    mounted = Starlette(routes=[Mount("/site", Gateway(site))])
    assert "GET /cups/{cup_id}" in read_routes(Gateway(site))
    assert "GET /site/cups/{cup_id}" in read_routes(mounted)
