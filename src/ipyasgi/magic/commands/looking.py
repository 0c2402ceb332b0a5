"""Subcommands about the app: its routes, state, last exception and lifespan."""

from __future__ import annotations

import traceback

from ..attached_apps import AttachedApps
from ..grammar import Line
from ..python_call import PythonCall, coded
from ..tokenizer import GrammarError
from .command import command, one_of

_ACTIONS = {"start": "startup", "step": "step", "stop": "shutdown", "restart": "restart"}


@command("routes", "", "list routes", most=0)
def _routes(explorer: PythonCall, line: Line) -> PythonCall:
    return explorer.routes


@command(
    "docs",
    "[WORD]",
    "show docstrings, parameters and bodies of routes; WORD is a part of the method, path or handler",
    example="docs /items",
)
def _docs(explorer: PythonCall, line: Line) -> PythonCall:
    return explorer.routes.describe(" ".join(line.texts())) if line.words else explorer.routes.describe()


@command("state", "", "show app.state and the lifespan state", most=0)
def _state(explorer: PythonCall, line: Line) -> PythonCall:
    return explorer.state


def _run_tb(apps: AttachedApps, line: Line, python: PythonCall) -> None:
    raised = apps.explorer().last_exception
    if raised is None:
        raise GrammarError("The app has raised no exception yet.")
    apps.show_whole(raised)


@command("tb", "", "show the full traceback of the last exception", run=_run_tb, most=0)
def _tb(explorer: PythonCall, line: Line) -> PythonCall:
    return PythonCall(coded(traceback, "traceback", "import traceback")).print_exception(explorer.last_exception)


@command(
    "lifespan",
    "[start|step|stop|restart|status]",
    "start, step, stop or restart the app's lifespan, or show its status (default)",
    example="lifespan step",
    options=("timeout",),
    most=1,
)
def _lifespan(explorer: PythonCall, line: Line) -> PythonCall:
    (word,) = line.texts() or ("status",)
    action = one_of(word, (*_ACTIONS, "status"), "lifespan")
    options = line.seconds(timeout="timeout")
    if action == "status":
        return explorer.lifespan
    return getattr(explorer.lifespan, _ACTIONS[action])(**options)


COMMANDS = (_routes, _docs, _state, _tb, _lifespan)
