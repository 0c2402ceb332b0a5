"""`Catalog`: the routes of one app, its OpenAPI document, and example requests."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from ..client.options import OPTIONS, CallOptions
from ..client.testclient import TestClient
from ..openapi.document import Document
from ..openapi.operation import JSONSchema, Operation, Parameter
from ..openapi.source import DocumentSource
from ..protocol.errors import IpyasgiError
from ..records.output import OurClient
from ..records.requests import RequestSpec
from ..records.settings import Settings
from ..routes.path_template import PathTemplate
from ..routes.route import Input, Label, Route
from ..routes.routes import Routes, read_routes
from .form_check import current_document

_SCHEMAS: Mapping[str, JSONSchema] = {  # of a path parameter, by its convertor
    "float": {"type": "number", "minimum": 1},
    "decimal": {"type": "number", "minimum": 1},
    "uuid": {"type": "string", "format": "uuid"},
    "date": {"type": "string", "format": "date"},
}
_ANY: JSONSchema = {"type": "integer", "minimum": 1}  # "1" is a number, a text, a slug


class Catalog:
    """
    The routes of one app, its OpenAPI document, and example requests.

    :param client: sends the request if the document is only available from a route
    :param settings: with the deadline of that request, and the names to mask; also as attribute
    :param on_document: called with each document that was read, before it is returned; ``on_routes`` with routes
    :ivar source: of the document
    """

    def __init__(
        self,
        app: Any,
        client: TestClient,
        settings: Settings,
        *,
        on_document: Callable[[Document], object],
        on_routes: Callable[[Routes], object],
    ) -> None:
        self.settings = settings
        self.source = DocumentSource(app, on_document)
        self._app = app
        self._client = client
        self._on_routes = on_routes

    @property
    def routes(self) -> Routes:
        """The app's routes, read again each time."""
        routes = read_routes(self._app, _Offer(self, lambda: self.document))
        self._on_routes(routes)
        return routes

    @property
    def document(self) -> Document:
        """The app's OpenAPI document, read at the first use; an empty document for an app without one."""
        return self.source.read(self._request_json)

    def quick_examples(self, routes: Iterable[Route]) -> Iterator[RequestSpec]:
        """
        Return valid requests to HTTP routes, those that need credentials last.

        No request is sent for the document: without one there are examples of the path's fields only.
        """
        offer = _Offer(self, lambda: current_document(self.source) or Document())
        for route in sorted(routes, key=offer.is_locked):
            with contextlib.suppress(IpyasgiError):
                yield offer.example(route)

    def _request_json(self, path: str) -> Any:
        timeout_s = self.settings.timeout_s
        request = self._client.build_request("GET", path, headers={"accept": "application/json"}, timeout=timeout_s)
        request.extensions[OPTIONS] = CallOptions(total_timeout_s=timeout_s)
        with OurClient():
            response = self._client.send(request, follow_redirects=True)
        return response.raise_for_status().json()


class _Offer:
    """
    Example requests, inputs and labels of routes that were read together.

    The document is read at the first use and kept: some apps need seconds to make it, and make a new one each time.
    """

    def __init__(self, catalog: Catalog, read: Callable[[], Document]) -> None:
        self._catalog = catalog
        self._read = read

    @cached_property
    def _document(self) -> Document:
        return self._read()

    def is_locked(self, route: Route) -> bool:
        """Return whether each alternative of the operation's security needs credentials."""
        return all(self._operation_of(route).security or ({},))

    def example(self, route: Route) -> RequestSpec:
        """Return a valid request to the route."""
        from ..openapi.form_values import sample_values
        from ..openapi.request import build_operation_spec

        operation = self._operation_of(route)
        spec = build_operation_spec(operation, sample_values(operation, self._document))
        return replace(spec, headers=((b"host", route.host.encode()), *spec.headers)) if _is_plain(route.host) else spec

    def inputs(self, route: Route) -> tuple[Input, ...]:
        """Return the inputs of the route: its parameters and the parts of its body."""
        if self._document.operation(route.key) is None:  # samples are made, but nothing is said of their types
            return route.own_inputs
        from ..openapi.inputs import read_inputs

        return read_inputs(self._operation_of(route), self._document, self._catalog.settings.redactor)

    def label(self, route: Route) -> Label:
        """Return the tags and the summary that the document has for the route."""
        head, redactor = self._document.head(route.key), self._catalog.settings.redactor
        if head is None:
            return Label()
        return Label(tags=tuple(map(redactor.text, head.tags)), summary=redactor.text(head.summary))

    def _operation_of(self, route: Route) -> Operation:
        operation = self._document.operation(route.key)
        if operation is not None:
            return operation
        parameters = (
            Parameter(
                name=field.name, place="path", required=True, style="simple", schema=_SCHEMAS.get(field.convertor, _ANY)
            )
            for field in PathTemplate(route.path).fields
        )
        return Operation(method=route.sent_method, path=route.path, parameters=tuple(parameters))


def _is_plain(host: str) -> bool:
    return bool(host) and "{" not in host
