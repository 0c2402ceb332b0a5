"""`Route`: an entry of an app's routing table, and its endpoint. Imports no framework."""

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
    A parameter, a property of the body, or the body.

    :ivar name: empty for a body without properties
    :ivar type: with its bounds: ``integer 1..100, default 10``
    :ivar media_type: of the body; empty for a parameter
    """

    name: str
    place: Literal["path", "query", "header", "cookie", "body"]
    type: str
    required: bool = False
    deprecated: bool = False
    description: str = ""
    media_type: str = ""


class Offer(Protocol):
    """A route's data from the app's document."""

    def example(self, route: Route) -> RequestSpec:
        """See `Route.example`."""

    def inputs(self, route: Route) -> tuple[Input, ...]:
        """See `Route.inputs`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """
    An entry of the app's routing table.

    :ivar method: the HTTP method, ``WS`` for a WebSocket
    :ivar path: the path template, such as ``/items/{item_id}``, with the prefixes of mounts
    :ivar name: the framework's name of the route
    :ivar handler: the endpoint's qualified name
    :ivar source: ``file:line`` of the endpoint, empty if unknown
    :ivar doc: the endpoint's docstring
    :ivar installed: whether the endpoint is part of an installed package, like a framework's ``/docs``
    :ivar offer: used by `example` and `inputs`; None without an explorer
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
        """The names of the path's fields."""
        return PathTemplate(self.path).names

    def example(self) -> RequestSpec:
        """
        Return a request with examples of all required values; without a document, of the path's fields.

        Raises `RequestError` for a WebSocket, `FieldError` if the document's values cannot be sent.
        """
        if self.kind == "websocket":
            raise RequestError(f"{self.path} is a WebSocket: open it with %asgi ws {self.path}")
        if self.offer is None:
            raise RequestError(f"{self.key} does not belong to an explorer: use explorer.routes[{self.key!r}]")
        return self.offer.example(self)

    def inputs(self) -> tuple[Input, ...]:
        """Return the parameters and properties of the body; without a document or explorer, the path's fields."""
        if self.offer is None:
            return tuple(Input(name=name, place="path", type="", required=True) for name in self.parameters)
        return self.offer.inputs(self)


def about_endpoint(endpoint: Any) -> dict[str, Any]:
    """Return the fields of a `Route` for its endpoint: handler, source, doc, installed; empty without one."""
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
    """Return file and line of a function, or of an object's ``__call__``; the file is empty if unknown."""
    for place in (inspect.unwrap(endpoint), getattr(endpoint, "__call__", None)):  # noqa: B004  (the method itself)
        code = getattr(place, "__code__", None)
        if code is not None:
            return str(code.co_filename), code.co_firstlineno
    return "", 0
