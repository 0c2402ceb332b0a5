"""`OfferMembers`: what an explorer says of the app's offer: its routes, its OpenAPI document, examples of requests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..client.options import OPTIONS, CallOptions
from ..client.testclient import TestClient
from .inputs import read_inputs
from .openapi.document import Document
from .openapi.form_values import sample_values
from .openapi.operation import JSONSchema, Operation, Parameter
from .openapi.request import build_operation_spec
from .openapi.source import DocumentSource
from .path_template import PATH_PLACE
from .requests import RequestSpec
from .route import Route
from .route_input import Input
from .routes import Routes, read_routes
from .settings import Settings

_SCHEMAS: Mapping[str, JSONSchema] = {  # what a place of a path takes, by its convertor
    "int": {"type": "integer", "minimum": 1},
    "float": {"type": "number", "minimum": 1},
    "decimal": {"type": "number", "minimum": 1},
    "uuid": {"type": "string", "format": "uuid"},
    "date": {"type": "string", "format": "date"},
}
_ANY: JSONSchema = {"type": "integer", "minimum": 1}  # "1" is a text, a number, a slug


class OfferMembers:
    """What an explorer has of the app's offer; mixed into `Explorer`."""

    app: Any
    client: TestClient
    settings: Settings
    document_source: DocumentSource

    @property
    def routes(self) -> Routes:
        """What the app offers, read anew each time."""
        return read_routes(self.app, _DocumentOffer(self))

    @property
    def openapi(self) -> Document:
        """
        The app's OpenAPI document, read when it is first asked for; an empty one where there is none.

        It is what ``app.openapi()`` gives, or Litestar's schema, with those of mounted apps; else what the app answers
        on a route that ends with ``openapi.json``: this one request is not recorded.
        """
        return self.document_source.read(self._ask)

    def operation(self, key: str) -> Operation | None:
        """Return what the document says of a route, ``"POST /items"``; None where it says nothing."""
        return self.openapi.operation(key)

    def _ask(self, path: str) -> Any:
        timeout_s = self.settings.timeout_s
        request = self.client.build_request("GET", path, headers={"accept": "application/json"}, timeout=timeout_s)
        request.extensions[OPTIONS] = CallOptions(total_timeout_s=timeout_s)
        response = self.client.send(request, follow_redirects=True)
        return response.raise_for_status().json()


class _DocumentOffer:
    """What the document of an explorer's app says of a route; the document is read when it is first asked for."""

    def __init__(self, explorer: OfferMembers) -> None:
        self._explorer = explorer

    def example(self, route: Route) -> RequestSpec:
        document = self._explorer.openapi
        operation = document.operation(route.key) or _operation_of(route)
        return build_operation_spec(operation, sample_values(operation, document), document)

    def inputs(self, route: Route) -> tuple[Input, ...]:
        document = self._explorer.openapi
        return read_inputs(document.operation(route.key) or _operation_of(route), document)


def _operation_of(route: Route) -> Operation:
    """Return what is known of a route without a document: the places of its path."""
    places = (
        Parameter(name=name, place="path", required=True, style="simple", schema=_SCHEMAS.get(convertor or "", _ANY))
        for name, convertor in PATH_PLACE.findall(route.path)
    )
    return Operation(method=route.method, path=route.path, parameters=tuple(places))
