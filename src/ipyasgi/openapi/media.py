"""Which of the ways to write a body a media type asks for. Pure."""

from __future__ import annotations

from typing import Literal

BodyKind = Literal["json", "urlencoded", "multipart", "text", "other"]


def kind_of(media_type: str) -> BodyKind:
    """Return how a body of a media type is written; ``other`` where that cannot be done from values."""
    essence = essence_of(media_type)
    if is_json(essence) or essence in ("*/*", "application/*"):
        return "json"
    if essence == "application/x-www-form-urlencoded":
        return "urlencoded"
    if essence == "multipart/form-data":
        return "multipart"
    return "text" if is_text(essence) else "other"


def essence_of(media_type: str) -> str:
    """Return a media type without parameters, lower-case."""
    return media_type.partition(";")[0].strip().lower()


def is_json(media_type: str) -> bool:
    """Return whether a media type is JSON's, or a kind of it such as ``application/problem+json``."""
    essence = essence_of(media_type)
    return essence in ("application/json", "text/json") or essence.endswith("+json")


def is_text(media_type: str) -> bool:
    """Return whether a media type is plain text's or another that a person may type as it stands."""
    essence = essence_of(media_type)
    return essence.startswith("text/") and not essence.endswith("xml")
