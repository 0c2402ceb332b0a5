"""`DocumentSource`: gets the OpenAPI document from the methods of an app and its mounted apps; sends no requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..engine.collector import no_collection
from ..engine.strategy import make_lock
from ..records.attributes import look_up, try_attribute
from ..routes.routes import apps_in, read_routes
from .document import Document, read_document
from .references import as_mapping, is_list

Ask = Callable[[str], Any]
"""A function that requests a path from the app and returns the response's JSON, or raises."""

_MOUNTED = "x-mounted"
_MAX_DEPTH = 200
# Their values are data without references.
_LITERAL = frozenset({"example", "examples", "default", "const", "enum", "value"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """
    The document of an app or a mounted app, or a problem instead.

    :ivar key: identifies the version of the document
    """

    prefix: str
    key: Any
    data: Any
    problem: str = ""


@dataclass(slots=True)
class ReadDocument:
    """The last document that a `DocumentSource` has read, or None; it does not refer to the app."""

    document: Document | None = None


class DocumentSource:
    """
    One app's document, read on first use, and again after the app has made a new one.

    It comes from methods of the app, or of those mounted in it or wrapped by it (FastAPI, Litestar), else from a
    request. An exception of such a method becomes a problem of the document.

    :param on_read: called with each new document before it is returned
    :ivar kept: the last document, for what may outlive the app
    """

    def __init__(self, app: Any, on_read: Callable[[Document], object] = bool) -> None:
        self._app = app
        self._on_read = on_read
        self._lock = make_lock()
        self._parts: list[_Part] = []
        self.kept = ReadDocument()

    @property
    def ready(self) -> Document | None:
        """The last document read, or None. Runs no code of the app."""
        return self.kept.document

    @property
    def keeps_up(self) -> bool:
        """
        Whether the app makes a new document after routes were added. Runs no code of the app.

        An older FastAPI, and a custom ``openapi`` method that caches, keep the first document.
        """
        return all(_keeps_up(one) for _, one in apps_in(self._app) if _makes_document(one))

    def read(self, ask: Ask | None = None) -> Document:
        """
        Return the document, or an empty one.

        :param ask: requests a route that ends with ``openapi.json`` if the app has no such method
        """
        with self._lock:
            with no_collection():
                parts = list(_parts_of(self._app, self._parts))
            if not parts and ask is not None:
                parts = self._asked(ask)
            elif not parts and self.kept.document is not None:  # it may have been requested; keep it
                return self.kept.document
            if self.kept.document is None or not _are_same(parts, self._parts):
                with no_collection():
                    document = _document_of(parts)
                self._on_read(document)
                self.kept.document, self._parts = document, parts
            return self.kept.document

    def _asked(self, ask: Ask) -> list[_Part]:
        routes = read_routes(self._app)
        paths = [one.path for one in routes.values() if one.method == "GET" and not one.parameters]
        path = next((path for path in paths if path.endswith("openapi.json")), "")
        if not path:
            return []
        key = ("asked", path, *routes.values())
        if self._parts and self._parts[0].key == key:
            return self._parts
        try:
            return [_Part(prefix="", key=key, data=ask(path))]
        except Exception as exc:
            problem = f"GET {path} did not return a document: {type(exc).__name__}: {exc}"
            return [_Part(prefix="", key=object(), data=None, problem=problem)]  # requested again by the next command


def _parts_of(app: Any, known: list[_Part]) -> Iterator[_Part]:
    done: set[str] = set()
    for prefix, one in apps_in(app):
        part = _try_part(prefix, one, known) if prefix not in done else None
        if part is not None:
            done.add(prefix)
            yield part


def _try_part(prefix: str, app: Any, known: list[_Part]) -> _Part | None:
    try:
        method = try_attribute(app, "openapi")
        if callable(method):
            data = method()
            return _Part(prefix=prefix, key=data, data=data)
        # Litestar's property may raise that it has no document.
        schema = app.openapi_schema if look_up(type(app), "openapi_schema") is not None else None
        to_schema = getattr(schema, "to_schema", None)
        if callable(to_schema):
            if (part := next((one for one in known if one.key is schema and one.prefix == prefix), None)) is not None:
                return part
            return _Part(prefix=prefix, key=schema, data=to_schema())
    except Exception as exc:
        if type(exc).__name__ == "ImproperlyConfiguredException":  # Litestar, if it is configured without a document
            return None
        where = f" of the app under {prefix}" if prefix else ""
        problem = f"the app failed to make its OpenAPI document{where}: {type(exc).__name__}: {exc}"
        return _Part(prefix=prefix, key=object(), data=None, problem=problem)
    return None


def _makes_document(app: Any) -> bool:
    # On Litestar's class, because reading the property of the app would make the document.
    return callable(try_attribute(app, "openapi")) or look_up(type(app), "openapi_schema") is not None


def _keeps_up(app: Any) -> bool:
    method = getattr(app, "openapi", None)
    own = getattr(method, "__module__", "") == "fastapi.applications"  # neither replaced nor overridden
    return own and hasattr(app, "_openapi_routes_version")


def _document_of(parts: list[_Part]) -> Document:
    problems = tuple(part.problem for part in parts if part.problem)
    whole = [part for part in parts if not part.problem]
    if not whole:
        return Document(problems=problems)
    if len(whole) == 1 and not whole[0].prefix:
        return read_document(whole[0].data, problems)
    return Document(combine([(part.prefix, part.data) for part in whole]), problems)


def _are_same(parts: list[_Part], others: list[_Part]) -> bool:
    return len(parts) == len(others) and all(map(_is_same, parts, others))


def _is_same(part: _Part, other: _Part) -> bool:
    if part is other or part.key is other.key:
        return True
    if part.problem or other.problem or part.prefix != other.prefix:
        return False
    try:  # an equal document made anew need not be read again
        return bool(part.data == other.data)
    except Exception:  # it contains itself, or values of the app's own types
        return False


def combine(parts: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """
    Return one document with all paths, each under its prefix.

    References are changed to point into the original documents, which are kept whole. Different security schemes of the
    same name get the prefix as a suffix.

    :param parts: ``(prefix, document)`` pairs; the prefix is empty for the outermost app, else such as ``/api``
    """
    whole = [(prefix, data) for prefix, data in parts if isinstance(data, Mapping)]
    first = whole[0][1] if whole else {}
    paths: dict[str, Any] = {}
    schemes: dict[str, Any] = {}
    kept: list[Any] = []
    for number, (prefix, given) in enumerate(whole):
        data = _relocate(given, f"#/{_MOUNTED}/{number}", 0)
        kept.append(data)
        names = _add_schemes(schemes, data, prefix)
        for path, item in as_mapping(data.get("paths")).items():
            paths[f"{prefix}{path}"] = _with_security(item, data, names)
    return {
        "openapi": str(first.get("openapi", "3.1.0")),
        "info": first.get("info", {}),
        "paths": paths,
        "components": {"securitySchemes": schemes},
        _MOUNTED: kept,
    }


def _add_schemes(schemes: dict[str, Any], data: Mapping[str, Any], prefix: str) -> dict[str, str]:
    """Add the security schemes of one document and return their new names."""
    names = {}
    for name, scheme in as_mapping(as_mapping(data.get("components")).get("securitySchemes")).items():
        names[name] = name if schemes.get(name, scheme) == scheme else f"{name} ({prefix})"
        schemes[names[name]] = scheme
    return names


def _with_security(item: Any, data: Mapping[str, Any], names: Mapping[str, str]) -> Any:
    """Return a path item whose operations have their own ``security``, with the new names."""
    if not isinstance(item, Mapping):
        return item

    def secured(operation: Any) -> Any:
        security = operation.get("security", data.get("security")) if isinstance(operation, Mapping) else None
        if not is_list(security):
            return operation
        renamed = [
            {names.get(key, key): scopes for key, scopes in one.items()} for one in security if isinstance(one, Mapping)
        ]
        return {**operation, "security": renamed}

    return {word: secured(part) if word != "parameters" else part for word, part in item.items()}


def _relocate(part: Any, root: str, depth: int) -> Any:
    """Return a part with its references relative to ``root`` instead of the document's root."""

    def moved(ref: Any) -> Any:
        return root + ref[1:] if isinstance(ref, str) and ref.startswith("#") else ref

    if depth > _MAX_DEPTH:
        return part
    if is_list(part):
        return [_relocate(one, root, depth + 1) for one in part]
    if not isinstance(part, Mapping):
        return part
    found = {key: value if key in _LITERAL else _relocate(value, root, depth + 1) for key, value in part.items()}
    if "$ref" in found:
        found["$ref"] = moved(found["$ref"])
    if isinstance(found.get("mapping"), Mapping):
        found["mapping"] = {key: moved(ref) for key, ref in found["mapping"].items()}
    return found
