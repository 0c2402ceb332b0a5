"""`Catalog`: what one app can be asked for: its routes, its OpenAPI document, examples of requests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..client.options import OPTIONS, CallOptions
from ..client.testclient import TestClient
from ..openapi.document import Document
from ..openapi.form_values import sample_values
from ..openapi.inputs import read_inputs
from ..openapi.operation import JSONSchema, Operation, Parameter
from ..openapi.request import build_operation_spec
from ..openapi.source import DocumentSource
from ..records.requests import RequestSpec
from ..records.settings import Settings
from ..routes.path_template import PathTemplate
from ..routes.route import Input, Route
from ..routes.routes import Routes, read_routes

_SCHEMAS: Mapping[str, JSONSchema] = {  # what a field of a path takes, by its convertor
    "int": {"type": "integer", "minimum": 1},
    "float": {"type": "number", "minimum": 1},
    "decimal": {"type": "number", "minimum": 1},
    "uuid": {"type": "string", "format": "uuid"},
    "date": {"type": "string", "format": "date"},
}
_ANY: JSONSchema = {"type": "integer", "minimum": 1}  # "1" is a text, a number, a slug


class Catalog:
    """
    The routes of one app, its OpenAPI document, and examples of requests.

    :param client: asks an app that has its document only on a route
    :param settings: the deadline for that and what is masked, also as attribute
    :param on_document: given each document that is read, before it is returned
    :ivar source: where the document comes from
    """

    def __init__(
        self, app: Any, client: TestClient, settings: Settings, on_document: Callable[[Document], object]
    ) -> None:
        self.settings = settings
        self.source = DocumentSource(app, on_document)
        self._app = app
        self._client = client

    @property
    def routes(self) -> Routes:
        """The app's routes, read anew each time."""
        return read_routes(self._app, self)

    @property
    def document(self) -> Document:
        """The app's OpenAPI document, read when it is first asked for; an empty one where there is none."""
        return self.source.read(self._ask)

    def example(self, route: Route) -> RequestSpec:
        """Return a request that the route takes."""
        document = self.document
        operation = document.operation(route.key) or _operation_of(route)
        return build_operation_spec(operation, sample_values(operation, document))

    def inputs(self, route: Route) -> tuple[Input, ...]:
        """Return what the route takes: parameters and the parts of its body."""
        document = self.document
        return read_inputs(document.operation(route.key) or _operation_of(route), document, self.settings.redactor)

    def _ask(self, path: str) -> Any:
        timeout_s = self.settings.timeout_s
        request = self._client.build_request("GET", path, headers={"accept": "application/json"}, timeout=timeout_s)
        request.extensions[OPTIONS] = CallOptions(total_timeout_s=timeout_s)
        response = self._client.send(request, follow_redirects=True)
        return response.raise_for_status().json()


def _operation_of(route: Route) -> Operation:
    """Return what is known of a route without a document: the fields of its path."""
    parameters = (
        Parameter(
            name=field.name, place="path", required=True, style="simple", schema=_SCHEMAS.get(field.convertor, _ANY)
        )
        for field in PathTemplate(route.path).fields
    )
    return Operation(method=route.method, path=route.path, parameters=tuple(parameters))
