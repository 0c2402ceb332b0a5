"""What calls have in common that differ only in their values. Pure."""

from __future__ import annotations

from .commands import shape_of_command
from .statements import shape_of, shape_of_url
from .trace import Call


def shape_of_call(call: Call) -> str:
    """Return the text of a call with ``?`` for its values: a statement, a command, or a method and a URL."""
    if call.kind == "cache":
        return shape_of_command(call.statement)
    return f"{call.method} {shape_of_url(call.url)}" if call.kind == "http" else shape_of(call.statement)
