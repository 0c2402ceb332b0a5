"""Subcommands that show something and change nothing."""

from __future__ import annotations

from typing import Any

from ..desk import Desk
from ..grammar import GrammarError, Parsed
from .command import Command, at_most


def routes(desk: Desk, parsed: Parsed) -> Any:
    """``%asgi routes``: what the app offers."""
    at_most(parsed, 0)
    return desk.explorer().routes


def state(desk: Desk, parsed: Parsed) -> Any:
    """``%asgi state``: what the app keeps."""
    at_most(parsed, 0)
    return desk.explorer().state


def history(desk: Desk, parsed: Parsed) -> Any:
    """``%asgi history``: the exchanges so far."""
    at_most(parsed, 0)
    return desk.explorer().history


def show(desk: Desk, parsed: Parsed) -> Any:
    """``%asgi show r7``: one exchange again; without a name the newest."""
    at_most(parsed, 1)
    kept = desk.explorer().history
    if not len(kept):
        raise GrammarError("the history is empty: send a request first, %asgi GET /")
    try:
        return kept[parsed.words[0]] if parsed.words else kept[-1]
    except KeyError as exc:
        raise GrammarError(str(exc.args[0])) from None


def tb(desk: Desk, parsed: Parsed) -> None:
    """``%asgi tb``: what the app raised last, with every frame."""
    at_most(parsed, 0)
    raised = desk.explorer().last_exception
    if raised is None:
        raise GrammarError("the app has raised nothing yet")
    desk.show_whole(raised)


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
    Command(name="tb", says="what the app raised last, with every frame", twin="explorer.last_exception", run=tb),
)
