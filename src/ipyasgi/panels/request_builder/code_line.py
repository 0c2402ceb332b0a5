"""The code that sends what the form sends: ``%asgi`` on one line, ``%%asgi`` with a body, else Python. Pure.

Secret values become ``{{name}}``, a Python variable, so that the code can be committed and runs as it stands. A body
with secrets that is not JSON becomes a variable as a whole, in Python.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from ...records.redaction import Place, Redactor, is_json_type
from ...records.requests import METHODS, RequestSpec

_LINE_LENGTH = 100
_JSON = "application/json"
# What cannot be mistaken for another sign of the grammar.
_ITEM_NAME = re.compile(r"(?!--)[^=:@\s\\\x00-\x1f]+")
_PLACES: Mapping[str, Place] = {":": "header", "==": "query", "=": "body", ":=": "body"}
_WORDS: Mapping[str, Place] = {"params": "query", "headers": "header"}
# Stand around the name of a variable until the rest of the text has been escaped.
_OPEN, _CLOSE = "\ue000", "\ue001"


def build_code(spec: RequestSpec, redactor: Redactor) -> str:
    """Return code whose request is the same one: same path, query and headers, same bytes or the same JSON."""
    if not _has_words(spec) or _needs_python(spec, redactor):
        return _python(spec, redactor)
    line = _try_line(spec, redactor)
    return _cell(spec, redactor) if line is None else line


def build_python(spec: RequestSpec, redactor: Redactor) -> str:
    """Return the Python API for the magic."""
    return _python(spec, redactor)


def build_socket_line(path: str, redactor: Redactor) -> str:
    """Return the line that opens a WebSocket and says a word, as JSON; Python where a secret stands in the path."""
    if not path.isprintable() or redactor.url_spans(path):
        return build_socket_python(path, redactor)
    return f"%asgi ws {_word(path)} '\"hello\"'"


def build_socket_python(path: str, redactor: Redactor) -> str:
    """Return Python that opens a WebSocket and says something."""
    lines = (
        f"with explorer.client.websocket_connect({_place(path, redactor)}) as socket:",
        '    socket.send_json("hello")',
        "    print(socket.receive())",
    )
    return "\n".join(lines)


def _has_words(spec: RequestSpec) -> bool:
    """Tell whether the magic's language has words for all of it."""
    texts = [spec.path, *(text for pair in spec.query for text in pair)]
    try:
        body = spec.body.decode()
    except UnicodeDecodeError:
        return False
    # The cell form takes empty lines off both ends of a body, and three hashes begin another request.
    return (
        spec.method in METHODS
        and all(text.isprintable() for text in texts)
        and body == body.strip("\n")
        and not re.search("[\r\x00\ue000\ue001]|^###", body, re.MULTILINE)
    )


def _needs_python(spec: RequestSpec, redactor: Redactor) -> bool:
    """Tell whether a secret stands where the magic takes no variable that keeps the request as it is."""
    in_target = not _items_hold(spec, redactor) and _hides_query(spec, redactor)
    in_body = _hides_body(spec, redactor) and not _is_json(spec)
    return bool(redactor.url_spans(spec.path)) or in_target or in_body


def _is_json(spec: RequestSpec) -> bool:
    try:
        json.loads(spec.body)
    except (ValueError, RecursionError):
        return False
    return is_json_type(spec.header("content-type"))


def _items_hold(spec: RequestSpec, redactor: Redactor) -> bool:
    """Tell whether the query is written as items: also one that has a spelling, where something in it is to hide."""
    return all(_ITEM_NAME.fullmatch(name) for name, _ in spec.query) and (
        not spec.is_spelled or _hides_query(spec, redactor)
    )


def _hides_query(spec: RequestSpec, redactor: Redactor) -> bool:
    return any(redactor.hides(*pair, "query") for pair in spec.query)


def _hides_body(spec: RequestSpec, redactor: Redactor) -> bool:
    return bool(redactor.spans(spec.body.decode("utf-8", "replace"), spec.header("content-type")))


def _try_line(spec: RequestSpec, redactor: Redactor) -> str | None:
    headers = _headers(spec)
    if any(value.startswith("=") or value != value.strip() for _, value in headers):
        return None
    fields = _try_fields(spec, redactor)
    if fields is None:
        return None
    items = [_item(name, ":", value, redactor) for name, value in headers]
    line = " ".join(["%asgi", spec.method, *_target(spec, redactor), *items, *fields])
    return line if len(line) <= _LINE_LENGTH or not spec.body else None


def _try_fields(spec: RequestSpec, redactor: Redactor) -> list[str] | None:
    """Return a plain JSON object as items, None for any other body."""
    if not spec.body:
        return []
    try:
        fields = json.loads(spec.body)
    except ValueError:
        return None
    if spec.header("content-type") != _JSON or not isinstance(fields, dict) or not fields:
        return None
    if not all(_ITEM_NAME.fullmatch(name) for name in fields):
        return None
    if any(redactor.value(value) != value for value in fields.values()):
        return None
    return [_field(name, value, redactor) for name, value in fields.items()]


def _target(spec: RequestSpec, redactor: Redactor) -> Iterator[str]:
    if _items_hold(spec, redactor):
        yield _word(spec.path)
        for name, value in spec.query:
            yield _item(name, "==", value, redactor)
    else:
        yield _word(spec.target)


def _field(name: str, value: Any, redactor: Redactor) -> str:
    if isinstance(value, str) and not value.startswith("=") and value.isprintable():
        return _item(name, "=", value, redactor)
    return _item(name, ":=", json.dumps(value, ensure_ascii=False), redactor)


def _item(name: str, sign: str, text: str, redactor: Redactor) -> str:
    if redactor.hides(name, text, _PLACES[sign]):
        return f"{name}{sign}{{{{{_variable(name)}}}}}"
    # A value that begins with @ would be the name of a file.
    return _word(name + sign + re.sub(r"^(?=\\*@)", r"\\", text))


def _cell(spec: RequestSpec, redactor: Redactor) -> str:
    lines = [" ".join(["%%asgi", spec.method, *_target(spec, redactor)])]
    for name, value in _headers(spec):
        hidden = redactor.hides(name, value, "header")
        lines.append(f"{name}: {f'{{{{{_variable(name)}}}}}' if hidden else _literal(value)}")
    body = _literal(_with_variables(spec.body.decode(), redactor)).replace(_OPEN, "{{").replace(_CLOSE, "}}")
    return "\n".join([*lines, "", body] if body else lines)


def _with_variables(body: str, redactor: Redactor) -> str:
    """Return a JSON body with secret values replaced by marked names; any other body as it is."""
    try:
        value = json.loads(body)
    except ValueError:
        return body
    if redactor.value(value) == value:
        return body
    return json.dumps(_replace_secrets(value, redactor), ensure_ascii=False, indent=2)


def _replace_secrets(value: Any, redactor: Redactor) -> Any:
    if isinstance(value, dict):
        return {
            key: f"{_OPEN}{_variable(key)}{_CLOSE}"
            if redactor.is_secret(key, "body")
            else _replace_secrets(item, redactor)
            for key, item in value.items()
        }
    return [_replace_secrets(item, redactor) for item in value] if isinstance(value, list) else value


def _headers(spec: RequestSpec) -> list[tuple[str, str]]:
    """Return the headers but the content type that the magic adds by itself."""
    looks_like_json = spec.body.lstrip()[:1] in (b"{", b"[")
    return [pair for pair in _pairs(spec) if not looks_like_json or pair != ("Content-Type", _JSON)]


def _pairs(spec: RequestSpec) -> list[tuple[str, str]]:
    return [
        ("-".join(word.capitalize() for word in name.decode("latin-1").split("-")), value.decode("latin-1"))
        for name, value in spec.headers
    ]


def _python(spec: RequestSpec, redactor: Redactor) -> str:
    is_spelled = spec.is_spelled and not _hides_query(spec, redactor)
    words = [repr(spec.method), _place(spec.target if is_spelled else spec.path, redactor)]
    for word, pairs in (("params", () if is_spelled else spec.query), ("headers", _pairs(spec))):
        if pairs:
            shown = ", ".join(f"({name!r}, {_text(name, value, redactor, _WORDS[word])})" for name, value in pairs)
            words.append(f"{word}=[{shown}]")
    if spec.body:
        hidden = _hides_body(spec, redactor)
        words.append("content=body" if hidden else f"content={spec.body!r}")
    return f"explorer.request({', '.join(words)})"


def _text(name: str, value: str, redactor: Redactor, place: Place) -> str:
    return _variable(name) if redactor.hides(name, value, place) else repr(value)


def _place(path: str, redactor: Redactor) -> str:
    return "path" if redactor.url_spans(path) else repr(path)


def _variable(name: str) -> str:
    found = re.sub(r"\W+", "_", name.lower()).strip("_") or "secret"
    return found if found.isidentifier() else f"_{found}"


def _word(text: str) -> str:
    return shlex.quote(_literal(text))


def _literal(text: str) -> str:
    return text.replace("{{", "\\{{")
