"""Apps of each framework that cannot start, and WebSockets that fail: who lets the exception out, and who does not."""

import contextlib
from collections.abc import Callable
from typing import Any

import falcon.asgi
import pytest
from fastapi import FastAPI, WebSocket
from litestar import Litestar, websocket_listener
from quart import Quart, websocket
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute

from ipyasgi import Explorer
from ipyasgi.records.exception_text import Frame, read_exception


async def no_kettle(*given: Any) -> None:
    raise OSError("no kettle")


@contextlib.asynccontextmanager
async def lifespan(app: Any) -> Any:
    await no_kettle()
    yield


async def clumsy(websocket: Any) -> None:
    await websocket.accept()
    raise LookupError("no tea")


def starlette_app() -> Any:
    return Starlette(routes=[WebSocketRoute("/ws", clumsy)], lifespan=lifespan)


def fastapi_app() -> Any:
    app = FastAPI(lifespan=lifespan)

    @app.websocket("/ws")
    async def clumsy(websocket: WebSocket) -> None:
        await websocket.accept()
        raise LookupError("no tea")

    return app


def litestar_app() -> Any:
    @websocket_listener("/ws")
    async def clumsy(data: str) -> str:
        raise LookupError("no tea")

    return Litestar([clumsy], on_startup=[no_kettle], logging_config=None)


def quart_app() -> Any:
    app = Quart(__name__)
    app.before_serving(no_kettle)

    @app.websocket("/ws")
    async def clumsy() -> None:
        await websocket.accept()
        raise LookupError("no tea")

    return app


def falcon_app() -> Any:
    class Startup:
        async def process_startup(self, scope: Any, event: Any) -> None:
            await no_kettle()

    class Clumsy:
        async def on_websocket(self, req: Any, ws: Any) -> None:
            await clumsy(ws)

    app = falcon.asgi.App(middleware=[Startup()])
    app.add_route("/ws", Clumsy())
    return app


EVERY = [starlette_app, fastapi_app, litestar_app, quart_app, falcon_app]
LETS_OUT = {"starlette_app", "fastapi_app"}


def innermost(exception: BaseException | None) -> str:
    """Return the function of the app's last frame; of a group, its only member's."""
    assert exception is not None
    raised = read_exception(exception)
    while raised.members:
        (raised,) = raised.members
    return next(frame.function for frame in reversed(raised.frames) if isinstance(frame, Frame))


@pytest.mark.parametrize("make", EVERY)
def test_a_startup_that_fails(make: Callable[[], Any], caplog: pytest.LogCaptureFixture) -> None:
    """Whatever the framework says of it, what is told last is the exception, in the line that raised it."""
    with Explorer(make()) as explorer:
        assert explorer.lifespan.status == "startup failed"
        assert innermost(explorer.last_exception) == "no_kettle"


@pytest.mark.parametrize("make", EVERY)
def test_a_websocket_that_fails(make: Callable[[], Any], caplog: pytest.LogCaptureFixture) -> None:
    """What the framework lets out is raised; what it hides behind the code of a close is the record's all the same."""
    with Explorer(make(), lifespan="off") as explorer:
        if make.__name__ in LETS_OUT:
            with pytest.raises(LookupError, match="no tea"):
                explorer.websocket_exchange("/ws", "hi", wait_s=0.5)
        else:
            explorer.websocket_exchange("/ws", "hi", wait_s=0.5)

        assert innermost(explorer.websockets[-1].exception).endswith("clumsy")
        assert explorer.last_exception is explorer.websockets[-1].exception
