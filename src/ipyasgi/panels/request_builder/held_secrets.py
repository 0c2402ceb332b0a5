"""`HeldSecret`: a secret of a body, for which the page has a mark and only the kernel has the value. Pure.

Widget state is saved in notebooks, so the page gets ``"password": "•••"``. The text that comes back gets the values
again, wherever the marks are now. A body with several secrets has the marks ``•••``, ``•••2``, ``•••3``.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ...openapi.form_values import escape_pointer
from ...records.redaction import Redactor
from ...records.secret_rules import MASK

_MARK = re.compile(rf"{MASK}\d{{0,6}}")


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldSecret:
    """
    A secret of a body.

    :ivar mark: what the page has instead
    :ivar source: the value as the body has it, with its quotes
    :ivar quote: the character before and after the mark
    """

    mark: str
    source: str
    quote: str


def mark_secrets(
    body: str, content_type: str, redactor: Redactor, held: Iterable[HeldSecret] = ()
) -> tuple[str, tuple[HeldSecret, ...]]:
    """Return a body with marks, and its secrets after those already held; an equal value has one mark."""
    known = {(one.source, one.quote): one for one in held}
    taken = {one.mark for one in known.values()}
    fresh = (mark for mark in _marks() if mark not in taken)
    parts: list[str] = []
    done = 0
    for span in redactor.spans(body, content_type):
        source = body[span.start : span.end]
        if (source, span.quote) not in known:
            known[source, span.quote] = HeldSecret(mark=next(fresh), source=source, quote=span.quote)
        parts += [body[done : span.start], span.quote, known[source, span.quote].mark, span.quote]
        done = span.end
    return "".join([*parts, body[done:]]), tuple(known.values())


def restore_secrets(text: str, content_type: str, redactor: Redactor, held: Iterable[HeldSecret]) -> str:
    """Return a text of the page with the values of its marks; unchanged if one of them would no longer be secret."""
    if MASK not in text:
        return text
    sources = {one.mark: one for one in held}
    parts: list[str] = []
    ranges: list[tuple[int, int]] = []
    done = length = 0
    for match in _MARK.finditer(text):
        one = sources.get(match[0])
        start, end = match.span()
        if one is None or not text.startswith(one.quote, end) or not text.endswith(one.quote, done, start):
            continue
        start, end = start - len(one.quote), end + len(one.quote)
        parts += [text[done:start], one.source]
        length += start - done + len(one.source)
        ranges.append((length - len(one.source), length))
        done = end
    restored = "".join([*parts, text[done:]])
    return restored if _are_hidden(restored, content_type, redactor, ranges) else text


def find_lost_secret(body: str, content_type: str, redactor: Redactor) -> str | None:
    """Return the name of a secret whose mark stands for no value, None if there is none."""
    if MASK not in body:
        return None
    parts: list[str] = []
    ranges: list[tuple[int, int]] = []
    done = length = 0
    for match in _MARK.finditer(body):
        parts += [body[done : match.start()], "x"]
        length += match.start() - done + 1
        ranges.append((length - 1, length))
        done = match.end()
    spans = redactor.spans("".join([*parts, body[done:]]), content_type)
    places = iter(ranges)
    place = next(places, None)
    for span in spans:
        while place is not None and place[1] <= span.start:
            place = next(places, None)
        if place is not None and place[0] < span.end:
            return span.name
    return None


def find_mark(value: Any) -> str | None:
    """Return the JSON pointer of the first text that is a mark, None if there is none."""
    waiting: list[tuple[Any, str]] = [(value, "")]
    while waiting:
        one, at = waiting.pop()
        if isinstance(one, str) and _MARK.fullmatch(one):
            return at
        parts = one.items() if isinstance(one, dict) else enumerate(one) if isinstance(one, list) else ()
        waiting += reversed([(part, f"{at}/{escape_pointer(name)}") for name, part in parts])
    return None


def _marks() -> Iterable[str]:
    return (MASK if number == 1 else f"{MASK}{number}" for number in itertools.count(1))


def _are_hidden(text: str, content_type: str, redactor: Redactor, ranges: Sequence[tuple[int, int]]) -> bool:
    """Return whether each of the ordered ranges is within a secret of a text."""
    spans = iter(redactor.spans(text, content_type))
    span = next(spans, None)
    for start, end in ranges:
        while span is not None and span.end < end:
            span = next(spans, None)
        if span is None or span.start > start:
            return False
    return True
