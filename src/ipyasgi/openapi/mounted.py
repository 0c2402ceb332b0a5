"""Combines the documents of an app and its mounted apps into one. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .references import as_mapping, is_list

_MOUNTED = "x-mounted"
_MAX_DEPTH = 200
# Their values are data without references.
_LITERAL = frozenset({"example", "examples", "default", "const", "enum", "value"})


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
