"""Subcommands for what stays: default headers, cookies, and the settings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..attached_apps import AttachedApps
from ..configuration import read_setting
from ..grammar import Line
from ..items import Item, try_item
from ..python_call import Argument, PythonCall, dict_of, read_string, run
from ..request_line.item_values import ItemValues
from ..tokenizer import GrammarError
from .command import Command


def _headers(explorer: PythonCall, line: Line) -> PythonCall:
    return _change(explorer.headers, line, "header", "Name:value sets a header, Name: takes it away")


def _cookies(explorer: PythonCall, line: Line) -> PythonCall:
    return _change(explorer.cookies, line, "field", "name=value sets a cookie, name= takes it away")


def _change(mapping: PythonCall, line: Line, kind: str, hint: str) -> PythonCall:
    """Return the mapping, or the call that sets the values of items and removes those without one."""
    values = ItemValues(replace(line.redactor, show="show-secrets" in line.options))
    found: list[Item] = []
    for word in line.words:
        item = try_item(word.text)
        if item is None or item.kind != kind:
            raise GrammarError(f"%asgi {line.head} {word.text.fill()}: {hint}")
        found.append(item)
    given = [(read_string(item.name), values.text(item)) for item in found if item.value]
    taken = [read_string(item.name) for item in found if not item.value]
    if given:
        mapping = mapping.set(dict_of(given))
    return mapping.remove(*taken) if taken else mapping


def _run_change(python: Any) -> Any:
    def change(apps: AttachedApps, line: Line) -> Any:
        try:
            return run(python(PythonCall(), line), apps.explorer())
        except KeyError as exc:
            raise GrammarError(str(exc.args[0])) from None

    return change


def _config(explorer: PythonCall, line: Line) -> PythonCall:
    changes = _changes_of(line)
    return explorer.configure(**changes) if changes else explorer.settings


def _run_config(apps: AttachedApps, line: Line) -> Any:
    changes = _changes_of(line)
    if changes:
        apps.change_settings(**{name: argument.value for name, argument in changes.items()})
    return apps.settings


def _changes_of(line: Line) -> dict[str, Argument]:
    changes: dict[str, Argument] = {}
    for word in line.words:
        item = try_item(word.text)
        if item is None or item.kind != "field" or item.from_file:
            raise GrammarError(f"%asgi config {word.text.fill()}: write name=value, such as timeout=5")
        name = item.name.fill()
        embedded = item.value.whole
        field, value = read_setting(name, embedded.value if embedded is not None else item.value.fill())
        changes[field] = Argument(value=value, source=embedded.source if embedded is not None else repr(value))
    return changes


COMMANDS = (
    Command(
        name="headers",
        usage="[Name:value] [Name:]",
        description="the headers that every request gets; set or take away some",
        python=_headers,
        run=_run_change(_headers),
        example="headers X-Tenant:acme",
        options=("show-secrets",),
    ),
    Command(
        name="cookies",
        usage="[name=value] [name=]",
        description="the cookies that requests get; set or take away some",
        python=_cookies,
        run=_run_change(_cookies),
        example="cookies theme=dark",
        options=("show-secrets",),
    ),
    Command(
        name="config",
        usage="[name=value]",
        description="the settings; change some, for every attached app",
        python=_config,
        run=_run_config,
        example="config timeout=5",
    ),
)
