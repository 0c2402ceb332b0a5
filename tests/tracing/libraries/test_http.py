"""Requests of aiohttp's client; those of httpx, httpx2 and requests are in test_calls."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from ipyasgi.tracing import Call

from ..traced import calls_of

Show = Callable[[list[Call]], None]
HERE = "libraries/test_http.py"


@asynccontextmanager
async def server() -> AsyncIterator[str]:
    """Give the address of a server."""

    async def respond(request: web.Request) -> web.Response:
        if request.path == "/moved":
            raise web.HTTPFound("/rate")
        return web.Response(status=203)

    app = web.Application()
    app.router.add_route("*", "/{path}", respond)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def test_aiohttp(show: Show) -> None:
    """A request has its method, full URL with the secrets masked, status and line; redirects are part of it."""

    async def work() -> None:
        async with server() as url, aiohttp.ClientSession(url) as session:
            async with session.get("/rate?day=3", params={"token": "in-a-query"}) as response:
                await response.read()
            await session.post("/moved")
            await asyncio.create_task(session.request("put", "/rate"))

    calls = calls_of(work)

    show(calls)
    assert {(call.kind, call.library, call.status) for call in calls} == {("http", "aiohttp", 203)}
    assert [call.method for call in calls] == ["GET", "POST", "PUT"]
    assert calls[0].url.endswith("/rate?day=3&token=•••")
    assert calls[1].url.endswith("/moved")
    assert {(call.function, call.thread) for call in calls} == {("work", "event loop")}
    assert all(HERE in call.place for call in calls)


def test_error(show: Show) -> None:
    """A request that fails has aiohttp's error, and the app gets the exception."""

    async def work() -> None:
        async with server() as url:
            pass
        async with aiohttp.ClientSession() as session:
            with pytest.raises(aiohttp.ClientConnectorError):
                await session.get(url)

    (call,) = calls_of(work)

    show([call])
    assert call.error.startswith("ClientConnectorError: Cannot connect to host 127.0.0.1")
    assert call.status is None
