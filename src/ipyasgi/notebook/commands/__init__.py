"""The subcommands of ``%asgi``: one table, one small file per family. Each is a thin call of a public method."""

from __future__ import annotations

from . import apps, life, looking, panels
from .command import Command
from .help import build_help

COMMANDS: dict[str, Command] = {
    command.name: command for command in (*apps.COMMANDS, *looking.COMMANDS, *life.COMMANDS, *panels.COMMANDS)
}
COMMANDS["help"] = build_help(COMMANDS)
