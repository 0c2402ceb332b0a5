"""The history's filter language: from a text to a test of an exchange. Reads, never sends.

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
import functools
import json
import math
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

from ..protocol.errors import FilterError
from .exchange import Exchange

Test = Callable[[Exchange], bool]
"""Returns whether an exchange is meant."""

_Range = tuple[float, float]
"""The lowest and the highest number that fit, both included."""

_QUOTED = re.compile(r""""((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'""", re.DOTALL)
_WORD = re.compile(rf"""(?P<negations>(?:-|not:)*)(?P<text>(?:{_QUOTED.pattern}|[^\s"']+)*)""", re.DOTALL)
_KEYED = re.compile(r"([A-Za-z_][\w-]*)([:~])(.*)", re.DOTALL)
_AMOUNT = re.compile(r"(\d{1,15}(?:\.\d{1,9})?)([a-zµμ]*)", re.IGNORECASE)
_BOUND = re.compile(r"(>=|<=|>|<|=|)(.*)", re.DOTALL)
_TIME_NS = {"us": 1e3, "µs": 1e3, "μs": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "min": 60e9, "h": 3600e9, "d": 86400e9}
_SIZE_BYTES = {"": 1, "b": 1, "kb": 1000, "mb": 1000**2, "gb": 1000**3, "kib": 1024, "mib": 1024**2, "gib": 1024**3}


@dataclass(frozen=True, slots=True)
class _Key:
    """
    One key: it holds where what ``find`` returns of an exchange is what ``read`` read; ``listed`` takes several values.

    ``read`` raises ``ValueError``, empty where the value is just not a ``noun``.
    """

    example: str
    read: Callable[[str], Any]
    find: Callable[[Exchange], Any]
    holds: Callable[[Any, Any], bool]
    noun: str = ""
    listed: bool = False

    def test(self, word: str, value: str) -> Test:
        try:
            wanted = self.read(value)
        except ValueError as exc:
            raise FilterError(word, str(exc) or f"{value[:40]!r} is no {self.noun}", self.example) from None
        return lambda exchange: self.holds(wanted, self.find(exchange))


def read_filter(text: str) -> Test:
    """
    Return the test that a filter stands for; an empty one lets every exchange through.

    ``since:`` counts back from now. Raises `FilterError`, which names the word and says what may stand there.
    """
    tests = list(_read_words(text))

    def every_test(exchange: Exchange) -> bool:
        for test in tests:  # noqa: SIM110 -- not all(...): a generator for each of 10,000 exchanges takes as long again
            if not test(exchange):
                return False
        return True

    return every_test


def _read_words(text: str) -> Iterator[Test]:
    position = 0
    while position < len(text):
        word = _WORD.match(text, position)
        assert word is not None
        negations, written = word["negations"], word["text"]
        if text[word.end() : word.end() + 1] in ('"', "'"):
            raise FilterError(text[position:], "a quote is not closed", "another one at its end")
        if negations and not written:
            raise FilterError(word[0], "there is nothing to negate", "a test right after it, such as -status:200")
        if written:
            plain = _QUOTED.sub(_unquote, written)
            literal = written[0] in "\"'"
            test = functools.partial(_contains, plain.lower()) if literal else _read_test(plain, word[0])
            yield test if len(re.findall("-|not:", negations)) % 2 == 0 else _negate(test)
        position = word.end() + 1  # behind it is a space or the end


def _unquote(quoted: re.Match[str]) -> str:
    return re.sub(r"\\(.)", r"\1", quoted[1] or quoted[2] or "", flags=re.DOTALL)


def _negate(test: Test) -> Test:
    return lambda exchange: not test(exchange)


def _read_test(text: str, word: str) -> Test:
    if text in _FLAGS:
        return _FLAGS[text]
    keyed = _KEYED.fullmatch(text)
    if keyed is None:
        return functools.partial(_contains, text.lower())
    name, value = keyed[1].lower() + keyed[2], keyed[3]
    if name not in _KEYS:
        every = [*_KEYS, *_FLAGS]
        close = difflib.get_close_matches(name, every, n=1)
        meant = f"; did you mean {close[0]}" if close else ""
        allowed = f'one of {" ".join(every)}, or in quotes, as a text: "{word[:40]}"'
        raise FilterError(word, f"there is no key {name[:-1][:40]!r}{meant}", allowed)
    key = _KEYS[name]
    if not value:
        raise FilterError(word, "there is nothing after it", key.example)
    tests = [key.test(word, one) for one in (value.split(",") if key.listed else [value])]
    return tests[0] if len(tests) == 1 else lambda exchange: any(test(exchange) for test in tests)


def _contains(wanted: str, exchange: Exchange) -> bool:
    target = exchange.request.url.raw_path.decode("ascii", "replace").lower()
    return wanted in target or ("%" in target and wanted in unquote(target).lower()) or wanted == exchange.name


# -- readers of values, and the same values of an exchange ---------------------------------------------------


def _fits(glob: str, text: str) -> bool:
    """Return whether a text fits a pattern in which ``*`` stands for any characters; linear, unlike a regex."""
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
    """Return the ways a text may be written in a body: UTF-8, Latin-1, and escaped as JSON does it."""
    written = {text.encode("utf-8", "surrogatepass"), json.dumps(text)[1:-1].encode("ascii")}
    with contextlib.suppress(UnicodeEncodeError):
        written.add(text.encode("latin-1"))
    return tuple(one.lower() for one in written)


def _holds_one(wanted: tuple[bytes, ...], body: bytes) -> bool:
    lowered = body.lower()
    return any(one in lowered for one in wanted)


def _read_status(value: str) -> _Range | None:
    return None if value.lower() == "none" else _read_range(_read_status_class, value)


def _read_status_class(text: str) -> _Range:
    if not re.fullmatch(r"[1-9][xX]{2}|[0-9]{1,3}", text):
        raise ValueError
    return int(re.sub("[xX]", "0", text)), int(re.sub("[xX]", "9", text))


def _read_size(value: str) -> _Range:
    return _read_range(lambda text: (_read_amount(text, _SIZE_BYTES),) * 2, value)


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
    """Return whether a number is in a range; no range, ``none``, holds where there is no number."""
    if wanted is None or found is None:
        return wanted is None and found is None
    return wanted[0] <= found <= wanted[1]


def _status_of(exchange: Exchange) -> int | None:
    return exchange.status_code if exchange.response is not None else None


def _size_of(exchange: Exchange) -> int | None:
    return len(exchange.content) if exchange.response is not None else None


def _body_of(exchange: Exchange) -> bytes:
    return exchange.content if exchange.response is not None else b""


def _violates(exchange: Exchange) -> bool:
    """Return whether there is a violation beside the exception: an app that raised sent no response because it did."""
    return any(one.rule != "http.no-response" or not exchange.exception_name for one in exchange.violations)


_FLAGS: Mapping[str, Test] = MappingProxyType(
    {
        "error": lambda one: one.failed,
        "violation": _violates,
        "redirect": lambda one: bool(one.previous) or 300 <= (_status_of(one) or 0) < 400,
    }
)
_STATUSES = "status:404, status:4xx, status:400-499, status:>=500 or status:none"
_HOSTS = "host:testserver or host:*.example"
_TIMES = "since:30s, since:5m, since:2h or since:1d"
_TIME = "time with its unit"
_KEYS: Mapping[str, _Key] = MappingProxyType(
    {
        "method:": _Key("method:GET or method:POST,PUT", str.upper, lambda one: one.request.method, _fits, listed=True),
        "status:": _Key(_STATUSES, _read_status, _status_of, _within, "status", listed=True),
        "path:": _Key("path:/items or path:/items/*", unquote, lambda one: one.request.url.path, _fits),
        "host:": _Key(_HOSTS, str.lower, lambda one: one.request.url.host, _fits, listed=True),
        "name:": _Key("name:r7 or name:r7,r9", str, lambda one: one.name, _fits, listed=True),
        "header:": _Key("header:x-token or header:content-type=*json*", _read_header, lambda one: one, _has_header),
        "slow:": _Key("slow:100ms, slow:1.5s or slow:2min", _read_least_ns, lambda one: one.elapsed_ns, _within, _TIME),
        "size:": _Key("size:>10kB, size:<1MB, size:1kB-10kB or size:0", _read_size, _size_of, _within, "size"),
        "since:": _Key(_TIMES, _read_since, lambda one: one.sent_at.timestamp(), _within, _TIME),
        "body~": _Key('body~"Foo"', _read_spellings, _body_of, _holds_one),
        "request~": _Key('request~"Foo"', _read_spellings, lambda one: one.spec.body, _holds_one),
    }
)
