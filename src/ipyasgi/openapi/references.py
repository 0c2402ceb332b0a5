"""Local references of a document, and small helpers for values of unknown type. Pure; never uses the network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeGuard
from urllib.parse import unquote

Note = Callable[[str], object]
"""A callback for a note about an unreadable part of a document."""

MAX_DEPTH = 40
"""The maximum depth of references and ``allOf``, far more than in real documents."""


def try_resolve(root: Mapping[str, Any], ref: Any, note: Note) -> Any:
    """Return the target of a reference such as ``#/components/schemas/Item``, or None with a note."""
    if not isinstance(ref, str) or not ref.startswith("#"):
        note(f"the reference {str(ref)[:200]!r} points outside of the document: left out")
        return None
    found: Any = root
    for part in unquote(ref[1:]).split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(found, Mapping) and name in found:
            found = found[name]
        elif is_list(found) and name.isdecimal() and int(name) < len(found):
            found = found[int(name)]
        else:
            note(f"the reference {ref[:200]!r} has no target: left out")
            return None
    return found


def try_follow(root: Mapping[str, Any], part: Any, note: Note) -> Mapping[str, Any] | None:
    """Return a part, or the target of its references; None if that is not a mapping."""
    seen: set[str] = set()
    while isinstance(part, Mapping) and "$ref" in part:
        ref = str(part["$ref"])
        if ref in seen:
            note(f"the reference {ref[:200]!r} refers to itself: left out")
            return None
        seen.add(ref)
        part = try_resolve(root, part["$ref"], note)
        if part is None:
            return None
    return part if isinstance(part, Mapping) else None


def is_list(value: Any) -> TypeGuard[Sequence[Any]]:
    """Return whether a value is a JSON array."""
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray))


def as_mapping(value: Any) -> Mapping[Any, Any]:
    """Return a JSON object unchanged, or an empty one for any other value."""
    return value if isinstance(value, Mapping) else {}


def as_list(value: Any) -> list[Any]:
    """Return the items of a JSON array, or none for any other value."""
    return list(value) if is_list(value) else []


def same_json(one: Any, other: Any) -> bool:
    """Return whether two values are the same in JSON: 1 is 1.0, and neither equals true."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)
