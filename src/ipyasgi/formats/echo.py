"""`Echo`: which values of a response are those that an earlier response gave, so that a test compares them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ..records.carried import Carried, find_pieces
from ..records.template import Placeholder, Template
from .volatile_fields import Path, VolatileFields


class Echo:
    """
    The variables of a test.

    :param known: the variables by the values that they had
    :param weak: values that may be in a response by chance, and count only as ids
    """

    def __init__(self, known: Mapping[str, Carried], weak: Collection[str]) -> None:
        self._known = known
        self._weak = weak
        self._shortest = min(map(len, known), default=0)

    def try_carry(self, value: Any, path: Path, volatile: VolatileFields) -> Carried | Template[Placeholder] | None:
        """
        Return the variable that a value at a path of a response is, or the text with variables; None for any other.

        The rest of such a text must be free of times, identifiers and secrets.
        """
        if isinstance(value, bool) or not isinstance(value, str | int) or not self._known:
            return None
        one = self._known.get(str(value))
        if one is not None and (volatile.is_id(path) or str(value) not in self._weak):
            return one if one.source.is_text == isinstance(value, str) else None
        if not isinstance(value, str) or len(value) <= self._shortest:
            return None
        pieces: list[str | Placeholder] = []
        done = 0
        for start, end, found in find_pieces(value, self._known):
            if value[start:end] not in self._weak:
                pieces += [value[done:start], found]
                done = end
        rest = [*(one for one in pieces if isinstance(one, str)), value[done:]]
        return Template.of(*pieces, value[done:]) if pieces and all(map(volatile.is_stable_text, rest)) else None
