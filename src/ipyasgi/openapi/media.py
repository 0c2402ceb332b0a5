"""How the body of a media type is written. Pure."""

from __future__ import annotations

from typing import Literal

from ..records.body_text import is_json_type

BodyKind = Literal["json", "urlencoded", "multipart", "text", "other"]


def kind_of(media_type: str) -> BodyKind:
    """Return how a body of a media type is written; ``other`` if it cannot be written from values."""
    essence = essence_of(media_type)
    if is_json_type(essence) or essence in ("*/*", "application/*"):
        return "json"
    if essence == "application/x-www-form-urlencoded":
        return "urlencoded"
    if essence == "multipart/form-data":
        return "multipart"
    return "text" if is_text(essence) else "other"


def essence_of(media_type: str) -> str:
    """Return a media type without parameters, lower-case."""
    return media_type.partition(";")[0].strip().lower()


def is_text(media_type: str) -> bool:
    """Return whether a body of a media type can be typed as text; XML is excluded."""
    essence = essence_of(media_type)
    return essence.startswith("text/") and not essence.endswith("xml")
