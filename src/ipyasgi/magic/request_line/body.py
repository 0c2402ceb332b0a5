"""The body of a request line: fields, a file, ``--raw``, or what stands below. One of them, and what it is called."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

from ...records.redaction import is_json_type
from ..grammar import Line
from ..items import Item
from ..python_call import Argument, dict_of, from_environment, list_of, literal, read_string, tuple_of
from ..tokenizer import GrammarError, Template
from .item_values import ItemValues
from .json_source import read_json

Body = tuple[dict[str, Argument], Argument | None]
"""The arguments that are the body, and the Content-Type it needs where none is given."""


def read_body(
    line: Line,
    items: list[Item],
    below: Template | None,
    headers: Sequence[tuple[Template, Argument]],
    values: ItemValues,
) -> Body:
    """
    Return the body.

    :param below: what stands below the line
    :param headers: those given so far
    Raises `GrammarError` where there are two bodies, or one where none belongs.
    """
    given_type = next((str(value.value) for name, value in headers if name.marked.lower() == "content-type"), "")
    fields = [item for item in items if item.kind in ("field", "json", "file") and item.name]
    texts = [text for text in (line.options.get("raw"), below) if text is not None]
    ways: list[Callable[[], Body]] = [
        *([functools.partial(_read_fields, line, fields, values)] if fields else []),
        *(functools.partial(_read_text, text, given_type, values) for text in texts),
        *(functools.partial(_read_file, item, given_type, values) for item in items if not item.name),
    ]
    if len(ways) > 1:
        raise GrammarError("the body is given twice, in items, --raw or below the line: keep one of them")
    if "form" in line.options and not fields:
        raise GrammarError("--form needs fields: name=value, or field@path for a file")
    return ways[0]() if ways else ({}, None)


def _read_fields(line: Line, fields: list[Item], values: ItemValues) -> Body:
    if line.head in ("GET", "HEAD"):
        name, value = fields[0].name.fill(), fields[0].value.fill()
        raise GrammarError(
            f"{line.head} has no body to put {name!r} in: for the query write {name}=={value}; "
            "a body, if you mean one, goes below %%asgi"
        )
    files = [item for item in fields if item.kind == "file"]
    plain = [item for item in fields if item.kind != "file"]
    if not files and "form" not in line.options:
        return {"json": dict_of([(read_string(item.name), values.json(item)) for item in plain])}, None
    body = {"data": _read_form(plain, values)} if plain else {}
    if files:
        body["files"] = list_of([tuple_of((read_string(item.name), values.upload(item))) for item in files])
    return body, None


def _read_form(items: list[Item], values: ItemValues) -> Argument:
    """Return the fields of a form; one that comes several times has a list."""
    by_name: dict[str, list[Argument]] = {}
    names: dict[str, Argument] = {}
    for item in items:
        name = read_string(item.name)
        names.setdefault(name.value, name)
        by_name.setdefault(name.value, []).append(values.form(item))
    return dict_of([(names[name], each[0] if len(each) == 1 else list_of(each)) for name, each in by_name.items()])


def _read_text(text: Template, given_type: str, values: ItemValues) -> Body:
    if is_json_type(given_type) if given_type else text.marked.lstrip()[:1] in ("{", "["):
        sent, value = read_json(text, "the body", redactor=values.redactor)
        content = Argument(
            value=sent.encode(), source=f"json.dumps({value.source})", imports=value.imports | {"import json"}
        )
        return {"content": content}, None if given_type else literal("application/json")
    content = read_string(text)
    if values.redactor.spans(content.value, given_type):
        return {"content": from_environment("body", content.value)}, None
    return {"content": content}, None


def _read_file(item: Item, given_type: str, values: ItemValues) -> Body:
    _, content, media_type = values.file(item)
    return {"content": content}, None if given_type else literal(media_type)
