"""How the bodies of two responses compare: JSON by its members, text by its lines, anything else by digest."""

from __future__ import annotations

import contextlib
import itertools
import json
from dataclasses import dataclass
from typing import Any, Literal

from ..records.redaction import is_json_type
from ..records.state import Change
from .exchange import Exchange
from .json_diff import Difference, Path, find_differences, path_text

STRUCTURE_LIMIT_BYTES = 2 * 1024 * 1024
"""Bodies up to here are compared member by member or line by line, larger ones by size and digest."""
DIFFERENCES_LIMIT = 500
"""Differences of one body that a comparison keeps."""
_UNSTABLE_LIMIT = 5000
_VALUE_CHARS = 400


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class BodyComparison:
    """
    How two bodies compare.

    :ivar kind: by what they were compared: members of ``json``, lines of ``text``, or as ``bytes`` by digest;
        ``equal`` are the same to the byte, ``ignored`` differ as a whole at every sending
    :ivar changes: the members that differ, by their JSON paths; at most `DIFFERENCES_LIMIT`
    :ivar cut: whether there are more of them
    :ivar before: the earlier text where ``kind`` is ``text``
    :ivar after: the later text
    """

    kind: Literal["equal", "ignored", "json", "text", "bytes"]
    changes: tuple[Change, ...] = ()
    cut: bool = False
    before: str = ""
    after: str = ""

    @property
    def differs(self) -> bool:
        """Whether they say different things; JSON that is only written differently does not."""
        return bool(self.changes) if self.kind == "json" else self.kind in ("text", "bytes")

    def __repr__(self) -> str:
        return f"<BodyComparison by {self.kind}: {'different' if self.differs else 'the same'}>"


def compare_bodies(
    before: Exchange, after: Exchange, *, unstable: frozenset[Path] = frozenset()
) -> tuple[BodyComparison, list[str]]:
    """
    Return how the bodies of two responses compare, and what differs in them and does not count, in words.

    :param unstable: as `find_unstable` returns it
    """
    old, new = before.content, after.content
    if old == new:
        return BodyComparison(kind="equal"), []
    if () in unstable:
        return BodyComparison(kind="ignored"), ["body"]
    found = _differences_of(before, after)
    if found is not None:
        counting = [one for one in found if not _is_below(one.path, unstable)]
        ignored = [path_text(one.path) for one in found if _is_below(one.path, unstable)]
        changes = tuple(map(_change_of, counting[:DIFFERENCES_LIMIT]))
        return BodyComparison(kind="json", changes=changes, cut=len(counting) > DIFFERENCES_LIMIT), ignored
    if _are_small(old, new):
        old_text, new_text = _text_of(old), _text_of(new)
        if old_text is not None and new_text is not None:
            return BodyComparison(kind="text", before=old_text, after=new_text), []
    return BodyComparison(kind="bytes"), []


def find_unstable(once: Exchange, again: Exchange) -> frozenset[Path]:
    """Return the members of a JSON body that differ between two sendings; the empty path where the whole body does."""
    if once.content == again.content:
        return frozenset()
    found = _differences_of(once, again)
    if found is None or len(found) == _UNSTABLE_LIMIT:
        return frozenset({()})
    return frozenset(difference.unstable for difference in found)


def _is_below(path: Path, places: frozenset[Path]) -> bool:
    return any(path[:length] in places for length in range(len(path) + 1))


def _differences_of(before: Exchange, after: Exchange) -> list[Difference] | None:
    """Return where two JSON bodies differ; None where one of them is no JSON, or too large or too deep."""
    if not _are_small(before.content, after.content):
        return None
    try:
        values = [_json_of(exchange) for exchange in (before, after)]
        return list(itertools.islice(find_differences(*values), _UNSTABLE_LIMIT))
    except (ValueError, RecursionError):
        return None


def _json_of(exchange: Exchange) -> Any:
    if not is_json_type(exchange.headers.get("content-type", "")) and exchange.content[:1] not in (b"{", b"["):
        raise ValueError("not JSON")
    return json.loads(exchange.content)


def _are_small(before: bytes, after: bytes) -> bool:
    return max(len(before), len(after)) <= STRUCTURE_LIMIT_BYTES


def _text_of(body: bytes) -> str | None:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def _change_of(difference: Difference) -> Change:
    return Change(
        path=path_text(difference.path),
        kind=difference.kind,
        before=_value_text(difference.before) if difference.kind != "added" else "",
        after=_value_text(difference.after) if difference.kind != "removed" else "",
    )


def _value_text(value: Any) -> str:
    """Return a value as JSON, cut; of a long array or object no more is written than is kept."""
    pieces: list[str] = []
    length = 0
    with contextlib.suppress(RecursionError):
        for piece in json.JSONEncoder(ensure_ascii=False).iterencode(value):
            pieces.append(piece[: _VALUE_CHARS + 1])
            length += len(piece)
            if length > _VALUE_CHARS:
                break
    text = "".join(pieces)
    return text if len(text) <= _VALUE_CHARS else f"{text[: _VALUE_CHARS - 1]}…"
