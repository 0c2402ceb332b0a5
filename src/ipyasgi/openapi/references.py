"""Local references of a document: JSON pointers in ``$ref``, and what they point at. Pure; asks no network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeGuard
from urllib.parse import unquote

Note = Callable[[str], object]
"""Takes one line about a part of a document that cannot be read."""

MAX_DEPTH = 40
"""How many references and ``allOf`` may lie in one another; no document written by a person comes near."""


def try_resolve(root: Mapping[str, Any], ref: Any, note: Note) -> Any:
    """
    Return what a reference points at, None with a note where it points nowhere or out of the document.

    :param ref: ``#/components/schemas/Item``, percent-encoded, ``~1`` for a slash and ``~0`` for a tilde
    """
    if not isinstance(ref, str) or not ref.startswith("#"):
        note(f"the reference {str(ref)[:200]!r} leaves the document: left out")
        return None
    found: Any = root
    for part in unquote(ref[1:]).split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(found, Mapping) and name in found:
            found = found[name]
        elif is_list(found) and name.isdecimal() and int(name) < len(found):
            found = found[int(name)]
        else:
            note(f"the reference {ref[:200]!r} points at nothing: left out")
            return None
    return found


def try_follow(root: Mapping[str, Any], part: Any, note: Note) -> Mapping[str, Any] | None:
    """Return a part that may be a reference to another, to a third and so on; None where no mapping is at the end."""
    seen: set[str] = set()
    while isinstance(part, Mapping) and "$ref" in part:
        ref = str(part["$ref"])
        if ref in seen:
            note(f"the reference {ref[:200]!r} leads to itself: left out")
            return None
        seen.add(ref)
        part = try_resolve(root, part["$ref"], note)
        if part is None:
            return None
    return part if isinstance(part, Mapping) else None


def is_list(value: Any) -> TypeGuard[Sequence[Any]]:
    """Return whether a value is what JSON calls an array."""
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray))


def as_mapping(value: Any) -> Mapping[Any, Any]:
    """Return a value that is what JSON calls an object, for any other an empty one."""
    return value if isinstance(value, Mapping) else {}


def as_list(value: Any) -> list[Any]:
    """Return the items of an array, for any other value none."""
    return list(value) if is_list(value) else []
