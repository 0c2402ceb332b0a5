"""The subcommand that starts, steps and stops the app's lifespan."""

from __future__ import annotations

from typing import Any

from ..desk import Desk
from ..grammar import Parsed
from .command import Command, at_most, one_of

_ACTIONS = {"start": "startup", "step": "step", "stop": "shutdown", "restart": "restart"}


def lifespan(desk: Desk, parsed: Parsed) -> Any:
    """``%asgi lifespan [start|step|stop|restart|status]``."""
    at_most(parsed, 1)
    life = desk.explorer().lifespan
    action = one_of(parsed.words[0] if parsed.words else "status", (*_ACTIONS, "status"), "lifespan")
    if action == "status":
        return life
    return getattr(life, _ACTIONS[action])(parsed.timeout_s())


COMMANDS = (
    Command(
        name="lifespan",
        usage="[start|step|stop|restart|status] [--timeout SECONDS]",
        says="start, step or stop the app's lifespan",
        twin="explorer.lifespan.step()",
        run=lifespan,
        options=("timeout", "help"),
    ),
)
