"""Times, sizes and counts in words."""

import pytest

from ipyasgi.views.figures import count_of, size_of, time_of, times_of


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


@pytest.mark.parametrize(
    ("total_ms", "background_ms", "texts"),
    [
        (49, 0, ("49.0 ms", "")),
        (566, 517, ("49.0 ms", "+ 517 ms background")),
        (30, 13, ("17.0 ms", "")),  # Django tidies up
        (5, 6, ("0 µs", "")),
    ],
)
def test_background_work_stands_beside_the_time(total_ms: int, background_ms: int, texts: tuple[str, str]) -> None:
    """The time is that to the complete response; what a framework does after each response is not mentioned."""
    assert times_of(total_ms * 1e6, background_ms * 1e6) == texts
