"""Subcommands for what stays: default headers, cookies, and the settings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..attached_apps import AttachedApps
from ..configuration import read_setting
from ..grammar import Line
from ..items import Item, try_item
from ..python_call import Argument, PythonCall, coded, dict_of, literal, read_string, run, source_of_expression
from ..request_line.item_values import ItemValues
from ..tokenizer import GrammarError
from .command import command, run_named


def _run_config(apps: AttachedApps, line: Line, python: PythonCall) -> Any:
    return run(python, apps)


@command(
    "headers",
    "[Name:value] [Name:]",
    "the headers that every request gets; set or take away some",
    run=run_named,
    example="headers X-Tenant:acme",
    options=("show-secrets",),
)
def _headers(explorer: PythonCall, line: Line) -> PythonCall:
    return _change(explorer.headers, line, "header", "Name:value sets a header, Name: takes it away")


@command(
    "cookies",
    "[name=value] [name=]",
    "the cookies that requests get; set or take away some",
    run=run_named,
    example="cookies theme=dark",
    options=("show-secrets",),
)
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


@command(
    "config",
    "[name=value]",
    "the settings; change some, for every attached app",
    run=_run_config,
    example="config timeout=5",
)
def _config(explorer: PythonCall, line: Line) -> PythonCall:
    changes: dict[str, Argument] = {}
    for word in line.words:
        item = try_item(word.text)
        if item is None or item.kind != "field" or item.from_file:
            raise GrammarError(f"%asgi config {word.text.fill()}: write name=value, such as timeout=5")
        embedded = item.value.whole
        given = item.value.fill() if embedded is None else embedded.value
        field, value = read_setting(item.name.fill(), given)
        changes[field] = literal(value) if embedded is None else coded(value, source_of_expression(embedded))
    return explorer.configure(**changes) if changes else explorer.settings


COMMANDS = (_headers, _cookies, _config)
