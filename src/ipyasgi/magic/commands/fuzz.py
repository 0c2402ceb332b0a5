"""Subcommands that search for failures: fuzz and shrink."""

from __future__ import annotations

from ..grammar import Line
from ..python_call import PythonCall
from ..tokenizer import GrammarError
from .command import command, run_metered


@command(
    "fuzz",
    "[METHOD /path | FILTER]",
    "send generated requests and show crashes and contradictions to the document; restarts the app",
    run=lambda apps, line, python: run_metered(apps, line, python),
    example='fuzz "POST /items" --seconds 10',
    options=("seconds", "seed", "background"),
)
def _fuzz(explorer: PythonCall, line: Line) -> PythonCall:
    which = [" ".join(line.texts())] if line.words else []
    options = line.seconds(seconds="seconds")
    if "seed" in line.options:
        options["seed"] = _read_seed(line.options["seed"].fill())
    fuzz = explorer.begin_fuzz if "background" in line.options else explorer.fuzz
    return fuzz(*which, **options)


def _read_seed(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise GrammarError(f"Invalid value: --seed {text}. Give the number that an earlier run has shown.")
    return int(text)


@command(
    "shrink",
    "NAME",
    "find the fewest earlier requests and the smallest bodies with which a request still fails; restarts the app",
    run=lambda apps, line, python: run_metered(apps, line, python),
    example="shrink r40",
    options=("seconds", "background"),
    most=1,
)
def _shrink(explorer: PythonCall, line: Line) -> PythonCall:
    if not line.words:
        raise GrammarError("%asgi shrink needs a name, such as %asgi shrink r40. %asgi history error lists failures.")
    shrink = explorer.begin_shrink if "background" in line.options else explorer.shrink
    return shrink(*line.texts(), **line.seconds(seconds="seconds"))


COMMANDS = (_fuzz, _shrink)
