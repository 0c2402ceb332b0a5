"""One masked value of an exchange as the page asks for it: of a body, a header, a cookie or the target. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote_plus

from ...client.response import kept_content
from ...history.exchange import Exchange
from ...protocol.errors import RequestError
from ...records.body_text import is_multipart_type, read_body
from ...records.multipart import parameter
from ...records.record import sent_content
from ...records.redaction import Redactor
from ...records.secret_rules import MASK
from ...records.secret_spans import Span
from ...views.body.charset import read_text
from ...views.exchange import target_of

Message = tuple[bytes, str]
"""The body of a request or response, and its content type."""


def find_unmasked(exchange: Exchange, part: str, places: Sequence[int], redactor: Redactor) -> str:
    """
    Return a value as it was sent; of JSON its text, of a header its value.

    :param part: of the response ``body``, a value in its JSON, ``text`` and ``raw``, a mask in its body as the kernel
        draws it and as the page has it, ``headers``, ``cookies``; of the request ``request``, a header, ``sent``, a
        mask in its body, or ``target``, a mask in path and query
    :param places: the number of the header, cookie or mask, from 0; for a mask in a form also 1, to decode the value;
        for one in ``raw`` also how many masks the page has; for JSON the numbers of the value in each array and object
        on the way to it
    :param redactor: the one that masked what the page shows
    Raises `RequestError` if there is no such value.
    """
    try:
        found = _find(exchange, part, places, redactor)
    except (IndexError, TypeError, ValueError, RecursionError):
        found = None
    if found is None:
        raise RequestError("This value cannot be read. It is in the exchange: .json(), .text, .headers or .request")
    return found


def _find(exchange: Exchange, part: str, places: Sequence[int], redactor: Redactor) -> str | None:
    request = exchange.request
    if part == "request":
        return request.headers.raw[places[0]][1].decode("latin-1")
    if part == "target":
        target = target_of(exchange)
        return _at_mask(target, redactor.url_spans(target), places)
    if part == "sent":
        return _in_text((sent_content(exchange), request.headers.get("content-type", "")), redactor, places)
    if exchange.response is None:
        return None
    headers = exchange.response.headers
    message = kept_content(exchange.response), headers.get("content-type", "")
    if part == "headers":
        return headers.raw[places[0]][1].decode("latin-1")
    if part == "cookies":
        return headers.get_list("set-cookie")[places[0]].partition(";")[0].partition("=")[2].strip()
    if part == "raw":
        text = _text_of(message)
        spans = redactor.spans(text, message[1])
        return _at_mask(text, spans, places[:1]) if len(spans) == places[1] else None
    return _in_json(message, places) if part == "body" else _in_text(message, redactor, places)


def _in_text(message: Message, redactor: Redactor, places: Sequence[int]) -> str | None:
    text = read_body(message[0])[0] if is_multipart_type(message[1]) else _text_of(message)
    return _at_mask(text, redactor.spans(text, message[1]), places)


def _at_mask(text: str, spans: Sequence[Span], places: Sequence[int]) -> str | None:
    """Return the text in place of a mask; None if the text has masks of its own, which may look like ours."""
    is_form = list(places[1:]) == [1]
    if MASK in (unquote_plus(text) if is_form else text):
        return None
    span = spans[places[0]]
    found = text[span.start : span.end]
    if span.quote and len(found) > 1 and found[0] == found[-1] == span.quote:
        found = found[1:-1]
    return unquote_plus(found) if is_form else found


def _in_json(message: Message, places: Sequence[int]) -> str:
    value: Any = json.loads(_text_of(message), object_pairs_hook=tuple)  # an object with repeated names keeps each
    for place in places:
        value = value[place][1] if isinstance(value, tuple) else value[place]
    return json.dumps(_plain(value), ensure_ascii=False)


def _text_of(message: Message) -> str:
    text, _ = read_text(message[0], parameter(message[1], "charset").strip("'"), whole=True)
    return text or ""


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return {name: _plain(inner) for name, inner in value}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value
