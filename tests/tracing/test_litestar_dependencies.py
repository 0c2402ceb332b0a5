"""The dependencies of Litestar in a trace: a tree with times, values, and what was not reached."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import litestar
import litestar._kwargs.cleanup
import litestar._kwargs.kwargs_model
import pytest
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException
from litestar.params import FromQuery

from ipyasgi import Explorer
from ipyasgi.tracing import Dependency, Trace

HERE = "tracing/test_litestar_dependencies.py"


async def settings() -> dict[str, int]:
    await asyncio.sleep(0.01)
    return {"limit": 3}


def open_db(settings: NamedDependency[dict[str, int]]) -> Iterator[str]:
    time.sleep(0.02)
    yield "a connection"
    time.sleep(0.02)


async def current_user(db: NamedDependency[str], request: litestar.Request[Any, Any, Any]) -> str:
    await asyncio.sleep(0.03)
    x_name = request.headers.get("x-name")
    if x_name is None:
        raise HTTPException("who are you?", status_code=401)
    return x_name


class Pager:
    def __init__(self, limit: FromQuery[int] = 10) -> None:
        self.limit = limit


async def feed() -> AsyncIterator[list[int]]:
    yield [1, 2]
    await asyncio.sleep(0.01)


def read_config() -> int:
    return 3


def count(n: FromQuery[int]) -> int:
    return n


@litestar.get("/books")
async def books(
    user: NamedDependency[str],
    settings: NamedDependency[dict[str, int]],
    pager: NamedDependency[Any],
    feed: NamedDependency[list[int]],
    config: NamedDependency[int],
) -> str:
    return user


@litestar.get("/count")
async def counted(count: NamedDependency[int], settings: NamedDependency[dict[str, int]]) -> int:
    return count


@litestar.get("/secret")
async def secret(api_key: NamedDependency[str], config: NamedDependency[int]) -> str:
    return "ok"


@litestar.get("/none")
async def none() -> str:
    return "none"


def app_of(**more: Any) -> litestar.Litestar:
    dependencies = {
        "user": Provide(current_user),
        "db": Provide(open_db),
        "settings": Provide(settings),
        "pager": Provide(Pager, sync_to_thread=False),
        "feed": Provide(feed),
        "config": Provide(read_config, use_cache=True, sync_to_thread=True),
        "count": Provide(count, sync_to_thread=False),
        "api_key": Provide(lambda: "s3cret", sync_to_thread=False),
        **more,
    }
    handlers = [books, counted, secret, none]
    return litestar.Litestar(handlers, dependencies=dependencies, openapi_config=None, logging_config=None)


def trace_of(path: str, app: litestar.Litestar | None = None, **headers: str) -> Trace:
    with Explorer(app or app_of()) as explorer:
        trace = explorer.get(path, trace=True, headers={name.replace("_", "-"): v for name, v in headers.items()}).trace
    assert trace is not None
    assert trace.missing == 0
    return trace


def by_name(trace: Trace) -> dict[str, Dependency]:
    return {one.name: one for one in trace.dependencies}


@pytest.mark.serial
def test_the_tree() -> None:
    """Each dependency has its kind, thread, line, value, time and cleanup, and those that it needs inside it."""
    trace = trace_of("/books", x_name="ann")

    assert [one.name for one in trace.dependencies] == ["user", "settings", "pager", "feed", "config"]
    user, _, pager, feed, config = trace.dependencies
    (db,) = user.inside
    (nested,) = db.inside
    assert (user.function, user.kind, user.thread, user.value) == ("current_user", "async def", "event loop", "'ann'")
    assert (db.function, db.kind, db.thread, db.value) == ("open_db", "yield", "event loop", "'a connection'")
    assert (nested.function, nested.value) == ("settings", "{'limit': 3}")
    assert (pager.kind, pager.thread, pager.value) == ("class", "event loop", "<Pager>")
    assert (feed.kind, feed.value) == ("async yield", "[1, 2]")
    assert (config.function, config.kind, config.thread) == ("read_config", "def", "worker thread")
    assert user.source.startswith(HERE)
    assert user.total_ns > 29e6
    assert db.total_ns > 19e6
    assert nested.total_ns > 9e6
    assert db.cleanup_ns > 19e6
    assert feed.cleanup_ns > 9e6
    assert user.cleanup_ns == 0
    assert nested.began_ns < db.began_ns < user.began_ns
    assert all(one.reached and not one.error for one in (user, db, nested, pager, feed, config))


def test_what_was_made_before() -> None:
    """What is needed twice is made once, and a ``Provide`` with a cache keeps its value for later requests."""
    app = app_of()
    with Explorer(app) as explorer:
        first, second = (explorer.get("/books", trace=True, headers={"x-name": "ann"}).trace for _ in range(2))

    assert first is not None
    assert second is not None
    assert (by_name(first)["settings"].cached, by_name(first)["settings"].value) == (True, "{'limit': 3}")
    assert (by_name(first)["config"].cached, by_name(first)["config"].value) == (False, "3")
    assert (by_name(second)["config"].cached, by_name(second)["config"].value) == (True, "3")


def test_an_exception() -> None:
    """The dependency that raised has its exception, and the one that it needs has not."""
    user = by_name(trace_of("/books"))["user"]

    assert user.error.startswith("HTTPException: 401: who are you?")
    assert user.reached
    assert user.inside[0].error == ""


def test_invalid_input() -> None:
    """A dependency whose own input is invalid is not called."""
    found = by_name(trace_of("/count?n=none"))

    assert not found["count"].reached
    assert found["count"].error == ""


def test_secrets() -> None:
    """A value with the name of a secret is masked."""
    trace = trace_of("/secret")

    assert by_name(trace)["api_key"].value == "•••"
    assert "s3cret" not in str(trace.to_dict()) + trace.to_text()


def test_without_dependencies() -> None:
    """A handler that needs none has none."""
    assert trace_of("/none").dependencies == ()


@pytest.mark.serial
def test_slow_dependency() -> None:
    """A dependency that takes most of the time is a finding, with its line."""

    async def slow() -> str:
        await asyncio.sleep(0.3)
        return "bob"

    trace = trace_of("/books", app_of(user=Provide(slow)))

    assert [found.kind for found in trace.findings] == ["slow dependency"]
    assert trace.findings[0].text.startswith(f"Slow dependency: slow() at {HERE}")


def test_the_display() -> None:
    """The waterfall has a row for each dependency, inside the route that needs it."""
    lines = trace_of("/books", x_name="ann").to_text().splitlines()

    (route,) = (line.index("HTTPRoute.handle") for line in lines if "HTTPRoute.handle" in line)
    (user,) = (line.index("user = current_user()") for line in lines if "user = current_user()" in line)
    assert user == route + 2
    assert any("clean up db" in line for line in lines)


def test_nothing_stays_behind() -> None:
    """Litestar's own functions are back after the last traced request."""

    def now() -> list[Any]:
        model, cleanup = litestar._kwargs.kwargs_model, litestar._kwargs.cleanup
        return [
            model.KwargsModel.resolve_dependencies,
            model.resolve_dependency,
            Provide.__call__,
            cleanup.DependencyCleanupGroup.add,
            cleanup.async_next,
            cleanup.ensure_async_callable,
        ]

    before = now()
    trace_of("/books", x_name="ann")

    assert now() == before


def test_another_version_of_litestar(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the dependencies of another version cannot be read, the app responds as without a trace."""

    def fail(*_: object) -> None:
        raise AttributeError("a bug of ours")

    monkeypatch.setattr("ipyasgi.tracing.litestar_dependencies._nest", fail)
    monkeypatch.setattr("ipyasgi.tracing.litestar_dependencies._end", fail)
    with Explorer(app_of()) as explorer:
        exchange = explorer.get("/books", headers={"x-name": "ann"}, trace=True)

    assert exchange.text == "ann"
    assert exchange.trace is not None
    assert exchange.trace.dependencies == ()
    assert exchange.trace.missing > 0
