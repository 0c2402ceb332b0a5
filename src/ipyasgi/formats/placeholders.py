"""`Placeholders`: names that replace secrets in an export, so that it can be committed and still runs. Pure.

A request becomes a `RequestTemplate`. Each format escapes its texts and writes placeholders in its own way, such as
``"$TOKEN"`` or ``os.environ["TOKEN"]``. `ipyasgi.records.redaction` decides which values are secret.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote_plus

from ..client.httpx import httpx
from ..records.body_text import is_json_type, is_multipart_type, read_body
from ..records.redaction import Redactor
from ..records.requests import RequestSpec
from ..records.secret_rules import Place
from ..records.secret_spans import Span, SpanKind
from ..records.template import Placeholder, Template
from .uploads import FormPart, read_parts

Text = Template[Placeholder]

_MARKED = re.compile("\x00(\\d+)\x00")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BY_SCHEME = {"bearer": "token", "token": "token", "basic": "credentials"}
_SET_BY_SHELL = ("PWD", "OLDPWD")


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestTemplate:
    """
    A request with placeholders for its secrets.

    :ivar spec: the request with its secrets
    :ivar query: ``(name, value)`` pairs in order
    :ivar headers: ``(name, value)`` pairs, names lower-case, decoded as Latin-1
    :ivar body: decoded as UTF-8 with surrogate escapes
    :ivar decoded: if the body has placeholders: its JSON, or the pairs of its form; otherwise None
    """

    spec: RequestSpec
    path: Text
    query: tuple[tuple[str, Text], ...]
    headers: tuple[tuple[str, Text], ...]
    body: Text
    decoded: Any = None

    @property
    def parts(self) -> tuple[FormPart, ...] | None:
        """The fields and files of an upload; None for any other body."""
        return read_parts(self.spec, self.body)

    @property
    def is_spelled(self) -> bool:
        """As `RequestSpec.is_spelled`; false with placeholders, whose values the client encodes."""
        return self.spec.is_spelled and not any(value.placeholders for _, value in self.query)

    @property
    def query_string(self) -> Text:
        """The query as sent."""
        known = next((n for n, (_, value) in enumerate(self.query) if value.placeholders), len(self.query))
        begun = replace(self.spec, query=self.spec.query[:known]).query_string
        more = [Text.of("&", _encode(name), "=", value.map_text(_encode)) for name, value in self.query[known:]]
        return Text.of(begun, *more).part(0 if begun else 1)

    @property
    def target(self) -> Text:
        """The path and query as sent."""
        query = self.query_string
        return Text.of(self.path, "?" if query else "", query)


def take_name(name: str, taken: Counter[str]) -> str:
    """Return a name, with a number if it is taken, and reserve it."""
    taken[name] += 1
    while taken[name] > 1:
        name = f"{name}_{taken[name]}"
        taken[name] += 1
    return name


class Placeholders:
    """The placeholders of one export."""

    def __init__(self, redactor: Redactor = Redactor()) -> None:
        self._redactor = redactor
        self._found: dict[tuple[str, str, bool], Placeholder] = {}
        self._names: Counter[str] = Counter()

    @property
    def secrets(self) -> Mapping[str, str]:
        """The values replaced so far by the names of their placeholders, in the order of first use."""
        return {one.name: value for (_, value, _), one in self._found.items()}

    def hide(self, field: str, value: str, *, is_json: bool = False) -> Placeholder:
        """Return the placeholder for a value: the same one for the same value of the same field."""
        name = _variable_name(field)
        key = (name, value, is_json)
        if key not in self._found:
            self._found[key] = Placeholder(take_name(name, self._names), is_json)
        return self._found[key]

    def hide_request(self, spec: RequestSpec) -> RequestTemplate:
        """Return a request with placeholders for its secrets."""
        headers = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in spec.headers)
        body, decoded = self.hide_body(spec.body, spec.header("content-type"))
        return RequestTemplate(
            spec=spec,
            path=self._hide_spans(spec.path, self._redactor.url_spans(spec.path)),
            query=tuple(
                (name, Text.of(self.hide(name, value) if is_hidden else value))
                for (name, value), is_hidden in zip(spec.query, self._redactor.hidden(spec.query, "query"), strict=True)
            ),
            headers=tuple((name, self.hide_header(name, value)) for name, value in headers),
            body=body,
            decoded=decoded,
        )

    def hide_value(self, name: str, value: str, in_: Place) -> Text:
        """Return the value of a query parameter or form field, or a placeholder for it if it is secret."""
        return Text.of(self.hide(name, value) if self._redactor.hides(name, value, in_) else value)

    def hide_header(self, name: str, value: str) -> Text:
        """Return the value of a header, whose name is lower-case; the scheme of an authorization is kept."""
        spans = self._redactor.header_spans(name, value)
        if name == "authorization":
            spans = [span._replace(name=_BY_SCHEME.get(value[: span.start].strip().lower(), name)) for span in spans]
        return self._hide_spans(value, spans)

    def hide_json(self, value: Any) -> Any:
        """Return decoded JSON with a placeholder for each secret in it, besides the placeholders it already has."""
        if isinstance(value, list):
            return [self.hide_json(item) for item in value]
        if not isinstance(value, dict):
            return value
        return {key: self._hide_member(key, item) for key, item in value.items()}

    def _hide_member(self, key: Any, value: Any) -> Any:
        if isinstance(value, str) and isinstance(key, str):
            return self.hide(key, value) if self._redactor.hides(key, value, "body") else value
        if not isinstance(key, str) or not self._redactor.is_secret(key, "body"):
            return self.hide_json(value)
        if not has_placeholder(value):
            return self._hide_decoded(key, value)
        if isinstance(value, dict):
            return {name: self._hide_member(key, item) for name, item in value.items()}
        return [self._hide_member(key, item) for item in value] if isinstance(value, list) else value

    def _hide_decoded(self, name: str, value: Any) -> Any:
        """Return the placeholder for a JSON value; an empty value or a boolean is kept."""
        if value in (None, "", [], {}) or isinstance(value, bool):
            return value
        return self.hide(name, value) if isinstance(value, str) else self.hide(name, json.dumps(value), is_json=True)

    def hide_body(self, body: bytes, content_type: str) -> tuple[Text, Any]:
        """Return ``body`` and ``decoded`` of a `RequestTemplate`; an unreadable body becomes one placeholder."""
        text, sent = read_body(body)[0], body.decode("utf-8", "surrogateescape")
        try:
            spans = self._redactor.spans(text, content_type, whole=True)
            if {span.kind for span in spans} - _kinds_within(content_type, is_sent=text == sent):
                return Text.of(self.hide("body", sent)), None
            hidden = self._hide_spans(text, spans)
            if not hidden.placeholders:
                return Text.of(sent), None
            if spans[0].kind == "json" and not is_multipart_type(content_type):
                return hidden, self._decode(text, spans)
            return hidden, _fields_of(hidden) if spans[0].kind == "form" else None
        except RecursionError:  # nested too deeply
            return Text.of(self.hide("body", sent)), None

    def _decode(self, text: str, spans: Sequence[Span]) -> Any:
        """Return decoded JSON with the placeholders of its spans, which are whole values."""
        found = [self._hide_decoded(span.name, json.loads(text[span.start : span.end])) for span in spans]
        pieces: list[str] = []
        done = 0
        for number, span in enumerate(spans):
            pieces += [text[done : span.start], f'"\\u0000{number}\\u0000"']
            done = span.end

        def fill(value: Any) -> Any:
            if isinstance(value, dict):
                return {key: fill(item) for key, item in value.items()}
            if isinstance(value, list):
                return [fill(item) for item in value]
            match = _MARKED.fullmatch(value) if isinstance(value, str) else None
            return found[int(match[1])] if match is not None and int(match[1]) < len(found) else value

        return fill(json.loads("".join([*pieces, text[done:]])))

    def _hide_spans(self, text: str, spans: Iterable[Span]) -> Text:
        pieces: list[str | Placeholder] = []
        done = 0
        for span in spans:
            pieces += [text[done : span.start], *self._hide_span(text[span.start : span.end], span)]
            done = span.end
        return Text.of(*pieces, text[done:])

    def _hide_span(self, secret: str, span: Span) -> Iterable[str | Placeholder]:
        if span.kind == "json":
            hidden = self._hide_decoded(span.name, json.loads(secret))
            return write_json(hidden) if isinstance(hidden, Placeholder) else (secret,)
        if not secret:
            return ()
        if span.quote and len(secret) > 1 and secret[0] == secret[-1] == span.quote:
            return (span.quote, self.hide(span.name, secret[1:-1]), span.quote)
        return (self.hide(span.name, unquote_plus(secret) if span.kind == "form" else secret),)


def hide_secrets(
    specs: Iterable[RequestSpec], redactor: Redactor = Redactor()
) -> tuple[tuple[RequestTemplate, ...], Placeholders]:
    """Return the requests with a placeholder for each secret, and the placeholders of all."""
    placeholders = Placeholders(redactor)
    return tuple(map(placeholders.hide_request, specs)), placeholders


def _kinds_within(content_type: str, *, is_sent: bool) -> set[SpanKind]:
    """Return the kinds of spans that can be placeholders in a body; any other hides the body as a whole."""
    media_type = content_type.partition(";")[0].strip().lower()
    if is_multipart_type(content_type):
        return {"json", "part"}
    is_plain = is_sent and not is_json_type(content_type) and media_type != "application/x-www-form-urlencoded"
    return {"json", "form", "text"} if is_plain else {"json", "form"}


def _fields_of(form: Text) -> list[tuple[str, Text]]:
    pairs = []
    for field in filter(None, form.split("&")):
        name = field.outline.partition("=")[0]
        pairs.append((unquote_plus(name), field.part(len(name) + 1).map_text(unquote_plus)))
    return pairs


def write_braces(text: Text) -> str:
    """Return a text with its placeholders as ``{{name}}``; a literal ``{{`` becomes ``\\{{``."""
    return text.render(lambda one: f"{{{{{one.name.lower()}}}}}", lambda one: one.replace("{{", "\\{{"))


def title_of(header: str) -> str:
    """Return the name of a header in title case: ``X-Api-Key``."""
    return "-".join(word.capitalize() for word in header.split("-"))


def _encode(text: str) -> str:
    return str(httpx.QueryParams([("", text)]))[1:]


def write_json(value: Any, *, indent: int = 0, level: int = 1) -> Iterator[str | Placeholder]:
    """Yield JSON as ``json.dumps`` lays it out, with its placeholders; a placeholder for a string is quoted."""
    if isinstance(value, Placeholder):
        yield from (value,) if value.is_json else ('"', value, '"')
    elif isinstance(value, dict | list) and value:
        begin, comma = ("\n" + " " * indent * level, ",") if indent else ("", ", ")
        yield "{" if isinstance(value, dict) else "["
        for number, item in enumerate(value):
            yield (comma if number else "") + begin
            if isinstance(value, dict):
                yield f"{_dump(item)}: "
                item = value[item]
            yield from write_json(item, indent=indent, level=level + 1)
        yield begin[: len(begin) - indent] + ("}" if isinstance(value, dict) else "]")
    else:
        yield _dump(value)


def _dump(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:  # half a surrogate pair
        return json.dumps(value)
    return text


def has_placeholder(value: Any) -> bool:
    """Return whether decoded JSON, which may be nested deeply, contains a placeholder."""
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, Placeholder | Template):
            return True
        if isinstance(one, dict):
            left += (*one, *one.values())
        elif isinstance(one, list):
            left += one
    return False


def _variable_name(field: str) -> str:
    name = re.sub(r"[^A-Z0-9]+", "_", _HUMP.sub("_", field).upper()).strip("_") or "SECRET"
    return f"APP_{name}" if name in _SET_BY_SHELL or name[0].isdigit() else name
