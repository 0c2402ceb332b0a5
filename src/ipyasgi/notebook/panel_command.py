"""The subcommand that opens a panel, and with it the whole table of subcommands of an IPython shell."""

from __future__ import annotations

from ..magic.commands import build_commands
from ..magic.commands.command import Command, one_of
from ..magic.grammar import Line
from ..magic.python_call import PythonCall, imported
from ..panels import PANELS


def _panel(explorer: PythonCall, line: Line) -> PythonCall:
    words = line.at_most(1)
    name = one_of(words[0] if words else "workbench", tuple(PANELS), "panel")
    if name == "workbench":
        return explorer.panel()
    return imported(PANELS[name], PANELS[name].__name__, "ipyasgi.panels")(explorer)


COMMANDS = build_commands(
    Command(
        name="panel",
        usage=f"[{'|'.join(PANELS)}]",
        description="open a panel: everything, or one by its name",
        python=_panel,
        example="panel request",
    )
)
"""The subcommands of ``%asgi`` by name."""
