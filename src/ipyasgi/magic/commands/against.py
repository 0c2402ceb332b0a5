"""``--against NAME``: another explorer, by the name of an attached app or of a variable."""

from __future__ import annotations

from typing import Any

from ...explorer.explorer import Explorer
from ...formats.python_code import PythonCode
from ..attached_apps import AttachedApps, AttachOptions
from ..grammar import Line
from ..python_call import Argument, PythonCall, coded, write
from .apps import find_attached, write_explorer
from .command import run_metered


def run_against(apps: AttachedApps, line: Line, python: PythonCall) -> Any:
    """Run a call with a progress display, and with the explorer of the attached app that ``--against`` names."""
    if "against" not in line.options or _variable(line) is not None:
        return run_metered(apps, line, python)
    other = apps.attached[find_attached(apps, line.options["against"].fill())]
    apps.say(other.follow())
    return run_metered(apps, line, python, against=other.explorer)


def read_against(line: Line) -> Argument:
    """Return the explorer that ``--against`` names; of an attached app only its code, `run_against` gives the value."""
    if (variable := _variable(line)) is not None:
        return variable
    code = PythonCode()
    source = write(write_explorer(line.options["against"].fill(), AttachOptions()), code)
    return coded(None, source, *code.imports)


def _variable(line: Line) -> Argument | None:
    name = line.options["against"].fill()
    value = line.names.get(name)
    return coded(value, name) if isinstance(value, Explorer) else None
