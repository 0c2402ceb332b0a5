"""What a subcommand is: a name, its words of use, and the one public call that it makes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..attached_apps import AttachedApps
from ..grammar import Line, did_you_mean
from ..python_call import PythonCall, run
from ..tokenizer import GrammarError


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """
    One subcommand.

    :ivar usage: the words after the name, as help shows them
    :ivar description: what it does, one line
    :ivar python: writes the call that does it, on the explorer's `PythonCall`; raises for words it does not know
    :ivar example: a line of which help shows the Python; by default the name alone
    :ivar options: the names of those it takes
    :ivar takes_cell: whether something may stand below its line
    :ivar run: does it, where that is more than running the Python call
    """

    name: str
    usage: str = ""
    description: str
    python: Callable[[PythonCall, Line], PythonCall]
    example: str = ""
    options: tuple[str, ...] = ()
    takes_cell: bool = False
    run: Callable[[AttachedApps, Line, PythonCall], Any] | None = None


def command(
    name: str, usage: str, description: str, **more: Any
) -> Callable[[Callable[[PythonCall, Line], PythonCall]], Command]:
    """Return what makes a `Command` of the function that writes its call; ``more`` are the other fields."""
    return lambda python: Command(name=name, usage=usage, description=description, python=python, **more)


def run_named(apps: AttachedApps, line: Line, python: PythonCall, **more: object) -> Any:
    """Run a call as `run` does; raise `GrammarError` where the explorer does not have what it names."""
    try:
        return run(python, apps.explorer(), **more)
    except IndexError:
        raise GrammarError("the history is empty: send a request first, %asgi GET /") from None
    except KeyError as exc:
        raise GrammarError(str(exc.args[0])) from None


def one_of(word: str, known: tuple[str, ...], command: str) -> str:
    """Return the word when it is known; raise with a suggestion when not."""
    if word not in known:
        raise GrammarError(f"%asgi {command} {word}: write one of {', '.join(known)}{did_you_mean(word, known)}")
    return word
