"""The subcommands of ``%asgi``: one table, one small file per family. Each is a thin call of a public method."""

from __future__ import annotations

from collections.abc import Mapping

from ..request_line import SENDING_OPTIONS, write_request
from . import apps, defaults, looking, records, sockets
from .apps import ATTACH
from .command import Command
from .help import build_help

Commands = Mapping[str, Command]
"""The subcommands of one shell by name."""

SEND = Command(
    name="METHOD",
    usage="/path [items]",
    description="send a request; the value of the line is the Exchange",
    python=write_request,
    example="GET /items limit==2",
    options=SENDING_OPTIONS,
    takes_cell=True,
)
"""What a line that begins with a method does: the command that has no name of its own."""


def build_commands(*more: Command) -> Commands:
    """Return the subcommands of the language, those that the shell adds (it knows the panels), and ``help``."""
    families = (apps, looking, records, sockets, defaults)
    table = {command.name: command for family in families for command in family.COMMANDS}
    table |= {command.name: command for command in more}
    table["help"] = build_help(table, SEND)
    return table


__all__ = ["ATTACH", "SEND", "Command", "Commands", "build_commands"]
