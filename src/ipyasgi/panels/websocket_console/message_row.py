"""One message as a row of the console, and whole for who asks for it. Pure; secrets are masked in both."""

from __future__ import annotations

from typing import Any

from ...explorer.websocket_session import SocketMessage
from ...records.redaction import Redactor
from ...views.view import one_line

ROW_CHARS = 1000
"""Characters of a message in its row; a longer one is fetched whole when it is asked for."""
_ROW_BYTES = 32
_WHO = {"receive": "you", "send": "app"}


def row_of(message: SocketMessage, redactor: Redactor) -> dict[str, Any]:
    """Return a message as a row; ``whole`` says whether the row has all of it."""
    payload = message.payload
    if isinstance(payload, str):
        # Masked before it is cut: a name without the end of its value would be none.
        masked = redactor.text(payload[: 4 * ROW_CHARS])
        text, is_whole = one_line(masked, ROW_CHARS), len(payload) <= 4 * ROW_CHARS and len(masked) <= ROW_CHARS
    else:
        text, is_whole = payload[:_ROW_BYTES].hex(" "), len(payload) <= _ROW_BYTES
    kind = "" if isinstance(payload, str) else " bytes"
    return {
        "at_ms": message.at_ns / 1e6,
        "kind": message.direction,
        "label": _WHO[message.direction] + kind,
        "text": text if is_whole or isinstance(payload, str) else f"{text} …",
        "bytes": message.size_bytes,
        "message": message.number,
        "whole": is_whole,
    }


def whole_of(message: SocketMessage, redactor: Redactor) -> tuple[bytes, bool]:
    """Return a message's content, a text in UTF-8 and masked, and whether it is a text."""
    payload = message.payload
    if not isinstance(payload, str):
        return payload, False
    if payload.lstrip()[:1] in ("{", "["):
        masked = redactor.json_text(payload)
    else:
        masked = redactor.text(payload)
    return masked.encode("utf-8", "replace"), True


def line_of(kind: str, text: str, at_ms: float) -> dict[str, Any]:
    """Return what is said about the conversation itself as a row: ``info`` or ``error``."""
    return {"at_ms": at_ms, "kind": kind, "text": one_line(text, ROW_CHARS)}
