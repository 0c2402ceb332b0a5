"""`find_carried`: the values of requests that the app itself made up and sent in an earlier response. Pure.

An id, a token or a cursor is made anew each time, so an export that sends the recorded one fails. A value counts as the
app's if its name or its form says so and the request that brought it did not contain it. A long value is found anywhere
in a later request; a short number or a word, which may be equal by chance, only where a name says that it is meant. A
link, such as that to the next page, is carried as a whole if no earlier request was sent to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, unquote_plus, urljoin, urlsplit

from ..records.body_text import is_json_type, is_multipart_type, read_body
from ..records.carried import CarriedUse, Place, Source, find_pieces
from ..records.json_tokens import json_tokens, name_of
from ..records.record import Record
from ..records.requests import SAFE_METHODS, RequestSpec
from .made_values import (
    MOST_BYTES,
    PLAIN,
    fields_of,
    is_form,
    is_made,
    is_weak,
    link_of,
    sent_values,
    try_json,
    values_of,
)
from .value_names import is_of, is_same, is_token

_Url = tuple[str, str, tuple[tuple[str, str], ...]]
"""The origin of a URL, its decoded path, and the pairs of its query."""


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
        url = _read_url(spec.target, str(exchange.request.url))
        found.append(tuple(finder.uses(spec, url)))
        finder.learn(exchange, spec, url)
    return tuple(found)


class _Finder:
    """The values that responses contained so far, and their uses in requests."""

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}
        self._links: dict[_Url, _Known] = {}
        self._visited: set[_Url] = set()

    def learn(self, exchange: Record, spec: RequestSpec, url: _Url) -> None:
        """Add the values that the app made up for this response; ``url`` is that of its request."""
        self._visited.add(url)
        response = exchange.response
        if response is None or response.status_code >= 400 or exchange.cut_off or spec.is_partial:
            return
        sent = set(sent_values(spec))
        is_safe = spec.method in SAFE_METHODS
        for source, text in values_of(exchange, spec):
            if (link := link_of(source, text)) is not None:
                self._learn_link(link, text, str(exchange.request.url), is_safe=is_safe)
            earlier = self._known.get(text)
            is_again = earlier is not None and (is_safe or earlier.source.exchange == source.exchange)
            # A number that is only listed was there before, and may be equal to any other.
            is_listed = is_safe and not source.is_text
            if text not in sent and not is_again and not is_listed and is_made(source, text):
                self._known[text] = _Known(source, text, is_weak(source, text))

    def _learn_link(self, link: Source, text: str, base: str, *, is_safe: bool) -> None:
        url = _read_url(text, base)
        earlier = self._links.get(url)
        is_again = earlier is not None and (is_safe or earlier.source.exchange == link.exchange)
        if url not in self._visited and not is_again:
            self._links[url] = _Known(link, text, is_weak=False)

    def uses(self, spec: RequestSpec, url: _Url) -> Iterator[CarriedUse]:
        """Yield the known values in a request to a URL, from left to right in each of its texts."""
        if not (self._known or self._links):
            return
        in_path = tuple(self._in_path(spec.path))
        if (link := self._links.get(url)) is not None and (spec.query or not in_path):
            yield _use("target", link, 0, len(spec.target))
        else:
            yield from in_path
            for index, (name, value) in enumerate(spec.query):
                if (known := self._named(name, value)) is not None:
                    yield _use("query", known, 0, len(value), index)
        for index, (header, raw) in enumerate(spec.headers):
            yield from self._in_header(index, header.decode("latin-1"), raw.decode("latin-1"))
        if len(spec.body) <= MOST_BYTES:
            yield from self._in_body(read_body(spec.body)[0], spec.header("content-type"))

    def _in_path(self, path: str) -> Iterator[CarriedUse]:
        at = len(path) - len(urlsplit(path).path)
        before = ""
        for segment in path[at:].split("/"):
            known = self._known.get(unquote(segment))
            if known is not None and PLAIN.fullmatch(segment) and (not known.is_weak or is_of(known.source, before)):
                yield _use("path", known, at, at + len(segment))
            else:
                yield from (
                    _use("path", one, at + start, at + end)
                    for start, end, one in self._pieces(segment)
                    if PLAIN.fullmatch(one.text)
                )
            before = unquote(segment)
            at += len(segment) + 1

    def _in_header(self, index: int, name: str, value: str) -> Iterator[CarriedUse]:
        scheme = re.match(r"(?i:bearer|token) +", value) if name == "authorization" else None
        start = scheme.end() if scheme is not None else 0
        known = self._known.get(value[start:])
        if known is not None and (not known.is_weak or is_token(known.source, name)):
            yield _use("header", known, start, len(value), index)
        else:
            yield from (_use("header", one, begin, end, index) for begin, end, one in self._pieces(value))

    def _in_body(self, text: str, content_type: str) -> Iterator[CarriedUse]:
        if is_json_type(content_type):
            yield from self._in_json(text)
        elif is_form(content_type):
            at = 0
            for pair in text.split("&"):
                name, equals, value = pair.partition("=")
                if equals and (known := self._named(unquote_plus(name), unquote_plus(value))) is not None:
                    yield _use("body", known, at + len(name) + 1, at + len(pair))
                at += len(pair) + 1
        elif is_multipart_type(content_type):
            for name, start, end in fields_of(text, content_type):
                if (known := self._named(name, text[start:end])) is not None:
                    yield _use("body", known, start, end)

    def _in_json(self, text: str) -> Iterator[CarriedUse]:
        if try_json(text) is None:
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
        if known is None or not known.is_weak or is_same(known.source, name) or is_token(known.source, name):
            return known
        return None

    def _pieces(self, text: str) -> Iterator[tuple[int, int, _Known]]:
        """Yield where the sure values are in a text, from left to right."""
        yield from (one for one in find_pieces(text, self._known) if not one[2].is_weak)


def _read_url(target: str, base: str) -> _Url:
    """Return the URL of a target; ``base`` is the URL of its own request, or that of the request that brought it."""
    try:
        url = urlsplit(urljoin(base, target))
        return f"{url.scheme}://{url.netloc}", unquote(url.path), tuple(parse_qsl(url.query, keep_blank_values=True))
    except ValueError:
        return "", target, ()


def _use(place: Place, known: _Known, start: int, end: int, index: int = 0) -> CarriedUse:
    return CarriedUse(
        place=place, index=index, start=start, end=end, source=known.source, value=known.text, is_weak=known.is_weak
    )
