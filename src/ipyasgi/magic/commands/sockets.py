"""The subcommand for WebSockets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...explorer.websocket_session import check_handshake
from ..cells import read_part
from ..grammar import Line
from ..items import Item, try_item
from ..python_call import Argument, PythonCall, dict_of, list_of, literal, read_string, tuple_of, wrapped
from ..request_line.item_values import ItemValues, read_file
from ..request_line.json_source import encode
from ..tokenizer import GrammarError, Text
from .command import command

_SEPARATOR = re.compile(r"(?m)^===.*$\n?")


@command(
    "ws",
    "PATH [MESSAGE | name=value | name==value | Header:value]",
    "exchange messages over a WebSocket until none arrives for --wait seconds; fields form one JSON message; "
    "in a cell, === separates messages",
    example="ws /chat hello",
    options=("wait", "timeout", "subprotocol", "trace"),
    takes_cell=True,
)
def _ws(explorer: PythonCall, line: Line) -> PythonCall:
    if not line.words:
        raise GrammarError("%asgi ws needs a path, such as %asgi ws /chat say=hello.")
    values = ItemValues(line.redactor.strict())
    path = read_string(line.words[0].text)
    check_handshake(path.value, {})
    options: dict[str, list[Argument]] = {"params": [], "headers": []}
    messages: list[Argument] = []
    fields: list[Item] = []
    for word in line.words[1:]:
        item = None if word.quoted or word.is_json else try_item(word.text)  # their signs do not make an item
        if item is None:
            messages.append(read_string(word.text))
        elif item.kind in ("query", "header"):
            pair = tuple_of(read_string(item.name), values.text(item))
            options["params" if item.kind == "query" else "headers"].append(pair)
        elif item.kind == "file":
            messages.append(read_file(item.value)[1])
        else:
            fields.append(item)
    if fields:
        payload = dict_of([(read_string(item.name), values.json(item)) for item in fields])
        messages.append(wrapped(encode(payload.value), "json.dumps(", payload, ")", "import json"))
    headers, below = read_part(line.body or "", line.evaluate)
    options["headers"] += [
        tuple_of(literal(name), values.secret(Text.of(name), read_string(value), "header")) for name, value in headers
    ]
    if below is not None:
        messages += map(read_string, _messages_of(below))
    more: dict[str, object] = {name: list_of(pairs) for name, pairs in options.items() if pairs}
    if "subprotocol" in line.options:
        more["subprotocols"] = [one.strip() for one in line.options["subprotocol"].fill().split(",")]
    if "trace" in line.options:
        more["trace"] = True
    return explorer.websocket_exchange(path, *messages, **more, **line.seconds(wait_s="wait", timeout="timeout"))


def _messages_of(body: Text) -> Iterator[Text]:
    outline = body.outline
    start = 0
    for end, following in [*(match.span() for match in _SEPARATOR.finditer(outline)), (len(outline), 0)]:
        part = outline[start:end]
        text = body.part(end - len(part.lstrip("\n")), start + len(part.rstrip("\n")))
        if text:
            yield text
        start = following


COMMANDS = (_ws,)
