"""The subcommand that overrides dependencies of the app."""

from __future__ import annotations

import functools
import re
from typing import Any

from ...explorer.app_source import look_up
from ...explorer.overrides import Variable
from ...protocol.errors import AppNotFoundError
from ..attached_apps import AttachedApps
from ..grammar import Line
from ..items import Item, try_item
from ..python_call import Argument, PythonCall, coded, dict_of, literal, read_value
from ..tokenizer import GrammarError
from .command import command, run_named

_VARIABLE = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")


def _read(line: Line) -> list[Item]:
    """Return the items of a line; raises for a word that is not an override."""
    found = []
    for word in line.words:
        item = try_item(word.text)
        if item is None or item.kind != "field" or item.from_file:
            written = word.text.fill()
            raise GrammarError(
                f"Not an override: {written!r}. Write get_db=fake_db to override a dependency, get_db= to remove it."
            )
        if item.value and item.value.whole is None and not _VARIABLE.fullmatch(item.value.fill()):
            name, given = item.name.fill(), item.value.fill()
            raise GrammarError(
                f"Not a variable: {given!r}. Write {name}=fake_db, or a value as {name}={{{{{given}}}}}."
            )
        found.append(item)
    return found


def _run(apps: AttachedApps, line: Line, python: PythonCall) -> Any:
    variables: dict[str, Variable] = {}
    for item in _read(line):
        if item.value and item.value.whole is None:
            expression = item.value.fill()
            try:
                look_up(expression, line.names)
            except AppNotFoundError as exc:
                raise GrammarError(str(exc)) from None
            if expression.partition(".")[0] not in line.local_names:  # which end with their function
                variables[item.name.fill()] = expression, functools.partial(_newest, expression, apps.namespace)
    more = {"variables": variables} if variables else {}
    return run_named(apps, line, python, **more)


def _newest(expression: str, namespace: Any) -> Any:
    try:
        return look_up(expression, namespace)
    except AppNotFoundError as exc:
        raise LookupError(exc.why) from None


@command(
    "override",
    "[NAME=VARIABLE] [NAME=]",
    "replace dependencies of FastAPI or Litestar, remove overrides (NAME=), or list both",
    run=_run,
    example="override get_db=fake_db",
)
def _override(explorer: PythonCall, line: Line) -> PythonCall:
    overrides, items = explorer.overrides, _read(line)
    removed = [literal(item.name.fill()) for item in items if not item.value]
    if removed:
        overrides = overrides.remove(*removed)
    given = [(literal(item.name.fill()), _value(item, line)) for item in items if item.value]
    return overrides.set(dict_of(given)) if given else overrides


def _value(item: Item, line: Line) -> Argument:
    if item.value.whole is not None:
        return read_value(item.value)
    expression = item.value.fill()
    try:
        return coded(look_up(expression, line.names), expression)
    except AppNotFoundError:  # only to be written
        return coded(None, expression)


COMMANDS = (_override,)
