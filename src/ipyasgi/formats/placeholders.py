"""`Placeholders`: names for secrets and carried values in an export, so that it can be committed and still runs. Pure.

A request becomes a `RequestTemplate`. Each format escapes its texts and writes placeholders in its own way, such as
``"$TOKEN"`` or ``os.environ["TOKEN"]``. `ipyasgi.records.redaction` decides which values are secret, and
`ipyasgi.history.carried_values` which are carried from an earlier response; a value that is both is carried.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from keyword import iskeyword
from typing import Any
from urllib.parse import unquote, unquote_plus, urlsplit

from ..client.httpx import httpx
from ..records.body_text import is_json_type, is_multipart_type, read_body
from ..records.carried import Carried, CarriedUse, Source
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
_ID = re.compile(r"\d+|(?=\D*\d)[0-9a-fA-F-]{8,}|(?=\D*\d)[\w.-]{16,}")
_SET_BY_SHELL = ("PWD", "OLDPWD")
_NOT_ALONE = frozenset({"id", "uuid", "guid", "oid", "pk", "key", "code", "number", "ref", "hash", "etag"})
# Names that the exported code has already.
_TAKEN = frozenset({
    "any", "app", "body", "client", "create_app", "host", "httpx", "json", "len", "monkeypatch", "os", "path", "pytest",
    "print", "response", "self", "session", "sorted", "task",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestTemplate:
    """
    A request with placeholders for its secrets and carried values.

    :ivar spec: the request with its secrets; without its query if a link is carried, which is then the ``path``
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
        self._carried: dict[Source, Carried] = {}
        self._carried_secrets: set[str] = set()

    @property
    def secrets(self) -> Mapping[str, str]:
        """The values replaced so far by the names of their placeholders, in the order of first use."""
        return {one.name: value for (_, value, _), one in self._found.items()}

    @property
    def secret_values(self) -> Collection[str]:
        """The values of all secrets, those that are carried included."""
        return {*self.secrets.values(), *self._carried_secrets}

    def hide(self, field: str, value: str, *, is_json: bool = False) -> Placeholder:
        """Return the placeholder for a value: the same one for the same value of the same field."""
        name = _variable_name(field)
        key = (name, value, is_json)
        if key not in self._found:
            self._found[key] = Placeholder(take_name(name, self._names), is_json)
        return self._found[key]

    def carry(self, source: Source) -> Carried:
        """Return the placeholder for a value of an earlier response: the same one for the same place."""
        if source not in self._carried:
            name = take_name(_variable_of(source).upper(), self._names).lower()  # distinct in either case
            self._carried[source] = Carried(name, not source.is_text, source)
        return self._carried[source]

    @property
    def carried(self) -> Collection[Carried]:
        """The placeholders for carried values so far."""
        return self._carried.values()

    def carried_from(self, exchange: str) -> Sequence[Carried]:
        """Return the placeholders for values in the response of an exchange."""
        return [one for source, one in self._carried.items() if source.exchange == exchange]

    def hide_request(self, spec: RequestSpec, carried: Iterable[CarriedUse] = ()) -> RequestTemplate:
        """Return a request with placeholders for its secrets and carried values."""
        uses: dict[tuple[str, int], list[CarriedUse]] = {}
        for use in carried:
            uses.setdefault((use.place, use.index), []).append(use)
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in spec.headers]
        body, decoded = self.hide_body(spec.body, spec.header("content-type"), uses.get(("body", 0), ()))
        link = next(iter(uses.get(("target", 0), ())), None)
        hidden = self._redactor.hidden(spec.query, "query")
        query: list[tuple[str, Text]] = []
        for index, ((name, value), is_hidden) in enumerate(zip(spec.query, hidden, strict=True)):
            whole = next(iter(uses.get(("query", index), ())), None)
            self._carried_secrets |= {whole.value} if whole is not None and is_hidden else set()
            kept = self.hide(name, value) if is_hidden else value
            query.append((name, Text.of(kept if whole is None else self.carry(whole.source))))
        path = self._hide_spans(spec.path, self._redactor.url_spans(spec.path), uses.get(("path", 0), ()))
        if link is not None:
            pairs = zip(spec.query, hidden, strict=True)
            self._carried_secrets |= {value for (_, value), is_hidden in pairs if is_hidden}
            spec = replace(spec, path=link.value.partition("?")[0], query=(), spelling="")
            path, query = Text.of(self.carry(link.source)), []
        return RequestTemplate(
            spec=spec,
            path=path,
            query=tuple(query),
            headers=tuple(
                (name, self.hide_header(name, value, uses.get(("header", index), ())))
                for index, (name, value) in enumerate(headers)
            ),
            body=body,
            decoded=decoded,
        )

    def hide_value(self, name: str, value: str, in_: Place) -> Text:
        """Return the value of a query parameter or form field, or a placeholder for it if it is secret."""
        return Text.of(self.hide(name, value) if self._redactor.hides(name, value, in_) else value)

    def hide_header(self, name: str, value: str, uses: Sequence[CarriedUse] = ()) -> Text:
        """Return the value of a header, whose name is lower-case; the scheme of an authorization is kept."""
        spans = self._redactor.header_spans(name, value)
        if name == "authorization":
            spans = [span._replace(name=_BY_SCHEME.get(value[: span.start].strip().lower(), name)) for span in spans]
        return self._hide_spans(value, spans, uses)

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

    def hide_body(self, body: bytes, content_type: str, uses: Sequence[CarriedUse] = ()) -> tuple[Text, Any]:
        """Return ``body`` and ``decoded`` of a `RequestTemplate`; an unreadable body becomes one placeholder."""
        text, sent = read_body(body)[0], body.decode("utf-8", "surrogateescape")
        try:
            found = self._merge(self._redactor.spans(text, content_type, whole=True), uses)
            kinds: set[SpanKind] = {one.kind for one in found if isinstance(one, Span)}
            if kinds - _kinds_within(content_type, is_sent=text == sent):
                return Text.of(self.hide("body", sent)), None
            hidden = self._fill(text, found, in_json=is_json_type(content_type))
            if not hidden.placeholders:
                return Text.of(sent), None
            if is_multipart_type(content_type):
                return hidden, None
            first = found[0].kind if isinstance(found[0], Span) else "json" if is_json_type(content_type) else "form"
            if first == "json":
                return hidden, self._decode(text, found)
            return hidden, _fields_of(hidden) if first == "form" else None
        except RecursionError:  # nested too deeply
            return Text.of(self.hide("body", sent)), None

    def _decode(self, text: str, places: Sequence[Span | CarriedUse]) -> Any:
        """Return decoded JSON with the placeholders of its spans, which are whole values."""
        found = [
            self._hide_decoded(one.name, json.loads(text[one.start : one.end]))
            if isinstance(one, Span)
            else self.carry(one.source)
            for one in places
        ]
        pieces: list[str] = []
        done = 0
        for number, one in enumerate(places):
            pieces += [text[done : one.start], f'"\\u0000{number}\\u0000"']
            done = one.end

        def fill(value: Any) -> Any:
            if isinstance(value, dict):
                return {key: fill(item) for key, item in value.items()}
            if isinstance(value, list):
                return [fill(item) for item in value]
            match = _MARKED.fullmatch(value) if isinstance(value, str) else None
            return found[int(match[1])] if match is not None and int(match[1]) < len(found) else value

        return fill(json.loads("".join([*pieces, text[done:]])))

    def _hide_spans(self, text: str, spans: Iterable[Span], uses: Sequence[CarriedUse] = ()) -> Text:
        return self._fill(text, self._merge(spans, uses))

    def _merge(self, spans: Iterable[Span], uses: Sequence[CarriedUse]) -> Sequence[Span | CarriedUse]:
        """
        Return secrets and carried values in order.

        Of two that overlap, the carried value stays if it contains the whole secret; else the secret is hidden whole.
        """
        secrets = list(spans)
        if not uses:
            return secrets
        starts, ends = [one.start for one in secrets], [one.end for one in secrets]
        kept: list[CarriedUse] = []
        left_out: set[int] = set()
        for use in uses:
            first, last = bisect_right(ends, use.start), bisect_left(starts, use.end)
            if all(use.start <= one.start and one.end <= use.end for one in secrets[first:last]):
                kept.append(use)
                left_out.update(range(first, last))
                self._carried_secrets |= {use.value} if first < last else set()
        return sorted(
            [*(one for number, one in enumerate(secrets) if number not in left_out), *kept], key=lambda one: one.start
        )

    def _fill(self, text: str, places: Iterable[Span | CarriedUse], *, in_json: bool = False) -> Text:
        pieces: list[str | Placeholder] = []
        done = 0
        for one in places:
            pieces.append(text[done : one.start])
            if isinstance(one, Span):
                pieces += self._hide_span(text[one.start : one.end], one)
            else:
                carried = self.carry(one.source)
                pieces += write_json(carried) if in_json else (carried,)
            done = one.end
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


def route_of(request: RequestTemplate, route: str) -> str:
    """Return the path of a request without ids and other values: that of its route, or ``/items/{id}``."""
    if route:
        return route
    is_link = request.path.whole is not None
    path = request.spec.path if is_link else request.path.render(lambda one: f"\0{one.name.lower()}\0")
    segments = (
        re.sub("\0([^\0]*)\0", r"{\1}", one) if "\0" in one else _without_id(one)
        for one in unquote(urlsplit(path).path).split("/")
    )
    return "/".join(segments)


def _without_id(segment: str) -> str:
    return "{id}" if _ID.fullmatch(segment) else segment


def hide_secrets(
    specs: Iterable[RequestSpec],
    redactor: Redactor = Redactor(),
    carried: Sequence[Iterable[CarriedUse]] = (),
) -> tuple[tuple[RequestTemplate, ...], Placeholders]:
    """
    Return the requests with a placeholder for each secret and carried value, and the placeholders of all.

    :param carried: the carried values of each request; empty for none
    """
    placeholders = Placeholders(redactor)
    return tuple(map(placeholders.hide_request, specs, carried or repeat(()))), placeholders


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


def _variable_of(source: Source) -> str:
    """Return a Python name for a carried value: ``thing_id``, ``access_token``."""
    key = "id" if source.part == "location" else source.key
    name = re.sub(r"\W+", "_", _HUMP.sub("_", key), flags=re.ASCII).strip("_").lower()[:40]
    if name in _NOT_ALONE and (before := source.noun or source.exchange):
        name = f"{before}_{name}"
    if not name or name[0].isdigit():
        name = f"value_{name}".rstrip("_")
    if source.is_link and not name.endswith(("url", "uri", "href", "link", "location")):
        name = f"{name}_url"
    return f"{name}_" if iskeyword(name) or name in _TAKEN else name
