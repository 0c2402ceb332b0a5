"""The subcommand that opens a panel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..grammar import Parsed
from ..panels import PANELS
from .command import Command, at_most, one_of

if TYPE_CHECKING:
    from ..magics import AsgiMagics


def panel(magics: AsgiMagics, parsed: Parsed) -> Any:
    """``%asgi panel [NAME]``: all of them together by default."""
    at_most(parsed, 1)
    name = one_of(parsed.words[0] if parsed.words else "workbench", tuple(PANELS), "panel")
    return PANELS[name](magics.explorer())


COMMANDS = (
    Command(
        name="panel",
        usage=f"[{'|'.join(PANELS)}]",
        says="open a panel: everything, or one by its name",
        twin="explorer.panel()",
        run=panel,
    ),
)
