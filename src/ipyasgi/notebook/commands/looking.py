"""Subcommands that show something and change nothing."""

from __future__ import annotations

import traceback
from typing import Any

from ..desk import Desk
from ..grammar import Line
from ..python_code import Argument, Twin, run
from ..words import GrammarError
from .command import Command


def _routes(explorer: Twin, line: Line) -> Twin:
    line.at_most(0)
    return explorer.routes


def _docs(explorer: Twin, line: Line) -> Twin:
    return explorer.routes.describe(" ".join(line.texts())) if line.words else explorer.routes.describe()


def _state(explorer: Twin, line: Line) -> Twin:
    line.at_most(0)
    return explorer.state


def _history(explorer: Twin, line: Line) -> Twin:
    line.at_most(0)
    return explorer.history


def _show(explorer: Twin, line: Line) -> Twin:
    words = line.at_most(1)
    exchange = explorer.history[words[0] if words else -1]
    if "show-secrets" in line.options:
        exchange = exchange.with_secrets()
    return exchange.head() if "headers" in line.options else exchange


def _run_show(desk: Desk, line: Line) -> Any:
    try:
        return run(_show(Twin(), line), desk.explorer())
    except IndexError:
        raise GrammarError("the history is empty: send a request first, %asgi GET /") from None
    except KeyError as exc:
        raise GrammarError(str(exc.args[0])) from None


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
        says="what the routes say of themselves: those whose method, path or handler has WORD in it",
        twin=_docs,
        example="docs /items",
    ),
    Command(name="state", says="app.state and the lifespan state", twin=_state),
    Command(name="history", says="the exchanges so far", twin=_history),
    Command(
        name="show",
        usage="[NAME]",
        says="one exchange again, the newest by default",
        twin=_show,
        run=_run_show,
        example="show r1",
        options=("headers", "show-secrets"),
    ),
    Command(name="tb", says="what the app raised last, with every frame", twin=_tb, run=_run_tb),
)
