"""`Route`: one way into an app, as a value, and what is known of the function behind it. Imports no framework."""

from __future__ import annotations

import functools
import inspect
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from ..engine.source_location import owner_of, place_of
from ..protocol.errors import RequestError
from ..records.requests import RequestSpec
from .path_template import PathTemplate

RouteKind = Literal["http", "websocket"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """
    A parameter, or a part of the body.

    :ivar name: empty for a body that has no parts
    :ivar type: with its bounds: ``integer 1..100, default 10``
    :ivar media_type: of the body that it is a part of; empty for a parameter
    """

    name: str
    place: Literal["path", "query", "header", "cookie", "body"]
    type: str
    required: bool = False
    deprecated: bool = False
    description: str = ""
    media_type: str = ""


class Offer(Protocol):
    """What an explorer knows of a route besides the route's own: what the app's document says."""

    def example(self, route: Route) -> RequestSpec:
        """Return what `Route.example` returns."""

    def inputs(self, route: Route) -> tuple[Input, ...]:
        """Return what `Route.inputs` returns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """
    One way into the app.

    :ivar method: the HTTP method, ``WS`` for a WebSocket
    :ivar path: the path template, such as ``/items/{item_id}``, with the prefixes of mounts
    :ivar name: the framework's name of the route
    :ivar handler: the endpoint's qualified name
    :ivar source: ``file:line`` of the endpoint, empty where Python does not know
    :ivar doc: the endpoint's docstring
    :ivar installed: whether an installed package wrote the endpoint, as a framework does that adds ``/docs``
    :ivar offer: what the explorer knows of it; None for a route that was read without one
    """

    kind: RouteKind
    method: str
    path: str
    name: str = ""
    handler: str = ""
    source: str = ""
    doc: str = ""
    installed: bool = False
    offer: Offer | None = field(default=None, repr=False, compare=False)

    @property
    def key(self) -> str:
        """``"POST /items"``, ``"WS /chat"``."""
        return f"{self.method} {self.path}"

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names in braces, without their convertors."""
        return PathTemplate(self.path).names

    def example(self) -> RequestSpec:
        """
        Return a request that should be accepted: what the app's document requires, by its examples.

        Without a document the places of the path are filled, and nothing else is known.
        Raises `RequestError` for a WebSocket, `FieldError` where the document's own values cannot be sent.
        """
        if self.kind == "websocket":
            raise RequestError(f"{self.path} is a WebSocket: open it with %asgi ws {self.path}")
        if self.offer is None:
            raise RequestError(f"{self.key} belongs to no explorer: ask explorer.routes[{self.key!r}]")
        return self.offer.example(self)

    def inputs(self) -> tuple[Input, ...]:
        """
        Return what a request may carry: the parameters and the parts of the body that the app's document names.

        Without a document, or without an explorer, these are the places of the path.
        """
        if self.offer is None:
            return tuple(Input(name=name, place="path", type="", required=True) for name in self.parameters)
        return self.offer.inputs(self)


def about_endpoint(endpoint: Any) -> dict[str, Any]:
    """Return what a `Route` says of its endpoint: handler, source, doc, installed; empty without one."""
    while isinstance(endpoint, functools.partial):
        endpoint = endpoint.func
    if endpoint is None:
        return {}
    filename, line = _place(endpoint)
    return {
        "handler": str(getattr(endpoint, "__qualname__", type(endpoint).__name__)),
        "source": place_of(filename, line) if filename else "",
        "doc": inspect.getdoc(endpoint) or "",
        "installed": bool(owner_of(filename)),
    }


def _place(endpoint: Any) -> tuple[str, int]:
    """Return file and line of a function, or of an object's ``__call__``; an empty file where there is none."""
    for place in (inspect.unwrap(endpoint), getattr(endpoint, "__call__", None)):  # noqa: B004  (the method itself)
        code = getattr(place, "__code__", None)
        if code is not None:
            return str(code.co_filename), code.co_firstlineno
    return "", 0
