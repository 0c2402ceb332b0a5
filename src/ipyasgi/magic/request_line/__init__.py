"""Builds the call of the explorer for a line that sends a request, and the text below the line. Sends nothing.

The request is built once. Without ``{{expr}}`` in the line, its code equals that of an export of the same request.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ...records.requests import METHODS, RequestSpec, build_spec, check_path
from ..cells import read_part
from ..grammar import Line, did_you_mean
from ..items import read_item
from ..python_call import PythonCall, literal, read_string, send
from ..tokenizer import GrammarError, Text
from .body import read_body
from .faults import FAULT_OPTIONS, read_faults
from .item_values import ItemValues
from .target import read_target

if TYPE_CHECKING:
    from ...formats.python_code import RequestCode

SENDING_OPTIONS = (
    "form", "raw", "timeout", "background", "repeat", "headers", "show-secrets", "no-redirects", "trace", "profile",
    "pdb",
    *FAULT_OPTIONS,
)  # fmt: skip

_HTTP_VERSION = re.compile(r"HTTP/[\d.]+")


def write_request(explorer: PythonCall, line: Line) -> PythonCall:
    """Return the call that sends the request of a line; raises `GrammarError` and `RequestError`."""
    line.check(SENDING_OPTIONS)
    try:
        spec, write = read_request(line)
    except RecursionError:
        raise GrammarError("The body is nested too deeply. Send it with explorer.request(content=...).") from None
    options = read_options(line)
    if "pdb" in line.options:
        if "background" in line.options:
            raise GrammarError("--pdb asks in the cell, and & does not wait for the request. Remove one of them.")
        options["debug"] = "pdb"
    views = [name for name in ("show-secrets", "headers") if name in line.options]
    waits = "background" not in line.options
    if views and not waits:
        raise GrammarError(f"--{views[0]} shows a response, and & does not wait for one. Remove one of them.")
    call = send(explorer, spec, write, waits=waits, options=options)
    for name in views:
        call = call.with_secrets() if name == "show-secrets" else call.head()
    return call


def read_options(line: Line) -> dict[str, Any]:
    """Return how the request of a line is sent, as arguments of `Explorer.send`; raises `GrammarError`."""
    options: dict[str, Any] = line.seconds(timeout="timeout")
    if "no-redirects" in line.options:
        options["follow_redirects"] = False
    for name in ("trace", "profile"):
        if name in line.options:
            options[name] = True
    if (faults := read_faults(line)) is not None:
        options["faults"] = faults
    return options


def read_request(line: Line) -> tuple[RequestSpec, Callable[[], RequestCode]]:
    """Return the request of a line, and a function that writes its code; raises `GrammarError` and `RequestError`."""
    if line.head not in METHODS:
        raise GrammarError(
            f"Unknown HTTP method {line.head}.{did_you_mean(line.head, METHODS)} "
            f"For a custom method call explorer.request({line.head[:40]!r}, '/path')."
        )
    words = list(line.words)
    if words and _HTTP_VERSION.fullmatch(words[-1].text.outline):
        words.pop()  # as in a .http file
    if not words:
        raise GrammarError(f"{line.head} needs a path, such as {line.head} /items.")
    redactor = replace(line.redactor, show="show-secrets" in line.options)
    values = ItemValues(redactor)
    given = [read_item(word) for word in words[1:] if not word.is_json]
    path, params, items = read_target(words[0].text, given, values)
    check_path(path.value)
    headers = [(read_string(item.name), values.text(item)) for item in items if item.kind == "header"]
    more, below = read_part(line.body or "", line.evaluate)
    headers += [(literal(name), values.secret(Text.of(name), read_string(value), "header")) for name, value in more]
    texts = [word.text for word in words[1:] if word.is_json]
    texts += [text for text in (line.options.get("raw"), below) if text is not None]
    body = read_body(line, items, texts, headers, values)
    added = [(literal("Content-Type"), literal(body.media_type))] if body.media_type else []
    spec = build_spec(
        line.head,
        path.value,
        params=[(name.value, value.value) for name, value in params] or None,
        headers=[(name.value, value.value) for name, value in (*headers, *added)],
        **body.values,
    )
    texts += [*(word.text for word in words), *line.options.values(), *(value for _, value in more)]
    is_plain = not any(text.placeholders for text in texts) and not any(
        one.from_file or one.kind == "file" for one in given
    )

    def write() -> RequestCode:
        from ...formats.placeholders import hide_secrets  # sending needs neither
        from ...formats.python_code import RequestCode, build_code

        if is_plain:
            return build_code(hide_secrets([spec], redactor)[0][0])
        return RequestCode(
            method=line.head,
            target=path.code,
            params=[(name.code, value.code) for name, value in params],
            headers=[(name.code, value.code) for name, value in (*headers, *(() if "json" in body.code else added))],
            body=body.code,
        )

    return spec, write
