"""What a magic is about to do: a line, the command that it is, and the one call it makes. Read whole, then done."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..engine.pending import Pending
from ..explorer.background import PendingExchanges
from ..formats.python_code import PythonCode
from ..history.exchange import Exchange, Exchanges
from ..records.redaction import Redactor
from ..records.requests import METHODS
from .attached_apps import AttachedApps
from .cells import CellRequest, split_cell
from .commands import ATTACH, SEND, Command, Commands
from .commands.apps import write_explorer
from .grammar import Line, did_you_mean, parse_line
from .python_call import PythonCall, ShownCode, run, uses_explorer, write
from .tokenizer import Evaluate, GrammarError, Text, Token


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandCall:
    """
    One line, understood.

    :ivar line: its parts
    :ivar command: what it is
    :ivar python: the Python call
    """

    line: Line
    command: Command
    python: PythonCall

    @property
    def repeats(self) -> int | None:
        """How many times it is to be done, None where that is not said."""
        return self.line.count("repeat") if "repeat" in self.line.options else None


def read_calls(
    line: str,
    cell: str | None,
    evaluate: Evaluate,
    names: Mapping[str, Any],
    commands: Commands,
    app: str = "",
    redactor: Redactor = Redactor(),
) -> list[CommandCall]:
    """
    Return what a line, or the parts of a cell, are about to do. Nothing has been done when this raises.

    :param names: the user's variables
    :param commands: the subcommands of this shell
    :param app: the expression of the app that is attached, or empty
    :param redactor: of that app
    """
    if cell is not None and _is_options(line, evaluate):
        parts = [CellRequest(line=f"{part.line} {line}", rest=part.rest) for part in split_cell("", cell)]
    else:
        parts = [CellRequest(line=line, rest=None)] if cell is None else split_cell(line, cell)
    lines = [parse_line(part.line, evaluate, part.rest) for part in parts]
    calls = [read_call(dataclasses.replace(one, app=app, names=names, redactor=redactor), commands) for one in lines]
    if cell is None:
        return calls
    for call in calls:
        if not call.command.takes_cell or (len(calls) > 1 and call.command is not SEND):
            head = call.line.head or "an empty line"
            raise GrammarError(f"%%asgi sends requests: begin with a method and a path, not {head!r}")
    return calls


def read_call(line: Line, commands: Commands) -> CommandCall:
    """Return what one line is about to do; raises `GrammarError`."""
    if not line.head or "help" in line.options:
        about = line.head if line.head in commands or line.head in METHODS else ""
        line = dataclasses.replace(line, head="help", words=(_word(about),) if about else (), options={})
    if line.sends and line.head not in METHODS and line.head in line.names:
        raise GrammarError(f"{line.head} looks like a method: to attach the variable write %asgi attach {line.head}")
    if line.sends:
        command = SEND
    elif line.head in commands:
        command = commands[line.head]
    else:
        command, line = ATTACH, _as_attach(line, commands)
    line.allow(command.options)
    call = CommandCall(line=line, command=command, python=command.python(PythonCall(), line))
    if call.repeats is not None and line.head == "attach":
        raise GrammarError("--repeat goes with requests")
    return call


def do(call: CommandCall, apps: AttachedApps) -> Any:
    """Do what a call says and return its value."""
    if call.command.run is not None:
        return call.command.run(apps, call.line, call.python)
    if call.repeats is None:
        return run(call.python, apps.explorer())
    return gather([run(call.python, apps.explorer()) for _ in range(call.repeats)])


def gather(values: list[Any]) -> Any:
    """Return several values as one that shows itself: exchanges, handles, or whatever they are."""
    if all(isinstance(value, Exchange) for value in values):
        return Exchanges(values)
    if all(isinstance(value, Pending) for value in values):
        return PendingExchanges(values)
    return tuple(values)


def write_calls(calls: list[CommandCall], apps: AttachedApps) -> ShownCode:
    """Return the Python that does the same, with its imports; what it begins with makes the explorer, if need be."""
    name = _variable_of(apps)
    code = PythonCode()
    lines: list[str] = []
    needs_explorer = any(call.command is not ATTACH and uses_explorer(call.python) for call in calls)
    if needs_explorer and not name and apps.current is not None:
        expression = apps.current.expression
        maker = write_explorer(expression, apps.options_of(expression))
        lines.append(write(maker, code, prefix="explorer = "))
    for call in calls:
        assigned = call.line.assign or ("explorer" if call.command is ATTACH else "")
        prefix, end = f"{assigned} = " if assigned else "", ""
        if call.repeats is not None:
            kind = "PendingExchanges" if "background" in call.line.options else "Exchanges"
            code.imports.add(f"from ipyasgi{'.explorer' if kind == 'PendingExchanges' else ''} import {kind}")
            prefix, end = f"{prefix}{kind}(", f" for _ in range({call.repeats}))"
        lines.append(write(call.python, code, name or "explorer", prefix) + end)
    return ShownCode("\n".join([*code.head(), *lines]))


def _variable_of(apps: AttachedApps) -> str:
    """Return the user's variable that holds the current explorer, or nothing."""
    if apps.current is None:
        return ""
    explorer = apps.current.explorer
    names = (name for name, value in list(apps.namespace.items()) if value is explorer and not name.startswith("_"))
    return min(names, key=lambda name: (name != "explorer", name), default="")


def _is_options(line: str, evaluate: Evaluate) -> bool:
    """Tell whether what stands after ``%%asgi`` are options alone, which are every part's."""
    return line.lstrip().startswith("--") and not parse_line(line, evaluate).head


def _as_attach(line: Line, commands: Commands) -> Line:
    """Return the line with ``attach`` before an app that stands alone; raises for what is more likely a typo."""
    known = (*commands, *METHODS)
    if line.head.startswith("/") or line.head.startswith(("http://", "https://")):
        raise GrammarError(f"{line.head!r} is a path without a method: write %asgi GET {line.head}")
    near = did_you_mean(line.head, known)
    if line.words:
        raise GrammarError(f"{line.head!r} is neither a method nor a subcommand{near}; %asgi help")
    if near and ":" not in line.head and line.head.split(".")[0] not in line.names:
        raise GrammarError(f"{line.head!r} is not a subcommand, method or variable{near}")
    return dataclasses.replace(line, head="attach", words=(_word(line.head),))


def _word(text: str) -> Token:
    return Token(text=Text.of(text), source=text, start=0, end=len(text))
