"""Subcommands that send many requests to answer one question."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ...experiments.load import MOST_USERS
from ...experiments.timing import MOST_RUNS
from ...explorer.explorer import Explorer
from ...formats.python_code import PythonCode
from ..attached_apps import AttachedApps, AttachOptions
from ..grammar import Line
from ..python_call import Argument, PythonCall, coded, send, write
from ..request_line import read_request
from ..tokenizer import GrammarError
from .apps import known_app, write_explorer
from .command import Command, command, run_metered


def _run_time(apps: AttachedApps, line: Line, python: PythonCall) -> Any:
    if "against" not in line.options or _variable(line) is not None:
        return run_metered(apps, line, python)
    other = apps.attached[known_app(apps, line.options["against"].fill())]
    apps.say(other.follow())
    return run_metered(apps, line, python, against=other.explorer)


@command(
    "time",
    "METHOD /path [items]",
    "send a request many times, and show how long the app takes, alone or against another attached app",
    run=_run_time,
    example="time GET /items",
    options=("against", "runs", "form", "raw", "timeout", "background"),
    takes_cell=True,
)
def _time(explorer: PythonCall, line: Line) -> PythonCall:
    if not line.words:
        raise GrammarError("%asgi time needs a request, such as %asgi time GET /items.")
    spec, code = read_request(replace(line, head=line.words[0].text.fill().upper(), words=line.words[1:]))
    options = line.seconds(timeout="timeout")
    if "runs" in line.options:
        options["runs"] = _number("runs", line.options["runs"].fill(), MOST_RUNS)
    if "against" in line.options:
        options["against"] = _variable(line) or _attached(line)
    return send(explorer, spec, code, waits="background" not in line.options, verb="time", options=options)


def _variable(line: Line) -> Argument | None:
    """Return the explorer that ``--against`` names as a variable, None if it is not one."""
    name = line.options["against"].fill()
    value = line.names.get(name)
    return coded(value, name) if isinstance(value, Explorer) else None


def _attached(line: Line) -> Argument:
    """Return the code of an explorer of an attached app; its value is known when the command runs."""
    code = PythonCode()
    source = write(write_explorer(line.options["against"].fill(), AttachOptions()), code)
    return coded(None, source, *code.imports)


@command(
    "load",
    "[NAME | A-B | FILTER]",
    "send recorded requests from virtual users, and show throughput, latencies and what holds the event loop "
    "(default: the newest)",
    run=lambda apps, line, python: run_metered(apps, line, python),
    example="load r1",
    options=("users", "seconds", "timeout", "background"),
)
def _load(explorer: PythonCall, line: Line) -> PythonCall:
    which = line.tail() if line.words else explorer.history[-1]
    options = line.seconds(seconds="seconds", timeout="timeout")
    if "users" in line.options:
        numbers = line.options["users"].fill().split(",")
        options["users"] = tuple(_number("users", number.strip(), MOST_USERS) for number in numbers)
    load = explorer.begin_load if "background" in line.options else explorer.load
    return load(which, **options)


def _number(name: str, text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10 and 0 < int(text) <= most):
        raise GrammarError(f"Invalid value: --{name} {text}. Give a number from 1 to {most:,}.")
    return int(text)


COMMANDS: tuple[Command, ...] = (_time, _load)
