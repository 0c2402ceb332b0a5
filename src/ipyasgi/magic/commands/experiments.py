"""Subcommands that send many requests to answer one question."""

from __future__ import annotations

from dataclasses import replace

from ...experiments.load import MOST_USERS
from ...experiments.timing import MOST_RUNS
from ..grammar import Line
from ..python_call import PythonCall, send
from ..request_line import read_request
from ..tokenizer import GrammarError
from .against import read_against, run_against
from .command import Command, command, run_metered


@command(
    "time",
    "METHOD /path [items]",
    "send a request many times, and show how long the app takes, alone or against another attached app",
    run=run_against,
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
        options["against"] = read_against(line)
    return send(explorer, spec, code, waits="background" not in line.options, verb="time", options=options)


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


@command("coverage", "", "list which operations were tried, and which documented responses were seen", most=0)
def _coverage(explorer: PythonCall, line: Line) -> PythonCall:
    return explorer.coverage()


COMMANDS: tuple[Command, ...] = (_time, _load, _coverage)
