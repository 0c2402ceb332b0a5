"""The subcommands of ``%asgi``: one table, one small file per family. Each is a thin call of a public method."""

from __future__ import annotations

from collections.abc import Mapping

from . import apps, defaults, life, looking, records, sockets
from .apps import ATTACH
from .command import Command
from .help import build_help
from .sending import SEND

Commands = Mapping[str, Command]
"""The subcommands of one shell by name."""


def build_commands(*more: Command) -> Commands:
    """Return the subcommands of the language, those that the shell adds (it knows the panels), and ``help``."""
    families = (apps, looking, life, records, sockets, defaults)
    table = {command.name: command for family in families for command in family.COMMANDS}
    table |= {command.name: command for command in more}
    table["help"] = build_help(table, SEND)
    return table


__all__ = ["ATTACH", "SEND", "Command", "Commands", "build_commands"]
