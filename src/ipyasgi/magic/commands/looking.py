"""Subcommands that show something and change nothing."""

from __future__ import annotations

import traceback

from ..attached_apps import Desk
from ..grammar import Line
from ..python_call import Argument, Twin
from ..tokenizer import GrammarError
from .command import Command


def _routes(explorer: Twin, line: Line) -> Twin:
    line.at_most(0)
    return explorer.routes


def _docs(explorer: Twin, line: Line) -> Twin:
    return explorer.routes.describe(" ".join(line.texts())) if line.words else explorer.routes.describe()


def _state(explorer: Twin, line: Line) -> Twin:
    line.at_most(0)
    return explorer.state


def _tb(explorer: Twin, line: Line) -> Twin:
    line.at_most(0)
    module = Argument(value=traceback, source="traceback", imports=frozenset({"import traceback"}))
    return Twin(module).print_exception(explorer.last_exception)


def _run_tb(desk: Desk, line: Line) -> None:
    line.at_most(0)
    raised = desk.explorer().last_exception
    if raised is None:
        raise GrammarError("the app has raised nothing yet")
    desk.show_whole(raised)


COMMANDS = (
    Command(name="routes", says="what the app offers", twin=_routes),
    Command(
        name="docs",
        usage="[WORD]",
        says="docstrings, parameters and bodies of the routes whose method, path or handler has WORD in it",
        twin=_docs,
        example="docs /items",
    ),
    Command(name="state", says="app.state and the lifespan state", twin=_state),
    Command(name="tb", says="what the app raised last, with every frame", twin=_tb, run=_run_tb),
)
