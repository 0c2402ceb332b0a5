"""The form of a WebSocket route: the parameters of its path and of its endpoint's signature. No document has them."""

from __future__ import annotations

from ...explorer.explorer import Explorer
from ...openapi.document import Document
from ...openapi.operation import Operation, Parameter
from ...routes.path_template import PathTemplate
from ...routes.route import Route
from .operation_form import OperationForm


def try_socket_form(key: str, explorer: Explorer, document: Document | None) -> OperationForm | None:
    """Return the form of a WebSocket route by its key, ``"WS /chat/{room}"``; None for other keys."""
    route = explorer.routes.get(key) if key.startswith("WS ") else None
    if route is None:
        return None
    operation = Operation(
        method="WS", path=route.path, operation_id=route.name, description=route.doc, parameters=_parameters(route)
    )
    redactor = explorer.settings.redactor
    return OperationForm(key=key, operation=operation, document=document or Document(), redactor=redactor)


def _parameters(route: Route) -> tuple[Parameter, ...]:
    path = (
        Parameter(
            name=one.name, place="path", required=True, style="simple",
            schema={"type": "integer" if one.convertor == "int" else "string"},
        )
        for one in PathTemplate(route.path).fields
    )  # fmt: skip
    query = (
        Parameter(
            name=one.name, place="query", required=one.required, description=one.description,
            schema=one.schema or {"type": "string"},
        )
        for one in route.query
    )  # fmt: skip
    return (*path, *query)
