"""The subcommands of ``%asgi``, one module per family. Each makes one call of a public method."""

from __future__ import annotations

from collections.abc import Mapping

from ..request_line import SENDING_OPTIONS, write_request
from . import apps, defaults, experiments, fuzz, overrides, records, sign_in, sockets
from .command import Command
from .help import build_help

Commands = Mapping[str, Command]
"""Subcommands by name."""

SEND = Command(
    name="METHOD",
    usage="/path [items]",
    description="send a request and return the Exchange",
    python=write_request,
    example="GET /items limit==2",
    options=SENDING_OPTIONS,
    takes_cell=True,
)
"""The command of a line that begins with a method."""


def build_commands(*more: Command) -> Commands:
    """Return the subcommands, with those that the shell adds, and ``help``."""
    groups = (apps, records, experiments, fuzz, sockets, sign_in, defaults, overrides)
    every = (*(command for group in groups for command in group.COMMANDS), *more)
    table = {command.name: command for command in every}
    table["help"] = build_help(table, SEND)
    return table
