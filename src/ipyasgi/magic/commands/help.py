"""``%asgi help``, generated from the tables of subcommands and options: in groups, as a whole, or about a word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...explorer.explorer import Explorer
from ...formats.python_code import PythonCode
from ...records.requests import METHODS
from ...records.settings import Settings
from ...shown import Shown
from ...views.view import View, build_view, shows
from ..attached_apps import AttachedApps
from ..grammar import ANYWHERE, OPTIONS, Line, did_you_mean, parse_line
from ..python_call import HelpText, PythonCall, coded, imported, write
from ..tokenizer import GrammarError
from .command import Command, command

_FIELD = 34
_ITEMS = """\
    name=value    JSON field, a text          name:=json     JSON field, any JSON
    name==value   query parameter             Header:value   request header
    field@path    file upload                 @path          send the file as the body
    name=@path    text of the file (also :=@, ==@, :@)       {{expr}}   Python value, anywhere
    {"name": "Foo"}                           JSON, the whole body
    /items/{item_id} item_id=7                fill a parameter of the path"""
_CELL = """\
%%asgi METHOD /path               send a request with headers, an empty line and a body below; ### separates requests
name << ...                       assign the value to a variable; ... & does not wait; ... ; does not show it"""
_MORE = "`%asgi help all` shows everything, `%asgi help WORD` one command, or what contains WORD."


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Subcommands for one purpose, with an example that can be copied."""

    name: str
    about: str
    example: str
    commands: tuple[str, ...]


GROUPS = (
    Group(name="Start", about="attach an app", example="%asgi app", commands=("attach", "panel", "help")),
    Group(
        name="Send",
        about="send a request",
        example="%asgi POST /items name=Foo price:=3.5",
        commands=("METHOD", "curl", "ws", "import", "headers", "cookies", "login", "logout", "override"),
    ),
    Group(
        name="Look",
        about="show what was recorded, and the app",
        example="%asgi history status:2xx",
        commands=("history", "show", "diff", "routes", "middleware", "docs", "state", "tb"),
    ),
    Group(
        name="Again",
        about="resend, compare, export, save",
        example="%asgi recheck method:GET",
        commands=("replay", "recheck", "export", "save", "restore"),
    ),
    Group(
        name="Many",
        about="many requests, one question",
        example="%asgi time GET /items",
        commands=("time", "load", "fuzz", "shrink", "coverage"),
    ),
    Group(
        name="App",
        about="restart, switch, configure",
        example="%asgi lifespan restart",
        commands=("lifespan", "use", "detach", "config"),
    ),
)
"""The groups of ``%asgi help``; each subcommand is in one of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupShown:
    """
    A group with its subcommands.

    :ivar rows: pairs of a line and its description
    :ivar notes: lines about items, options and cells, or empty
    """

    name: str
    about: str
    example: str
    commands: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]
    notes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class HelpPage(Shown):
    """The subcommands in groups."""

    groups: tuple[GroupShown, ...]

    def __repr__(self) -> str:
        return f"<HelpPage: {', '.join(group.name for group in self.groups)}>"


def _help_data(page: HelpPage, settings: Settings) -> dict[str, Any]:
    return {
        "groups": [
            {
                "name": group.name,
                "about": group.about,
                "example": group.example,
                "commands": [{"line": head, "description": description} for head, description in group.rows],
            }
            for group in page.groups
        ]
    }


@shows(HelpPage, _help_data)
def view_help(page: HelpPage, settings: Settings) -> View:
    """Return the view of the help: two lines for each group; in HTML each can be expanded."""
    lines = []
    for group in page.groups:
        lines += [f"{group.name:<7}{group.about:<37}{group.example}", f"{'':<7}{', '.join(group.commands)}"]
    return build_view("\n".join([*lines, _MORE]), "help.html", groups=page.groups)


def build_page(commands: Mapping[str, Command], send: Command) -> HelpPage:
    """Return the subcommands in groups."""
    every = {**commands, send.name: send}
    return HelpPage(groups=tuple(_shown(group, every) for group in GROUPS))


def _shown(group: Group, commands: Mapping[str, Command]) -> GroupShown:
    names = tuple(name for name in group.commands if name in commands)
    sends = next((commands[name] for name in names if commands[name].name == "METHOD"), None)
    return GroupShown(
        name=group.name,
        about=group.about,
        example=group.example,
        commands=names,
        rows=tuple((_head(commands[name]), commands[name].description) for name in names),
        notes="\n".join([_ITEMS, *_options(sends.options), _CELL]) if sends is not None else "",
    )


def usage(commands: Mapping[str, Command], send: Command, about: str = "all") -> HelpText:
    """
    Return the help for everything, for a method, for one subcommand, or the lines that contain a word.

    Raises `GrammarError` for a word that is in none of them.
    """
    if about.lower() in commands:
        found = commands[about.lower()]
        lines = [_head(found), f"    {found.description}", *_options(found.options), _python_of(found)]
    elif about.upper() in METHODS:
        lines = [_head(send).replace("METHOD", about.upper()), _ITEMS, *_options(send.options), _python_of(send)]
    elif about == "all":
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
    else:
        lines = list(_find(commands, send, about))
    if not lines:
        raise GrammarError(f"No help about {about!r}.{did_you_mean(about, (*commands, *METHODS, *OPTIONS))}")
    return HelpText("\n".join(lines))


def _find(commands: Mapping[str, Command], send: Command, word: str) -> Iterator[str]:
    """Yield the entries of subcommands, items, cells and options that contain a word."""
    entries = [_entry(send), *_ITEMS.split("\n"), *_CELL.split("\n"), *map(_entry, commands.values())]
    yield from (entry for entry in (*entries, *_options(tuple(OPTIONS))) if word.casefold() in entry.casefold())


def build_help(commands: Mapping[str, Command], send: Command) -> Command:
    """Return the subcommand that shows help."""

    def run(apps: AttachedApps, line: Line, python: PythonCall) -> HelpPage | HelpText:
        return usage(commands, send, *line.texts()) if line.words else build_page(commands, send)

    @command(
        "help",
        "[all | WORD]",
        "show the commands in groups, everything, one command, or what contains WORD",
        run=run,
        most=1,
    )
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
