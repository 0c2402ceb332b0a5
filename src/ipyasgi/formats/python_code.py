"""Requests as Python: literals laid out as a formatter would, and the call of a client that sends one. Pure.

Secrets are ``os.environ["NAME"]``. A JSON body becomes ``json=``, a form ``data=``, where that sends the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from ..records.requests import RequestSpec
from .placeholders import Placeholder, Placeholders

LINE_LENGTH = 88
_WITH_BODY = ("POST", "PUT", "PATCH")  # httpx gives its other verbs none
_VERBS = ("GET", "OPTIONS", "HEAD", "DELETE", *_WITH_BODY)
_MAX_DEPTH = 40  # Python's parser ends at 200 brackets
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Name:
    """Code that stands in a literal as it is, such as ``ANY``."""

    code: str


class PythonCode:
    """
    Writes literals and calls.

    :param blanks: what the marks in the requests stand for
    :ivar modules: what the code written so far needs to import
    :ivar names: each `Name` written so far
    """

    def __init__(self, blanks: Placeholders | None = None) -> None:
        self._blanks = blanks or Placeholders()
        self.modules: set[str] = set()
        self.names: set[str] = set()

    def call(self, spec: RequestSpec, prefix: str, client: str = "client", *, more: Iterable[str] = ()) -> str:
        """
        Return the statement that sends a request, such as ``response = client.post("/items", json={"name": "Foo"})``.

        :param prefix: what stands before the call in its line, with the indent
        :param more: further keyword arguments, as they are written
        """
        keywords = dict(self._keywords(spec))
        target = self.literal(spec.target if self._is_spelled(spec) else spec.path)
        if spec.method in (_WITH_BODY if spec.body else _VERBS):
            head, words = f"{prefix}{client}.{spec.method.lower()}(", [target]
        else:
            head, words = f"{prefix}{client}.request(", [self.literal(spec.method), target]
        flat = [*words, *(f"{name}={self.literal(value)}" for name, value in keywords.items()), *more]
        line = f"{head}{', '.join(flat)})"
        if len(line) <= LINE_LENGTH:
            return line
        indent = len(prefix) - len(prefix.lstrip())
        laid = [f"{name}={self.literal(value, indent + 4, len(name) + 2)}" for name, value in keywords.items()]
        lines = [f"{' ' * (indent + 4)}{word},\n" for word in [*words, *laid, *more]]
        return f"{head}\n{''.join(lines)}{' ' * indent})"

    def literal(self, value: Any, indent: int | None = None, taken: int = 0) -> str:
        """
        Return the literal of JSON, bytes, tuples or `Name`.

        :param indent: lay it out over lines where it is too long, its last line at this column; None for one line
        :param taken: columns that stand before and after it in its line
        """
        flat = self._flat(value)
        if indent is None or indent + taken + len(flat) <= LINE_LENGTH:
            return flat
        if isinstance(value, dict) and value:
            items = [(f"{self._flat(key)}: ", item) for key, item in value.items()]
        elif isinstance(value, list) and value:
            items = [("", item) for item in value]
        else:
            return flat
        signs = "{}" if isinstance(value, dict) else "[]"
        inner = indent + 4
        lines = [f"{' ' * inner}{head}{self.literal(item, inner, len(head) + 1)},\n" for head, item in items]
        return f"{signs[0]}\n{''.join(lines)}{' ' * indent}{signs[1]}"

    def _flat(self, value: Any) -> str:
        match value:
            case Name():
                self.names.add(value.code)
                return value.code
            case str():
                return self._text(value)
            case bytes():
                return self._bytes(value)
            case dict():
                return "{" + ", ".join(f"{self._flat(key)}: {self._flat(item)}" for key, item in value.items()) + "}"
            case list():
                return "[" + ", ".join(map(self._flat, value)) + "]"
            case tuple():
                return "(" + ", ".join(map(self._flat, value)) + ("," if len(value) == 1 else "") + ")"
            case _:
                return repr(value)

    def _text(self, text: str) -> str:
        pieces = [
            self._blank(piece) if isinstance(piece, Placeholder) else quoted(piece)
            for piece in self._blanks.split(text)
        ]
        return " + ".join(pieces) or '""'

    def _bytes(self, value: bytes) -> str:
        pieces = self._blanks.split(value.decode("latin-1"))
        return (
            " + ".join(
                f"{self._blank(piece)}.encode()" if isinstance(piece, Placeholder) else "b" + quoted(piece, latin=True)
                for piece in pieces
            )
            or 'b""'
        )

    def _blank(self, blank: Placeholder) -> str:
        self.modules.add("os")
        code = f'os.environ["{blank.name}"]'
        if blank.is_json:
            self.modules.add("json")
            return f"json.loads({code})"
        return code

    def _keywords(self, spec: RequestSpec) -> Iterable[tuple[str, Any]]:
        if spec.query and not self._is_spelled(spec):
            yield "params", _pairs([(name, _number(value)) for name, value in spec.query])
        headers = list(spec.headers)
        body: list[tuple[str, Any]] = []
        if spec.body:
            body = [self._body(spec)]
            if body[0][0] != "content":
                headers = [pair for pair in headers if pair[0] != b"content-type"]
        if headers:
            yield "headers", _pairs([(_title(name), _header_text(value)) for name, value in headers])
        yield from body

    def _is_spelled(self, spec: RequestSpec) -> bool:
        # A value that is filled in later is encoded by nobody but httpx.
        return spec.is_spelled and not any(
            isinstance(piece, Placeholder) for piece in self._blanks.split(spec.query_string)
        )

    def _body(self, spec: RequestSpec) -> tuple[str, Any]:
        """Return ``json``, ``data`` or ``content``, whichever says the same in the fewest words."""
        content_type = spec.header("content-type")
        if content_type == "application/json" and (found := try_json(spec.body)) not in (None, (None,)):
            return "json", found[0]
        if content_type == _FORM and (fields := _try_form(spec.body)) is not None:
            return "data", fields
        try:
            text = spec.body.decode()
        except UnicodeDecodeError:
            return "content", spec.body
        return "content", text


def try_json(body: bytes) -> tuple[Any] | None:
    """Return the JSON of a body in a tuple of one; None where Python's literals would not say all of it."""
    try:
        value = json.loads(body.decode(), object_pairs_hook=_unrepeated, parse_constant=_no_number)
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return (value,) if _is_shallow(value, _MAX_DEPTH) else None


def quoted(text: str, *, latin: bool = False) -> str:
    """Return a string literal, in double quotes where that needs no escape; ``latin`` for the inside of a bytes one."""
    plain = repr(text.encode("latin-1"))[1:] if latin else repr(text)
    return f'"{plain[1:-1]}"' if plain[0] == "'" and '"' not in plain else plain


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is there twice")
    return found


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no JSON")


def _is_shallow(value: Any, depth: int) -> bool:
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return False  # 1e999
    inner: Sequence[Any] = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else ()
    return not inner or (depth > 0 and all(_is_shallow(item, depth - 1) for item in inner))


def _try_form(body: bytes) -> dict[str, Any] | None:
    """Return a form's fields as httpx takes them, None where it would send other bytes."""
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, strict_parsing=True)
    except ValueError:
        return None
    fields: dict[str, Any] = {}
    for name, value in pairs:
        fields[name] = value if name not in fields else [*_listed(fields[name]), value]
    same = [(name, value) for name, values in fields.items() for value in _listed(values)] == pairs
    return fields if same and urlencode(pairs).encode() == body else None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _pairs(pairs: list[tuple[str, Any]]) -> Any:
    """Return pairs as a dict where no name is there twice."""
    return dict(pairs) if len({name.lower() for name, _ in pairs}) == len(pairs) else pairs


def _number(text: str) -> Any:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 and str(int(text)) == text else text


def _header_text(value: bytes) -> str | bytes:
    return value.decode() if value.isascii() else value


def _title(name: bytes) -> str:
    return "-".join(word.capitalize() for word in name.decode("latin-1").split("-"))
