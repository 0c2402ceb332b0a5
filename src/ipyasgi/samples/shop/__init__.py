"""A small shop in raw ASGI, without a framework. Begin here; read on in `lifespan`, `endpoints`, `messages`.

An ASGI app is one callable, ``app(scope, receive, send)``. `scope` is a dict that says what is asked,
``await receive()`` gives the next message, ``await send(message)`` gives one back. A server calls the app once
for its lifespan (from startup to shutdown), once for each HTTP request and once for each WebSocket.

Here live the app and its route table. Nothing changes at module level: what the shop remembers is in the
lifespan state, and the server puts a shallow copy of that state into the scope of each later call.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ipyasgi.protocol.types import ASGIApp, Receive, Scope, Send

from . import endpoints
from .lifespan import run_lifespan
from .messages import ClientLeft, Refused, build_problem, send_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One thing the shop answers. `path` may hold names in braces, such as ``/items/{item_id}``."""

    kind: Literal["http", "websocket"] = "http"
    methods: tuple[str, ...] = ()
    path: str
    name: str
    endpoint: ASGIApp


class Shop:
    """The ASGI app: it finds the route of a call and hands the call on. Each endpoint is an ASGI app itself."""

    routes = (
        Route(methods=("GET",), path="/", name="show_shop", endpoint=endpoints.show_shop),
        Route(methods=("GET",), path="/items", name="list_items", endpoint=endpoints.list_items),
        Route(methods=("POST",), path="/items", name="add_item", endpoint=endpoints.add_item),
        Route(methods=("GET",), path="/items/{item_id}", name="show_item", endpoint=endpoints.show_item),
        Route(methods=("DELETE",), path="/items/{item_id}", name="delete_item", endpoint=endpoints.delete_item),
        Route(methods=("GET",), path="/slow", name="be_slow", endpoint=endpoints.be_slow),
        Route(methods=("GET",), path="/boom", name="go_boom", endpoint=endpoints.go_boom),
        Route(methods=("GET",), path="/ticks", name="stream_ticks", endpoint=endpoints.stream_ticks),
        Route(kind="websocket", path="/chat", name="chat", endpoint=endpoints.chat),
    )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one call of the server."""
        match scope["type"]:
            case "lifespan":
                await run_lifespan(scope, receive, send)
            case "http":
                await self.answer_request(scope, receive, send)
            case "websocket":
                await self.answer_websocket(scope, receive, send)
            case unknown:
                raise ValueError(f"the shop does not speak {unknown!r}, only http, websocket and lifespan")

    async def answer_request(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Call the endpoint of an HTTP request; answer for it where it refuses, or where there is none."""
        scope["state"]["served"]["http"] += 1
        try:
            endpoint, path_params = self.find_endpoint(scope)
            await endpoint({**scope, "app": self, "path_params": path_params}, receive, send)
        except Refused as refused:
            await send_json(send, refused.status, refused.body, refused.headers)
        except ClientLeft:
            pass  # nobody listens any more

    async def answer_websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Call the endpoint of a WebSocket; where there is none, close before accepting: the server sends 403."""
        scope["state"]["served"]["websocket"] += 1
        try:
            endpoint, path_params = self.find_endpoint(scope)
        except Refused:
            await receive()  # websocket.connect
            await send({"type": "websocket.close"})
        else:
            await endpoint({**scope, "app": self, "path_params": path_params}, receive, send)

    def find_endpoint(self, scope: Scope) -> tuple[ASGIApp, dict[str, str]]:
        """
        Return the endpoint of a call, and the values that the braces of its path took.

        :raises Refused: with 404 where no route has the path, with 405 where none of those has the method
        """
        # Mounted under another app, `path` still begins with that app's `root_path`.
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        allowed: list[str] = []
        for route in self.routes:
            path_params = try_match(route.path, path)
            if route.kind != scope["type"] or path_params is None:
                continue
            if route.kind == "websocket" or scope["method"] in route.methods:
                return route.endpoint, path_params
            allowed += route.methods
        if allowed:
            allow = ", ".join(allowed)
            raise build_problem(405, f"{path} allows {allow}", [(b"allow", allow.encode())])
        raise build_problem(404, f"nothing is at {path}")


def try_match(template: str, path: str) -> dict[str, str] | None:
    """Return ``{"item_id": "7"}`` for ``/items/{item_id}`` and ``/items/7``, None where they differ."""
    wanted, given = template.split("/"), path.split("/")
    if len(wanted) != len(given):
        return None
    path_params = {}
    for want, have in zip(wanted, given, strict=True):
        if want.startswith("{") and have:
            path_params[want.strip("{}")] = have
        elif want != have:
            return None
    return path_params


app = Shop()
