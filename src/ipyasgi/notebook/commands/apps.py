"""Subcommands that attach apps, switch among them and let them go."""

from __future__ import annotations

from typing import Any

from ..desk import Desk
from ..grammar import ATTACHING_OPTIONS, GrammarError, Parsed, did_you_mean
from .command import Command, at_most


def attach(desk: Desk, parsed: Parsed) -> Any:
    """``%asgi attach EXPR``: attach even a variable that bears a subcommand's name."""
    at_most(parsed, 1)
    if not parsed.words:
        raise GrammarError("%asgi attach needs a variable or module:attr")
    return desk.attach(parsed.words[0], parsed.options)


def use(desk: Desk, parsed: Parsed) -> Any:
    """``%asgi use NAME``: make another attached app the current one."""
    at_most(parsed, 1)
    if parsed.words:
        desk.current = desk.attached[_known(desk, parsed.words[0])]
    return desk.explorer()


def detach(desk: Desk, parsed: Parsed) -> None:
    """``%asgi detach [NAME]``: shut an app down and forget it."""
    at_most(parsed, 1)
    if parsed.words:
        desk.detach(_known(desk, parsed.words[0]))
    elif desk.current is not None:
        desk.detach(desk.current.expression)
    else:
        raise GrammarError("no app is attached")


def _known(desk: Desk, name: str) -> str:
    if name not in desk.attached:
        held = ", ".join(desk.attached) or "none"
        raise GrammarError(f"{name!r} is not attached{did_you_mean(name, desk.attached)}; attached: {held}")
    return name


COMMANDS = (
    Command(
        name="attach",
        usage="EXPR [--factory] [--no-lifespan] [--no-follow] [--name NAME]",
        says="attach an app: a variable or module:attr",
        twin="Explorer(app)",
        run=attach,
        options=ATTACHING_OPTIONS,
    ),
    Command(name="use", usage="[NAME]", says="switch to another attached app", twin="explorer", run=use),
    Command(name="detach", usage="[NAME]", says="shut an app down and forget it", twin="explorer.close()", run=detach),
)
