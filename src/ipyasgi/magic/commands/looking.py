"""Subcommands about the app: its routes, its state, what it raised, and its lifespan."""

from __future__ import annotations

import traceback

from ..attached_apps import AttachedApps
from ..grammar import Line
from ..python_call import PythonCall, coded
from ..tokenizer import GrammarError
from .command import command, one_of

_ACTIONS = {"start": "startup", "step": "step", "stop": "shutdown", "restart": "restart"}


def _run_tb(apps: AttachedApps, line: Line, python: PythonCall) -> None:
    raised = apps.explorer().last_exception
    if raised is None:
        raise GrammarError("the app has raised nothing yet")
    apps.show_whole(raised)


@command("routes", "", "what the app offers")
def _routes(explorer: PythonCall, line: Line) -> PythonCall:
    line.at_most(0)
    return explorer.routes


@command(
    "docs",
    "[WORD]",
    "docstrings, parameters and bodies of the routes whose method, path or handler has WORD in it",
    example="docs /items",
)
def _docs(explorer: PythonCall, line: Line) -> PythonCall:
    return explorer.routes.describe(" ".join(line.texts())) if line.words else explorer.routes.describe()


@command("state", "", "app.state and the lifespan state")
def _state(explorer: PythonCall, line: Line) -> PythonCall:
    line.at_most(0)
    return explorer.state


@command("tb", "", "what the app raised last, with every frame", run=_run_tb)
def _tb(explorer: PythonCall, line: Line) -> PythonCall:
    line.at_most(0)
    return PythonCall(coded(traceback, "traceback", "import traceback")).print_exception(explorer.last_exception)


@command(
    "lifespan",
    "[start|step|stop|restart|status]",
    "start, step or stop the app's lifespan",
    example="lifespan step",
    options=("timeout",),
)
def _lifespan(explorer: PythonCall, line: Line) -> PythonCall:
    words = line.at_most(1)
    action = one_of(words[0] if words else "status", (*_ACTIONS, "status"), "lifespan")
    timeout_s = line.seconds("timeout")
    if action == "status":
        return explorer.lifespan
    act = getattr(explorer.lifespan, _ACTIONS[action])
    return act() if timeout_s is None else act(timeout=timeout_s)


COMMANDS = (_routes, _docs, _state, _tb, _lifespan)
