"""The options of a request line that make its `Faults`."""

from __future__ import annotations

import re
from typing import Any

from ...engine.faults import Faults
from ...protocol.errors import RequestError
from ..grammar import Line
from ..python_call import PythonCall, imported
from ..tokenizer import GrammarError

FAULT_OPTIONS = ("split", "slow-up", "slow-down", "leave-after", "lose")

_TIME = re.compile(r"(\d+(?:\.\d*)?|\.\d+) ?(ms|s|)", re.ASCII)


def read_faults(line: Line) -> PythonCall | None:
    """Return the call that makes the `Faults` of a line, None without any; raises `GrammarError`."""
    given: dict[str, Any] = {}
    for name in FAULT_OPTIONS:
        if name not in line.options:
            continue
        text = line.options[name].fill()
        if name in ("split", "leave-after"):
            given[name.replace("-", "_")] = _count(name, text)
        elif name == "lose":
            given[name] = tuple(part.strip() for part in text.split(","))
        else:
            given[f"{name.replace('-', '_')}_s"] = _seconds(name, text)
    if not given:
        return None
    try:
        Faults(**given)
    except RequestError as exc:
        raise GrammarError(str(exc)) from None
    return imported(Faults)(**given)


def _count(name: str, text: str) -> int:
    least = 1 if name == "split" else 0
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) >= least):
        raise GrammarError(f"Invalid value: --{name} {text}. Give a number from {least}, such as --{name} 3.")
    return int(text)


def _seconds(name: str, text: str) -> float:
    match = _TIME.fullmatch(text)
    if match is None:
        raise GrammarError(f"Invalid value: --{name} {text}. Give a time, such as --{name} 20ms or --{name} 0.5s.")
    return float(match[1]) / (1000 if match[2] == "ms" else 1)
