"""One app in each of five frameworks, and 21 kinds of request to all of them. Not a test."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from typing import Any

import litestar
import quart
from fastapi import Depends, FastAPI, Header, HTTPException
from litestar.exceptions import HTTPException as LitestarError
from litestar.response import Redirect as LitestarRedirect
from litestar.response import Stream as LitestarStream
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route

REQUESTS: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/plain", {}),
    ("HEAD", "/plain", {}),
    ("OPTIONS", "/plain", {"headers": {"origin": "http://a", "access-control-request-method": "GET"}}),
    ("GET", "/plain", {"headers": {"origin": "http://a"}}),
    ("DELETE", "/plain", {}),
    ("GET", "/nowhere", {}),
    ("GET", "/big", {"headers": {"accept-encoding": "gzip"}}),
    ("GET", "/big", {}),
    ("POST", "/upload", {"content": b"x" * 100_000}),
    ("POST", "/upload", {"json": {"a": 1}}),
    ("GET", "/query", {}),
    ("GET", "/thread", {}),
    ("GET", "/private", {}),
    ("GET", "/private", {"headers": {"authorization": "Bearer abc"}}),
    ("GET", "/teapot", {}),
    ("GET", "/broken", {}),
    ("GET", "/moved", {"follow_redirects": False}),
    ("GET", "/stream", {}),
    ("GET", "/background", {}),
    ("GET", "/sub/inside", {}),
    ("GET", "/cookies", {"headers": {"cookie": "a=b"}}),
]


def query_some() -> list[int]:
    """Send queries to a database, one again and again."""
    db = sqlite3.connect(":memory:")
    try:
        db.execute("create table book (id integer, password text)")
        db.executemany("insert into book values (?, ?)", [(number, "hunter2") for number in range(5)])
        return [db.execute("select id from book where id = ?", (number,)).fetchone()[0] for number in range(5)]
    finally:
        db.close()


async def pieces() -> AsyncIterator[bytes]:
    for number in range(3):
        await asyncio.sleep(0)
        yield b"%d" % number


async def later() -> None:
    await asyncio.sleep(0)
    query_some()


# -- Starlette -----------------------------------------------------------------------------------------------------


async def plain(request: Request) -> Response:
    return JSONResponse({"path": request.url.path})


async def big(request: Request) -> Response:
    return PlainTextResponse("b" * 30_000)


async def upload(request: Request) -> Response:
    return JSONResponse({"bytes": len(await request.body())})


async def query(request: Request) -> Response:
    return JSONResponse(query_some())


def thread(request: Request) -> Response:
    return JSONResponse(query_some())


async def teapot(request: Request) -> Response:
    raise HTTPException(418, "short and stout")


async def private(request: Request) -> Response:
    return PlainTextResponse("secret" if "authorization" in request.headers else "no", status_code=401)


async def broken(request: Request) -> Response:
    raise RuntimeError("broken on purpose")


async def moved(request: Request) -> Response:
    return RedirectResponse("/plain")


async def stream(request: Request) -> Response:
    return StreamingResponse(pieces())


async def background(request: Request) -> Response:
    return PlainTextResponse("sent", background=BackgroundTask(later))


async def cookies(request: Request) -> Response:
    response = JSONResponse(request.cookies)
    response.set_cookie("seen", "yes")
    return response


async def add_time(request: Request, call_next: Callable) -> Response:
    response = await call_next(request)
    response.headers["x-took"] = "some"
    return response


def starlette_app() -> Any:
    routes = [Route(f"/{one.__name__}", one) for one in (plain, big, query, thread, teapot, private, broken, moved)]
    routes += [Route(f"/{one.__name__}", one) for one in (stream, background, cookies)]
    routes += [Route("/upload", upload, methods=["POST"]), Mount("/sub", Starlette(routes=[Route("/inside", plain)]))]
    layers = [
        Middleware(CORSMiddleware, allow_origins=["*"]),
        Middleware(GZipMiddleware),
        Middleware(BaseHTTPMiddleware, dispatch=add_time),
    ]
    return Starlette(routes=routes, middleware=layers)


# -- FastAPI -------------------------------------------------------------------------------------------------------


def fastapi_app() -> Any:
    app = FastAPI()
    app.add_middleware(BaseHTTPMiddleware, dispatch=add_time)
    app.add_middleware(GZipMiddleware)
    app.add_middleware(CORSMiddleware, allow_origins=["*"])

    async def current_user(authorization: str | None = Header(None)) -> str:
        if authorization is None:
            raise HTTPException(401, "who are you?")
        return authorization

    def database() -> Any:
        yield "a session"

    @app.get("/private")
    async def private(user: str = Depends(current_user), db: str = Depends(database)) -> str:
        return user + db

    for one in (big, query, thread, teapot, broken, moved, stream, background, cookies):
        app.add_route(f"/{one.__name__}", one)
    app.add_route("/upload", upload, ["POST"])

    @app.get("/plain")
    def plain_again(db: str = Depends(database)) -> dict[str, str]:
        return {"db": db}

    inner = FastAPI()
    inner.add_api_route("/inside", plain_again)
    app.mount("/sub", inner)
    return app


# -- Litestar and Quart --------------------------------------------------------------------------------------------


def litestar_app() -> Any:
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
        raise LitestarError("short and stout", status_code=418)

    @litestar.get("/broken")
    async def broken() -> None:
        raise RuntimeError("broken on purpose")

    @litestar.get("/moved")
    async def moved() -> LitestarRedirect:
        return LitestarRedirect("/plain")

    @litestar.get("/stream")
    async def stream() -> LitestarStream:
        return LitestarStream(pieces())

    @litestar.get("/inside")
    async def inside() -> str:
        return "inside"

    handlers = [plain, big, upload, query, thread, teapot, broken, moved, stream]
    return litestar.Litestar(
        [*handlers, litestar.Router("/sub", route_handlers=[inside])], openapi_config=None, logging_config=None
    )


def quart_app() -> Any:
    app = quart.Quart("corpus")

    @app.get("/plain")
    async def plain() -> Any:
        return {"a": 1}

    @app.get("/big")
    async def big() -> Any:
        return "b" * 30_000

    @app.post("/upload")
    async def upload() -> Any:
        return {"bytes": len(await quart.request.get_data())}

    @app.get("/query")
    async def query() -> Any:
        return query_some()

    @app.get("/thread")
    def thread() -> Any:
        return query_some()

    @app.get("/broken")
    async def broken() -> Any:
        raise RuntimeError("broken on purpose")

    @app.get("/stream")
    async def stream() -> Any:
        return pieces(), 200

    @app.get("/moved")
    async def moved() -> Any:
        return quart.redirect("/plain")

    return app


# -- raw -----------------------------------------------------------------------------------------------------------


async def raw_app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        raise RuntimeError("http only")
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    match scope["path"]:
        case "/broken":
            raise RuntimeError("broken on purpose")
        case "/query":
            body = str(query_some()).encode()
        case "/thread":
            body = str(await asyncio.to_thread(query_some)).encode()
        case "/teapot":
            await send({"type": "http.response.start", "status": 418, "headers": [(b"x", b"1"), (b"x", b"2")]})
            await send({"type": "http.response.body", "body": b"short"})
            return
        case "/background":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"sent"})
            await later()
            return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-size", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body[:10], "more_body": True})
    await send({"type": "http.response.body", "body": body[10:]})


class Outer:
    """A layer with its inner app in a slot; it adds a header."""

    __slots__ = ("wrapped",)

    def __init__(self, wrapped: Any) -> None:
        self.wrapped = wrapped

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def adding(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], (b"x-outer", b"yes")]}
            await send(message)

        await self.wrapped(scope, receive, adding)


def closed_over(inner: Any) -> Any:
    """Return a function with its inner app in a closure; it catches what the inner app raises."""

    async def catching(scope: Any, receive: Any, send: Any) -> None:
        try:
            await inner(scope, receive, send)
        except ZeroDivisionError:
            await send({"type": "http.response.start", "status": 500, "headers": []})
            await send({"type": "http.response.body", "body": b"caught"})

    return catching


APPS: dict[str, Callable[[], Any]] = {
    "starlette": starlette_app,
    "fastapi": fastapi_app,
    "litestar": litestar_app,
    "quart": quart_app,
    "raw": lambda: Outer(closed_over(raw_app)),
}
