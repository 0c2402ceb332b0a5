"""The words of a command that sends, as `OneShot`: the app, how it is opened, and the request or file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..explorer.app_file import is_file_name
from ..magic.grammar import OPTIONS, Line, Option, did_you_mean, parse_words
from ..magic.request_line import SENDING_OPTIONS
from ..magic.tokenizer import GrammarError
from ..records.requests import METHODS

_OPENING = ("factory", "no-lifespan", "base-url")
_NOT_HERE = ("background", "repeat", "pdb")
_OWN = (
    Option("json", "", "print the whole exchange as JSON"),
    Option("text", "", "print the display, also into a pipe"),
    Option("env", "FILE", "read environment variables from a .env file before the app is imported"),
    Option("sample", "NAME", "send to a bundled sample app"),
    Option("help", "", "show this help"),
)
_HERE = (
    Option("timeout", "SECONDS", "wait so long for the response, into a pipe for each part of it (default: 30)"),
    Option("base-url", "URL", "send as this host (default: http://localhost:8000)"),
    Option("factory", "", "APP is a function that returns the app"),
)
"""Options of the language, as they are described here."""
_VIEWS = ("json", "text", "headers")

SHELL_OPTIONS: dict[str, Option] = {
    option.name: option
    for option in (*_OWN, *(OPTIONS[name] for name in (*SENDING_OPTIONS, *_OPENING) if name not in _NOT_HERE), *_HERE)
}
"""The options of a command that sends, by name."""

_IN_RUN = ("json", "text", "headers", "timeout", "show-secrets", "trace", *_OPENING, "env", "sample", "help")
_COMMAND_ONLY = ("lab", "fresh", "no-solutions", "version")

USAGE = """\
usage: ipyasgi APP METHOD PATH [ITEM ...] [OPTION ...]
       ipyasgi APP run FILE [OPTION ...]

Send one request to an ASGI app, or the requests of a .http file, a HAR archive or cURL commands (- reads stdin).

items:
  name=text           a field of the body: JSON, or a form's with --form
  name:=json          a field with any JSON value
  name==text          a query parameter
  Name:text           a request header
  name@path, @path    a file in a form, a file that is the whole body
  '{"name": "Foo"}'   the whole body

Into a pipe goes the body alone, as it comes; a terminal shows what happened. POST, PUT and PATCH without a body read
it from stdin, if that is a pipe or a file. The exit status is 0 below 400, 4 or 5 for the response's class, 70 if the
app raised, did not start or did not answer in time, 2 for a wrong command, 130 after Ctrl-C.

options:
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OneShot:
    """
    A command that sends.

    :ivar app: the expression of the app; empty with ``--sample``
    :ivar line: its method, or ``run``, and the words after it
    """

    app: str
    line: Line

    def option(self, name: str) -> str | None:
        """Return the value of an option, empty for a flag; None without it."""
        value = self.line.options.get(name)
        return None if value is None else value.fill()

    @property
    def view(self) -> str:
        """``json``, ``text``, ``headers``, or empty for what fits the output."""
        return next((name for name in _VIEWS if name in self.line.options), "")


def is_one_shot(words: Sequence[str]) -> bool:
    """Return whether the arguments of the command send something: whether a word follows the app."""
    plain = [word for word in _without_options(words) if word != "--"]
    if any(word == "--sample" or word.startswith("--sample=") for word in words):
        first = plain[0] if plain else ""
        is_head = first.upper() in METHODS or first == "run" or first.startswith("/")
        return is_head or (len(plain) > 1 and not first.startswith("-"))
    return len(plain) > 1 and not any(word.startswith("-") for word in plain[:2])


def _without_options(words: Sequence[str]) -> list[str]:
    plain, rest = [], iter(words)
    for word in rest:
        name, equals, _ = word.removeprefix("--").partition("=")
        if not word.startswith("--") or word == "--":
            plain.append(word)
        elif not equals and name in SHELL_OPTIONS and SHELL_OPTIONS[name].value:
            next(rest, None)
    return plain


def read_one_shot(words: Sequence[str]) -> OneShot:
    """Return the command of these arguments; raises `GrammarError`."""
    for name in _COMMAND_ONLY:
        if f"--{name}" in words:
            raise GrammarError(f"--{name} opens something, and a request is sent once. Remove one of them.")
    line = parse_words(words, SHELL_OPTIONS)
    app = line.head
    if "sample" not in line.options:
        line = _take_method(line)
    else:
        app = ""
    shot = OneShot(app=app, line=line)
    if "help" in line.options:
        return shot
    if line.head == "run":
        _check_run(line)
    elif line.head not in METHODS:
        raise GrammarError(_hint(app, line.head))
    given = [f"--{name}" for name in _VIEWS if name in line.options]
    if len(given) > 1:
        raise GrammarError(f"{given[0]} and {given[1]} are different outputs. Remove one of them.")
    return shot


def _take_method(line: Line) -> Line:
    """Return the line with the word after the app as its head."""
    head = line.words[0].text.fill()
    is_method = head.upper() in METHODS
    return replace(line, head=head.upper() if is_method else head, words=line.words[1:])


def _check_run(line: Line) -> None:
    for name in line.options:
        if name not in _IN_RUN:
            raise GrammarError(f"run takes no --{name}. Its options: {', '.join(f'--{one}' for one in _IN_RUN)}.")
    if len(line.words) != 1:
        raise GrammarError("run takes one file: ipyasgi APP run requests.http")


def _hint(app: str, head: str) -> str:
    given = app or "--sample NAME"
    if head.startswith(("/", "http://", "https://")) and not is_file_name(head):
        return f"{head!r} is a path without a method. Write ipyasgi {given} GET {head}."
    near = did_you_mean(head, (*METHODS, "run"))
    return f"{head!r} is neither a method nor `run`.{near} Write ipyasgi {given} GET /path."


def usage() -> str:
    """Return the help of a command that sends."""
    width = max(len(option.usage) for option in SHELL_OPTIONS.values())
    return USAGE + "\n".join(f"  {one.usage:{width}}  {one.description}" for one in SHELL_OPTIONS.values())
