"""The subcommands of ``%asgi``: one table, one small file per family. Each is a thin call of a public method."""

from __future__ import annotations

from . import apps, defaults, life, looking, panels, records, sockets
from .apps import ATTACH
from .command import Command
from .help import build_help
from .sending import SEND

COMMANDS: dict[str, Command] = {
    command.name: command
    for command in (
        *apps.COMMANDS,
        *looking.COMMANDS,
        *life.COMMANDS,
        *records.COMMANDS,
        *sockets.COMMANDS,
        *defaults.COMMANDS,
        *panels.COMMANDS,
    )
}
COMMANDS["help"] = build_help(COMMANDS, SEND)

__all__ = ["ATTACH", "COMMANDS", "SEND", "Command"]
