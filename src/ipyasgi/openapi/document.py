"""`Document`: an OpenAPI document; `source.py` gets it from the app."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

from ..records.secret_rules import Place
from ..routes.path_template import PathTemplate
from .flattening import flatten
from .operation import JSONSchema, Operation, OperationHead, SecurityScheme
from .operations import Operations, read_schemes
from .plain_json import read_plain
from .references import as_list, as_mapping, is_list, try_follow

_MOST_PROBLEMS = 200
_PLACES: Mapping[Any, Place] = {"query": "query", "header": "header", "cookie": "cookie"}
_VALUES = frozenset({"example", "examples", "default", "enum", "const"})  # never schemas
_MOST_BRANCHES = 8
_DEEPEST = 3


class Document:
    """
    An app's OpenAPI document, immutable. Broken parts are left out and reported in `problems`, without an exception.

    :ivar operations: keyed ``"POST /items"``, in the document's order, read on first use
    :ivar schemes: the security schemes, by the keys in `Operation.security`
    :ivar title: of the API
    :ivar version: of the API, not of OpenAPI
    """

    def __init__(self, data: Mapping[str, Any] | None = None, problems: tuple[str, ...] = ()) -> None:
        # A dict as an ordered set: adding to it is atomic.
        self._problems: dict[str, None] = dict.fromkeys(problems)
        plain = read_plain(data, self._note)
        self._data: Mapping[str, Any] = as_mapping(plain.data)
        self._has_secret = plain.has_secret
        if data is not None:
            self._check_version()
        self.operations = Operations(self._data, self._note)
        self.schemes: Mapping[str, SecurityScheme] = read_schemes(self._data, self._note)
        about = as_mapping(self._data.get("info"))
        self.title = str(about.get("title", ""))
        self.version = str(about.get("version", ""))

    @property
    def problems(self) -> tuple[str, ...]:
        """The problems of all operations, and of the schemas flattened so far."""
        for key in self.operations:
            self.operations[key]
        return tuple(self._problems)

    def to_data(self) -> dict[str, Any]:
        """Return the document as plain dicts, lists and values for other tools, a copy."""
        return cast("dict[str, Any]", json.loads(json.dumps(self._data)))

    def operation(self, key: str) -> Operation | None:
        """Return the operation of a route's key such as ``GET /files/{p:path}``, or None."""
        return self.operations.get(PathTemplate(key).plain)

    def head(self, key: str) -> OperationHead | None:
        """Return what a list shows of the operation of a route's key, or None; much quicker than `operation`."""
        return self.operations.head(PathTemplate(key).plain)

    def flatten(self, schema: JSONSchema) -> dict[str, Any]:
        """
        Return one level of a schema: references followed, ``allOf`` merged, OpenAPI 3.0 converted to 3.1.

        Nested schemas stay unchanged, and invalid keywords are left out.
        ``True`` is ``{}``, and ``False`` is ``{"not": {}}``.
        """
        return flatten(schema, self._data, self._note)

    def secret_names(self) -> frozenset[tuple[Place, str]]:
        """Return the API keys, and the names with ``format: password`` or ``writeOnly``, each with its location."""
        return frozenset((*_secret_keys(self.schemes), *(_secret_names(self._data) if self._has_secret else ())))

    def __len__(self) -> int:
        return len(self.operations)

    def __repr__(self) -> str:
        return f"<Document {self.title or 'without a title'}: {len(self.operations)} operations>"

    def _check_version(self) -> None:
        version = str(self._data.get("openapi", ""))
        if "swagger" in self._data:
            self._note(f"Swagger {self._data['swagger']!s} is not supported: convert the document to OpenAPI 3")
            self._data = {}
        elif not version.startswith("3."):
            self._note(f"unknown OpenAPI version {version or '(none)'}: the document is read as 3.1")

    def _note(self, problem: str) -> None:
        if len(self._problems) < _MOST_PROBLEMS:
            self._problems[problem] = None


def read_document(data: Any, problems: tuple[str, ...] = ()) -> Document:
    """Return a document, or an empty one with a problem if the value is not a mapping."""
    if not isinstance(data, Mapping):
        return Document(problems=(*problems, f"the document is of type {type(data).__name__}, not an object: not read"))
    return Document(data, problems)


def _secret_keys(schemes: Mapping[str, SecurityScheme]) -> Iterator[tuple[Place, str]]:
    for scheme in schemes.values():
        if scheme.kind == "apiKey" and scheme.place in _PLACES:
            yield _PLACES[scheme.place], scheme.name


def _secret_names(root: Mapping[str, Any]) -> Iterator[tuple[Place, str]]:
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
    branches = [one for word in ("anyOf", "oneOf", "allOf") for one in as_list(found.get(word))[:_MOST_BRANCHES]]
    return depth < _DEEPEST and any(_is_secret(branch, root, depth + 1) for branch in branches)


def find_operation(document: Document, method: str, target: str) -> Operation | None:
    """Return the operation of a typed path, which may be a template or a path with values."""
    path = target.partition("?")[0]
    return document.operation(f"{method} {path}") or document.operations.match(method, path)
