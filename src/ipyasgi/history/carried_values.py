"""`find_carried`: the values of requests that the app itself made up and sent in an earlier response. Pure.

An id, a token or a cursor is made anew each time, so an export that sends the recorded one fails. A value counts as the
app's if its name or its form says so and the request that brought it did not contain it. A long value is found anywhere
in a later request; a short number or a word, which may be equal by chance, only where a name says that it is meant.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, unquote, unquote_plus, urlsplit

from ..client.response import is_whole, kept_content
from ..records.body_text import is_json_type, read_body
from ..records.carried import CarriedUse, Place, Source, find_pieces, pieces_of
from ..records.json_tokens import json_tokens, name_of
from ..records.record import Record
from ..records.requests import SAFE_METHODS, RequestSpec

_MOST_BYTES = 1_000_000  # of a body that is read
_MOST_VALUES = 5000  # of a body
_MOST_ITEMS = 100  # of a list
_LONGEST = 8192
_SHORTEST = 4
_SURE = 6  # a shorter value with a digit may be equal by chance
_LONG = 16  # a longer word is not a common one

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_IDS = frozenset({"id", "uuid", "guid", "oid", "pk"})
_TOKENS = frozenset({"token", "jwt", "csrf", "xsrf", "csrftoken", "nonce", "session", "sid", "sessionid", "cursor"})
_NUMBERED = frozenset({"key", "code", "etag", "ticket", "number", "ref", "reference", "hash", "slug"})
_ENVELOPES = frozenset({"data", "result", "results", "response", "payload", "attributes", "body", "value", "content"})
_MADE_FORM = re.compile(
    r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"  # UUID
    r"|(?=[a-fA-F]*\d)[0-9a-fA-F]{16,}"
    r"|eyJ[\w-]{8,}\.[\w-]+\.[\w-]*"  # JSON Web Token
    r"|(?=[A-Za-z_-]*\d)(?=[\d_-]*[A-Za-z])[\w-]{20,}"
)
_PLAIN = re.compile(r"[\w.~-]+", re.ASCII)  # the same in a URL


@dataclass(frozen=True, slots=True)
class _Known:
    """A value of a response; ``is_weak`` if it may be in another text by chance."""

    source: Source
    text: str
    is_weak: bool


def find_carried(exchanges: Sequence[Record], specs: Sequence[RequestSpec]) -> tuple[tuple[CarriedUse, ...], ...]:
    """
    Return for each request its values that an earlier response of these exchanges contained.

    :param specs: the requests as they will be exported, one for each exchange
    """
    finder = _Finder()
    found = []
    for exchange, spec in zip(exchanges, specs, strict=True):
        found.append(tuple(finder.uses(spec)))
        finder.learn(exchange, spec)
    return tuple(found)


class _Finder:
    """The values that responses contained so far, and their uses in requests."""

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}

    def learn(self, exchange: Record, spec: RequestSpec) -> None:
        """Add the values that the app made up for this response."""
        response = exchange.response
        if response is None or response.status_code >= 400 or exchange.cut_off or spec.is_partial:
            return
        sent = set(_sent_values(spec))
        is_safe = spec.method in SAFE_METHODS
        for source, text in _values_of(exchange, spec):
            earlier = self._known.get(text)
            is_again = earlier is not None and (is_safe or earlier.source.exchange == source.exchange)
            # A number that is only listed was there before, and may be equal to any other.
            is_listed = is_safe and not source.is_text
            if text not in sent and not is_again and not is_listed and _is_made(source, text):
                self._known[text] = _Known(source, text, _is_weak(source, text))

    def uses(self, spec: RequestSpec) -> Iterator[CarriedUse]:
        """Yield the known values in a request, from left to right in each of its texts."""
        if not self._known:
            return
        yield from self._in_path(spec.path)
        for index, (name, value) in enumerate(spec.query):
            if (known := self._named(name, value)) is not None:
                yield _use("query", known, 0, len(value), index)
        for index, (header, raw) in enumerate(spec.headers):
            yield from self._in_header(index, header.decode("latin-1"), raw.decode("latin-1"))
        if len(spec.body) <= _MOST_BYTES:
            yield from self._in_body(read_body(spec.body)[0], spec.header("content-type"))

    def _in_path(self, path: str) -> Iterator[CarriedUse]:
        at = len(path) - len(urlsplit(path).path)
        before = ""
        for segment in path[at:].split("/"):
            known = self._known.get(unquote(segment))
            if known is not None and _PLAIN.fullmatch(segment) and (not known.is_weak or _is_of(known.source, before)):
                yield _use("path", known, at, at + len(segment))
            else:
                yield from (
                    _use("path", one, at + start, at + end)
                    for start, end, one in self._pieces(segment)
                    if _PLAIN.fullmatch(one.text)
                )
            before = unquote(segment)
            at += len(segment) + 1

    def _in_header(self, index: int, name: str, value: str) -> Iterator[CarriedUse]:
        scheme = re.match(r"(?i:bearer|token) +", value) if name == "authorization" else None
        start = scheme.end() if scheme is not None else 0
        known = self._known.get(value[start:])
        if known is not None and (not known.is_weak or _is_token(known.source, name)):
            yield _use("header", known, start, len(value), index)
        else:
            yield from (_use("header", one, begin, end, index) for begin, end, one in self._pieces(value))

    def _in_body(self, text: str, content_type: str) -> Iterator[CarriedUse]:
        if is_json_type(content_type):
            yield from self._in_json(text)
        elif _is_form(content_type):
            at = 0
            for pair in text.split("&"):
                name, equals, value = pair.partition("=")
                if equals and (known := self._named(unquote_plus(name), unquote_plus(value))) is not None:
                    yield _use("body", known, at + len(name) + 1, at + len(pair))
                at += len(pair) + 1

    def _in_json(self, text: str) -> Iterator[CarriedUse]:
        if _try_json(text) is None:
            return
        name = ""
        waiting: tuple[int, int, str] | None = None  # a string that may be a name
        for token in json_tokens(text):
            piece = text[token.start : token.end]
            if token.kind == "string":
                waiting = (token.start, token.end, name_of(piece))
            elif token.kind == "number":
                yield from self._json_value(name, token.start, token.end, piece, is_text=False)
            elif token.kind == "mark" and waiting is not None:
                if piece == ":":
                    name = waiting[2]
                else:
                    yield from self._json_value(name, *waiting, is_text=True)
                waiting = None

    def _json_value(self, name: str, start: int, end: int, value: str, *, is_text: bool) -> Iterator[CarriedUse]:
        known = self._named(name, value)
        if known is not None and known.source.is_text == is_text:
            yield _use("body", known, start, end)

    def _named(self, name: str, value: str) -> _Known | None:
        """Return the known value of a field; a weak one only if the field's name says so."""
        known = self._known.get(value)
        if known is None or not known.is_weak or _is_same(known.source, name) or _is_token(known.source, name):
            return known
        return None

    def _pieces(self, text: str) -> Iterator[tuple[int, int, _Known]]:
        """Yield where the sure values are in a text, from left to right."""
        yield from (one for one in find_pieces(text, self._known) if not one[2].is_weak)


def _use(place: Place, known: _Known, start: int, end: int, index: int = 0) -> CarriedUse:
    return CarriedUse(
        place=place, index=index, start=start, end=end, source=known.source, value=known.text, is_weak=known.is_weak
    )


# -- names ---------------------------------------------------------------------------------------------------


def _words_of(name: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(name)]


def _is_made(source: Source, text: str) -> bool:
    """Return whether a value looks as if the app had made it up, by its name or its form."""
    word = (_words_of(source.key) or [""])[-1]
    if not source.is_text:
        return word in _IDS or word == "number"
    if not text.isprintable() or " " in text or len(text) > _LONGEST:
        return False
    if source.part == "location" or _MADE_FORM.fullmatch(text) or (text.isdecimal() and word in _IDS):
        return True
    if len(text) < _SHORTEST:
        return False
    return source.part == "cookie" or word in _IDS or word in _TOKENS or (word in _NUMBERED and _has_digit(text))


def _is_weak(source: Source, text: str) -> bool:
    if len(text) < _SURE:
        return True
    return source.is_text and not (_has_digit(text) or len(text) >= _LONG)


def _has_digit(text: str) -> bool:
    return any(char.isdigit() for char in text)


def _is_same(source: Source, name: str) -> bool:
    """Return whether a field is named as a value of a response: ``order_number``, or ``item_id`` for an item's id."""
    words, own = _words_of(name), _words_of(source.key)
    if own and own[-1] in _IDS and len(own) == 1:
        return words in ([source.noun, *own], [source.noun]) and bool(source.noun)
    return words == own


def _is_of(source: Source, segment: str) -> bool:
    """Return whether a segment of a path is what a value belongs to: ``items`` for an item's id."""
    noun, own = _noun_of(segment), _words_of(source.key)
    return bool(noun) and (noun == source.noun or own[:-1] == [noun])


def _is_token(source: Source, name: str) -> bool:
    """Return whether both a value of a response and a field or header are tokens, by their names."""
    if not _TOKENS.intersection(_words_of(source.key)):
        return False
    return name == "authorization" or not _TOKENS.isdisjoint(_words_of(name))


def _noun_of(text: str) -> str:
    """Return ``thing`` for ``things`` or ``/api/things``; empty if the last segments are not words."""
    for segment in reversed(unquote(text).split("/")):
        if re.fullmatch(r"[A-Za-z][A-Za-z_-]*", segment):
            word = segment.lower().replace("-", "_")
            if word.endswith("ies") and len(word) > 4:
                return word[:-3] + "y"
            if word.endswith(("sses", "xes", "ches", "shes")):
                return word[:-2]
            return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
    return ""


# -- values --------------------------------------------------------------------------------------------------


def _values_of(exchange: Record, spec: RequestSpec) -> Iterator[tuple[Source, str]]:
    """Yield the values of a response with their places: of its JSON, headers and cookies."""
    response, name, noun = exchange.response, exchange.name, _noun_of(urlsplit(spec.path).path)
    assert response is not None
    content = kept_content(response)
    if is_whole(response) and len(content) <= _MOST_BYTES and is_json_type(response.headers.get("content-type", "")):
        parsed = _try_json(read_body(content)[0])
        for steps, value in islice(_leaves(parsed[0]) if parsed else (), _MOST_VALUES):
            if isinstance(value, str | int) and not isinstance(value, bool):
                keys = [step for step in steps[:-1] if isinstance(step, str) and step.lower() not in _ENVELOPES]
                around = (_noun_of(keys[-1]) if keys else "") or noun
                is_text = isinstance(value, str)
                yield Source(exchange=name, part="json", steps=steps, noun=around, is_text=is_text), str(value)
    for header in ("etag", *(one for one in response.headers if not _TOKENS.isdisjoint(_words_of(one)))):
        if header in response.headers:
            yield Source(exchange=name, part="header", steps=(header,)), response.headers[header]
    last = urlsplit(response.headers.get("location", "")).path.rstrip("/").rpartition("/")[2]
    if _PLAIN.fullmatch(last) and _has_digit(last):
        yield Source(exchange=name, part="location", steps=("location",), noun=noun), last
    responses = (*(one.response for one in exchange.previous), response)
    for one in responses:
        for cookie in one.cookies.jar if one is not None else ():
            yield Source(exchange=name, part="cookie", steps=(cookie.name,)), cookie.value or ""


def _sent_values(spec: RequestSpec) -> Iterator[str]:
    """Yield the values of a request as texts."""
    yield from map(unquote, urlsplit(spec.path).path.split("/"))
    yield from (value for _, value in spec.query)
    for _, raw in spec.headers:
        value = raw.decode("latin-1")
        yield value
        yield from (match[0] for match in pieces_of(value))
    content_type = spec.header("content-type")
    if len(spec.body) <= _MOST_BYTES:
        text = read_body(spec.body)[0]
        if is_json_type(content_type) and (parsed := _try_json(text)) is not None:
            yield from (str(value) for _, value in _leaves(parsed[0]))
        elif _is_form(content_type):
            yield from (value for _, value in parse_qsl(text))


def _leaves(value: Any) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield the values of JSON that are neither objects nor lists, with their places, in order."""
    waiting: list[tuple[tuple[str | int, ...], Any]] = [((), value)]
    while waiting:
        steps, one = waiting.pop()
        if isinstance(one, dict):
            waiting += [((*steps, key), item) for key, item in reversed(one.items())]
        elif isinstance(one, list):
            waiting += reversed([((*steps, index), item) for index, item in enumerate(one[:_MOST_ITEMS])])
        else:
            yield steps, one


def _is_form(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() == "application/x-www-form-urlencoded"


def _try_json(text: str) -> tuple[Any] | None:
    """Return the value of a JSON text in a 1-tuple, None for any other text."""
    with suppress(ValueError, RecursionError):
        return (json.loads(text),)
    return None
