"""``%asgi help``, generated from the tables of subcommands and options."""

from __future__ import annotations

from collections.abc import Mapping

from ...explorer.explorer import Explorer
from ...formats.python_code import PythonCode
from ...records.requests import METHODS
from ..attached_apps import AttachedApps
from ..grammar import ANYWHERE, OPTIONS, Line, did_you_mean, parse_line
from ..python_call import PythonCall, ShownText, coded, imported, write
from ..tokenizer import GrammarError
from .command import Command, command

_FIELD = 34
_ITEMS = """\
    name=value    JSON field, a text          name:=json     JSON field, any JSON
    name==value   query parameter             Header:value   request header
    field@path    file upload                 @path          send the file as the body
    name=@path    text of the file (also :=@, ==@, :@)       {{expr}}   Python value, anywhere
    /items/{item_id} item_id=7                fill a parameter of the path"""
_CELL = """\
%%asgi METHOD /path               send a request with headers, an empty line and a body below; ### separates requests
name << ...                       assign the value to a variable; ... & does not wait; ... ; does not show it"""


def usage(commands: Mapping[str, Command], send: Command, about: str = "") -> ShownText:
    """Return the help for everything, for a method, or for one subcommand; raises `GrammarError` for other words."""
    if about in METHODS:
        lines = [_head(send).replace("METHOD", about), _ITEMS, *_options(send.options), _python_of(send)]
    elif about:
        found = commands.get(about)
        if found is None:
            raise GrammarError(f"Unknown command {about!r}.{did_you_mean(about, (*commands, *METHODS))}")
        lines = [_head(found), f"    {found.description}", *_options(found.options), _python_of(found)]
    else:
        lines = [
            f"{'%asgi app':<{_FIELD}}attach an app (a variable, dotted or not, or module:attr) and start its lifespan",
            _entry(send),
            _ITEMS,
            *_options(send.options),
            _CELL,
            *map(_entry, commands.values()),
            "On every line:",
            *_options(ANYWHERE),
        ]
    return ShownText("\n".join(lines))


def build_help(commands: Mapping[str, Command], send: Command) -> Command:
    """Return the subcommand that shows help."""

    def run(apps: AttachedApps, line: Line, python: PythonCall) -> ShownText:
        return usage(commands, send, *line.texts())

    @command("help", "[COMMAND]", "show help for all commands, or for one", run=run, most=1)
    def build(explorer: PythonCall, line: Line) -> PythonCall:
        return PythonCall(coded(help, "help"))(imported(Explorer))

    return build


def _entry(command: Command) -> str:
    head = _head(command)
    head = f"{head:<{_FIELD}}" if len(head) < _FIELD else f"{head}\n{'':<{_FIELD}}"
    return head + command.description


def _head(command: Command) -> str:
    return f"%asgi {command.name} {command.usage}".rstrip()


def _options(names: tuple[str, ...]) -> list[str]:
    return [f"    {OPTIONS[name].usage:<{_FIELD - 4}}{OPTIONS[name].description}" for name in names]


def _python_of(command: Command) -> str:
    example = command.example or command.name
    python = command.python(PythonCall(), parse_line(example, str, body=""))  # no example has {{expr}}
    return f"    in Python, %asgi {example}:  {write(python, PythonCode())}"
