"""Subcommands that search for failures: shrink."""

from __future__ import annotations

from typing import Any

from ..attached_apps import AttachedApps
from ..grammar import Line
from ..python_call import PythonCall
from ..tokenizer import GrammarError
from .command import command, run_named


def _run_metered(apps: AttachedApps, line: Line, python: PythonCall) -> Any:
    with apps.meter() as meter:
        return run_named(apps, line, python, on_progress=meter)


@command(
    "shrink",
    "NAME",
    "find the fewest earlier requests and the smallest bodies with which a request still fails; restarts the app",
    run=_run_metered,
    example="shrink r40",
    options=("seconds",),
    most=1,
)
def _shrink(explorer: PythonCall, line: Line) -> PythonCall:
    if not line.words:
        raise GrammarError("%asgi shrink needs a name, such as %asgi shrink r40. %asgi history error lists failures.")
    return explorer.shrink(*line.texts(), **line.seconds(seconds="seconds"))


COMMANDS = (_shrink,)
