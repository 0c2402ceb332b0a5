"""Subcommands that attach apps, switch among them and let them go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..grammar import GrammarError, Parsed, did_you_mean
from .command import Command, at_most

if TYPE_CHECKING:
    from ..magics import AsgiMagics


def attach(magics: AsgiMagics, parsed: Parsed) -> Any:
    """``%asgi attach EXPR``: attach even a variable that bears a subcommand's name."""
    at_most(parsed, 1)
    if not parsed.words:
        raise GrammarError("%asgi attach needs a variable or module:attr")
    return magics.attach(parsed.words[0], parsed.options)


def use(magics: AsgiMagics, parsed: Parsed) -> Any:
    """``%asgi use NAME``: make another attached app the current one."""
    at_most(parsed, 1)
    if parsed.words:
        magics.current = magics.attached[_known(magics, parsed.words[0])]
    return magics.explorer()


def detach(magics: AsgiMagics, parsed: Parsed) -> None:
    """``%asgi detach [NAME]``: shut an app down and forget it."""
    at_most(parsed, 1)
    if parsed.words:
        magics.detach(_known(magics, parsed.words[0]))
    elif magics.current is not None:
        magics.detach(magics.current.expression)
    else:
        raise GrammarError("no app is attached")


def _known(magics: AsgiMagics, name: str) -> str:
    if name not in magics.attached:
        held = ", ".join(magics.attached) or "none"
        raise GrammarError(f"{name!r} is not attached{did_you_mean(name, magics.attached)}; attached: {held}")
    return name


COMMANDS = (
    Command(
        name="attach",
        usage="EXPR [--factory] [--no-lifespan] [--no-follow] [--name NAME]",
        says="attach an app: a variable or module:attr",
        twin="Explorer(app)",
        run=attach,
    ),
    Command(name="use", usage="[NAME]", says="switch to another attached app", twin="explorer", run=use),
    Command(name="detach", usage="[NAME]", says="shut an app down and forget it", twin="explorer.close()", run=detach),
)
