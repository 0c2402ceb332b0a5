"""``%asgi help``: written from the table of subcommands and that of options, so that it cannot say what is not so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...explorer.explorer import Explorer
from ...formats.python_code import PythonCode
from ...records.requests import METHODS
from ..attached_apps import AttachedApps
from ..grammar import ANYWHERE, OPTIONS, Line, did_you_mean, parse_line
from ..python_call import PythonCall, ShownText, coded, imported, write
from ..tokenizer import GrammarError
from .command import Command

_FIELD = 34
_ITEMS = """\
    name=value    JSON field, a text          name:=json     JSON field, any JSON
    name==value   query parameter             Header:value   request header
    field@path    file                        @path          the whole body is that file
    name=@path    the file's text (also :=@, ==@, :@)        {{expr}}   a Python value, anywhere
    /items/{item_id} item_id=7                fills the path"""
_CELL = """\
%%asgi METHOD /path              the same with headers, an empty line and a body below; ### begins the next request
name << ...                      keep the value under a name; ... & does not wait for it; ... ; does not show it"""


def usage(commands: Mapping[str, Command], send: Command, about: str = "") -> ShownText:
    """Return the help for everything, for a method, or for one subcommand; raises `GrammarError` for no such word."""
    if about in METHODS:
        return ShownText(
            "\n".join([_head(send).replace("METHOD", about), _ITEMS, *_options(send.options), _python_of(send)])
        )
    if about:
        command = commands.get(about)
        if command is None:
            raise GrammarError(f"there is no subcommand {about!r}{did_you_mean(about, (*commands, *METHODS))}")
        return ShownText(
            "\n".join([_head(command), f"    {command.description}", *_options(command.options), _python_of(command)])
        )
    lines = [
        f"{'%asgi app':<{_FIELD}}attach an app: a variable, dotted or not, or module:attr; start its lifespan",
        _entry(send),
        _ITEMS,
        *_options(send.options),
        *_CELL.split("\n"),
        *map(_entry, commands.values()),
        "On every line:",
        *_options(ANYWHERE),
    ]
    return ShownText("\n".join(lines))


def build_help(commands: Mapping[str, Command], send: Command) -> Command:
    """Return the subcommand that explains the others."""

    def run(apps: AttachedApps, line: Line, python: PythonCall) -> Any:
        words = line.at_most(1)
        return usage(commands, send, words[0] if words else "")

    def python(explorer: PythonCall, line: Line) -> PythonCall:
        line.at_most(1)
        return PythonCall(coded(help, "help"))(imported(Explorer, "Explorer"))

    return Command(name="help", usage="[WORD]", description="this, or more about one word", python=python, run=run)


def _entry(command: Command) -> str:
    head = _head(command)
    return (
        f"{head:<{_FIELD}}{command.description}"
        if len(head) < _FIELD
        else f"{head}\n{'':<{_FIELD}}{command.description}"
    )


def _head(command: Command) -> str:
    return f"%asgi {command.name} {command.usage}".rstrip()


def _options(names: tuple[str, ...]) -> list[str]:
    return [f"    {OPTIONS[name].usage:<{_FIELD - 4}}{OPTIONS[name].description}" for name in names]


def _python_of(command: Command) -> str:
    example = command.example or command.name
    python = command.python(PythonCall(), parse_line(example, _no_value, body=""))
    return f"    in Python, %asgi {example}:  {write(python, PythonCode())}"


def _no_value(expression: str) -> Any:
    raise GrammarError(f"{expression} has no value in help")
