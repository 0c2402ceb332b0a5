"""Where a request waits, behind the middleware, dependencies and threads of the frameworks."""

import contextlib
import threading
import time
from concurrent.futures import CancelledError
from typing import Annotated, Any

import anyio
import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path
from fastapi import BackgroundTasks, Depends, FastAPI
from litestar import Litestar, get
from quart import Quart
from starlette.applications import Starlette
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.responses import StreamingResponse
from starlette.routing import Mount

from ipyasgi import Explorer

from ..django_project import django_project

entered, leave = threading.Event(), threading.Event()


@pytest.fixture(autouse=True)
def _events():
    entered.clear()
    leave.clear()
    yield
    leave.set()


async def wait_async() -> None:
    entered.set()
    await anyio.sleep(30)


def wait_in_thread() -> None:
    entered.set()
    leave.wait(20)


def place_of(app: Any, target: str, backend: str = "asyncio") -> str:
    """Return where the app was waiting when its request was cancelled."""
    with Explorer(app, lifespan="off", backend=backend) as explorer:
        pending = explorer.begin("GET", target, timeout=None)
        assert entered.wait(20)
        time.sleep(0.05)  # from the event to the wait itself
        pending.cancel()
        leave.set()
        with contextlib.suppress(CancelledError):
            pending.result(10)
        return explorer.history[-1].run.waited_at


class PassingOn(BaseHTTPMiddleware):
    async def dispatch(self, request, call_next):
        return await call_next(request)


class PureASGI:
    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        await self.app(scope, receive, send)


async def dependency():
    await wait_async()
    yield


def sync_dependency():
    wait_in_thread()


def shop(*middleware: type) -> FastAPI:
    app = FastAPI()

    @app.get("/async")
    async def asynchronous():
        await wait_async()

    @app.get("/sync")
    def synchronous():
        wait_in_thread()

    @app.get("/async-dependency")
    async def dependent(value: Annotated[None, Depends(dependency)]):
        return value

    @app.get("/sync-dependency")
    async def sync_dependent(value: Annotated[None, Depends(sync_dependency)]):
        return value

    @app.get("/async-stream")
    async def stream():
        async def chunks():
            yield "a"
            await wait_async()

        return StreamingResponse(chunks())

    @app.get("/sync-stream")
    async def sync_stream():
        def chunks():
            yield "a"
            wait_in_thread()

        return StreamingResponse(chunks())

    @app.get("/async-task")
    async def with_task(tasks: BackgroundTasks):
        tasks.add_task(wait_async)

    @app.get("/sync-task")
    async def with_sync_task(tasks: BackgroundTasks):
        tasks.add_task(wait_in_thread)

    for one in middleware:
        app.add_middleware(one)
    return app


TARGETS = [
    "async",
    "sync",
    "async-dependency",
    "sync-dependency",
    "async-stream",
    "sync-stream",
    "async-task",
    "sync-task",
]


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("target", TARGETS)
def test_behind_middleware_and_a_mount(target: str, backend: str) -> None:
    """The place is the app's own line, not the middleware's or the framework's."""
    app = Starlette(routes=[Mount("/mounted", shop(PassingOn, PureASGI, PassingOn))])
    name = "wait_in_thread" if target.startswith("sync") else "wait_async"
    place = place_of(app, f"/mounted/{target}", backend)
    assert place.startswith("frameworks/test_waiting.py:")
    assert f" in {name}" in place
    assert " and " not in place


@pytest.mark.parametrize("target", ["sync", "async-stream"])
def test_in_fastapi_alone(target: str) -> None:
    """Without any middleware it is the same line."""
    name = "wait_in_thread" if target.startswith("sync") else "wait_async"
    assert f" in {name}" in place_of(shop(), f"/{target}")


def sync_view(request):
    wait_in_thread()
    return HttpResponse()


async def async_view(request):
    await wait_async()


def sync_pieces(request):
    def pieces():
        yield "a"
        wait_in_thread()

    return StreamingHttpResponse(pieces())


urlpatterns = [path("sync", sync_view), path("async", async_view), path("sync-pieces", sync_pieces)]


@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume synchronous iterators")
@pytest.mark.parametrize("target", ["sync", "async", "sync-pieces"])
def test_in_django(target: str) -> None:
    """A view is named also when it runs in the thread of asgiref."""
    with django_project(__name__, MIDDLEWARE=["django.middleware.common.CommonMiddleware"]) as app:
        place = place_of(app, f"/{target}")
    assert f" in {'wait_in_thread' if target.startswith('sync') else 'wait_async'}" in place


@pytest.mark.parametrize("target", ["sync", "async"])
def test_in_quart(target: str) -> None:
    """Quart runs the request in a task of its own."""
    app = Quart(__name__)

    @app.get("/async")
    async def asynchronous():
        await wait_async()

    @app.get("/sync")
    def synchronous():
        wait_in_thread()
        return ""

    assert f" in {'wait_in_thread' if target == 'sync' else 'wait_async'}" in place_of(app, f"/{target}")


@pytest.mark.parametrize("target", ["sync", "async"])
def test_in_litestar(target: str) -> None:
    """Litestar runs synchronous handlers in a worker thread."""

    @get("/async")
    async def asynchronous() -> None:
        await wait_async()

    @get("/sync", sync_to_thread=True)
    def synchronous() -> str:
        wait_in_thread()
        return ""

    app = Litestar([asynchronous, synchronous], logging_config=None)
    assert f" in {'wait_in_thread' if target == 'sync' else 'wait_async'}" in place_of(app, f"/{target}")
