"""A small shop in raw ASGI, without a framework. Begin here; read on in `lifespan`, `endpoints`, `messages`.

An ASGI app is one callable, ``app(scope, receive, send)``. `scope` is a dict that describes the call,
``await receive()`` returns the next message, ``await send(message)`` sends one. A server calls the app once for its
lifespan (from startup to shutdown), once for each HTTP request and once for each WebSocket.

The app and its route table live here. No value changes at module level: the shop keeps its data in the lifespan state,
and the server puts a shallow copy of that state into the scope of each later call.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ipyasgi.protocol.types import ASGIApp, Receive, Scope, Send

from . import endpoints
from .lifespan import run_lifespan
from .messages import ClientDisconnected, HTTPError, build_problem, send_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A path and its endpoint. `path` may contain parameters in braces, such as ``/items/{item_id}``."""

    kind: Literal["http", "websocket"] = "http"
    methods: tuple[str, ...] = ()
    path: str
    name: str
    endpoint: ASGIApp


class Shop:
    """The ASGI app: it finds the route of a call and calls its endpoint. Each endpoint is an ASGI app itself."""

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
        """Handle one call of the server."""
        match scope["type"]:
            case "lifespan":
                await run_lifespan(scope, receive, send)
            case "http":
                await self.handle_request(scope, receive, send)
            case "websocket":
                await self.handle_websocket(scope, receive, send)
            case unknown:
                raise ValueError(f"the shop supports http, websocket and lifespan, not {unknown!r}")

    async def handle_request(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Call the endpoint of an HTTP request; send an error response where it raises or has no route."""
        scope["state"]["served"]["http"] += 1
        try:
            endpoint, path_params = self.find_endpoint(scope)
            await endpoint({**scope, "app": self, "path_params": path_params}, receive, send)
        except HTTPError as error:
            await send_json(send, error.status, error.body, error.headers)
        except ClientDisconnected:
            pass  # there is no client to send a response to

    async def handle_websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Call the endpoint of a WebSocket; where there is no route, close before accepting: the server sends 403."""
        scope["state"]["served"]["websocket"] += 1
        try:
            endpoint, path_params = self.find_endpoint(scope)
        except HTTPError:
            await receive()  # websocket.connect
            await send({"type": "websocket.close"})
        else:
            await endpoint({**scope, "app": self, "path_params": path_params}, receive, send)

    def find_endpoint(self, scope: Scope) -> tuple[ASGIApp, dict[str, str]]:
        """
        Return the endpoint of a call, and the values of its path parameters.

        :raises HTTPError: with 404 where no route has the path, with 405 where none of those has the method
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
        raise build_problem(404, f"no route has the path {path}")


def try_match(template: str, path: str) -> dict[str, str] | None:
    """Return ``{"item_id": "7"}`` for ``/items/{item_id}`` and ``/items/7``, None where they do not match."""
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
