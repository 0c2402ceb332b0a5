"""What a WebSocket endpoint reads: its query parameters, and whether its messages are JSON. Imports no framework."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

_READS_JSON = frozenset({"receive_json", "iter_json"})
_MOST = 50
_DEEPEST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryParameter:
    """
    A query parameter of an endpoint's signature.

    :ivar schema: as JSON schema; empty if unknown
    """

    name: str
    required: bool = False
    description: str = ""
    schema: Mapping[str, Any] = field(default_factory=dict, compare=False)


def read_query(route: Any) -> tuple[QueryParameter, ...]:
    """Return the query parameters of a FastAPI route and its dependencies; none for a route without a signature."""
    found: dict[str, QueryParameter] = {}
    for one in _fields_of(getattr(route, "dependant", None)):
        name = getattr(one, "alias", None)
        if isinstance(name, str) and len(found) < _MOST:
            found.setdefault(name, _parameter(name, one))
    return tuple(found.values())


def reads_json(endpoint: Any) -> bool:
    """Return whether the code of an endpoint receives JSON; for a class of Starlette, whether its encoding is JSON."""
    while isinstance(endpoint, functools.partial):
        endpoint = endpoint.func
    if inspect.isclass(endpoint):
        return getattr(endpoint, "encoding", None) == "json"
    code = getattr(inspect.unwrap(endpoint), "__code__", None)
    return isinstance(code, CodeType) and any(_READS_JSON.intersection(one.co_names) for one in _codes_in(code))


def _fields_of(dependant: Any, depth: int = 0) -> Iterator[Any]:
    """Yield the query fields of a dependant and of those that it depends on."""
    if dependant is None or depth > _DEEPEST:
        return
    fields, inner = (getattr(dependant, name, None) for name in ("query_params", "dependencies"))
    if isinstance(fields, list):
        yield from fields
    for one in inner if isinstance(inner, list) else ():
        yield from _fields_of(one, depth + 1)


def _parameter(name: str, one: Any) -> QueryParameter:
    info = getattr(one, "field_info", None)
    is_required = getattr(info, "is_required", None)
    try:
        schema = one._type_adapter.json_schema()
    except Exception:  # another version, or a type without a schema
        schema = {}
    return QueryParameter(
        name=name,
        required=bool(is_required()) if callable(is_required) else False,
        description=str(getattr(info, "description", None) or ""),
        schema=_without_ref(schema) if isinstance(schema, dict) else {},
    )


def _without_ref(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema with its own definition in place of a reference to it, as of an enum."""
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    definition = schema.get("$defs", {}).get(name)
    if not isinstance(definition, dict):
        return schema
    return {key: value for key, value in {**schema, **definition}.items() if key not in ("$ref", "$defs")}


def _codes_in(code: CodeType, depth: int = 0) -> Iterator[CodeType]:
    """Yield a function's code and that of the functions in it."""
    yield code
    if depth < _DEEPEST:
        for one in code.co_consts:
            if isinstance(one, CodeType):
                yield from _codes_in(one, depth + 1)
