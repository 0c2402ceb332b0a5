"""Quantiles, the interval of a median, and a ratio with what chance alone makes."""

import math
import random

import pytest

from ipyasgi.experiments.statistics import RatioEstimate, compare_rounds, median_interval, quantile


@pytest.mark.parametrize(
    ("values", "share", "wanted"),
    [((), 0.5, 0), ((7,), 0.95, 7), ((3, 1, 2), 0.5, 2), ((1, 2), 0.5, 1.5), ((0, 10), 0.95, 9.5), ((1, 2), 1, 2)],
)
def test_quantiles(values, share, wanted):
    """Between two values a quantile is as far as its share says."""
    assert quantile(values, share) == pytest.approx(wanted)


@pytest.mark.parametrize(("count", "outside"), [(1, 0), (2, 0), (7, 0), (8, 0), (9, 0), (17, 2), (50, 15), (100, 36)])
def test_the_interval_of_a_median(count, outside):
    """It leaves out as many values at both ends as the sign test allows at 99 percent; few values give all of them."""
    assert median_interval(range(count)) == (outside, count - 1 - outside)
    tail = sum(math.comb(count, k) for k in range(outside + 1)) / 2**count
    assert 2 * tail <= 0.01 or outside == 0


def rounds_of(times, count=17, seed=3):
    generator = random.Random(seed)
    return [
        (times[which] * generator.lognormvariate(0, 0.1), times[which] * generator.lognormvariate(0, 0.1))
        for _ in range(count)
        for which in (0, 1)
    ]


def paired(times, **how):
    flat = rounds_of(times, **how)
    return list(zip(flat[::2], flat[1::2], strict=True))


def test_a_difference():
    """Twice the time is slower, half of it is faster, and the interval has the ratio."""
    slower, faster = compare_rounds(paired((2, 1))), compare_rounds(paired((1, 2)))
    assert (slower.verdict, faster.verdict) == ("slower", "faster")
    assert slower.interval[0] < 2 < slower.interval[1]
    assert faster.ratio == pytest.approx(1 / 2, rel=0.1)


def test_equal_apps_are_never_different():
    """Of 300 comparisons of an app with itself none has a verdict."""
    assert [compare_rounds(paired((1, 1), seed=seed)).verdict for seed in range(300)] == [""] * 300


@pytest.mark.parametrize(
    ("interval", "spread", "wanted"),
    [
        ((1.2, 1.4), (0.95, 1.05), "slower"),
        ((0.6, 0.8), (0.95, 1.05), "faster"),
        ((0.9, 1.4), (0.95, 1.05), ""),  # it has 1
        ((1.2, 1.4), (0.8, 1.1), ""),  # chance makes 1 / 0.8
        ((0.72, 0.98), (0.86, 1.14), ""),
        ((1.01, 1.02), (1.0, 1.0), ""),  # too small to matter
    ],
)
def test_the_verdict(interval, spread, wanted):
    """Only an interval that is wholly beyond the spread of equal apps has one."""
    estimate = RatioEstimate(ratio=sum(interval) / 2, interval=interval, spread=spread)
    assert estimate.verdict == wanted


def test_one_round():
    """A single round gives no verdict, since its own times differ by chance."""
    assert compare_rounds([((1, 2), (3, 4))]).interval == pytest.approx((math.sqrt(1 / 6), math.sqrt(1 / 6)))
    assert compare_rounds([((1, 2), (1.1, 2.1))]).verdict == ""
