"""How many bytes an exchange holds, estimated from its own values. Pure; no object of the app's is walked.

The estimate errs on the large side, so that a history bounded by it stays within the bound. Bodies count once however
many places hold the same object. Not counted: the frames of a live exception, whose size nobody can tell and of which
the history keeps few, and what the app handed over as ``http.response.debug``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..engine.recording import payloads_of
from ..records.exception_text import ExceptionText, FoldedFrames
from .exchange import Exchange

# Measured with tracemalloc on CPython 3.11: what each thing costs besides its text.
EXCHANGE_BYTES = 4500
"""Bytes of the smallest exchange: httpx's request and response, URL, run, scope, times."""
_EVENT_BYTES = 360
_PAIR_BYTES = 280
_LINE_BYTES = 270
_CHAR_BYTES = 2
"""A text is one, two or four bytes a character; most of it is one."""
_TARGET_COPIES = 4
"""URL, its parts, the scope's path and raw path, the spec."""


def held_bytes(exchange: Exchange) -> int:
    """Return an estimate of the bytes that would be free if this exchange went, with the redirects that led to it."""
    passed = sum(held_bytes(one) for one in exchange.previous)
    told = [exchange.raised, exchange.handled_exception.raised if exchange.handled_exception is not None else None]
    texts = [*_texts(exchange), *(text for raised in told if raised is not None for text in _texts_of_raised(raised))]
    return (
        EXCHANGE_BYTES
        + passed
        + sum({id(payload): len(payload) for payload in _payloads(exchange)}.values())
        + _header_bytes(exchange)
        + _EVENT_BYTES * len(exchange.events)
        + _TARGET_COPIES * len(exchange.spec.target)
        + sum(_LINE_BYTES + _CHAR_BYTES * len(text) for text in texts)
    )


def _payloads(exchange: Exchange) -> Iterator[bytes | str]:
    yield exchange.spec.body
    if exchange.response is not None:
        yield exchange.response.content
    for event in exchange.events:
        yield from payloads_of(event)


def _header_bytes(exchange: Exchange) -> int:
    sent = exchange.request.headers.raw
    received = exchange.response.headers.raw if exchange.response is not None else []
    return sum(_PAIR_BYTES + 3 * (len(name) + len(value)) for name, value in [*sent, *received])


def _texts(exchange: Exchange) -> Iterator[str]:
    yield from (line.text for line in exchange.output)
    yield from (change.path + change.before + change.after for change in exchange.state_diff)
    yield from (violation.message for violation in exchange.violations)


def _texts_of_raised(raised: ExceptionText) -> Iterable[str]:
    yield raised.message
    yield from raised.notes
    for frame in raised.frames:
        if isinstance(frame, FoldedFrames):
            yield from frame.places
        else:
            yield from (text for _, text in frame.lines)
    for inner in (*(earlier for _, earlier in raised.before), *raised.members):
        yield from _texts_of_raised(inner)
