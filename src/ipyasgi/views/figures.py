"""Times, sizes and counts in words. The only place that chooses units and digits."""

from __future__ import annotations

from datetime import datetime


def time_of(ns: float) -> str:
    """Return nanoseconds as a person says them: ``840 µs``, ``12.4 ms``, ``1.24 s``, ``2 min 5 s``."""
    us, ms, s = ns / 1e3, ns / 1e6, ns / 1e9
    if us < 999.5:
        return f"{us:.0f} µs"
    if ms < 999.5:
        return f"{_three_digits(ms)} ms"
    if s < 60:
        return f"{_three_digits(s)} s"
    return f"{int(s // 60)} min {int(s % 60)} s"


def size_of(size_bytes: int) -> str:
    """Return bytes as a person says them, a thousand to the next unit: ``812 B``, ``1.3 kB``, ``64 kB``, ``5.2 MB``."""
    if size_bytes < 1000:
        return f"{size_bytes} B"
    amount = float(size_bytes)
    units = iter(("kB", "MB", "GB", "TB"))
    unit = "B"
    while amount >= 999.5 and unit != "TB":
        amount, unit = amount / 1000, next(units)
    return f"{amount:.1f} {unit}" if amount < 9.95 else f"{amount:.0f} {unit}"


def count_of(number: int, noun: str, plural: str = "") -> str:
    """Return ``1 route``, ``9 routes``, ``12,000 events``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def clock_of(moment: datetime) -> str:
    """Return the time of day, ``14:03:59``."""
    return moment.strftime("%H:%M:%S")


def _three_digits(amount: float) -> str:
    if amount < 9.995:
        return f"{amount:.2f}"
    return f"{amount:.1f}" if amount < 99.95 else f"{amount:.0f}"
