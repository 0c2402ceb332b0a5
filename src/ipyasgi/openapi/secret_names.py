"""The names that a document calls secret, each with the place where it does. Pure; linear in the document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..records.redaction import Place
from .operation import SecurityScheme
from .references import is_list, try_follow

_PLACES: Mapping[Any, Place] = {"query": "query", "header": "header", "cookie": "cookie"}
_VALUES = frozenset({"example", "examples", "default", "enum", "const"})  # no schemas, whatever they look like
_MOST_BRANCHES = 8
_MAX_DEPTH = 3


def read_secret_names(root: Mapping[str, Any], schemes: Mapping[str, SecurityScheme]) -> Iterator[tuple[Place, str]]:
    """Yield the API keys, and the parameters and members with ``format: password`` or ``writeOnly``."""
    for scheme in schemes.values():
        if scheme.kind == "apiKey" and scheme.place in _PLACES:
            yield _PLACES[scheme.place], scheme.name
    seen: set[int] = set()
    left: list[Any] = [root]
    while left:
        part = left.pop()
        if id(part) in seen:
            continue
        if is_list(part):
            left += part
        elif isinstance(part, Mapping):
            place, name, members = part.get("in"), part.get("name"), part.get("properties")
            is_parameter = isinstance(place, str) and place in _PLACES and isinstance(name, str)
            if is_parameter and _is_secret(part.get("schema"), root):
                yield _PLACES[place], str(name)
            if isinstance(members, Mapping):
                yield from (("body", str(member)) for member, schema in members.items() if _is_secret(schema, root))
                left += members.values()
            left += (value for key, value in part.items() if key not in _VALUES and value is not members)
        else:
            continue
        seen.add(id(part))


def _is_secret(schema: Any, root: Mapping[str, Any], depth: int = 0) -> bool:
    found = try_follow(root, schema, bool)
    if found is None:
        return False
    if found.get("format") == "password" or found.get("writeOnly") is True:
        return True
    branches = [
        branch
        for word in ("anyOf", "oneOf", "allOf")
        if is_list(found.get(word))
        for branch in found[word][:_MOST_BRANCHES]
    ]
    return depth < _MAX_DEPTH and any(_is_secret(branch, root, depth + 1) for branch in branches)
