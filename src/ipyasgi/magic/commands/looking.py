"""Subcommands that show something and change nothing."""

from __future__ import annotations

import traceback

from ..attached_apps import AttachedApps
from ..grammar import Line
from ..python_call import PythonCall, coded
from ..tokenizer import GrammarError
from .command import Command


def _routes(explorer: PythonCall, line: Line) -> PythonCall:
    line.at_most(0)
    return explorer.routes


def _docs(explorer: PythonCall, line: Line) -> PythonCall:
    return explorer.routes.describe(" ".join(line.texts())) if line.words else explorer.routes.describe()


def _state(explorer: PythonCall, line: Line) -> PythonCall:
    line.at_most(0)
    return explorer.state


def _tb(explorer: PythonCall, line: Line) -> PythonCall:
    line.at_most(0)
    return PythonCall(coded(traceback, "traceback", "import traceback")).print_exception(explorer.last_exception)


def _run_tb(apps: AttachedApps, line: Line) -> None:
    line.at_most(0)
    raised = apps.explorer().last_exception
    if raised is None:
        raise GrammarError("the app has raised nothing yet")
    apps.show_whole(raised)


COMMANDS = (
    Command(name="routes", description="what the app offers", python=_routes),
    Command(
        name="docs",
        usage="[WORD]",
        description="docstrings, parameters and bodies of the routes whose method, path or handler has WORD in it",
        python=_docs,
        example="docs /items",
    ),
    Command(name="state", description="app.state and the lifespan state", python=_state),
    Command(name="tb", description="what the app raised last, with every frame", python=_tb, run=_run_tb),
)
