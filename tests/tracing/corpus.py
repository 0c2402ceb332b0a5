"""One app in each framework, and 21 kinds of request to all of them. Not a test."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from fastapi import Depends, FastAPI, Header, HTTPException
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route

from ..django_project import django_project
from . import corpus_django
from .corpus_falcon import falcon_app
from .corpus_litestar import litestar_app
from .corpus_quart import quart_app
from .statements import later, pieces, query_some
from .wrappers import Outer, closed_over

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


async def explain(request: Request, error: Any) -> Response:
    return PlainTextResponse(error.detail, error.status_code)


def explain_in_thread(request: Request, error: Any) -> Response:
    return PlainTextResponse(error.detail, error.status_code)


def starlette_app() -> Any:
    routes = [Route(f"/{one.__name__}", one) for one in (plain, big, query, thread, teapot, private, broken, moved)]
    routes += [Route(f"/{one.__name__}", one) for one in (stream, background, cookies)]
    routes += [Route("/upload", upload, methods=["POST"]), Mount("/sub", Starlette(routes=[Route("/inside", plain)]))]
    layers = [
        Middleware(CORSMiddleware, allow_origins=["*"]),
        Middleware(GZipMiddleware),
        Middleware(BaseHTTPMiddleware, dispatch=add_time),
    ]
    return Starlette(routes=routes, middleware=layers, exception_handlers={HTTPException: explain})


# -- FastAPI -------------------------------------------------------------------------------------------------------


def fastapi_app() -> Any:
    app = FastAPI(exception_handlers={HTTPException: explain_in_thread})
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


APPS: dict[str, Callable[[], Any]] = {
    "starlette": starlette_app,
    "fastapi": fastapi_app,
    "litestar": litestar_app,
    "quart": quart_app,
    "falcon": falcon_app,
    "falcon, dependent": lambda: falcon_app(independent=False),
    "raw": lambda: Outer(closed_over(raw_app)),
}
NAMES = [*APPS, "django"]


@contextmanager
def opened(name: str) -> Iterator[Any]:
    """Give an app of the corpus."""
    if name == "django":
        with django_project(corpus_django.__name__, MIDDLEWARE=corpus_django.MIDDLEWARE) as app:
            yield app
    else:
        yield APPS[name]()
