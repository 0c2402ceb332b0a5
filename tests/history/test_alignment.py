"""Two rows laid along what they share."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipyasgi.history.alignment import find_gaps

_ROWS = st.lists(st.integers(0, 6), max_size=12)


def spans(old: str, new: str) -> list[tuple[str, str]]:
    """Return what lies between, as texts."""
    gaps = find_gaps(old, new)
    return [("".join(old[i] for i in a), "".join(new[i] for i in b)) for a, b in gaps if a or b]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", []),
        ("abc", "abc", []),
        ("abc", "xabc", [("", "x")]),
        ("abc", "abcx", [("", "x")]),
        ("abcd", "ad", [("bc", "")]),
        ("abcdef", "xabcDef", [("", "x"), ("d", "D")]),
        ("aaaa", "aaa", [("a", "")]),
        ("abc", "xyz", [("abc", "xyz")]),
        ("aabaa", "aacaa", [("b", "c")]),
        ("abcde", "deabc", [("", "de"), ("de", "")]),
    ],
)
def test_what_lies_between(old: str, new: str, expected: list[tuple[str, str]]) -> None:
    """Insertions, removals and changes are told apart, several of them at once."""
    assert spans(old, new) == expected


@settings(max_examples=300, deadline=None, database=None)
@given(old=_ROWS, new=_ROWS)
def test_everything_else_is_equal(old: list[int], new: list[int]) -> None:
    """The later row is the earlier one with each span put in the place of its other half."""
    rebuilt: list[int] = []
    position = 0
    for old_span, new_span in find_gaps(old, new):
        rebuilt += old[position : old_span.start]
        assert len(rebuilt) == new_span.start
        rebuilt += (new[index] for index in new_span)
        position = old_span.stop
    assert rebuilt + old[position:] == new


@pytest.mark.parametrize(
    ("old", "new"),
    [(range(100_000), range(99_999, -1, -1)), ([0, 1] * 50_000, [1, 0] * 50_000), ([0] * 100_000, [0] * 50_000)],
)  # fmt: skip
def test_rows_made_to_annoy_end_soon(old, new) -> None:
    """Reversed rows and rows of a few items over and over take no longer than to sort them."""
    began = time.monotonic()
    list(find_gaps(list(old), list(new)))
    assert time.monotonic() - began < 5
