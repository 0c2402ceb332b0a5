"""The dependencies of FastAPI in a trace: a tree with times, values, and what was not reached."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Annotated, Any

import fastapi.dependencies.utils
import fastapi.routing
import pytest
from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException
from fastapi.security import APIKeyHeader, OAuth2PasswordBearer
from pydantic import AfterValidator

from ipyasgi import Explorer
from ipyasgi.tracing import Dependency, Trace

HERE = "tracing/test_dependencies.py"


async def settings() -> dict[str, int]:
    await asyncio.sleep(0.01)
    return {"limit": 3}


def open_db(settings: Annotated[dict[str, int], Depends(settings)]) -> Iterator[str]:
    time.sleep(0.02)
    yield "a connection"


async def current_user(db: Annotated[str, Depends(open_db)], x_name: Annotated[str | None, Header()] = None) -> str:
    await asyncio.sleep(0.03)
    if x_name is None:
        raise HTTPException(401, "who are you?")
    return x_name


class Pager:
    def __init__(self, limit: int = 10) -> None:
        self.limit = limit


async def feed() -> AsyncIterator[list[int]]:
    yield [1, 2]


async def count(n: int) -> int:
    return n


def app_of() -> FastAPI:
    app = FastAPI()

    @app.get("/books")
    async def books(
        user: Annotated[str, Depends(current_user)],
        settings: Annotated[dict[str, int], Depends(settings)],
        pager: Annotated[Pager, Depends()],
        feed: Annotated[list[int], Depends(feed)],
    ) -> str:
        return user

    @app.get("/count")
    async def counted(n: Annotated[int, Depends(count)], settings: Annotated[Any, Depends(settings)]) -> int:
        return n

    router = APIRouter(dependencies=[Depends(settings)])

    @router.get("/routed")
    async def routed(
        token: Annotated[str, Depends(OAuth2PasswordBearer("token"))],
        key: Annotated[str, Depends(APIKeyHeader(name="x-key"))],
    ) -> str:
        return "ok"

    app.include_router(router)
    return app


def trace_of(path: str, prepare: Callable[[FastAPI], object] = lambda app: None, **headers: str) -> Trace:
    app = app_of()
    prepare(app)
    with Explorer(app) as explorer:
        trace = explorer.get(path, trace=True, headers={name.replace("_", "-"): v for name, v in headers.items()}).trace
    assert trace is not None
    assert trace.missing == 0
    return trace


def by_name(trace: Trace) -> dict[str, Dependency]:
    return {one.name or one.function: one for one in trace.dependencies}


def test_the_tree() -> None:
    """Each dependency has its kind, thread, line, value and time alone, and those that it needs inside it."""
    trace = trace_of("/books", x_name="ann")

    assert [one.name for one in trace.dependencies] == ["user", "settings", "pager", "feed"]
    user, settings, pager, feed = trace.dependencies
    (db,) = user.inside
    (nested,) = db.inside
    assert (user.function, user.kind, user.thread, user.value) == ("current_user", "async def", "event loop", "'ann'")
    assert (db.kind, db.thread, db.value) == ("yield", "worker thread", "'a connection'")
    assert (nested.function, nested.value) == ("settings", "{'limit': 3}")
    assert (pager.kind, pager.value) == ("class", "<Pager>")
    assert (feed.kind, feed.value) == ("async yield", "[1, 2]")
    assert user.source.startswith(HERE)
    assert user.total_ns > 29e6
    assert db.total_ns > 19e6
    assert nested.total_ns > 9e6
    assert nested.began_ns < db.began_ns < user.began_ns < pager.began_ns
    assert all(one.reached and not one.error for one in (user, db, nested, settings, pager, feed))


def test_the_cache() -> None:
    """A dependency that is needed twice runs once, and the second one is from the cache."""
    settings = by_name(trace_of("/books", x_name="ann"))["settings"]

    assert settings.cached
    assert settings.value == "{'limit': 3}"


def test_an_exception() -> None:
    """The dependency that raised has its exception, and those after it were not reached."""
    found = by_name(trace_of("/books"))

    assert found["user"].error.startswith("HTTPException")
    assert found["user"].reached
    assert found["user"].total_ns > 29e6
    assert found["user"].inside[0].error == ""
    assert [found[name].reached for name in ("settings", "pager", "feed")] == [False, False, False]


def test_invalid_input() -> None:
    """A dependency whose own input is invalid is not called, and the others are, although the response is a 422."""
    found = by_name(trace_of("/count"))

    assert not found["n"].reached
    assert found["settings"].reached
    assert found["settings"].value == "{'limit': 3}"


def test_secrets() -> None:
    """Values of security schemes, and of parameters with the name of a secret, are masked."""
    trace = trace_of("/routed", authorization="Bearer s3cret-a", x_key="s3cret-b")

    found = by_name(trace)
    assert (found["token"].value, found["key"].value) == ("•••", "•••")
    assert found["settings"].value == "", "a dependency without a name has no value"
    assert "s3cret" not in str(trace.to_dict()) + trace.to_text()


def test_a_secret_that_was_sent() -> None:
    """The secret of a header is masked wherever the app passes it on, also under a name that is not secret."""
    app = FastAPI()

    async def find(authorization: Annotated[str, Header()]) -> str:
        return authorization

    @app.get("/")
    async def show(user: Annotated[str, Depends(find)]) -> None:
        pass

    with Explorer(app) as explorer:
        trace = explorer.get("/", trace=True, headers={"authorization": "Bearer abc-def"}).trace

    assert trace is not None
    assert trace.dependencies[0].value == "'Bearer •••'"


def test_an_object_named_like_a_secret() -> None:
    """An object is shown although its parameter is named ``session``, which is the name of a cookie's value."""

    class Connection:
        pass

    async def connect() -> Connection:
        return Connection()

    app = FastAPI()

    @app.get("/")
    async def show(session: Annotated[Any, Depends(connect)]) -> None:
        pass

    with Explorer(app) as explorer:
        trace = explorer.get("/", trace=True).trace

    assert trace is not None
    assert "Connection" in trace.dependencies[0].value


@pytest.mark.serial
def test_the_time_of_the_last_dependency() -> None:
    """The last dependency ends before FastAPI reads the parameters, which may take long."""

    def check_slowly(n: int) -> int:
        time.sleep(0.3)
        return n

    app = FastAPI()

    @app.get("/")
    async def show(n: Annotated[int, AfterValidator(check_slowly)], value: Annotated[int, Depends(lambda: 3)]) -> None:
        pass

    with Explorer(app) as explorer:
        trace = explorer.get("/", params={"n": 1}, trace=True).trace

    assert trace is not None
    assert trace.duration_ns > 300e6
    assert trace.dependencies[0].total_ns < 250e6


def test_overrides() -> None:
    """An override is shown as what was called, and is called as without a trace."""

    async def fake() -> str:
        return "bob"

    found = by_name(trace_of("/books", lambda app: app.dependency_overrides.update({current_user: fake})))

    assert (found["user"].function, found["user"].value) == ("test_overrides.<locals>.fake".rpartition(".")[2], "'bob'")


@pytest.mark.serial
def test_cleanup() -> None:
    """What a ``yield`` does after its value was used has its time, also after an exception, which it sees."""
    seen = []

    async def connection() -> AsyncIterator[int]:
        try:
            yield 1
        except ZeroDivisionError as exc:
            seen.append(exc)
            raise
        finally:
            await asyncio.sleep(0.02)

    def file() -> Iterator[int]:
        yield 2
        time.sleep(0.03)

    app = FastAPI()

    @app.get("/{n}")
    async def show(n: int, a: Annotated[int, Depends(connection)], b: Annotated[int, Depends(file)]) -> float:
        return a / n

    with Explorer(app) as explorer:
        fine, broken = (explorer.get(path, trace=True, raise_exceptions=False).trace for path in ("/1", "/0"))

    assert fine is not None
    assert broken is not None
    assert [one.value for one in fine.dependencies] == ["1", "2"]
    assert [one.cleanup_ns > 19e6 for one in fine.dependencies] == [True, True]
    assert fine.to_dict()["dependencies"][1]["cleanup_ms"] > 29
    assert broken.dependencies[0].cleanup_ns > 19e6
    assert len(seen) == 1


@pytest.mark.serial
def test_slow_dependency() -> None:
    """A dependency that takes most of the time is a finding, with its line."""

    async def slow() -> str:
        await asyncio.sleep(0.3)
        return "bob"

    trace = trace_of("/books", lambda app: app.dependency_overrides.update({current_user: slow}))

    assert [found.kind for found in trace.findings] == ["slow dependency"]
    assert trace.findings[0].text.startswith(f"Slow dependency: slow() at {HERE}")


def test_the_display() -> None:
    """The waterfall has a row for each dependency, deeper for those inside another."""
    text = trace_of("/books").to_text()

    assert "user = current_user()  (async def)  ! HTTPException" in text
    assert "  db = open_db()  (yield, value 'a connection'" in text
    assert "pager = Pager()  (not reached)" in text


def test_nothing_stays_behind() -> None:
    """FastAPI's own functions are back after the last traced request."""
    names = ["solve_dependencies", "request_params_to_args", "asynccontextmanager", "contextmanager_in_threadpool"]
    functions = [getattr(fastapi.dependencies.utils, name) for name in names]
    functions.append(fastapi.routing.solve_dependencies)
    trace_of("/books")

    assert functions[:-1] == [getattr(fastapi.dependencies.utils, name) for name in names]
    assert functions[-1] is fastapi.routing.solve_dependencies


def test_another_version_of_fastapi(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the dependencies of another version cannot be read, the app responds as without a trace."""

    def fail(*_: object) -> None:
        raise AttributeError("a bug of ours")

    monkeypatch.setattr("ipyasgi.tracing.dependencies._open", fail)
    with Explorer(app_of()) as explorer:
        exchange = explorer.get("/books", headers={"x-name": "ann"}, trace=True)

    assert exchange.json() == "ann"
    assert exchange.trace is not None
    assert exchange.trace.dependencies == ()
    assert exchange.trace.missing > 0
