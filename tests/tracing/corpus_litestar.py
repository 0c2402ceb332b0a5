"""The corpus as a Litestar app, with middleware, hooks and dependencies of each kind. Not a test."""

from collections.abc import Iterator
from typing import Any

import litestar
from litestar.background_tasks import BackgroundTask
from litestar.config.compression import CompressionConfig
from litestar.config.cors import CORSConfig
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException
from litestar.middleware import DefineMiddleware
from litestar.response import Redirect, Stream

from .statements import later, pieces, query_some
from .wrappers import Outer, closed_over


@litestar.get("/plain", sync_to_thread=False)
def plain() -> dict[str, int]:
    return {"a": 1}


@litestar.get("/big")
async def big() -> str:
    return "b" * 30_000


@litestar.post("/upload")
async def upload(request: litestar.Request) -> dict[str, int]:
    return {"bytes": len(await request.body())}


@litestar.get("/query")
async def query() -> list[int]:
    return query_some()


@litestar.get("/thread", sync_to_thread=True)
def thread() -> list[int]:
    return query_some()


@litestar.get("/teapot")
async def teapot() -> None:
    raise HTTPException("short and stout", status_code=418)


@litestar.get("/broken")
async def broken() -> None:
    raise RuntimeError("broken on purpose")


@litestar.get("/moved")
async def moved() -> Redirect:
    return Redirect("/plain")


@litestar.get("/stream")
async def stream() -> Stream:
    return Stream(pieces())


@litestar.get("/inside")
async def inside() -> str:
    return "inside"


@litestar.get("/private", sync_to_thread=False)
def private(user: NamedDependency[str], db: NamedDependency[str]) -> str:
    return user + db


@litestar.get("/cookies", middleware=[DefineMiddleware(Outer)])
async def cookies(request: litestar.Request[Any, Any, Any]) -> litestar.Response[dict[str, str]]:
    response = litestar.Response(request.cookies, background=BackgroundTask(later))
    response.set_cookie("seen", "yes")
    return response


async def current_user(request: litestar.Request[Any, Any, Any], db: NamedDependency[str]) -> str:
    if "authorization" not in request.headers:
        raise HTTPException("who are you?", status_code=401)
    return request.headers["authorization"]


def database() -> Iterator[str]:
    yield "a session"


async def note(request: litestar.Request[Any, Any, Any]) -> None:
    request.state.noted = True


def add_header(response: Any) -> Any:
    response.headers["x-after"] = "yes"
    return response


async def add_to_message(message: Any, scope: Any) -> None:
    if message["type"] == "http.response.start":
        message["headers"].append((b"x-sent", b"yes"))


def divide(request: litestar.Request[Any, Any, Any], error: Exception) -> litestar.Response[str]:
    return litestar.Response("later", status_code=503)


def litestar_app() -> Any:
    """Return the app."""
    handlers = [plain, big, upload, query, thread, teapot, broken, moved, stream, private, cookies]
    return litestar.Litestar(
        [*handlers, litestar.Router("/sub", route_handlers=[inside], before_request=note)],
        openapi_config=None,
        logging_config=None,
        middleware=[closed_over, Outer],
        compression_config=CompressionConfig(backend="gzip"),
        cors_config=CORSConfig(allow_origins=["*"]),
        dependencies={"user": Provide(current_user), "db": Provide(database)},
        after_request=add_header,
        after_response=note,
        before_send=[add_to_message],
        exception_handlers={ZeroDivisionError: divide},
    )
