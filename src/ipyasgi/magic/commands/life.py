"""The subcommand that starts, steps and stops the app's lifespan."""

from __future__ import annotations

from ..grammar import Line
from ..python_call import PythonCall
from .command import Command, one_of

_ACTIONS = {"start": "startup", "step": "step", "stop": "shutdown", "restart": "restart"}


def _lifespan(explorer: PythonCall, line: Line) -> PythonCall:
    words = line.at_most(1)
    action = one_of(words[0] if words else "status", (*_ACTIONS, "status"), "lifespan")
    timeout_s = line.seconds("timeout")
    if action == "status":
        return explorer.lifespan
    act = getattr(explorer.lifespan, _ACTIONS[action])
    return act() if timeout_s is None else act(timeout=timeout_s)


COMMANDS = (
    Command(
        name="lifespan",
        usage="[start|step|stop|restart|status]",
        description="start, step or stop the app's lifespan",
        python=_lifespan,
        example="lifespan step",
        options=("timeout",),
    ),
)
