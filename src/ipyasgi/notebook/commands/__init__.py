"""The subcommands of ``%asgi``: one table, one small file per family. Each is a thin call of a public method."""

from __future__ import annotations

from . import apps, life, looking, panels
from .command import Command
from .help import HELP

COMMANDS: dict[str, Command] = {
    command.name: command for command in (*apps.COMMANDS, *looking.COMMANDS, *life.COMMANDS, *panels.COMMANDS, HELP)
}
