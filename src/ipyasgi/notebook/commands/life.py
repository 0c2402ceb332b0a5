"""The subcommand that starts, steps and stops the app's lifespan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..grammar import Parsed
from .command import Command, at_most, one_of

if TYPE_CHECKING:
    from ..magics import AsgiMagics

_ACTIONS = {"start": "startup", "step": "step", "stop": "shutdown", "restart": "restart"}


def lifespan(magics: AsgiMagics, parsed: Parsed) -> Any:
    """``%asgi lifespan [start|step|stop|restart|status]``."""
    at_most(parsed, 1)
    life = magics.explorer().lifespan
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
    ),
)
