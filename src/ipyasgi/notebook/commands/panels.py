"""The subcommand that opens a panel."""

from __future__ import annotations

from typing import Any

from ..desk import Desk
from ..grammar import Parsed
from ..panels import PANELS
from .command import Command, at_most, one_of


def panel(desk: Desk, parsed: Parsed) -> Any:
    """``%asgi panel [NAME]``: all of them together by default."""
    at_most(parsed, 1)
    name = one_of(parsed.words[0] if parsed.words else "workbench", tuple(PANELS), "panel")
    return PANELS[name](desk.explorer())


COMMANDS = (
    Command(
        name="panel",
        usage=f"[{'|'.join(PANELS)}]",
        says="open a panel: everything, or one by its name",
        twin="explorer.panel()",
        run=panel,
    ),
)
