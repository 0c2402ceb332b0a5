"""From a line that sends, and what stands below it, to the one call of the explorer that does it. Sends nothing.

Secret values stay what they are in the call; in its source they come from the environment, so that it can be kept.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ...records.requests import METHODS, RequestSpec, build_spec, check_path
from ..cells import read_part
from ..grammar import Line, did_you_mean
from ..items import read_items
from ..python_call import Argument, PythonCall, dict_of, list_of, read_string, tuple_of
from ..tokenizer import GrammarError, Template
from .body import read_body
from .item_values import ItemValues
from .target import read_target

SENDING_OPTIONS = ("form", "raw", "timeout", "background", "repeat", "headers", "show-secrets", "no-redirects")

_VERBS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_HTTP_VERSION = re.compile(r"HTTP/[\d.]+")


def write_request(explorer: PythonCall, line: Line) -> PythonCall:
    """
    Return the call that a line that sends stands for; its value is an exchange, or with ``&`` a handle.

    Raises `GrammarError` and `RequestError`: what cannot be sent is found out before anything is.
    """
    line.allow(SENDING_OPTIONS)
    path, arguments = read_request(line)
    _build(line, path, arguments)
    return _write_call(explorer, line, path, arguments)


def build_request(line: Line) -> RequestSpec:
    """Return the request that a line that sends stands for; raises `GrammarError` and `RequestError`."""
    return _build(line, *read_request(line))


def _build(line: Line, path: Argument, arguments: dict[str, Argument]) -> RequestSpec:
    return build_spec(line.head, path.value, **{name: argument.value for name, argument in arguments.items()})


def check_method(word: str) -> None:
    """Raise for a first word that is no method."""
    if word not in METHODS:
        raise GrammarError(
            f"{word} is not an HTTP method{did_you_mean(word, METHODS).removesuffix('?')}; "
            f"for one of your own: explorer.request({word[:40]!r}, '/path')"
        )


def read_request(line: Line) -> tuple[Argument, dict[str, Argument]]:
    """Return the path of a request, and its other arguments under the names of `Explorer.request`."""
    check_method(line.head)
    words = list(line.words)
    if words and _HTTP_VERSION.fullmatch(words[-1].text.marked):
        words.pop()  # the request line of a .http file may end so
    if not words:
        raise GrammarError(f"{line.head} needs a path: {line.head} /items")
    values = ItemValues(replace(line.redactor, show="show-secrets" in line.options))
    path, params, items = read_target(words[0].text, read_items(words[1:]), values)
    check_path(path.value)
    headers = [(item.name, values.text(item)) for item in items if item.kind == "header"]
    more, below = read_part(line.body or "", line.evaluate)
    headers += [(Template(name), values.secret(Template(name), read_string(value), "header")) for name, value in more]
    body, media_type = read_body(line, items, below, headers, values)
    if media_type is not None:
        headers.append((Template("Content-Type"), media_type))
    arguments: dict[str, Argument] = {}
    if params:
        arguments["params"] = list_of(params)
    if headers:
        arguments["headers"] = _pairs(headers)
    return path, {**arguments, **body}


def _pairs(headers: list[tuple[Template, Argument]]) -> Argument:
    pairs = [(read_string(name), value) for name, value in headers]
    if len({name.value.lower() for name, _ in pairs}) == len(pairs):
        return dict_of(pairs)
    return list_of([tuple_of(pair) for pair in pairs])


def _write_call(explorer: PythonCall, line: Line, path: Argument, arguments: dict[str, Argument]) -> PythonCall:
    more: dict[str, object] = dict(arguments)
    timeout_s = line.seconds("timeout")
    if timeout_s is not None:
        more["timeout"] = timeout_s
    if "no-redirects" in line.options:
        more["follow_redirects"] = False
    views = [name for name in ("show-secrets", "headers") if name in line.options]
    if "background" in line.options:
        if views:
            raise GrammarError(f"--{views[0]} shows an answer, and & does not wait for one: leave one of them away")
        return explorer.begin(line.head, path, **more)
    if line.head in _VERBS:
        call = getattr(explorer, line.head.lower())(path, **more)
    else:
        call = explorer.request(line.head, path, **more)
    for name in views:
        call = call.with_secrets() if name == "show-secrets" else call.head()
    return call
