"""Reads a line or cell of the magic as calls of commands, then runs them. All are read before the first is run."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from ..engine.pending import Pending
from ..explorer.app_file import is_file_name
from ..explorer.background import PendingExchanges
from ..formats.python_code import PythonCode
from ..history.exchange import Exchange, Exchanges
from ..records.redaction import Redactor
from ..records.requests import METHODS
from .attached_apps import AttachedApps
from .cells import CellRequest, split_cell
from .commands import SEND, Commands
from .commands.apps import write_explorer
from .commands.command import Command
from .grammar import Line, did_you_mean, parse_line
from .python_call import PythonCall, ShownText, run, uses_explorer, write
from .tokenizer import Evaluate, GrammarError, Text, Token

_SIGN_IN = "To sign in, run `%asgi login NAME` or `%asgi login --token {{token}}`."
_HTTPIE = "Write the method first, such as %asgi GET /items."
_ELSEWHERE = {
    **dict.fromkeys(("auth", "authorize", "signin", "token"), _SIGN_IN),
    **dict.fromkeys(("http", "https", "xh", "request"), _HTTPIE),
}
"""What to write instead of commands that other clients have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandCall:
    """A parsed line, its command, and the Python call that it makes ``repeats`` times."""

    line: Line
    command: Command
    python: PythonCall
    repeats: int | None


def read_calls(
    line: str,
    cell: str | None,
    evaluate: Evaluate,
    names: Mapping[str, Any],
    commands: Commands,
    app: str = "",
    redactor: Redactor = Redactor(),
    *,
    local_names: Mapping[str, Any] = MappingProxyType({}),
) -> list[CommandCall]:
    """
    Return the calls of a line or a cell, not run yet; ``app`` and ``redactor`` belong to the attached app.

    :param names: all variables that the line sees
    :param local_names: those of the function that the line is in
    """
    if cell is not None and _is_options(line, evaluate):
        parts = [CellRequest(line=f"{line} {part.line}", rest=part.rest) for part in split_cell("", cell)]
    else:
        parts = [CellRequest(line=line, rest=None)] if cell is None else split_cell(line, cell)
    lines = [parse_line(part.line, evaluate, part.rest) for part in parts]
    about: dict[str, Any] = {"app": app, "names": names, "local_names": local_names, "redactor": redactor}
    calls = [_read_call(dataclasses.replace(one, **about), commands) for one in lines]
    if cell is None:
        return calls
    for call in calls:
        if not call.command.takes_cell or (len(calls) > 1 and call.command is not SEND):
            head = call.line.head or "an empty line"
            raise GrammarError(f"%%asgi sends requests. Begin with a method and a path, not {head!r}.")
    return calls


def _read_call(line: Line, commands: Commands) -> CommandCall:
    if not line.head or "help" in line.options:
        about = line.head if line.head in commands or line.head in METHODS else ""
        line = dataclasses.replace(line, head="help", words=(_word(about),) if about else (), options={})
    if line.sends and line.head not in METHODS and line.head in line.names:
        raise GrammarError(f"{line.head} looks like a method. Run `%asgi attach {line.head}` to attach the variable.")
    if line.sends:
        command = SEND
    elif line.head in commands:
        command = commands[line.head]
    else:
        command, line = commands["attach"], _as_attach(line, commands)
    line.check(command.options, command.most)
    python = command.python(PythonCall(), line)
    return CommandCall(line=line, command=command, python=python, repeats=line.repeats)


def do(call: CommandCall, apps: AttachedApps) -> Any:
    """Run a call and return its value."""
    if call.command.run is not None:
        return call.command.run(apps, call.line, call.python)
    if call.repeats is None:
        return run(call.python, apps.explorer())
    return gather([run(call.python, apps.explorer()) for _ in range(call.repeats)])


def gather(values: list[Any]) -> Any:
    """Return several values as one: `Exchanges`, `PendingExchanges`, or a tuple."""
    if all(isinstance(value, Exchange) for value in values):
        return Exchanges(values)
    if all(isinstance(value, Pending) for value in values):
        return PendingExchanges(values)
    return tuple(values)


def write_calls(calls: list[CommandCall], apps: AttachedApps) -> ShownText:
    """Return the equivalent Python with its imports; it creates the explorer if no variable holds it."""
    name = _variable_of(apps)
    code = PythonCode()
    lines: list[str] = []
    needs_explorer = any(call.command.name != "attach" and uses_explorer(call.python) for call in calls)
    if needs_explorer and not name and apps.current is not None:
        expression = apps.current.expression
        lines.append(write(write_explorer(expression, apps.options[expression]), code, prefix="explorer = "))
    for call in calls:
        assigned = call.line.assign or ("explorer" if call.command.name == "attach" else "")
        prefix, end = f"{assigned} = " if assigned else "", ""
        if call.repeats is not None:
            kind = "PendingExchanges" if "background" in call.line.options else "Exchanges"
            code.imports.add(f"from ipyasgi{'.explorer' if kind == 'PendingExchanges' else ''} import {kind}")
            prefix, end = f"{prefix}{kind}(", f" for _ in range({call.repeats}))"
        lines.append(write(call.python, code, name or "explorer", prefix) + end)
    return ShownText("\n".join([*code.head(), *lines]))


def _variable_of(apps: AttachedApps) -> str:
    """Return the user's variable that holds the current explorer, or an empty string."""
    if apps.current is None:
        return ""
    explorer = apps.current.explorer
    names = (name for name, value in list(apps.namespace.items()) if value is explorer and not name.startswith("_"))
    return min(names, key=lambda name: (name != "explorer", name), default="")


def _is_options(line: str, evaluate: Evaluate) -> bool:
    """Return whether only options follow ``%%asgi``: they apply to every part."""
    return line.lstrip().startswith("--") and not parse_line(line, evaluate).head


def _as_attach(line: Line, commands: Commands) -> Line:
    """Return the line with ``attach`` before an app; raises for a probable typo."""
    is_file = is_file_name(line.head)
    if line.head.startswith(("http://", "https://")) or (line.head.startswith("/") and not is_file):
        raise GrammarError(f"{line.head!r} is a path without a method. Write %asgi GET {line.head}.")
    if line.head in _ELSEWHERE and line.head not in line.names:
        raise GrammarError(f"Unknown command {line.head!r}. {_ELSEWHERE[line.head]}")
    near = did_you_mean(line.head, (*commands, *METHODS))
    if line.words:
        raise GrammarError(f"Unknown command {line.head!r}.{near or ' `%asgi help` lists all commands.'}")
    if near and not is_file and ":" not in line.head and line.head.split(".")[0] not in line.names:
        raise GrammarError(f"Unknown command or variable {line.head!r}.{near}")
    return dataclasses.replace(line, head="attach", words=(_word(line.head),))


def _word(text: str) -> Token:
    return Token(text=Text.of(text), source=text, start=0)
