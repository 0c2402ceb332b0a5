"""The history's filter language: from a text to a function that tells whether an exchange is meant. Reads, never sends.

::

    filter  = { word }                          every word must hold
    word    = { "-" | "not:" } test             with one of them in front it must not
    test    = key ":" value                     see the table of keys below
            | ("body" | "request") "~" text     the response's, the request's body contains the text
            | "error" | "violation" | "redirect"
            | text                              the path and query contain it, or it is the exchange's name

    method:POST,PUT   status:404  4xx  400-499  >=500  none   path:/items/*   host:*.example   name:r7
    header:content-type   header:content-type=*json*          of the request or the response
    slow:100ms        it took at least that long              since:5m        it was sent within that time
    size:>10kB        of the response's body; also 0, <1MB, 1kB-10kB

``error``: the app raised, or sent no response or one of 500 and above. ``method``, ``status``, ``host`` and ``name``
take several values with commas between them. ``*`` stands for any characters, ``/`` too; there are no regular
expressions. Quotes, single or double, keep spaces in a word; a word that begins with one is text. Letters count the
same in either case, but not in a path.
"""

from __future__ import annotations

import contextlib
import difflib
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from urllib.parse import unquote

from ..protocol.errors import FilterError
from ..protocol.violations import Violation
from .exchange import Exchange

Test = Callable[[Exchange], bool]
"""Tells whether an exchange is meant."""

_NEGATIONS = ("-", "not:")
_PIECE = re.compile(r""""((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(["'])|[^\s"']+""", re.DOTALL)
_SPACE = re.compile(r"\s*")
_KEYED = re.compile(r"([A-Za-z_][\w-]*)([:~])(.*)", re.DOTALL)
_AMOUNT = re.compile(r"(\d{1,15}(?:\.\d{1,9})?)([a-zµμ]*)", re.IGNORECASE)
_BOUND = re.compile(r"(>=|<=|>|<|=)?(.+)", re.DOTALL)
_TIME_NS = MappingProxyType(
    {"us": 1e3, "µs": 1e3, "μs": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "min": 60e9, "h": 3600e9, "d": 86400e9}
)
_SIZE_BYTES = MappingProxyType(
    {"": 1, "b": 1, "kb": 1000, "mb": 1000**2, "gb": 1000**3, "kib": 1024, "mib": 1024**2, "gib": 1024**3}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    """One word of a filter: without its quotes and negations, whether it began with a quote, and as it was written."""

    text: str
    literal: bool
    negated: bool
    written: str


def read_filter(text: str) -> Test:
    """
    Return the test that a filter stands for; an empty one lets every exchange through.

    ``since:`` counts back from now. Raises `FilterError`, which names the word and says what may stand there.
    """
    tests = [_read_word(word) for word in _split(text)]

    def every_test(exchange: Exchange) -> bool:
        for test in tests:  # noqa: SIM110 -- not all(...): a generator for each of 10,000 exchanges takes as long again
            if not test(exchange):
                return False
        return True

    return every_test


def _split(text: str) -> Iterator[_Word]:
    position = _skip_space(text, 0)
    while position < len(text):
        begin, negated, pieces = position, False, []
        while (negation := next((one for one in _NEGATIONS if text.startswith(one, position)), "")) != "":
            negated = not negated
            position += len(negation)
        literal = text[position : position + 1] in ('"', "'")
        while (piece := _PIECE.match(text, position)) is not None:
            if piece[3]:
                raise FilterError(text[begin:], "a quote is not closed", "another one at its end")
            quoted = piece[1] if piece[1] is not None else piece[2]
            pieces.append(piece[0] if quoted is None else re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL))
            position = piece.end()
        written = text[begin:position]
        if not pieces:
            raise FilterError(written, "there is nothing to negate", "a test right after it, such as -status:200")
        yield _Word(text="".join(pieces), literal=literal, negated=negated, written=written)
        position = _skip_space(text, position)


def _skip_space(text: str, position: int) -> int:
    space = _SPACE.match(text, position)
    return space.end() if space is not None else position


def _read_word(word: _Word) -> Test:
    test = _contains_text(word.text) if word.literal else _read_test(word.text, word.written)
    return (lambda exchange: not test(exchange)) if word.negated else test


def _read_test(text: str, word: str) -> Test:
    if text in _FLAGS:
        return _FLAGS[text]
    keyed = _KEYED.fullmatch(text)
    if keyed is None:
        return _contains_text(text)
    key, mark, value = keyed[1].lower(), keyed[2], keyed[3]
    readers = _TILDE_KEYS if mark == "~" else _KEYS
    if key not in readers:
        raise _unknown(word, key, mark)
    if not value:
        raise FilterError(word, "there is nothing after it", _EXAMPLES[key])
    tests = [readers[key](word, one) for one in (value.split(",") if key in _LISTED else [value])]
    return tests[0] if len(tests) == 1 else lambda exchange: any(test(exchange) for test in tests)


def _unknown(word: str, key: str, mark: str) -> FilterError:
    every = [f"{name}:" for name in _KEYS] + [f"{name}~" for name in _TILDE_KEYS] + [*_FLAGS]
    close = difflib.get_close_matches(f"{key}{mark}", every, n=1)
    meant = f"; did you mean {close[0]}" if close else ""
    allowed = f'one of {" ".join(every)}, or in quotes, as a text: "{word[:40]}"'
    return FilterError(word, f"there is no key {key[:40]!r}{meant}", allowed)


# -- values ------------------------------------------------------------------------------------------------


def _contains_text(text: str) -> Test:
    wanted = text.lower()

    def test(exchange: Exchange) -> bool:
        target = exchange.request.url.raw_path.decode("ascii", "replace").lower()
        return wanted in target or ("%" in target and wanted in unquote(target).lower()) or wanted == exchange.name

    return test


def _method(word: str, value: str) -> Test:
    wanted = value.upper()
    return lambda exchange: exchange.request.method == wanted


def _name(word: str, value: str) -> Test:
    return lambda exchange: _fits(value, exchange.name)


def _path(word: str, value: str) -> Test:
    wanted = unquote(value)
    return lambda exchange: _fits(wanted, exchange.request.url.path)


def _host(word: str, value: str) -> Test:
    wanted = value.lower()
    return lambda exchange: _fits(wanted, exchange.request.url.host)


def _header(word: str, value: str) -> Test:
    name, equals, glob = value.partition("=")
    wanted_name, wanted = name.strip().lower().encode("utf-8", "surrogatepass"), glob.lower()
    if not wanted_name:
        raise FilterError(word, "there is no name", _EXAMPLES["header"])

    def test(exchange: Exchange) -> bool:
        received = exchange.response.headers.raw if exchange.response is not None else []
        return any(
            not equals or _fits(wanted, value.decode("latin-1").lower())
            for headers in (received, exchange.request.headers.raw)
            for key, value in headers
            if key.lower() == wanted_name
        )

    return test


def _status(word: str, value: str) -> Test:
    if value.lower() == "none":
        return lambda exchange: exchange.response is None
    low, high = _read_range(word, "status", value, _read_status)

    def test(exchange: Exchange) -> bool:
        return exchange.response is not None and low <= exchange.response.status_code <= high

    return test


def _size(word: str, value: str) -> Test:
    low, high = _read_range(word, "size", value, _read_size)

    def test(exchange: Exchange) -> bool:
        return exchange.response is not None and low <= len(exchange.response.content) <= high

    return test


def _slow(word: str, value: str) -> Test:
    least_ns = _read_time_ns(word, "slow", value.removeprefix(">").removeprefix("="))
    return lambda exchange: exchange.elapsed_ns >= least_ns


def _since(word: str, value: str) -> Test:
    try:
        earliest = datetime.now().astimezone() - timedelta(microseconds=_read_time_ns(word, "since", value) / 1e3)
    except OverflowError:  # before the year 1
        return lambda exchange: True
    return lambda exchange: exchange.sent_at >= earliest


def _body(word: str, text: str) -> Test:
    wanted = _spellings(text)

    def test(exchange: Exchange) -> bool:
        return exchange.response is not None and _holds(exchange.response.content, wanted)

    return test


def _request(word: str, text: str) -> Test:
    wanted = _spellings(text)
    return lambda exchange: _holds(exchange.spec.body, wanted)


def _fits(glob: str, text: str) -> bool:
    """Tell whether a text fits a pattern in which ``*`` stands for any characters; in linear time, unlike a regex."""
    first, *rest = glob.split("*")
    if not rest:
        return first == text
    last = rest.pop()
    if not (text.startswith(first) and text.endswith(last)) or len(text) < len(first) + len(last):
        return False
    position, end = len(first), len(text) - len(last)
    for piece in rest:
        found = text.find(piece, position, end)
        if found < 0:
            return False
        position = found + len(piece)
    return True


def _spellings(text: str) -> tuple[bytes, ...]:
    """Return the ways a text may be written in a body: UTF-8, Latin-1, and escaped as JSON does it."""
    escaped = json.dumps(text)[1:-1]
    written = {text.encode("utf-8", "surrogatepass"), escaped.encode("ascii")}
    with contextlib.suppress(UnicodeEncodeError):
        written.add(text.encode("latin-1"))
    return tuple(one.lower() for one in written)


def _holds(body: bytes, wanted: tuple[bytes, ...]) -> bool:
    lowered = body.lower()
    return any(one in lowered for one in wanted)


def _read_range(word: str, key: str, value: str, read: Callable[[str], tuple[float, float]]) -> tuple[float, float]:
    """Return the lowest and the highest number that fit, both included."""
    try:
        from_text, dash, to_text = value.partition("-")
        if dash:
            return read(from_text)[0], read(to_text)[1]
        bound = _BOUND.fullmatch(value)
        low, high = read(bound[2] if bound is not None else "")
    except ValueError:
        raise FilterError(word, f"{value[:40]!r} is no {key}", _EXAMPLES[key]) from None
    comparison = (bound[1] if bound is not None else "") or "="
    return {
        "=": (low, high),
        ">=": (low, math.inf),
        "<=": (-math.inf, high),
        ">": (high + 1, math.inf),
        "<": (-math.inf, low - 1),
    }[comparison]


def _read_status(text: str) -> tuple[float, float]:
    if re.fullmatch(r"[1-9][xX]{2}", text):
        return int(text[0]) * 100, int(text[0]) * 100 + 99
    if not re.fullmatch(r"[0-9]{1,3}", text):
        raise ValueError(text)
    return int(text), int(text)


def _read_size(text: str) -> tuple[float, float]:
    size = _read_amount(text, _SIZE_BYTES)
    return size, size


def _read_time_ns(word: str, key: str, text: str) -> float:
    try:
        return _read_amount(text, _TIME_NS)
    except ValueError:
        raise FilterError(word, f"{text[:40]!r} is no time with its unit", _EXAMPLES[key]) from None


def _read_amount(text: str, units: Mapping[str, float]) -> float:
    amount = _AMOUNT.fullmatch(text)
    if amount is None or amount[2].lower() not in units:
        raise ValueError(text)
    return float(amount[1]) * units[amount[2].lower()]


# Readers are given the word, for their error, and the value in it.
_KEYS: Mapping[str, Callable[[str, str], Test]] = MappingProxyType(
    {
        "method": _method,
        "status": _status,
        "path": _path,
        "host": _host,
        "name": _name,
        "header": _header,
        "slow": _slow,
        "size": _size,
        "since": _since,
    }
)
_TILDE_KEYS: Mapping[str, Callable[[str, str], Test]] = MappingProxyType({"body": _body, "request": _request})
_LISTED = frozenset({"method", "status", "host", "name"})
_FLAGS: Mapping[str, Test] = MappingProxyType(
    {
        "error": lambda exchange: exchange.failed,
        "violation": lambda exchange: any(_tells(exchange, violation) for violation in exchange.violations),
        "redirect": lambda exchange: bool(exchange.previous) or 300 <= _status_of(exchange) < 400,
    }
)
_EXAMPLES: Mapping[str, str] = MappingProxyType(
    {
        "method": "method:GET or method:POST,PUT",
        "status": "status:404, status:4xx, status:400-499, status:>=500 or status:none",
        "path": "path:/items or path:/items/*",
        "host": "host:testserver or host:*.example",
        "name": "name:r7 or name:r7,r9",
        "header": "header:x-token or header:content-type=*json*",
        "slow": "slow:100ms, slow:1.5s or slow:2min",
        "size": "size:>10kB, size:<1MB, size:1kB-10kB or size:0",
        "since": "since:30s, since:5m, since:2h or since:1d",
        "body": 'body~"Foo"',
        "request": 'request~"Foo"',
    }
)


def _tells(exchange: Exchange, violation: Violation) -> bool:
    """Tell whether a violation says more than the exception: an app that raised sent no response because it did."""
    return violation.rule != "http.no-response" or not exchange.exception_name


def _status_of(exchange: Exchange) -> int:
    return exchange.response.status_code if exchange.response is not None else 0
