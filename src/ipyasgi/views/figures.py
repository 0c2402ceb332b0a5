"""Times, sizes and counts as text. The only module that chooses units and digits."""

from __future__ import annotations

from collections.abc import Sequence

_BARS = "▁▂▃▄▅▆▇█"
BACKGROUND_NS = 20e6
"""The least time after the response that counts as background work: below, frameworks tidy up."""

HELD_NS = 20e6
"""The least time for which an app holds the event loop that is worth a note: below, frameworks do the same."""


def time_of(ns: float) -> str:
    """Return nanoseconds as ``840 µs``, ``12.4 ms``, ``1.24 s`` or ``2 min 5 s``."""
    us, ms, s = ns / 1e3, ns / 1e6, ns / 1e9
    if us < 999.5:
        return f"{us:.0f} µs"
    if s >= 60:
        return f"{int(s // 60)} min {int(s % 60)} s"
    amount, unit = (ms, "ms") if ms < 999.5 else (s, "s")
    digits = 2 if amount < 9.995 else int(amount < 99.95)
    return f"{amount:.{digits}f} {unit}"


def times_of(total_ns: float, background_ns: float) -> tuple[str, str]:
    """Return the time to the complete response, ``49.0 ms``, and that of background work, ``+ 517 ms background``."""
    background = f"+ {time_of(background_ns)} background" if background_ns > BACKGROUND_NS else ""
    return time_of(max(total_ns - background_ns, 0)), background


def size_of(size_bytes: int) -> str:
    """Return bytes as ``812 B``, ``1.3 kB``, ``64 kB`` or ``5.2 MB``; 1000 of a unit are one of the next."""
    if size_bytes < 1000:
        return f"{size_bytes} B"
    amount = size_bytes / 1000
    for unit in ("kB", "MB", "GB", "TB"):
        if amount < 999.5 or unit == "TB":
            break
        amount /= 1000
    return f"{amount:.1f} {unit}" if amount < 9.95 else f"{amount:.0f} {unit}"


def bars_of(counts: Sequence[int]) -> str:
    """Return numbers as a row of bars, ``▁▂█▂ ``; a zero is a space, and the highest number is the tallest bar."""
    most = max(counts, default=0)
    return "".join(_BARS[(count * (len(_BARS) - 1) + most - 1) // most] if count else " " for count in counts)


def count_of(number: int, noun: str) -> str:
    """Return ``1 route``, ``9 routes``, ``12,000 events``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
