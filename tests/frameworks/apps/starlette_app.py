"""The tea house in Starlette."""

import contextlib
from typing import Any

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Mount, Route, WebSocketRoute

log: list[str] = []


@contextlib.asynccontextmanager
async def lifespan(app: Starlette) -> Any:
    log.append("lit")
    yield {"kettle": "boiling"}
    log.append("out")


async def greet(request: Request) -> JSONResponse:
    """Greet somebody."""
    times = int(request.query_params.get("times", 1))
    return JSONResponse({"greeting": f"hi {request.path_params['name']}", "times": times})


async def make(request: Request) -> JSONResponse:
    return JSONResponse({"id": 1, **await request.json()}, status_code=201)


async def fill_in(request: Request) -> JSONResponse:
    async with request.form() as form:
        return JSONResponse({"name": form["name"]})


async def upload(request: Request) -> JSONResponse:
    async with request.form() as form:
        file: Any = form["file"]
        return JSONResponse({"name": file.filename, "size": len(await file.read())})


async def stream(request: Request) -> StreamingResponse:
    async def pieces() -> Any:
        for number in range(3):
            yield f"piece {number}\n"

    return StreamingResponse(pieces(), media_type="text/plain")


async def fail(request: Request) -> None:
    raise LookupError("no tea")


async def count(request: Request) -> JSONResponse:
    request.session["visits"] = request.session.get("visits", 0) + 1
    return JSONResponse({"visits": request.session["visits"]})


async def later(request: Request) -> PlainTextResponse:
    return PlainTextResponse("soon", background=BackgroundTask(log.append, "washed up"))


async def kettle(request: Request) -> PlainTextResponse:
    return PlainTextResponse(request.state.kettle)


async def about(request: Request) -> JSONResponse:
    url = str(request.url_for("greet", name="Ada"))
    return JSONResponse({"url": url, "client": request.client and request.client.host})


async def echo(websocket: Any) -> None:
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(text.upper())


app = Starlette(
    routes=[
        Route("/greet/{name}", greet),
        Route("/items", make, methods=["POST"]),
        Route("/form", fill_in, methods=["POST"]),
        Route("/upload", upload, methods=["POST"]),
        Route("/stream", stream),
        Route("/fail", fail),
        Route("/count", count),
        Route("/later", later),
        Route("/kettle", kettle),
        Route("/about", about),
        WebSocketRoute("/echo", echo),
        Mount("/inner", routes=[Route("/about", about)]),
    ],
    middleware=[Middleware(SessionMiddleware, secret_key="tea")],
    lifespan=lifespan,
)
