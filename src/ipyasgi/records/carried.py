"""`Carried`: a value of a request that an earlier response contained. `Source`: where it was there. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeVar

from .template import Placeholder

Place = Literal["target", "path", "query", "header", "body"]

T = TypeVar("T")

_PLAIN_KEY = re.compile(r"[A-Za-z_]\w*", re.ASCII)
# The pieces of a text that may be values, the longest first: a token in a header, a segment of a URL, a word.
_PIECES = (re.compile(r'[^\s;,"]+'), re.compile(r"[^\s;,\"=/?&]+"), re.compile(r"[\w-]+"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """
    The place of a value in a response.

    :ivar exchange: the name of its exchange, such as ``r1``
    :ivar part: of the response; ``location`` is the last segment of the header's path
    :ivar steps: keys and indexes from the root of the JSON; else the name of the header or cookie alone
    :ivar noun: what the value belongs to, by the path of the request: ``thing`` for ``POST /things``; may be empty
    :ivar is_text: whether the value is a string
    :ivar is_link: whether the value is a whole URL, or a path with its query
    """

    exchange: str
    part: Literal["json", "header", "location", "cookie"]
    steps: tuple[str | int, ...]
    noun: str = ""
    is_text: bool = True
    is_link: bool = False

    @property
    def path(self) -> str:
        """``$.items[0].id``, ``header etag``, ``header location`` or ``cookie session``."""
        if self.part == "json":
            return "$" + "".join(map(_write_step, self.steps))
        return f"{'cookie' if self.part == 'cookie' else 'header'} {self.steps[0]}"

    @property
    def key(self) -> str:
        """The name of the value: the last key that is a text, such as ``id``; empty if there is none."""
        return next((step for step in reversed(self.steps) if isinstance(step, str)), "")


def _write_step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if _PLAIN_KEY.fullmatch(step) else f"[{json.dumps(step)}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedUse:
    """
    A carried value in a request.

    :ivar place: the part of the request; ``target`` is the whole path with its query
    :ivar index: of the query's or header's pair in the request's spec; 0 for the target, the path and the body
    :ivar start: where the value begins in that text; in a JSON body with its quotes
    :ivar end: where it ends
    :ivar value: the text, or the number as text
    :ivar is_weak: whether the value is a short number or word, which may be in another text by chance
    """

    place: Place
    index: int
    start: int
    end: int
    source: Source
    value: str
    is_weak: bool = False


@dataclass(frozen=True, slots=True)
class Carried(Placeholder):
    """The variable of a carried value; ``name`` is the variable's, and ``is_json`` is true unless it is a string."""

    source: Source = Source(exchange="", part="json", steps=())


class Origin(NamedTuple):
    """Where a carried value came from: the name of the exchange, and the place in its response, such as ``$.id``."""

    exchange: str
    path: str


def pieces_of(text: str) -> Iterator[re.Match[str]]:
    """Yield the pieces of a text that may be values, also those within other pieces."""
    for pieces in _PIECES:
        yield from pieces.finditer(text)


def find_pieces(text: str, known: Mapping[str, T]) -> list[tuple[int, int, T]]:
    """
    Return start, end and what is known of each piece of a text in order; of two that overlap, the longer one.

    The time is linear in the length of the text.
    """
    found: list[tuple[int, int, T]] = []
    for pieces in _PIECES:
        free = iter([(0, 0), *((start, end) for start, end, _ in found), (len(text) + 1, len(text) + 1)])
        taken = next(free)
        more = []
        for match in pieces.finditer(text):
            start, end = match.span()
            while taken[1] <= start and taken[0] <= len(text):
                taken = next(free)
            if match[0] in known and end <= taken[0]:
                more.append((start, end, known[match[0]]))
        found = sorted([*found, *more], key=lambda one: one[0])
    return found
