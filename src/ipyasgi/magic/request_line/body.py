"""The body of a request line: fields, a file, ``--raw``, or the text below the line."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ...records.body_text import is_json_type
from ..grammar import Line
from ..items import Item
from ..python_call import Argument, dict_of, list_of, read_string, tuple_of, wrapped
from ..tokenizer import GrammarError, Text
from .item_values import ItemValues, read_file
from .json_source import read_json
from .nested_json import build_nested, is_nested


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """
    The body of a request.

    :ivar values: as arguments of `build_spec`
    :ivar code: as in `RequestCode`
    :ivar media_type: the Content-Type to add, or empty
    """

    values: dict[str, Any]
    code: dict[str, Any]
    media_type: str = ""


def read_body(
    line: Line,
    items: list[Item],
    texts: Sequence[Text],
    headers: Sequence[tuple[Argument, Argument]],
    values: ItemValues,
) -> Body:
    """
    Return the body; raises `GrammarError` for more than one, and for fields or JSON with GET or HEAD.

    :param texts: bodies as they are written: JSON in the line, ``--raw``, and the text below the line
    """
    given_type = next((str(value.value) for name, value in headers if name.value.lower() == "content-type"), "")
    fields = [item for item in items if item.kind in ("field", "json", "file") and item.name]
    ways: list[Callable[[], Body]] = [
        *([functools.partial(_read_fields, line, fields, values)] if fields else []),
        *(functools.partial(_read_text, text, given_type, values) for text in texts),
        *(functools.partial(_read_file, item, given_type) for item in items if not item.name),
    ]
    if len(ways) > 1:
        raise GrammarError("The body is given twice, in items, JSON, --raw or below the line. Keep one of them.")
    if "form" in line.options and not fields:
        raise GrammarError("--form needs fields. Add name=value, or field@path for a file.")
    if line.head in ("GET", "HEAD") and any(word.is_json for word in line.words):
        raise GrammarError(
            f"{line.head} has no body for the JSON. For the query write name==value. "
            "To send a body anyway, write --raw TEXT."
        )
    return ways[0]() if ways else _body({})


def _body(arguments: dict[str, Argument], media_type: str = "") -> Body:
    return Body(
        values={name: one.value for name, one in arguments.items()},
        code={name: one.code for name, one in arguments.items()},
        media_type=media_type,
    )


def _read_fields(line: Line, fields: list[Item], values: ItemValues) -> Body:
    if line.head in ("GET", "HEAD"):
        name, value = fields[0].name.fill(), fields[0].value.fill()
        raise GrammarError(
            f"{line.head} has no body for the field {name!r}. For the query write {name}=={value}. "
            "To send a body anyway, write --raw TEXT."
        )
    files = [item for item in fields if item.kind == "file"]
    plain = [item for item in fields if item.kind != "file"]
    if not files and "form" not in line.options and is_nested(item.name for item in plain):
        return _body({"json": build_nested([(item.name, values.json(item)) for item in plain])})
    if not files and "form" not in line.options:
        return _body({"json": dict_of([(read_string(item.name), values.json(item)) for item in plain])})
    body = {"data": _read_form(plain, values)} if plain else {}
    if files:
        body["files"] = list_of([tuple_of(read_string(item.name), values.upload(item)) for item in files])
    return _body(body)


def _read_form(items: list[Item], values: ItemValues) -> Argument:
    """Return the fields of a form; a repeated field has a list."""
    by_name: dict[str, list[Argument]] = {}
    names: dict[str, Argument] = {}
    for item in items:
        name = read_string(item.name)
        names.setdefault(name.value, name)
        by_name.setdefault(name.value, []).append(values.form(item))
    return dict_of([(names[name], each[0] if len(each) == 1 else list_of(each)) for name, each in by_name.items()])


def _read_text(text: Text, given_type: str, values: ItemValues) -> Body:
    if not (is_json_type(given_type) if given_type else text.outline.lstrip()[:1] in ("{", "[")):
        content = read_string(text)
        return Body(values={"content": content.value.encode()}, code={"content": values.hide_text(content, given_type)})
    sent, value = read_json(text, "the body")
    code = values.placeholders.hide_json(value.code)
    if value.value is None or given_type not in ("", "application/json"):
        code = {"content": wrapped(sent, "json.dumps(", Argument(value=None, code=code), ")", "import json").code}
    else:
        code = {"json": code}
    return Body(values={"content": sent.encode()}, code=code, media_type="" if given_type else "application/json")


def _read_file(item: Item, given_type: str) -> Body:
    content, media_type = read_file(item.value)[1:]
    return _body({"content": content}, "" if given_type else media_type)
