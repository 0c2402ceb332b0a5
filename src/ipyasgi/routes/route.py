"""`Route`: an entry of an app's routing table, and its endpoint. Imports no framework."""

from __future__ import annotations

import functools
import inspect
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from ..engine.source_location import owner_of, place_of
from ..protocol.errors import RequestError
from ..records.requests import RequestSpec
from ..shown import hint
from .path_template import PathTemplate
from .websocket import QueryParameter, reads_json

RouteKind = Literal["http", "websocket"]
ANY = "ANY"
"""The method of a route that takes every method, such as a mounted ASGI app."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """
    A parameter, a property of the body, or the body.

    :ivar name: empty for a body without properties
    :ivar type: with its bounds: ``integer from 1 to 100, default 10``
    :ivar media_type: of the body; empty for a parameter
    """

    name: str
    place: Literal["path", "query", "header", "cookie", "body"]
    type: str
    required: bool = False
    deprecated: bool = False
    description: str = ""
    media_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What the app's document says about a route in a few words."""

    tags: tuple[str, ...] = ()
    summary: str = ""


class Offer(Protocol):
    """A route's data from the app's document."""

    def example(self, route: Route) -> RequestSpec:
        """See `Route.example`."""

    def inputs(self, route: Route) -> tuple[Input, ...]:
        """See `Route.inputs`."""

    def label(self, route: Route) -> Label:
        """See `Route.label`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """
    An entry of the app's routing table.

    :ivar method: the HTTP method, ``ANY`` where each is taken, ``WS`` for a WebSocket
    :ivar path: the path template, such as ``/items/{item_id}``, with the prefixes of mounts
    :ivar name: the framework's name of the route
    :ivar handler: the endpoint's qualified name
    :ivar source: ``file:line`` of the endpoint, empty if unknown; ``file`` is the path of that file
    :ivar doc: the endpoint's docstring
    :ivar host: the only host that it is for, such as ``api.example.org``; mostly empty
    :ivar package: the installed package that the endpoint is part of, like a framework's ``/docs``; mostly empty
    :ivar query: the query parameters of a WebSocket's endpoint, if its signature has them
    :ivar reads_json: whether the endpoint calls ``receive_json``
    :ivar offer: used by `example`, `inputs` and `label`; None without an explorer
    """

    kind: RouteKind
    method: str
    path: str
    name: str = ""
    handler: str = ""
    source: str = ""
    file: str = field(default="", repr=False, compare=False)
    doc: str = ""
    package: str = ""
    host: str = ""
    query: tuple[QueryParameter, ...] = ()
    reads_json: bool = False
    offer: Offer | None = field(default=None, repr=False, compare=False)

    @property
    def key(self) -> str:
        """``"POST /items"``, ``"WS /chat"``, ``"GET api.example.org/items"`` of a route for one host."""
        return f"{self.method} {self.host}{self.path}"

    @property
    def sent_method(self) -> str:
        """The method of a request to it: GET where any is taken."""
        return "GET" if self.method == ANY else self.method

    @property
    def installed(self) -> bool:
        """Whether the endpoint is part of an installed package."""
        return bool(self.package)

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
            how = hint(f"%asgi ws {self.path}", f"explorer.websocket_exchange({self.path!r})")
            raise RequestError(f"{self.path} is a WebSocket: open it with {how}")
        if self.offer is None:
            raise RequestError(f"{self.key} does not belong to an explorer: use explorer.routes[{self.key!r}]")
        return self.offer.example(self)

    def inputs(self) -> tuple[Input, ...]:
        """Return the parameters and properties of the body; without a document or explorer, the path's fields."""
        return self.own_inputs if self.offer is None else self.offer.inputs(self)

    def label(self) -> Label:
        """Return the tags and the summary of the route; without a document or explorer, an empty label."""
        return Label() if self.offer is None else self.offer.label(self)

    @property
    def own_inputs(self) -> tuple[Input, ...]:
        """The path's fields, with the convertor of each as its type, and the query of a WebSocket's signature."""
        path = (
            Input(name=field.name, place="path", type=field.convertor, required=True)
            for field in PathTemplate(self.path).fields
        )
        query = (
            Input(
                name=one.name, place="query", type=str(one.schema.get("type", "")), required=one.required,
                description=one.description,
            )
            for one in self.query
        )  # fmt: skip
        return (*path, *query)


def about_endpoint(endpoint: Any) -> dict[str, Any]:
    """Return the fields of a `Route` for its endpoint: handler, source, doc, package, and so on; empty without one."""
    while isinstance(endpoint, functools.partial):
        endpoint = endpoint.func
    if endpoint is None:
        return {}
    filename, line = _place(endpoint)
    return {
        "handler": str(getattr(endpoint, "__qualname__", type(endpoint).__name__)),
        "source": place_of(filename, line) if filename else "",
        "file": filename,
        # Not `inspect.getdoc`, which inherits: that of Litestar's decorator, that of a framework's base class.
        "doc": inspect.cleandoc(doc) if isinstance(doc := getattr(endpoint, "__doc__", None), str) else "",
        "package": owner_of(filename),
        "reads_json": reads_json(endpoint),
    }


def _place(endpoint: Any) -> tuple[str, int]:
    """Return file and line of a function, or of an object's ``__call__``; the file is empty if unknown."""
    for place in (inspect.unwrap(endpoint), getattr(endpoint, "__call__", None)):  # noqa: B004  (the method itself)
        code = getattr(place, "__code__", None)
        if code is not None:
            return str(code.co_filename), code.co_firstlineno
    return "", 0
