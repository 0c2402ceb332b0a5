"""The corpus as a Falcon app, with middleware objects and an error handler. Not a test."""

import asyncio
from typing import Any

import falcon
import falcon.asgi

from .statements import query_some


class AddTime:
    async def process_request(self, req: Any, resp: Any) -> None:
        await asyncio.sleep(0)

    async def process_response(self, req: Any, resp: Any, resource: Any, req_succeeded: bool) -> None:
        resp.set_header("x-took", "some")
        resp.append_header("vary", "x-took")


class Auth:
    async def process_request_async(self, req: Any, resp: Any) -> None:
        if req.path == "/private" and not req.auth:
            resp.status, resp.text, resp.complete = "401 Unauthorized", "who are you?", True

    async def process_resource_async(self, req: Any, resp: Any, resource: Any, params: Any) -> None:
        resp.context.resource = resource


class Resource:
    def __init__(self, respond: Any) -> None:
        self.respond = respond

    async def on_get(self, req: Any, resp: Any, **params: Any) -> None:
        await self.respond(req, resp)

    async def on_post(self, req: Any, resp: Any) -> None:
        resp.media = {"bytes": len(await req.stream.read())}


async def plain(req: Any, resp: Any) -> None:
    resp.media = {"path": req.path}


async def big(req: Any, resp: Any) -> None:
    resp.text = "b" * 30_000


async def query(req: Any, resp: Any) -> None:
    resp.media = query_some()


async def thread(req: Any, resp: Any) -> None:
    resp.media = await asyncio.to_thread(query_some)


async def teapot(req: Any, resp: Any) -> None:
    raise falcon.HTTPError(falcon.HTTP_IM_A_TEAPOT, title="short and stout")


async def broken(req: Any, resp: Any) -> None:
    raise RuntimeError("broken on purpose")


async def divided(req: Any, resp: Any) -> None:
    raise ZeroDivisionError("on purpose")


async def moved(req: Any, resp: Any) -> None:
    raise falcon.HTTPFound("/plain")


async def stream(req: Any, resp: Any) -> None:
    async def pieces() -> Any:
        for number in range(3):
            await asyncio.sleep(0)
            yield b"%d" % number

    resp.stream = pieces()


async def background(req: Any, resp: Any) -> None:
    async def later() -> None:
        query_some()

    resp.text = "sent"
    resp.schedule(later)


async def cookies(req: Any, resp: Any) -> None:
    resp.media = req.cookies
    resp.set_cookie("seen", "yes")


async def later(req: Any, resp: Any, error: Exception, params: Any) -> None:
    resp.status, resp.text = "503 Service Unavailable", "later"


def falcon_app(*, independent: bool = True) -> Any:
    app = falcon.asgi.App(middleware=[AddTime(), Auth()], independent_middleware=independent)
    app.add_error_handler(ZeroDivisionError, later)
    for respond in (plain, big, query, thread, teapot, broken, moved, stream, background, cookies):
        app.add_route(f"/{respond.__name__}", Resource(respond))
    app.add_route("/upload", Resource(plain))
    app.add_route("/private", Resource(plain))
    app.add_route("/sub/{name}", Resource(divided))
    return app
