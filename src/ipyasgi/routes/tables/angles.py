"""Paths as Werkzeug and Django write them, ``/items/<int:pk>``, as a template with braces. Pure."""

from __future__ import annotations

import re

_PLACE = re.compile(r"<(?:([A-Za-z_]\w*)(?:\([^>]*\))?:)?\s*([A-Za-z_]\w*)\s*>")
_KEPT = frozenset({"path", "uuid"})  # the convertors that change how a place is filled


def read_angles(path: str) -> str:
    """Return ``/items/{pk}`` for ``/items/<int:pk>``, ``/f/{p:path}`` for ``/f/<path:p>``."""
    return _PLACE.sub(lambda place: f"{{{place[2]}{':' + place[1] if place[1] in _KEPT else ''}}}", path)
