"""Subcommands for default headers and cookies, and for the settings."""

from __future__ import annotations

from dataclasses import replace

from ..configuration import read_setting
from ..grammar import Line
from ..items import Item, try_item
from ..python_call import Argument, PythonCall, coded, dict_of, literal, read_string, run, source_of_expression
from ..request_line.item_values import ItemValues
from ..tokenizer import GrammarError
from .command import Command, command, run_named


def _build_defaults(name: str, kind: str, sign: str, *, example: str) -> Command:
    """Return the subcommand that shows, sets and removes default headers or cookies: items of one kind."""
    thing = name.removesuffix("s")
    pair, bare = (f"{'Name' if kind == 'header' else 'name'}{sign}{value}" for value in ("value", ""))

    def build(explorer: PythonCall, line: Line) -> PythonCall:
        values = ItemValues(replace(line.redactor, show="show-secrets" in line.options))
        found: list[Item] = []
        for word in line.words:
            item = try_item(word.text)
            if item is None or item.kind != kind:
                written = word.text.fill()
                raise GrammarError(f"Not a {thing}: {written!r}. Write {pair} to set a {thing}, {bare} to remove it.")
            found.append(item)
        given = [(read_string(item.name), values.text(item)) for item in found if item.value]
        removed = [read_string(item.name) for item in found if not item.value]
        mapping: PythonCall = getattr(explorer, name)
        if given:
            mapping = mapping.set(dict_of(given))
        return mapping.remove(*removed) if removed else mapping

    return Command(
        name=name,
        usage=f"[{pair}] [{bare}]",
        description=f"show, set or remove the {name} sent with every request",
        python=build,
        run=run_named,
        example=example,
        options=("show-secrets",),
    )


@command(
    "config",
    "[name=value]",
    "show or change the settings of all attached apps",
    run=lambda apps, line, python: run(python, apps),
    example="config timeout=5",
)
def _config(explorer: PythonCall, line: Line) -> PythonCall:
    changes: dict[str, Argument] = {}
    for word in line.words:
        item = try_item(word.text)
        if item is None or item.kind != "field" or item.from_file:
            raise GrammarError(f"Not a setting: {word.text.fill()!r}. Write name=value, such as timeout=5.")
        embedded = item.value.whole
        given = item.value.fill() if embedded is None else embedded.value
        field, value = read_setting(item.name.fill(), given)
        changes[field] = literal(value) if embedded is None else coded(value, source_of_expression(embedded))
    return explorer.configure(**changes) if changes else explorer.settings


COMMANDS = (
    _build_defaults("headers", "header", ":", example="headers X-Tenant:acme"),
    _build_defaults("cookies", "field", "=", example="cookies theme=dark"),
    _config,
)
