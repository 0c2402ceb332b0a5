"""The filter language of the history.

::

    filter  = { term }                          all terms must match
    term    = { "-" | "not:" } test             negated by one of these
    test    = key ":" value                     see the keys below
            | ("body" | "request") "~" text     the body of the response or request contains the text
            | "error" | "cut" | "violation" | "redirect"
            | "GET" | "POST" …         a method in capitals, as in a request line: GET /items
            | text                              the path with query contains it, or it is the exchange's name

    method:POST,PUT   status:404  4xx  400-499  >=500  none   path:/items/*   host:*.example   name:r7
    header:content-type   header:content-type=*json*          of the request or the response
    slow:100ms        took at least this time                 since:5m        was sent within this time
    contract:error    its response contradicts the app's document; contract:ok does not
    held:20ms         held the event loop at least this time, without giving it back
    size:>10kB        of the response's body; also 0, <1MB, 1kB-10kB

``error``: the app raised, sent no response, or a status of 500 or above. ``cut``: the response was cut off.
``method``, ``status``, ``host`` and ``name``
take several values, separated by commas. ``*`` matches any characters, also ``/``; there are no regular expressions.
A redirected exchange also matches by the requests and responses that led to it.
Single or double quotes keep spaces in a term; a term that begins with a quote is text. Only paths are case-sensitive.
"""

from __future__ import annotations

import contextlib
import difflib
import functools
import json
import math
import operator
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from ..client.httpx import httpx
from ..client.response import BoundedResponse, kept_content
from ..protocol.errors import FilterError
from ..records.requests import METHODS
from .exchange import Exchange

Test = Callable[[Exchange], bool]  # whether an exchange matches
_Range = tuple[float, float]  # the lowest and the highest number that match

_QUOTED = re.compile(r""""((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'""", re.DOTALL)
_TERM = re.compile(rf"""(?P<negations>(?:-|not:)*)(?P<text>(?:{_QUOTED.pattern}|[^\s"']+)*)""", re.DOTALL)
_KEYED = re.compile(r"([A-Za-z_][\w-]*)([:~])(.*)", re.DOTALL)
_AMOUNT = re.compile(r"(\d{1,15}(?:\.\d{1,9})?)([a-zµμ]*)", re.IGNORECASE)
_BOUND = re.compile(r"(>=|<=|>|<|=|)(.*)", re.DOTALL)
_TIME_NS = {"us": 1e3, "µs": 1e3, "μs": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "min": 60e9, "h": 3600e9, "d": 86400e9}
_SIZE_BYTES = {"": 1, "b": 1, "kb": 1000, "mb": 1000**2, "gb": 1000**3, "kib": 1024, "mib": 1024**2, "gib": 1024**3}


@dataclass(frozen=True, slots=True)
class _Key:
    """
    One key: ``read`` parses the value of a term, ``find`` returns that of an exchange, ``holds`` compares both.

    A redirected exchange matches if it does, or one of those that led to it.

    ``read`` raises ``ValueError``, without text if the value is not a ``noun``. ``listed`` keys take several values.
    """

    example: str
    read: Callable[[str], Any]
    find: Callable[[Exchange], Any]
    holds: Callable[[Any, Any], bool]
    noun: str = ""
    listed: bool = False

    def test(self, term: str, value: str) -> Test:
        try:
            wanted = self.read(value)
        except ValueError as exc:
            raise FilterError(term, str(exc) or f"{value[:40]!r} is not a {self.noun}", self.example) from None
        return lambda exchange: any(self.holds(wanted, self.find(one)) for one in (*exchange.previous, exchange))


def read_filter(text: str) -> Test:
    """
    Return the test of a filter; an empty filter matches every exchange.

    ``since:`` counts from now. Raises `FilterError` with the wrong term and valid examples.
    """
    terms = list(_read_terms(text))
    return lambda exchange: all(test(exchange) != negated for test, negated in terms)


def _read_terms(text: str) -> Iterator[tuple[Test, bool]]:
    """Yield the test of each term, and whether the term is negated."""
    position = 0
    while position < len(text):
        term = _TERM.match(text, position)
        assert term is not None
        negations, written = term["negations"], term["text"]
        if text[term.end() : term.end() + 1] in ('"', "'"):
            raise FilterError(text[position:], "a quote is not closed", "another one at its end")
        if negations and not written:
            raise FilterError(term[0], "there is nothing to negate", "a test right after it, such as -status:200")
        if written:
            plain = _QUOTED.sub(_unquote, written)
            literal = written[0] in "\"'"
            test = functools.partial(_contains, plain.lower()) if literal else _read_test(plain, term[0])
            yield test, len(re.findall("-|not:", negations)) % 2 == 1
        position = term.end() + 1  # the character between is a space


def _unquote(quoted: re.Match[str]) -> str:
    return re.sub(r"\\(.)", r"\1", quoted[1] or quoted[2] or "", flags=re.DOTALL)


def _read_test(text: str, term: str) -> Test:
    if text in _FLAGS:
        return _FLAGS[text]
    if text in METHODS:
        return _KEYS["method:"].test(term, text)
    keyed = _KEYED.fullmatch(text)
    if keyed is None:
        return functools.partial(_contains, text.lower())
    name, value = keyed[1].lower() + keyed[2], keyed[3]
    if name not in _KEYS:
        every = [*_KEYS, *_FLAGS]
        close = difflib.get_close_matches(name, every, n=1)
        meant = f"; did you mean {close[0]}" if close else ""
        allowed = f'one of {" ".join(every)}, or in quotes, as a text: "{term[:40]}"'
        raise FilterError(term, f"there is no key {name[:-1][:40]!r}{meant}", allowed)
    key = _KEYS[name]
    if not value:
        raise FilterError(term, "there is nothing after it", key.example)
    tests = [key.test(term, one) for one in (value.split(",") if key.listed else [value])]
    return tests[0] if len(tests) == 1 else lambda exchange: any(test(exchange) for test in tests)


def _contains(wanted: str, exchange: Exchange) -> bool:
    for one in (*exchange.previous, exchange):
        target = one.request.url.raw_path.decode("ascii", "replace").lower()
        if wanted in target or ("%" in target and wanted in unquote(target).lower()) or wanted == one.name:
            return True
    return False


# -- readers of values, and the same values of an exchange ---------------------------------------------------


def _fits(glob: str, text: str) -> bool:
    """Return whether a text matches a pattern in which ``*`` matches any characters, in linear time, unlike a regex."""
    first, *rest = glob.split("*")
    if not rest:
        return first == text
    last = rest.pop()
    if not (text.startswith(first) and text.endswith(last)) or len(text) < len(first) + len(last):
        return False
    position, end = len(first), len(text) - len(last)
    for part in rest:
        found = text.find(part, position, end)
        if found < 0:
            return False
        position = found + len(part)
    return True


def _read_header(value: str) -> tuple[bytes, str]:
    name, equals, glob = value.partition("=")
    if not name.strip():
        raise ValueError("there is no name")
    return name.strip().lower().encode("utf-8", "surrogatepass"), glob.lower() if equals else "*"


def _has_header(wanted: tuple[bytes, str], exchange: Exchange) -> bool:
    received = exchange.response.headers.raw if exchange.response is not None else []
    return any(
        name.lower() == wanted[0] and _fits(wanted[1], value.decode("latin-1").lower())
        for name, value in [*received, *exchange.request.headers.raw]
    )


def _read_spellings(text: str) -> tuple[bytes, ...]:
    """Return the encodings of a text in a body: UTF-8, Latin-1, and escaped as in JSON."""
    written = {text.encode("utf-8", "surrogatepass"), json.dumps(text)[1:-1].encode("ascii")}
    with contextlib.suppress(UnicodeEncodeError):
        written.add(text.encode("latin-1"))
    return tuple(one.lower() for one in written)


def _contains_one(wanted: tuple[bytes, ...], body: bytes | None) -> bool:
    lowered = (body or b"").lower()
    return any(one in lowered for one in wanted)


def _read_status(value: str) -> _Range | None:
    return None if value.lower() == "none" else _read_range(_read_status_class, value)


def _read_status_class(text: str) -> _Range:
    if not re.fullmatch(r"[1-9][xX]{2}|[0-9]{1,3}", text):
        raise ValueError
    return int(re.sub("[xX]", "0", text)), int(re.sub("[xX]", "9", text))


def _read_size(value: str) -> _Range:
    return _read_range(lambda text: (_read_amount(text, _SIZE_BYTES),) * 2, value)


def _read_contract(value: str) -> bool:
    if value.lower() not in ("error", "ok"):
        raise ValueError
    return value.lower() == "error"


def _read_least_ns(value: str) -> _Range:
    return _read_amount(value.removeprefix(">").removeprefix("="), _TIME_NS), math.inf


def _read_since(value: str) -> _Range:
    return time.time() - _read_amount(value, _TIME_NS) / 1e9, math.inf


def _read_amount(text: str, units: Mapping[str, float]) -> float:
    amount = _AMOUNT.fullmatch(text)
    if amount is None or amount[2].lower() not in units:
        raise ValueError
    return float(amount[1]) * units[amount[2].lower()]


def _read_range(read: Callable[[str], _Range], value: str) -> _Range:
    from_text, dash, to_text = value.partition("-")
    if dash:
        return read(from_text)[0], read(to_text)[1]
    bound = _BOUND.fullmatch(value)
    assert bound is not None
    low, high = read(bound[2])
    return {
        ">=": (low, math.inf),
        "<=": (-math.inf, high),
        ">": (high + 1, math.inf),
        "<": (-math.inf, low - 1),
    }.get(bound[1], (low, high))


def _within(wanted: _Range | None, found: float | None) -> bool:
    """Return whether a number is in a range; the range None (``none``) matches a missing number."""
    if wanted is None or found is None:
        return wanted is None and found is None
    return wanted[0] <= found <= wanted[1]


def _of_response(read: Callable[[httpx.Response], Any]) -> Callable[[Exchange], Any]:
    return lambda exchange: read(exchange.response) if exchange.response is not None else None


def _size_of(response: httpx.Response) -> int:
    return response.size_bytes if isinstance(response, BoundedResponse) else len(kept_content(response))


def _violates(exchange: Exchange) -> bool:
    """Return whether there is a violation other than of style, or the missing response of an app that raised."""
    found = (one for one in exchange.violations if not one.is_style)
    return any(one.rule != "http.no-response" or not exchange.exception_name for one in found)


_find_status = _of_response(lambda response: response.status_code)
_find_size = _of_response(_size_of)
_find_body = _of_response(kept_content)
_FLAGS: Mapping[str, Test] = {
    "error": lambda one: one.failed,
    "cut": lambda one: one.cut_off,
    "violation": _violates,
    "redirect": lambda one: bool(one.previous) or 300 <= (_find_status(one) or 0) < 400,
}
_STATUS_EXAMPLES = "status:404, status:4xx, status:400-499, status:>=500 or status:none"
_HOST_EXAMPLES = "host:localhost or host:*.example"
_SINCE_EXAMPLES = "since:30s, since:5m, since:2h or since:1d"
_TIME = "time with a unit"
_KEYS: Mapping[str, _Key] = {
    "method:": _Key("method:GET or method:POST,PUT", str.upper, lambda one: one.request.method, _fits, listed=True),
    "status:": _Key(_STATUS_EXAMPLES, _read_status, _find_status, _within, "status", listed=True),
    "path:": _Key("path:/items or path:/items/*", unquote, lambda one: one.request.url.path, _fits),
    "host:": _Key(_HOST_EXAMPLES, str.lower, lambda one: one.request.url.host, _fits, listed=True),
    "name:": _Key("name:r7 or name:r7,r9", str, lambda one: one.name, _fits, listed=True),
    "header:": _Key("header:x-token or header:content-type=*json*", _read_header, lambda one: one, _has_header),
    "slow:": _Key("slow:100ms, slow:1.5s or slow:2min", _read_least_ns, lambda one: one.elapsed_ns, _within, _TIME),
    "held:": _Key("held:20ms or held:1s", _read_least_ns, lambda one: one.held_ns, _within, _TIME),
    "size:": _Key("size:>10kB, size:<1MB, size:1kB-10kB or size:0", _read_size, _find_size, _within, "size"),
    "contract:": _Key(
        "contract:error or contract:ok", _read_contract, lambda one: bool(one.errors), operator.eq, "contract"
    ),
    "since:": _Key(_SINCE_EXAMPLES, _read_since, lambda one: one.sent_at.timestamp(), _within, _TIME),
    "body~": _Key('body~"Foo"', _read_spellings, _find_body, _contains_one),
    "request~": _Key('request~"Foo"', _read_spellings, lambda one: one.spec.body, _contains_one),
}
