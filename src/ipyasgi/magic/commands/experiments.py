"""Subcommands that send many requests to answer one question."""

from __future__ import annotations

from ..grammar import Line
from ..python_call import PythonCall
from .command import Command, command


@command("coverage", "", "list which operations were tried, and which documented responses were seen", most=0)
def _coverage(explorer: PythonCall, line: Line) -> PythonCall:
    return explorer.coverage()


COMMANDS: tuple[Command, ...] = (_coverage,)
