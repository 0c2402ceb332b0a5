"""Statistics of times: quantiles, and a ratio with its interval. Pure, and free of assumptions about distributions."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

CONFIDENCE = 0.99
LEAST_EFFECT = 0.03
"""Smaller differences get no verdict: two starts of one app differ by as much, by where its objects lie in memory."""

Round = tuple[tuple[float, float], tuple[float, float]]
"""Two times of one app and two of another, each in the order of sending, taken in turns."""
Verdict = Literal["faster", "slower", ""]


def quantile(values: Sequence[float], share: float) -> float:
    """Return a quantile of values in any order, between two of them by their distance; 0 without values."""
    ordered = sorted(values)
    if not ordered:
        return 0.0
    position = share * (len(ordered) - 1)
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def median_interval(values: Sequence[float], confidence: float = CONFIDENCE) -> tuple[float, float]:
    """
    Return an interval that has the median with this confidence, by the sign test: it is bounded by two of the values.

    Few values cannot give the confidence; then it is the lowest and the highest.
    """
    ordered = sorted(values)
    count, tail, outside = len(ordered), 0.0, 0
    while outside < count // 2:
        tail += math.comb(count, outside) / 2**count
        if 2 * tail > 1 - confidence:
            break
        outside += 1
    outside = max(outside - 1, 0)
    return ordered[outside], ordered[-1 - outside]


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioEstimate:
    """
    How the times of one app compare with those of another.

    :ivar ratio: the median of the ratios of the rounds, first app to second
    :ivar interval: has the ratio with a confidence of 99 percent
    :ivar spread: the same interval of a ratio that is 1: of the first times to the second ones of the same apps
    """

    ratio: float
    interval: tuple[float, float]
    spread: tuple[float, float]

    @property
    def verdict(self) -> Verdict:
        """Whether the first is faster or slower; empty if the interval is not wholly beyond what chance alone makes."""
        noise = max(LEAST_EFFECT, *(abs(math.log(bound)) for bound in self.spread))
        low, high = map(math.log, self.interval)
        return "faster" if high < -noise else "slower" if low > noise else ""


def compare_rounds(rounds: Sequence[Round]) -> RatioEstimate:
    """
    Return the estimate of at least one round.

    Of each round the two apps are compared, and in the same way the first times with the second ones, which differ by
    chance alone.
    """
    effects, nulls = [], []
    for first, second in rounds:
        (a, a2), (b, b2) = (tuple(map(math.log, pair)) for pair in (first, second))
        effects.append((a + a2 - b - b2) / 2)
        nulls.append((a - a2 + b - b2) / 2)
    low, high = median_interval(effects)
    null_low, null_high = median_interval(nulls)
    return RatioEstimate(
        ratio=math.exp(statistics.median(effects)),
        interval=(math.exp(low), math.exp(high)),
        spread=(math.exp(null_low), math.exp(null_high)),
    )
