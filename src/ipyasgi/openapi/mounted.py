"""The documents of an app and of those mounted in it, as one: each under its prefix, with its own references. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .references import as_mapping, is_list

_PLACE = "x-mounted"
_MAX_DEPTH = 200
# What these hold is the author's data, in which nothing is a reference.
_LITERAL = frozenset({"example", "examples", "default", "const", "enum", "value"})


def combine(parts: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """
    Return one document with the paths of all.

    :param parts: where each app is mounted, empty for the outermost, else such as ``/api``, with its document
    References are turned to where each one's own document is kept whole; security schemes of the same
    name get the prefix where they differ.
    """
    whole = [(prefix, data) for prefix, data in parts if isinstance(data, Mapping)]
    first = whole[0][1] if whole else {}
    paths: dict[str, Any] = {}
    schemes: dict[str, Any] = {}
    kept: list[Any] = []
    for number, (prefix, given) in enumerate(whole):
        data = _turned(given, f"#/{_PLACE}/{number}", 0)
        kept.append(data)
        names = _add_schemes(schemes, data, prefix)
        for path, item in as_mapping(data.get("paths")).items():
            paths[f"{prefix}{path}"] = _with_security(item, data, names)
    return {
        "openapi": str(first.get("openapi", "3.1.0")),
        "info": first.get("info", {}),
        "paths": paths,
        "components": {"securitySchemes": schemes},
        _PLACE: kept,
    }


def _add_schemes(schemes: dict[str, Any], data: Mapping[str, Any], prefix: str) -> dict[str, str]:
    """Add the security schemes of one document and return what each is called from now on."""
    names = {}
    for name, scheme in as_mapping(as_mapping(data.get("components")).get("securitySchemes")).items():
        names[name] = name if schemes.get(name, scheme) == scheme else f"{name} ({prefix})"
        schemes[names[name]] = scheme
    return names


def _with_security(item: Any, data: Mapping[str, Any], names: Mapping[str, str]) -> Any:
    """Return a path item whose operations name their security themselves, by the schemes' new names."""
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


def _turned(part: Any, place: str, depth: int) -> Any:
    """Return a part whose references begin at ``place`` instead of the document's root."""
    if depth > _MAX_DEPTH:
        return part
    if isinstance(part, Mapping):
        turned = {word: value if word in _LITERAL else _turned(value, place, depth + 1) for word, value in part.items()}
        ref = turned.get("$ref")
        if isinstance(ref, str) and ref.startswith("#"):
            turned["$ref"] = place + ref[1:]
        mapping = turned.get("mapping")
        if isinstance(mapping, Mapping):
            turned["mapping"] = {
                word: place + to[1:] if isinstance(to, str) and to.startswith("#") else to
                for word, to in mapping.items()
            }
        return turned
    if is_list(part):
        return [_turned(one, place, depth + 1) for one in part]
    return part
