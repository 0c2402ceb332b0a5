"""`Placeholders`: names that replace the secrets of an export, so that it can be committed and still runs. Pure.

A request becomes a `RequestTemplate`; each format writes its texts as it needs them escaped, and its own spelling of a
name, ``"$TOKEN"`` or ``os.environ["TOKEN"]``, between. What is secret is said in `ipyasgi.records.redaction`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, quote_plus

from ..client.httpx import httpx
from ..records.multipart import field_names, find_contents
from ..records.redaction import is_secret, mask_body, mask_headers, mask_query, mask_text, mask_url
from ..records.requests import RequestSpec
from ..records.template import Placeholder, Template

Text = Template[Placeholder]

_USER = re.compile(r"(?<=://)([^/?#@]+)(?=@)")
_SCHEME = re.compile(r"(?:basic|bearer|digest|negotiate|token|apikey) +", re.IGNORECASE)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# Names that a shell fills by itself.
_TAKEN = frozenset({"PWD", "OLDPWD"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestTemplate:
    """
    A request with placeholders for its secrets.

    :ivar spec: the request, secrets and all
    :ivar path: as that of the spec
    :ivar query: ``(name, value)`` in order
    :ivar headers: ``(name, value)``, names lower-case; each byte is the character of that number
    :ivar body: UTF-8, bytes that are none as surrogates
    :ivar decoded: where something in the body is hidden, what it says: JSON, or the pairs of a form; else None
    """

    spec: RequestSpec
    path: Text
    query: tuple[tuple[str, Text], ...]
    headers: tuple[tuple[str, Text], ...]
    body: Text
    decoded: Any = None

    @property
    def is_spelled(self) -> bool:
        """As `RequestSpec.is_spelled`; a value that is filled in later is encoded by the client."""
        return self.spec.is_spelled and not any(value.placeholders for _, value in self.query)

    @property
    def query_string(self) -> Text:
        """The query as it is sent."""
        known = next((n for n, (_, value) in enumerate(self.query) if value.placeholders), len(self.query))
        begun = replace(self.spec, query=self.spec.query[:known]).query_string
        more = [Text.of(_encode(name), "=", value.map_text(_encode)) for name, value in self.query[known:]]
        return _joined([*([Text.of(begun)] if begun else []), *more])

    @property
    def target(self) -> Text:
        """Path and query as they are sent."""
        query = self.query_string
        return Text.of(self.path, "?" if query else "", query)


class UniqueNames:
    """Names of which each is given once."""

    def __init__(self) -> None:
        self._given: set[str] = set()
        self._counts: Counter[str] = Counter()

    def take(self, wanted: str) -> str:
        """Return the name that is wanted, or where that is taken the same with a number."""
        while True:
            self._counts[wanted] += 1
            name = wanted if self._counts[wanted] == 1 else f"{wanted}_{self._counts[wanted]}"
            if name not in self._given:
                self._given.add(name)
                return name


class Placeholders:
    """The placeholders of one export."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, bool], Placeholder] = {}
        self._names = UniqueNames()

    @property
    def names(self) -> tuple[str, ...]:
        """Every name in the order of its first use."""
        return tuple(one.name for one in self._found.values())

    @property
    def values(self) -> tuple[str, ...]:
        """Every value that a placeholder took the place of."""
        return tuple(value for _, value, _ in self._found)

    def hide(self, field: str, value: str, *, is_json: bool = False) -> Placeholder:
        """Return the placeholder for a value: the same for the same value of the same field."""
        wanted = _variable_name(field)
        key = (wanted, value, is_json)
        if key not in self._found:
            self._found[key] = Placeholder(self._names.take(wanted), is_json)
        return self._found[key]

    def hide_request(self, spec: RequestSpec) -> RequestTemplate:
        """Return a request with its secrets hidden."""
        path = [self.hide("credentials", one) if n % 2 else one for n, one in enumerate(_USER.split(spec.path))]
        headers = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in spec.headers)
        body, decoded = self.hide_body(spec.body, spec.header("content-type"))
        return RequestTemplate(
            spec=spec,
            path=Text.of(*path),
            query=tuple((name, self.hide_value(name, value)) for name, value in spec.query),
            headers=tuple((name, self.hide_header(name, value)) for name, value in headers),
            body=body,
            decoded=decoded,
        )

    def hide_value(self, name: str, value: str) -> Text:
        """Return the value of a query parameter or a form's field."""
        return Text.of(self.hide(name, value) if value and (is_secret(name) or mask_url(value) != value) else value)

    def hide_header(self, name: str, value: str) -> Text:
        """Return the value of a header, whose name is in lower case; of an authorization its scheme stays."""
        if name == "cookie":
            pairs = (pair.partition("=") for pair in value.split(";"))
            return _joined(
                [Text.of(key, sign, self.hide(key.strip(), crumb) if crumb else "") for key, sign, crumb in pairs], ";"
            )
        if is_secret(name) and value:
            scheme = _SCHEME.match(value)
            start = scheme.end() if scheme is not None else 0
            kind = value[:start].strip().lower()
            known = {"bearer": "token", "token": "token", "basic": "credentials"}.get(kind, name)
            return Text.of(value[:start], self.hide(known if name == "authorization" else name, value[start:]))
        pair = ((name.encode("latin-1", "replace"), value.encode("latin-1", "replace")),)
        is_hidden = mask_headers(pair, show=False) != mask_headers(pair, show=True)
        return Text.of(self.hide(name, value) if is_hidden else value)

    def hide_json(self, value: Any) -> Any:
        """Return decoded JSON with a placeholder for each secret in it; other placeholders in it stay."""
        if isinstance(value, list):
            return [self.hide_json(item) for item in value]
        if not isinstance(value, dict):
            return value
        return {key: self._hide_field(key, item) for key, item in value.items()}

    def _hide_field(self, key: Any, value: Any) -> Any:
        if not isinstance(key, str) or not is_secret(key):
            return self.hide_json(value)
        if value in (None, "", [], {}) or isinstance(value, bool | Placeholder | Template):
            return value  # nothing to hide
        if isinstance(value, str):
            return self.hide(key, value)
        return self.hide_json(value) if has_placeholder(value) else self.hide(key, json.dumps(value), is_json=True)

    def hide_body(self, body: bytes, content_type: str) -> tuple[Text, Any]:
        """Return ``body`` and ``decoded`` of a `RequestTemplate`."""
        text = body.decode("utf-8", "surrogateescape")
        try:
            return self._hide_in_body(body, text, content_type)
        except RecursionError:  # nested too deeply to be looked into
            return Text.of(self.hide("body", text)), None

    def _hide_in_body(self, body: bytes, text: str, content_type: str) -> tuple[Text, Any]:
        media_type = content_type.partition(";")[0].strip().lower()
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict | list):
            hidden = self.hide_json(value)
            return (Text.of(text), None) if hidden == value else (Text.of(*write_json(hidden)), hidden)
        if media_type == "application/x-www-form-urlencoded" and b"\n" not in body:
            pairs = [(name, self.hide_value(name, given)) for name, given in parse_qsl(text, keep_blank_values=True)]
            if any(given.placeholders for _, given in pairs):
                fields = [Text.of(_quote_plus(name), "=", given.map_text(_quote_plus)) for name, given in pairs]
                return _joined(fields), pairs
        if media_type.startswith("multipart/"):
            return self._hide_parts(body, content_type), None
        return Text.of(self.hide("body", text) if _looks_secret(body, content_type) else text), None

    def _hide_parts(self, body: bytes, content_type: str) -> Text:
        done, pieces = 0, list[str | Placeholder]()
        for name, start, end in find_contents(body.decode("latin-1"), content_type):
            if is_secret(name) and start < end:
                pieces += [
                    body[done:start].decode("utf-8", "surrogateescape"),
                    self.hide(name, body[start:end].decode("utf-8", "surrogateescape")),
                ]
                done = end
        return Text.of(*pieces, body[done:].decode("utf-8", "surrogateescape"))


def hide_secrets(
    specs: Iterable[RequestSpec], *, show: bool = False
) -> tuple[tuple[RequestTemplate, ...], Placeholders]:
    """
    Return the requests with a placeholder for each secret, and all placeholders.

    :param show: leave the secrets where they are
    """
    placeholders = Placeholders()
    return tuple(_as_it_is(spec) if show else placeholders.hide_request(spec) for spec in specs), placeholders


def _as_it_is(spec: RequestSpec) -> RequestTemplate:
    return RequestTemplate(
        spec=spec,
        path=Text.of(spec.path),
        query=tuple((name, Text.of(value)) for name, value in spec.query),
        headers=tuple((name.decode("latin-1"), Text.of(value.decode("latin-1"))) for name, value in spec.headers),
        body=Text.of(spec.body.decode("utf-8", "surrogateescape")),
    )


def title_of(header: str) -> str:
    """Return the name of a header as people write it: ``X-Api-Key``."""
    return "-".join(word.capitalize() for word in header.split("-"))


def _joined(parts: list[Text], separator: str = "&") -> Text:
    return Text.of(*(piece for part in parts for piece in (separator, part))).part(len(separator))


def _quote_plus(text: str) -> str:
    return quote_plus(text, errors="surrogateescape")


def _encode(text: str) -> str:
    return str(httpx.QueryParams([("", text)]))[1:]


def write_json(value: Any, *, indent: int = 0, level: int = 1) -> Iterator[str | Placeholder]:
    """Yield JSON as ``json.dumps`` lays it out, with its placeholders; those for a text in quotes."""
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
    """Tell whether decoded JSON has a placeholder in it."""
    if isinstance(value, dict | list):
        inner = [*value, *value.values()] if isinstance(value, dict) else value
        return any(map(has_placeholder, inner))
    return isinstance(value, Placeholder | Template)


def _looks_secret(body: bytes, content_type: str) -> bool:
    """Tell whether a body in which no secret was found holds one all the same; in doubt it does."""
    text = body.decode("utf-8", "replace")
    return (
        any(is_secret(name) for name in field_names(text))
        or mask_body(body, content_type) != body
        or mask_text(text) != text
        or any(mask_query(word) != word for word in text.split() if "=" in word)
    )


def _variable_name(field: str) -> str:
    name = re.sub(r"[^A-Z0-9]+", "_", _HUMP.sub("_", field).upper()).strip("_") or "SECRET"
    return f"APP_{name}" if name in _TAKEN or name[0].isdigit() else name
