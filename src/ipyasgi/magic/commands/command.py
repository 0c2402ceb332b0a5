"""Subcommands as values: a name, a help text, and the public call that each makes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ...views.explorer import first_request
from ..attached_apps import AttachedApps
from ..grammar import Line, did_you_mean
from ..python_call import PythonCall, run
from ..tokenizer import GrammarError


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """
    One subcommand.

    :ivar usage: the words after the name, as in help
    :ivar python: builds its call from the explorer's `PythonCall`; raises `GrammarError` for invalid words
    :ivar example: the line that help shows as Python; by default the name alone
    :ivar options: the names of its options
    :ivar most: the maximum number of words; None for no limit
    :ivar takes_cell: whether it accepts text below its line
    :ivar run: runs it, if running the Python call is not enough
    """

    name: str
    usage: str = ""
    description: str
    python: Callable[[PythonCall, Line], PythonCall]
    example: str = ""
    options: tuple[str, ...] = ()
    most: int | None = None
    takes_cell: bool = False
    run: Callable[[AttachedApps, Line, PythonCall], Any] | None = None


def command(
    name: str, usage: str, description: str, **more: Any
) -> Callable[[Callable[[PythonCall, Line], PythonCall]], Command]:
    """Return a decorator that makes a `Command` of the function that builds its call; ``more`` are other fields."""
    return lambda python: Command(name=name, usage=usage, description=description, python=python, **more)


def run_named(apps: AttachedApps, line: Line, python: PythonCall, **more: object) -> Any:
    """Run a call as `run` does; raises `GrammarError` for a name that the explorer does not have."""
    explorer = apps.explorer()
    try:
        return run(python, explorer, **more)
    except IndexError:
        raise GrammarError(f"The history is empty. Send a request first: {first_request(explorer)}") from None
    except KeyError as exc:
        raise GrammarError(str(exc.args[0])) from None


def run_metered(apps: AttachedApps, line: Line, python: PythonCall, **more: object) -> Any:
    """Run a call with a progress display, which ``--as-python`` leaves out."""
    if "background" in line.options:
        return run_named(apps, line, python, **more)
    with apps.meter() as meter:
        return run_named(apps, line, python, on_progress=meter, **more)


def one_of(word: str, known: tuple[str, ...], command: str) -> str:
    """Return the word if it is known; raises with a suggestion if not."""
    if word not in known:
        near = did_you_mean(word, known)
        raise GrammarError(f"%asgi {command} takes one of {', '.join(known)}, not {word!r}.{near}")
    return word
