"""``%asgi help``: written from the table of subcommands and the grammar, so that it cannot say what is not so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..desk import Desk
from ..grammar import METHODS, GrammarError, Parsed, did_you_mean
from .command import Command, at_most

_SENDING = """\
%asgi METHOD /path [items]       send a request; the value of the line is the Exchange
    name=value    JSON field, a text          name:=json     JSON field, any JSON
    name==value   query parameter             Header:value   request header
    {{expr}}      a Python value, anywhere    --form         send the fields as a form
    --timeout SECONDS                         name << ...    keep the Exchange under a name
%%asgi METHOD /path              the same with headers, an empty line and a body below; ### begins the next"""


@dataclass(frozen=True, slots=True)
class Usage:
    """A text that shows itself as it is."""

    text: str

    def __repr__(self) -> str:
        return self.text


def usage(commands: Mapping[str, Command], about: str = "") -> Usage:
    """Return the help for everything, for a method, or for one subcommand; raises `GrammarError` for no such word."""
    if about in METHODS:
        return Usage(_SENDING)
    if about:
        command = commands.get(about)
        if command is None:
            raise GrammarError(f"there is no subcommand {about!r}{did_you_mean(about, (*commands, *METHODS))}")
        return Usage(f"{_head(command)}\n    {command.says}\n    in Python: {command.twin}")
    lines = [
        "%asgi app                        attach an app: a variable or module:attr; start its lifespan",
        *_SENDING.splitlines(),
        *(f"{_head(command):<33}{command.says}" for command in commands.values()),
    ]
    return Usage("\n".join(lines))


def build_help(commands: Mapping[str, Command]) -> Command:
    """Return the subcommand that explains the others."""

    def run(desk: Desk, parsed: Parsed) -> Any:
        at_most(parsed, 1)
        return usage(commands, parsed.words[0] if parsed.words else "")

    return Command(name="help", usage="[WORD]", says="this, or more about one word", twin="help(Explorer)", run=run)


def _head(command: Command) -> str:
    words = command.usage.partition(" [--")[0]
    return f"%asgi {command.name} {words}".rstrip()
