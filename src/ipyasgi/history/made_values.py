"""`values_of`: the values of a response, and which of them the app has made up for it. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from ..client.response import is_whole, kept_content
from ..records import multipart
from ..records.body_text import is_json_type, is_multipart_type, read_body
from ..records.carried import Source, pieces_of
from ..records.record import Record
from ..records.requests import RequestSpec
from .value_names import IDS, LINKS, TOKENS, noun_of, words_of

MOST_BYTES = 1_000_000  # of a body that is read
PLAIN = re.compile(r"[\w.~-]+", re.ASCII)
"""A text that is the same in a URL."""

_MOST_VALUES = 5000  # of a body
_MOST_ITEMS = 100  # of a list
_LONGEST = 8192
_SHORTEST = 4
_SURE = 6  # a shorter value with a digit may be equal by chance
_LONG = 16  # a longer word is not a common one

_NUMBERED = frozenset({"key", "code", "etag", "ticket", "number", "ref", "reference", "hash", "slug"})
_ENVELOPES = frozenset({"data", "result", "results", "response", "payload", "attributes", "body", "value", "content"})
_MADE_FORM = re.compile(
    r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"  # UUID
    r"|(?=[a-fA-F]*\d)[0-9a-fA-F]{16,}"
    r"|eyJ[\w-]{8,}\.[\w-]+\.[\w-]*"  # JSON Web Token
    r"|(?=[A-Za-z_-]*\d)(?=[\d_-]*[A-Za-z])[\w-]{20,}"
)


def is_made(source: Source, text: str) -> bool:
    """Return whether a value looks as if the app had made it up, by its name or its form."""
    word = (words_of(source.key) or [""])[-1]
    if not source.is_text:
        return word in IDS or word == "number"
    if not text.isprintable() or " " in text or len(text) > _LONGEST:
        return False
    if source.part == "location" or _MADE_FORM.fullmatch(text) or (text.isdecimal() and word in IDS):
        return True
    if len(text) < _SHORTEST:
        return False
    return source.part == "cookie" or word in IDS or word in TOKENS or (word in _NUMBERED and _has_digit(text))


def is_weak(source: Source, text: str) -> bool:
    """Return whether a value is a short number or a word, which may be in another text by chance."""
    if len(text) < _SURE:
        return True
    return source.is_text and not (_has_digit(text) or len(text) >= _LONG)


def link_of(source: Source, text: str) -> Source | None:
    """
    Return the source of a value as a link to follow; None if it is none, or one that the app always sends.

    A link is a path or a URL with a query, or with a digit in its path, in a field or header whose name says so.
    """
    if not (source.is_text and text.startswith(("/", "http://", "https://")) and len(text) <= _LONGEST):
        return None
    if not text.isprintable() or any(one in text for one in ' "\\#{}') or text.startswith("//"):
        return None
    names = [step for step in source.steps if isinstance(step, str)][-2:]
    is_named = not LINKS.isdisjoint(word for name in names for word in words_of(name))
    path, query = _split_url(text)
    return replace(source, is_link=True) if is_named and (query or _has_digit(path)) else None


def _split_url(text: str) -> tuple[str, str]:
    """Return the path and the query of a URL that an app sent; empty if it is none."""
    try:
        url = urlsplit(text)
    except ValueError:
        return "", ""
    return url.path, url.query


def _has_digit(text: str) -> bool:
    return any(char.isdigit() for char in text)


def values_of(exchange: Record, spec: RequestSpec) -> Iterator[tuple[Source, str]]:
    """Yield the values of a response with their places: of its JSON, headers and cookies."""
    response, name, noun = exchange.response, exchange.name, noun_of(urlsplit(spec.path).path)
    assert response is not None
    content = kept_content(response)
    if is_whole(response) and len(content) <= MOST_BYTES and is_json_type(response.headers.get("content-type", "")):
        parsed = try_json(read_body(content)[0])
        for steps, value in islice(_leaves(parsed[0]) if parsed else (), _MOST_VALUES):
            if isinstance(value, str | int) and not isinstance(value, bool):
                keys = [step for step in steps[:-1] if isinstance(step, str) and step.lower() not in _ENVELOPES]
                around = (noun_of(keys[-1]) if keys else "") or noun
                is_text = isinstance(value, str)
                yield Source(exchange=name, part="json", steps=steps, noun=around, is_text=is_text), str(value)
    for header in ("etag", *(one for one in response.headers if not TOKENS.isdisjoint(words_of(one)))):
        if header in response.headers:
            yield Source(exchange=name, part="header", steps=(header,)), response.headers[header]
    location = response.headers.get("location", "")
    if location:
        yield Source(exchange=name, part="header", steps=("location",), noun=noun), location
    last = _split_url(location)[0].rstrip("/").rpartition("/")[2]
    if PLAIN.fullmatch(last) and _has_digit(last):
        yield Source(exchange=name, part="location", steps=("location",), noun=noun), last
    responses = (*(one.response for one in exchange.previous), response)
    for one in responses:
        for cookie in one.cookies.jar if one is not None else ():
            yield Source(exchange=name, part="cookie", steps=(cookie.name,)), cookie.value or ""


def sent_values(spec: RequestSpec) -> Iterator[str]:
    """Yield the values of a request as texts."""
    yield from map(unquote, urlsplit(spec.path).path.split("/"))
    yield from (value for _, value in spec.query)
    for _, raw in spec.headers:
        value = raw.decode("latin-1")
        yield value
        yield from (match[0] for match in pieces_of(value))
    content_type = spec.header("content-type")
    if len(spec.body) <= MOST_BYTES:
        text = read_body(spec.body)[0]
        if is_json_type(content_type) and (parsed := try_json(text)) is not None:
            yield from (str(value) for _, value in _leaves(parsed[0]))
        elif is_form(content_type):
            yield from (value for _, value in parse_qsl(text))
        elif is_multipart_type(content_type):
            yield from (text[start:end] for _, start, end in fields_of(text, content_type))


def fields_of(text: str, content_type: str) -> Iterator[tuple[str, int, int]]:
    """Yield the name of each plain field of a multipart form, and where its value begins and ends."""
    boundary = multipart.boundary_of(text.encode("latin-1", "replace"), content_type)
    end_of_last = 0
    for name, start, end, part_type in multipart.find_contents(text, content_type) if boundary else ():
        head = text[end_of_last:start]
        if name and not part_type and "filename" not in head.lower():
            yield name, start, end
        end_of_last = end


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


def is_form(content_type: str) -> bool:
    """Return whether a body is an encoded form."""
    return content_type.partition(";")[0].strip().lower() == "application/x-www-form-urlencoded"


def try_json(text: str) -> tuple[Any] | None:
    """Return the value of a JSON text in a 1-tuple, None for any other text."""
    with suppress(ValueError, RecursionError):
        return (json.loads(text),)
    return None
