"""What is said again when it is quiet, because the server may have thrown the last message away. Only the timetable.

A lost message shows by the next one's number; the last one has no next: 3,000 rows a second, sent one by
one, lost their last 500 that way. While the server's limit is exceeded everything is lost, up to 3 s after
the flood that exceeded it, so once is not enough.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)

REPEAT_AFTER_S = (1.0, 4.0, 15.0, 60.0)
"""Seconds of quiet before each repetition."""


@dataclass(slots=True)
class _Repeat:
    at_s: float
    step: int = 0


class ResendSchedule(Generic[K]):
    """When each thing said is to be said again. Not locked: its queue is."""

    def __init__(self) -> None:
        self._repeats: dict[K, _Repeat] = {}

    def start(self, key: K, now_s: float) -> None:
        """Begin anew: the thing was said just now."""
        self._repeats[key] = _Repeat(at_s=now_s + REPEAT_AFTER_S[0])

    def stop(self, key: K) -> None:
        """Say it no more; nothing happens where it was not to be."""
        self._repeats.pop(key, None)

    def clear(self) -> None:
        """Say nothing again."""
        self._repeats.clear()

    def next_at_s(self) -> float | None:
        """Return when the next repetition is due, None where there is none."""
        return min((repeat.at_s for repeat in self._repeats.values()), default=None)

    def due(self, now_s: float) -> list[K]:
        """Return what is due, without taking it."""
        return [key for key, repeat in self._repeats.items() if repeat.at_s <= now_s]

    def said(self, key: K, now_s: float) -> None:
        """Note that a due thing was said again; after the last time it is forgotten."""
        repeat = self._repeats[key]
        repeat.step += 1
        if repeat.step == len(REPEAT_AFTER_S):
            del self._repeats[key]
        else:
            repeat.at_s = now_s + REPEAT_AFTER_S[repeat.step]
