"""`Refill`: the carried values of requests that are sent again, taken from the new responses. Sends nothing.

A recheck of a session thus uses the ids, tokens and cookies of its own run, as an exported test does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote, quote_plus

from ..formats.exported import read_sent
from ..protocol.errors import RequestError
from ..records.body_text import is_json_type, read_body
from ..records.carried import CarriedUse, Source, find_pieces
from ..records.requests import RequestSpec, read_target
from .carried_values import find_carried
from .exchange import Exchange
from .made_values import is_form

_LONGEST = 8192


class Refill:
    """
    The carried values of one run.

    :param exchanges: the recorded ones, in the order in which they are sent again
    """

    def __init__(self, exchanges: Sequence[Exchange]) -> None:
        own = read_sent(exchanges, with_jar=True)
        self._specs = {one.name: _without(spec, one.masked) for one, spec in zip(exchanges, own, strict=True)}
        # A cookie that an earlier response set is sent by the client.
        sent = zip(exchanges, own, read_sent(exchanges), strict=True)
        self._by_client = {one.name for one, spec, whole in sent if spec.headers != whole.headers}
        uses = find_carried(exchanges, list(self._specs.values()))
        self._uses = {one.name: found for one, found in zip(exchanges, uses, strict=True)}
        self._wanted: dict[str, list[CarriedUse]] = {}
        for use in (use for found in uses for use in found):
            self._wanted.setdefault(use.source.exchange, []).append(use)
        self._values: dict[Source, str] = {}
        self._sure: dict[str, str] = {}  # new values that are in no text by chance, by the recorded ones

    def try_fill(self, exchange: Exchange) -> RequestSpec | None:
        """Return the request of an exchange with the values of new responses; None if it is sent as it was."""
        values = self._values
        uses = [use for use in self._uses[exchange.name] if values.get(use.source, use.value) != use.value]
        if not uses and exchange.name not in self._by_client:
            return None
        try:
            return _fill(self._specs[exchange.name], uses, values)
        except RequestError:  # a link that is not one
            return None

    def learn(self, exchange: Exchange, now: Exchange) -> None:
        """Take the values that later requests need from the response to a request that was sent again."""
        for use in self._wanted.get(exchange.name, ()):
            value = _try_read(use.source, now)
            if value is not None:
                self._values[use.source] = value
                self._sure |= {} if use.is_weak else {use.value: value}

    def renewed(self, exchange: Exchange) -> Mapping[str, str]:
        """Return the new values that may be in the response of an exchange, by the recorded ones."""
        own = (*self._uses[exchange.name], *self._wanted.get(exchange.name, ()))
        return self._sure | {use.value: self._values[use.source] for use in own if use.source in self._values}


def is_renewed(before: Any, after: Any, renewed: Mapping[str, str], *, is_id: bool) -> bool:
    """
    Return whether a value of a response differs only in values that are new in each run.

    :param is_id: whether its name is that of an id; another number may have changed for any reason
    """
    if isinstance(before, int) and not is_id:
        return False
    if not renewed or type(before) is not type(after) or not isinstance(before, str | int) or isinstance(before, bool):
        return False
    old, new = str(before), str(after)
    if renewed.get(old) == new:
        return True
    pieces, done = [], 0
    for start, end, value in find_pieces(old, renewed) if isinstance(before, str) else ():
        pieces += [old[done:start], value]
        done = end
    return "".join([*pieces, old[done:]]) == new


def _without(spec: RequestSpec, names: Sequence[str]) -> RequestSpec:
    return replace(spec, headers=tuple(pair for pair in spec.headers if pair[0].decode("latin-1") not in names))


def _try_read(source: Source, exchange: Exchange) -> str | None:
    """Return a value of a response; None if it is not there, or cannot stand in a request."""
    response = exchange.response
    if response is None or not exchange.ok:
        return None
    try:
        if source.part == "json":
            found: Any = response.json()
            for step in source.steps:
                found = found[step]
            if isinstance(found, bool) or not isinstance(found, str if source.is_text else int):
                return None
        elif source.part == "cookie":
            found = next(one.cookies[source.key] for one in _responses(exchange) if source.key in one.cookies)
        else:
            found = response.headers[source.key]
            found = found.rpartition("/")[2] if source.part == "location" else found
    except (KeyError, IndexError, TypeError, ValueError, RecursionError, StopIteration):
        return None
    text = str(found)
    return text if text.isprintable() and text.isascii() and len(text) <= _LONGEST else None


def _responses(exchange: Exchange) -> list[Any]:
    return [one.response for one in (exchange, *reversed(exchange.previous)) if one.response is not None]


def _fill(spec: RequestSpec, uses: Sequence[CarriedUse], values: Mapping[Source, str]) -> RequestSpec:
    query, headers = list(spec.query), list(spec.headers)
    (body, encoding), content_type = read_body(spec.body), spec.header("content-type")
    path, spelling = spec.path, spec.spelling
    for use in reversed(uses):  # from the right, so that positions stay
        value = values[use.source]
        match use.place:
            case "target":
                pairs, spelling = read_target(value)
                path, query = value.partition("#")[0].partition("?")[0], list(pairs)
            case "path":
                path = path[: use.start] + quote(value, safe="") + path[use.end :]
            case "query":
                query[use.index], spelling = (query[use.index][0], value), ""
            case "header":
                name, old = headers[use.index]
                headers[use.index] = name, old[: use.start] + value.encode() + old[use.end :]
            case "body":
                if is_json_type(content_type):
                    value = json.dumps(value) if use.source.is_text else value
                elif is_form(content_type):
                    value = quote_plus(value)
                body = body[: use.start] + value + body[use.end :]
    return replace(
        spec,
        path=path,
        query=tuple(query),
        spelling=spelling,
        headers=tuple(headers),
        body=body.encode(encoding, "surrogateescape"),
    )
