"""Requests as Python: literals laid out as by a formatter, and the call of a client that sends a request. Pure.

A secret becomes ``os.environ["NAME"]``, a carried value a variable. A JSON body becomes ``json=``, a form ``data=``, if
the client then sends the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from urllib.parse import parse_qsl, urlencode

from ..records.carried import Carried, CarriedUse
from ..records.redaction import Redactor
from ..records.requests import RequestSpec
from ..records.template import Placeholder, Template
from .exported import LOCAL_URL
from .name import Name
from .placeholders import RequestTemplate, hide_secrets, title_of
from .uploads import FormPart, notes_of

LINE_LENGTH = 88
_WITH_BODY = ("POST", "PUT", "PATCH")  # the other functions of httpx accept no body
_VERBS = ("GET", "OPTIONS", "HEAD", "DELETE", *_WITH_BODY)
_MAX_DEPTH = 40  # Python's parser allows 200 nested brackets
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCode:
    """
    A request as the arguments of a client; each is a literal, a `Template` or a `Placeholder`.

    :ivar target: the path, with the query if its spelling has to be kept
    :ivar params: the query otherwise, as ``(name, value)`` pairs
    :ivar headers: ``(name, value)`` pairs
    :ivar body: the keyword arguments ``json``, ``data``, ``files`` and ``content`` that are needed
    :ivar notes: comments about the files of an upload
    """

    method: str
    target: Any
    params: Sequence[tuple[Any, Any]] = ()
    headers: Sequence[tuple[Any, Any]] = ()
    body: Mapping[str, Any] = field(default_factory=dict)
    notes: Sequence[str] = ()


def build_code(request: RequestTemplate) -> RequestCode:
    """Return a request as arguments, with ``json`` or ``data`` for the body if they send the same bytes."""
    parts = request.parts
    body = _uploads(parts) if parts is not None else _body_of(request) if request.spec.body else {}
    return RequestCode(
        method=request.spec.method,
        target=request.target if request.is_spelled else request.path,
        params=() if request.is_spelled else request.query,
        headers=[pair for pair in request.headers if pair[0] != "content-type" or body.keys() <= {"content"}],
        body=body,
        notes=notes_of(part for part in parts or () if not part.is_small),
    )


def extensions_of(request: RequestTemplate) -> Mapping[str, Any]:
    """Return the argument with which an httpx client sends the path as written, if it would send another one."""
    path = request.spec.written_path
    if not path or request.path.placeholders or request.query_string.placeholders:
        return {}
    query = request.query_string.outline.encode()
    return {"extensions": {"target": path + (b"?" + query if query else b"")}}


def render_python(request: RequestTemplate) -> str:
    """Return the call of an explorer that sends a request, below the imports that it needs."""
    code = PythonCode()
    call = code.call(build_code(request), "", "explorer")
    return "\n".join([*code.head(), call])


def render_httpx(
    specs: Iterable[RequestSpec],
    *,
    base_url: str = LOCAL_URL,
    follow_redirects: bool = False,
    redactor: Redactor = Redactor(),
    notes: Sequence[str] = (),
    names: Sequence[str] = (),
    carried: Sequence[Iterable[CarriedUse]] = (),
) -> str:
    """
    Return a script that sends these requests one after the other and prints the responses.

    :param base_url: the server, for requests whose spec has only a path
    :param notes: a comment of one line above each request, or empty
    :param names: of the exchanges, by which carried values are found
    :param carried: the carried values of each request
    """
    code = PythonCode()
    options = [f"base_url={quoted(base_url)}", *(["follow_redirects=True"] if follow_redirects else [])]
    lines = [f"with httpx.Client({', '.join(options)}) as client:"]
    hidden, placeholders = hide_secrets(specs, redactor, carried)
    nothing = [""] * len(hidden)
    for request, note, name in zip(hidden, notes or nothing, names or nothing, strict=True):
        lines += [f"    # {note}"] if note else []
        lines.append(code.call(build_code(request), "    response = ", more=extensions_of(request)))
        lines.append("    print(response.status_code, response.text)")
        lines += [f"    {read_carried(one)}" for one in placeholders.carried_from(name)]
    return "\n".join([*code.head(), "import httpx", "", *lines, ""])


def read_carried(carried: Carried, client: str = "client") -> str:
    """Return the statement that takes a value from ``response``: ``thing_id = response.json()["id"]``."""
    source = carried.source
    steps = "".join(f"[{quoted(step) if isinstance(step, str) else step}]" for step in source.steps)
    match source.part:
        case "json":
            value = f"response.json(){steps}"
        case "header":
            value = f"response.headers{steps}"
        case "location":
            value = f'response.headers{steps}.rpartition("/")[2]'
        case "cookie":
            value = f"{client}.cookies{steps}"
    return f"{carried.name} = {value}"


class PythonCode:
    """
    Writer of literals and calls.

    :ivar imports: statements that the code written so far needs
    """

    def __init__(self) -> None:
        self.imports: set[str] = set()

    def head(self) -> list[str]:
        """Return the lines of the imports, one for each module, and an empty line below."""
        plain = sorted(one for one in self.imports if one.startswith("import "))
        names: dict[str, list[str]] = {}
        for one in sorted(self.imports.difference(plain)):
            module, _, name = one.removeprefix("from ").partition(" import ")
            names.setdefault(module, []).append(name)
        lines = [*plain, *(f"from {module} import {', '.join(names[module])}" for module in sorted(names))]
        return [*lines, ""] if lines else []

    def call(
        self,
        code: RequestCode,
        prefix: str,
        client: str = "client",
        *,
        function: str = "",
        more: Mapping[str, Any] | None = None,
    ) -> str:
        """
        Return the statement that sends a request, such as ``response = client.post("/items", json={"name": "Foo"})``.

        :param prefix: the text before the call in its line, with the indent
        :param function: a function of the client that takes the method first; by default the method's own, if possible
        :param more: further keyword arguments
        """
        has_verb = not function and code.method in (_WITH_BODY if code.body else _VERBS)
        name = code.method.lower() if has_verb else function or "request"
        keywords: dict[str, Any] = {}
        if code.params:
            keywords["params"] = _pairs([(key, _number(value)) for key, value in code.params])
        if code.headers:
            keywords["headers"] = _pairs(
                [(title_of(key) if isinstance(key, str) else key, _header_value(value)) for key, value in code.headers]
            )
        indent = prefix[: len(prefix) - len(prefix.lstrip())]
        return "".join(f"{indent}# {note}\n" for note in code.notes) + self.laid_out(
            f"{prefix}{client}.{name}",
            [code.target] if has_verb else [code.method, code.target],
            {**keywords, **code.body, **(more or {})},
        )

    def laid_out(self, head: str, values: Sequence[Any], keywords: Mapping[str, Any]) -> str:
        """Return a call with literals as arguments, on one line after ``head`` or, if that is too long, on several."""
        positional = [self.literal(value) for value in values]
        flat = [*positional, *(f"{name}={self.literal(value)}" for name, value in keywords.items())]
        line = f"{head}({', '.join(flat)})"
        if len(line) <= LINE_LENGTH or not flat:
            return line
        indent = len(head) - len(head.lstrip())
        laid = [f"{name}={self.literal(value, indent + 4, len(name) + 2)}" for name, value in keywords.items()]
        lines = [f"{' ' * (indent + 4)}{argument},\n" for argument in [*positional, *laid]]
        return f"{head}(\n{''.join(lines)}{' ' * indent})"

    def literal(self, value: Any, indent: int | None = None, taken: int = 0) -> str:
        """
        Return the literal of JSON, bytes, tuples, `Template` or `Placeholder`.

        :param indent: column of the last line, if the literal is too long for one line; None for always one line
        :param taken: number of columns used before and after it in its line
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
            case Template():
                return self._joined(value)
            case Carried():
                return value.name
            case Placeholder(is_json=True):
                self.imports.add("import json")
                return f"json.loads({self._piece(value)})"
            case Placeholder():
                return self._piece(value)
            case str() | bytes():
                return quoted(value)
            case dict():
                return "{" + ", ".join(f"{self._flat(key)}: {self._flat(item)}" for key, item in value.items()) + "}"
            case list():
                return "[" + ", ".join(map(self._flat, value)) + "]"
            case tuple():
                return "(" + ", ".join(map(self._flat, value)) + ("," if len(value) == 1 else "") + ")"
            case _:
                return repr(value)

    def _joined(self, template: Template[Any]) -> str:
        """Return the code of a text; texts and carried values become one f-string."""
        found: list[str] = []
        for is_own, pieces in groupby(template.pieces, lambda piece: isinstance(piece, str | Carried)):
            run = list(pieces)
            if not is_own or (len(run) == 1 and (isinstance(run[0], str) or not run[0].is_json)):
                found += map(self._piece, run)
            else:
                texts = (
                    re.sub("[{}]", r"\g<0>\g<0>", one) if isinstance(one, str) else f"{{{one.name}}}" for one in run
                )
                found.append("f" + quoted("".join(texts)))
        return " + ".join(found) or '""'

    def _piece(self, piece: str | Placeholder) -> str:
        if isinstance(piece, str):
            return quoted(piece)
        if isinstance(piece, Name):
            self.imports |= piece.imports
            return piece.name
        if isinstance(piece, Carried):
            return piece.name
        self.imports.add("import os")
        return f'os.environ["{piece.name}"]'


def _uploads(parts: Sequence[FormPart]) -> dict[str, Any]:
    """Return ``data`` and ``files``; ``files`` alone if they alternate, because a client sends fields first."""
    kinds = [part.filename is not None for part in parts]
    fields = [part for part in parts if part.filename is None]
    distinct = len({part.name for part in parts}) == len(parts)
    if not distinct or kinds != sorted(kinds):
        return {"files": [(part.name, _file_of(part)) for part in parts]}
    data = {"data": {part.name: part.value for part in fields}} if fields else {}
    return {**data, "files": {part.name: _file_of(part) for part in parts if part.filename is not None}}


def _file_of(part: FormPart) -> tuple[Any, ...]:
    if part.filename is None:
        return (None, part.value)
    content: Any = part.content
    if not part.is_small:
        content = Name(f"Path({quoted(part.path)}).read_bytes()", imports=frozenset({"from pathlib import Path"}))
    return (part.filename, content, *filter(None, [part.content_type]))


def _body_of(request: RequestTemplate) -> dict[str, Any]:
    spec = request.spec
    content_type = spec.header("content-type")
    is_known = request.decoded is not None or not request.body.placeholders
    if is_known and content_type == "application/json" and (found := try_json(spec.body)) not in (None, (None,)):
        return {"json": found[0] if request.decoded is None else request.decoded}
    if is_known and content_type == _FORM and (fields := try_form_fields(request)) is not None:
        return {"data": fields}
    try:
        spec.body.decode()
    except UnicodeDecodeError:
        return {"content": _bytes_of(request.body, "utf-8", "surrogateescape")}
    return {"content": request.body}


def try_json(body: bytes) -> tuple[Any] | None:
    """Return the JSON of a body in a 1-tuple; None if a Python literal would differ."""
    try:
        value = json.loads(body.decode(), object_pairs_hook=_unrepeated)
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return None
    return (value,) if _is_shallow(value, _MAX_DEPTH) else None


def quoted(value: str | bytes) -> str:
    """Return the literal of a text or of bytes, in double quotes unless they need an escape."""
    prefix, plain = ("b", repr(value)[1:]) if isinstance(value, bytes) else ("", repr(value))
    return prefix + (f'"{plain[1:-1]}"' if plain[0] == "'" and '"' not in plain else plain)


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is repeated")
    return found


def _is_shallow(value: Any, depth: int) -> bool:
    inner: Sequence[Any] = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else ()
    return not inner or (depth > 0 and all(_is_shallow(item, depth - 1) for item in inner))


def try_form_fields(request: RequestTemplate) -> dict[str, Any] | None:
    """Return a form's fields as httpx accepts them; None if it would send other bytes."""
    body = request.spec.body
    try:
        pairs: list[tuple[str, Any]] = parse_qsl(body.decode("ascii"), keep_blank_values=True, strict_parsing=True)
    except ValueError:
        return None
    if request.decoded is not None:
        pairs = request.decoded
    elif urlencode(pairs).encode() != body:
        return None
    fields: dict[str, Any] = {}
    for name, value in pairs:
        fields[name] = value if name not in fields else [*_listed(fields[name]), value]
    same = [(name, value) for name, values in fields.items() for value in _listed(values)] == pairs
    return fields if same else None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _pairs(pairs: list[tuple[Any, Any]]) -> Any:
    """Return pairs as a dict if all names are known and distinct, else unchanged."""
    names = {name.lower() for name, _ in pairs if isinstance(name, str)}
    return dict(pairs) if len(names) == len(pairs) else pairs


def _number(value: Any) -> Any:
    text = value.render(str) if isinstance(value, Template) and not value.placeholders else value
    is_number = isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 10
    return int(text) if is_number and str(int(text)) == text else value


def _header_value(value: Any) -> Any:
    """Return the value of a header, as bytes if it is not ASCII, so that the client does not encode it."""
    is_text = not isinstance(value, Template) or value.outline.isascii()
    return value if is_text else _bytes_of(value, "latin-1")


def _bytes_of(template: Template[Any], encoding: str, errors: str = "strict") -> Any:
    code = PythonCode()
    pieces = [
        code.literal(piece.encode(encoding, errors))
        if isinstance(piece, str)
        else f"{code.literal(Template.of(piece) if isinstance(piece, Carried) else piece)}.encode()"
        for piece in template.pieces
    ]
    return Name(" + ".join(pieces), imports=frozenset(code.imports))
