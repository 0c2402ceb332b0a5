"""One masked value of an exchange as the page asks for it: of a body, or of a header. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ...client.httpx import httpx
from ...client.response import kept_content
from ...history.exchange import Exchange
from ...protocol.errors import RequestError
from ...records.multipart import parameter
from ...views.body.charset import read_text


def find_unmasked(exchange: Exchange, part: str, places: Sequence[int]) -> str:
    """
    Return a value as it was sent; of JSON its text, of a header its value.

    :param part: ``body``, ``headers`` or ``request``: the response's body and headers, the request's headers
    :param places: the number of the header, or those of a value in each array and object on the way to it
    Raises `RequestError` if there is no such value.
    """
    try:
        message = exchange.request if part == "request" else exchange.response
        if message is not None and part != "body":
            return message.headers.raw[places[0]][1].decode("latin-1")
        if exchange.response is not None:
            return _find_in_json(exchange.response, places)
    except (IndexError, TypeError, ValueError, RecursionError):
        pass
    raise RequestError("This value cannot be read. It is in the exchange: .json() or .headers")


def _find_in_json(response: httpx.Response, places: Sequence[int]) -> str:
    charset = parameter(response.headers.get("content-type", ""), "charset").strip("'")
    text, _ = read_text(kept_content(response), charset, whole=True)
    value: Any = json.loads(text or "", object_pairs_hook=tuple)  # an object with repeated names keeps each
    for place in places:
        value = value[place][1] if isinstance(value, tuple) else value[place]
    return json.dumps(_plain(value), ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return {name: _plain(inner) for name, inner in value}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value
