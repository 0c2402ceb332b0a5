"""Subcommands that show something and change nothing."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from ..grammar import GrammarError, Parsed
from .command import Command, at_most

if TYPE_CHECKING:
    from ..magics import AsgiMagics


def routes(magics: AsgiMagics, parsed: Parsed) -> Any:
    """``%asgi routes``: what the app offers."""
    at_most(parsed, 0)
    return magics.explorer().routes


def state(magics: AsgiMagics, parsed: Parsed) -> Any:
    """``%asgi state``: what the app keeps."""
    at_most(parsed, 0)
    return magics.explorer().state


def history(magics: AsgiMagics, parsed: Parsed) -> Any:
    """``%asgi history``: the exchanges so far."""
    at_most(parsed, 0)
    return magics.explorer().history


def show(magics: AsgiMagics, parsed: Parsed) -> Any:
    """``%asgi show r7``: one exchange again; without a name the newest."""
    at_most(parsed, 1)
    kept = magics.explorer().history
    if not len(kept):
        raise GrammarError("the history is empty: send a request first, %asgi GET /")
    try:
        return kept[parsed.words[0]] if parsed.words else kept[-1]
    except KeyError as exc:
        raise GrammarError(str(exc.args[0])) from None


def tb(magics: AsgiMagics, parsed: Parsed) -> None:
    """``%asgi tb``: the last exception with every frame."""
    at_most(parsed, 0)
    raised = getattr(sys, "last_value", None)
    if raised is None:
        raise GrammarError("nothing has been raised yet")
    vars(raised).pop("_render_traceback_", None)
    magics.shell.showtraceback((type(raised), raised, raised.__traceback__))


COMMANDS = (
    Command(name="routes", says="what the app offers", twin="explorer.routes", run=routes),
    Command(name="state", says="app.state and the lifespan state", twin="explorer.state", run=state),
    Command(name="history", says="the exchanges so far", twin="explorer.history", run=history),
    Command(
        name="show",
        usage="[NAME]",
        says="one exchange again, the newest by default",
        twin='explorer.history["r1"]',
        run=show,
    ),
    Command(name="tb", says="the last exception with every frame", twin="%tb", run=tb),
)
