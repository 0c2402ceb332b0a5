"""Middleware of the corpus, without a framework. Not a test."""

from typing import Any


class Outer:
    """A layer with its inner app in a slot; it adds a header."""

    __slots__ = ("wrapped",)

    def __init__(self, app: Any) -> None:
        self.wrapped = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def adding(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], (b"x-outer", b"yes")]}
            await send(message)

        await self.wrapped(scope, receive, adding)


def closed_over(app: Any) -> Any:
    """Return a function with its inner app in a closure; it catches what the inner app raises."""

    async def catching(scope: Any, receive: Any, send: Any) -> None:
        try:
            await app(scope, receive, send)
        except ZeroDivisionError:
            await send({"type": "http.response.start", "status": 500, "headers": []})
            await send({"type": "http.response.body", "body": b"caught"})

    return catching
