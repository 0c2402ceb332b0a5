"""The magic's language: one line, or one line and a cell, becomes a `Parsed`. Pure: sends nothing, looks up nothing
but ``{{expr}}``.

::

    line     := [name "<<"] METHOD target {item} {option}      send a request
              | subcommand {word} {option}                     see ipyasgi.notebook.commands
              | expr {option}                                  attach an app: a variable or module:attr
    item     := name "=" value                                 JSON (or form) field, a text
              | name ":=" json                                 JSON field, any JSON
              | name "==" value                                query parameter
              | Header ":" value                               request header
    cell     := {Header ": " value NEWLINE} [NEWLINE body]     under a line that sends; "###" begins the next request
    {{expr}}  anywhere in target, items, headers and body: a Python value

``{{`` runs to the first ``}}`` where the text between is an expression; a literal one is written ``\\{{``.
A path template is filled from items: ``GET /items/{item_id} item_id=7``.
"""

from __future__ import annotations

import difflib
import json
import math
import re
import shlex
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from ..explore.redaction import is_json_type
from ..explore.requests import RequestSpec, build_spec, check_path
from ..explore.routes import fill_path, path_parameters
from ..protocol.errors import CallError

Evaluate = Callable[[str], Any]

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "QUERY", "TRACE")
FLAGS = frozenset({"form", "factory", "no-lifespan", "no-follow", "help"})
VALUED = frozenset({"timeout", "name"})
SENDING_OPTIONS = ("form", "timeout", "help")
ATTACHING_OPTIONS = ("factory", "no-lifespan", "no-follow", "name", "help")

_ASSIGN = re.compile(r"\s*([A-Za-z_]\w*)\s*<<\s*(.*)", re.DOTALL)
_ITEM = re.compile(r"(?P<name>[^=:@\s][^=:@]*?)(?P<sign>:=|==|=|:|@)(?P<value>.*)", re.DOTALL)
_HOLE = re.compile("\x00(\\d+)\x00")


class GrammarError(CallError):
    """The line or cell cannot be understood; the text says what to write instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """
    What a line means.

    :ivar assign: the name before ``<<``, or empty
    :ivar head: the first word: a method, a subcommand or an app expression; empty for an empty line
    :ivar words: the other words, quotes taken off
    :ivar options: ``--timeout 5`` as ``{"timeout": "5"}``, flags with an empty text
    :ivar values: the values of the ``{{expr}}`` in head and words, which hold their numbers
    """

    assign: str = ""
    head: str = ""
    words: tuple[str, ...] = ()
    options: dict[str, str] = field(default_factory=dict)
    values: tuple[Any, ...] = ()

    @property
    def sends(self) -> bool:
        """Whether the line is a request."""
        return bool(self.head) and self.head.isupper() and self.head.isalpha()

    def timeout_s(self) -> float | None:
        """Return ``--timeout`` in seconds, None where it is not given."""
        text = self.options.get("timeout")
        if text is None:
            return None
        try:
            seconds = float(text)
        except ValueError:
            seconds = 0.0
        if not 0 < seconds < math.inf:
            raise GrammarError(f"--timeout {text}: give seconds, such as --timeout 5")
        return seconds

    def allow(self, options: Iterable[str]) -> None:
        """Raise for an option that this kind of line does not take."""
        for name in self.options:
            if name not in options:
                taken = ", ".join(f"--{one}" for one in options) or "none"
                raise GrammarError(f"%asgi {self.head} takes no --{name}; its options: {taken}")


def parse_line(line: str, evaluate: Evaluate) -> Parsed:
    """Return what one line means; raises `GrammarError`."""
    assign = ""
    if (match := _ASSIGN.fullmatch(line)) is not None:
        assign, line = match.group(1), match.group(2)
    holed, values = _take_values(line.strip(), evaluate)
    words, options = _split_options(_tokens(holed))
    head, *rest = words or [""]
    return Parsed(assign=assign, head=head, words=tuple(rest), options=options, values=tuple(values))


def build_request(parsed: Parsed, cell: str | None, evaluate: Evaluate) -> RequestSpec:
    """Return the request of a parsed line and the headers and body below it; raises `GrammarError`, `RequestError`."""
    if parsed.head not in METHODS:
        raise GrammarError(f"{parsed.head} is not an HTTP method{did_you_mean(parsed.head, METHODS)}")
    if not parsed.words:
        raise GrammarError(f"{parsed.head} needs a path: {parsed.head} /items")
    target, *items = parsed.words
    check_path(_fill(target, parsed.values, str))
    parsed.allow(SENDING_OPTIONS)
    fields = _Items(items, parsed)
    path = fields.fill_template(target)
    if fields.body and parsed.head in ("GET", "HEAD"):
        name, value = next(iter(fields.body.items()))
        raise GrammarError(
            f"{parsed.head} has no body to put {name!r} in: for the query write {name}=={value}; "
            "a body, if you mean one, goes below %%asgi"
        )
    headers = [(name, _fill(value, parsed.values, str)) for name, value in fields.headers]
    content: bytes | None = None
    if cell is not None:
        more, content = read_cell(cell, evaluate)
        headers += more
    if content is not None and fields.body:
        raise GrammarError("the body is given twice, in items and below the line: keep one of them")
    return _spec(parsed, path, fields, headers, content)


def split_cell(line: str, cell: str) -> list[tuple[str, str]]:
    """Return ``(line, rest)`` of each request in a cell: ``###`` separates them; an empty line takes the next one."""
    parts = re.split(r"(?m)^###.*\n?", cell)
    if not line.strip():
        while parts and not parts[0].strip():
            parts.pop(0)
        parts = parts or [""]
        first, _, rest = parts[0].lstrip("\n").partition("\n")
        found = [(first, rest)]
    else:
        found = [(line, parts[0])]
    for part in parts[1:]:
        if part.strip():
            first, _, rest = part.lstrip("\n").partition("\n")
            found.append((first, rest))
    return found


def read_cell(cell: str, evaluate: Evaluate) -> tuple[list[tuple[str, str]], bytes | None]:
    """Return the headers and the body of a cell in the shape of a ``.http`` file; a JSON body is checked."""
    lines = cell.split("\n")
    headers: list[tuple[str, str]] = []
    while lines and lines[0].strip():
        name, colon, value = lines[0].partition(":")
        if not colon or not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name.strip()):
            if headers:
                raise GrammarError(f"{lines[0]!r} is not a header: put an empty line between headers and body")
            break  # a body that begins at once
        headers.append((name.strip(), _expand(value.strip(), evaluate, str)))
        lines.pop(0)
    body = "\n".join(lines).strip("\n")
    if not body.strip():
        return headers, None
    given = next((value for name, value in headers if name.lower() == "content-type"), "")
    if _is_json(given, body):
        text = _expand(body, evaluate, _json_text)
        _check_json(text)
        if not given:
            headers.append(("Content-Type", "application/json"))
        return headers, text.encode()
    return headers, _expand(body, evaluate, str).encode()


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean 'x'?`` for a near miss, else an empty text."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    if not close:
        close = difflib.get_close_matches(word.upper(), list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""


class _Items:
    """The items of a request line, sorted by what they are."""

    def __init__(self, items: list[str], parsed: Parsed) -> None:
        self.headers: list[tuple[str, str]] = []
        self.query: list[tuple[str, str]] = []
        self.body: dict[str, Any] = {}
        self._values = parsed.values
        for item in items:
            self._add(item)

    def _add(self, item: str) -> None:
        match = _ITEM.fullmatch(item)
        if match is None:
            raise GrammarError(
                f"{_fill(item, self._values, str)!r} is not an item: write name=value (a text), name:=json, "
                "name==value (query) or Header:value"
            )
        name, sign, value = match.group("name", "sign", "value")
        if sign == "==":
            self.query.append((name, _fill(value, self._values, str)))
        elif sign == ":":
            self.headers.append((name, value))
        elif sign == ":=":
            self.body[name] = _json_value(name, _fill(value, self._values, _json_text))
        elif sign == "=":
            self.body[name] = _whole(value, self._values)
        else:
            raise GrammarError(f"{item!r}: files are not sent from the magic yet; use explorer.post(..., files=...)")

    def fill_template(self, target: str) -> str:
        path = _fill(target, self._values, lambda value: quote(str(value), safe=""))
        wanted = dict.fromkeys(path_parameters(path.partition("?")[0]))
        for name in wanted:
            if name not in self.body:
                raise GrammarError(f"the path has {{{name}}}: give it a value, {name}=...")
        return fill_path(path, {name: self.body.pop(name) for name in wanted})


def _spec(
    parsed: Parsed, path: str, fields: _Items, headers: list[tuple[str, str]], content: bytes | None
) -> RequestSpec:
    body: dict[str, Any] = {}
    if content is not None:
        body = {"content": content}
    elif fields.body:
        body = {"data": fields.body} if "form" in parsed.options else {"json": fields.body}
    if fields.query:
        body["params"] = [*_query_of(path), *fields.query]
    return build_spec(parsed.head, path, headers=headers, **body)


def _query_of(path: str) -> list[tuple[str, str]]:
    return list(build_spec("GET", path).query)


def _tokens(text: str) -> list[str]:
    lexer = shlex.shlex(text, posix=True, punctuation_chars=False)
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        return list(lexer)
    except ValueError as exc:
        raise GrammarError(f"{exc}: close the quote, or escape it with a backslash") from None


def _split_options(words: list[str]) -> tuple[list[str], dict[str, str]]:
    kept: list[str] = []
    options: dict[str, str] = {}
    rest = iter(words)
    for word in rest:
        if not word.startswith("--") or word == "--":
            kept.append(word)
            continue
        name, equals, value = word[2:].partition("=")
        if name in VALUED:
            value = value if equals else next(rest, "")
            if not value:
                raise GrammarError(f"--{name} needs a value: --{name} 5")
        elif name not in FLAGS:
            raise GrammarError(f"there is no option --{name}{did_you_mean(name, FLAGS | VALUED)}")
        options[name] = value
    return kept, options


def _take_values(text: str, evaluate: Evaluate) -> tuple[str, list[Any]]:
    """Replace each ``{{expr}}`` by a numbered hole, so that what is in it cannot be split into words."""
    values: list[Any] = []

    def hole(value: Any) -> str:
        values.append(value)
        return f"\x00{len(values) - 1}\x00"

    return _replace_holes(text.replace("\x00", ""), lambda source: hole(evaluate(source))), values


def _expand(text: str, evaluate: Evaluate, show: Callable[[Any], str]) -> str:
    def value_of(source: str, in_quotes: bool = False) -> str:
        value = evaluate(source)
        return json.dumps(str(value))[1:-1] if in_quotes and show is _json_text else show(value)

    return _replace_holes(text, value_of, quotes=show is _json_text)


def _replace_holes(text: str, replace: Callable[..., str], quotes: bool = False) -> str:
    done: list[str] = []
    while True:
        start = text.find("{{")
        if start < 0:
            return "".join([*done, text])
        if start and text[start - 1] == "\\":
            done.append(text[: start - 1] + "{{")
            text = text[start + 2 :]
            continue
        source, end = _expression(text, start)
        if source is None:
            # JSON closes several objects at once and opens them so too: no expression, no hole.
            done.append(text[: start + 2])
            text = text[start + 2 :]
            continue
        done.append(text[:start])
        inside = quotes and _inside_quotes("".join(done))
        done.append(replace(source, inside) if quotes else replace(source))
        text = text[end:]


def _expression(text: str, start: int) -> tuple[str | None, int]:
    end = text.find("}}", start + 2)
    while end >= 0:
        source = text[start + 2 : end].strip()
        try:
            compile(source, "{{}}", "eval")
        except (SyntaxError, ValueError):
            end = text.find("}}", end + 1)
            continue
        return source, end + 2
    return None, -1


def _inside_quotes(text: str) -> bool:
    return len(re.findall(r'(?<!\\)"', text)) % 2 == 1


def _fill(text: str, values: tuple[Any, ...], show: Callable[[Any], str]) -> str:
    return _HOLE.sub(lambda match: show(values[int(match.group(1))]), text)


def _whole(text: str, values: tuple[Any, ...]) -> str:
    return _fill(text, values, str)


def _json_text(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError) as exc:
        raise GrammarError(f"{{{{...}}}} in a JSON body must be JSON: {exc}") from None


def _json_value(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as exc:
        raise GrammarError(
            f"{name}:={text} is not JSON ({exc}): put quotes around JSON with quotes in it, "
            f"{name}:='[\"a\"]'; for a text write {name}={text}"
        ) from None


def _is_json(content_type: str, body: str) -> bool:
    if content_type:
        return is_json_type(content_type)
    return body.lstrip()[:1] in ("{", "[")


def _check_json(text: str) -> None:
    try:
        json.loads(text)
    except json.JSONDecodeError as exc:
        raise GrammarError(
            f"the body is not JSON: {exc.msg} at line {exc.lineno}, column {exc.colno} of the body; "
            "for another kind of body give a Content-Type header"
        ) from None
    except RecursionError:
        raise GrammarError("the body is not JSON that can be read: it is nested too deeply") from None
