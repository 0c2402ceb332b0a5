"""Two rows laid along what they share, and two texts along their lines."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipyasgi.history.alignment import find_gaps, find_line_changes

_TEN = "\n".join("abcdefghij")
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


def lines_of(before: str, after: str) -> list[str]:
    """Return each line with its mark."""
    return [f"{line.mark}{line.text}" for line in find_line_changes(before, after)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", []),
        (_TEN, _TEN, []),
        ("a", "b", ["-a", "+b"]),
        ("a\n", "a", [" a", "-"]),
        (_TEN, "x\n" + _TEN, ["+x", " a", " b"]),
        (_TEN, _TEN[2:], ["-a", " b", " c"]),
        (_TEN, _TEN + "\nx", ["…", " i", " j", "+x"]),
        (_TEN, _TEN.replace("e", "E"), ["…", " c", " d", "-e", "+E", " f", " g"]),
        (_TEN, _TEN.replace("c", "C").replace("f", "F"), [" a", " b", "-c", "+C", " d", " e", "-f", "+F", " g", " h"]),
        (
            _TEN,
            _TEN.replace("b", "B").replace("i", "I"),
            [" a", "-b", "+B", " c", " d", "…", " g", " h", "-i", "+I", " j"],
        ),
    ],
)
def test_lines(before: str, after: str, expected: list[str]) -> None:
    """Changed lines stand between two unchanged ones each side; a mark says where some are left out."""
    assert lines_of(before, after) == expected
