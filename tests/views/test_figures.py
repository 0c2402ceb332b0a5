"""Times, sizes and counts in words."""

import pytest

from ipyasgi.views.figures import count_of, size_of, time_of


@pytest.mark.parametrize(
    ("ns", "text"),
    [
        (0, "0 µs"),
        (840_000, "840 µs"),
        (999_600, "1.00 ms"),
        (1_240_000, "1.24 ms"),
        (12_400_000, "12.4 ms"),
        (99_960_000, "100 ms"),
        (124_000_000, "124 ms"),
        (999_600_000, "1.00 s"),
        (12_340_000_000, "12.3 s"),
        (125_000_000_000, "2 min 5 s"),
    ],
)
def test_times_have_three_digits(ns: int, text: str) -> None:
    """A time is written with three digits and the unit that suits it."""
    assert time_of(ns) == text


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (1349, "1.3 kB"),
        (64_000, "64 kB"),
        (999_900, "1.0 MB"),
        (5_200_000, "5.2 MB"),
        (3 * 10**15, "3000 TB"),
    ],
)
def test_sizes_step_by_a_thousand(size: int, text: str) -> None:
    """A size is written in units of a thousand."""
    assert size_of(size) == text


def test_counts_agree_with_their_noun() -> None:
    """One is singular, everything else plural, with thousands set apart."""
    assert [count_of(n, "route") for n in (0, 1, 12000)] == ["0 routes", "1 route", "12,000 routes"]
