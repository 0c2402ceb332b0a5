"""Differences of two sequences, two texts and two JSON values."""

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipyasgi.history.differences import find_differences, find_gaps, find_line_changes, path_text

_TEN = "\n".join("abcdefghij")
_ROWS = st.lists(st.integers(0, 6), max_size=12)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats(allow_nan=False) | st.text("ab.$'\"", max_size=3),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text("ab.\"'[", max_size=2), inner, max_size=4),
    max_leaves=20,
)


def told(before: Any, after: Any) -> list[str]:
    """Return each difference in words."""
    found = find_differences(before, after)
    return [f"{path_text(one.path)} {one.kind} {one.before!r} {one.after!r}" for one in found]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, []),
        ({"a": 1}, {"a": 2}, ["$.a changed 1 2"]),
        ({"a": 1}, {"b": 1}, ["$.a removed 1 None", "$.b added None 1"]),
        ({"a": None}, {}, ["$.a removed None None"]),
        ([1], [1.0], ["$[0] changed 1 1.0"]),
        ([1], [True], ["$[0] changed 1 True"]),
        ([float("nan")], [float("nan")], []),
        ({"a": []}, {"a": {}}, ["$.a changed [] {}"]),
        ("x", ["x"], ["$ changed 'x' ['x']"]),
        ([1, 2, 3], [0, 1, 2, 3], ["$[0] added None 0"]),
        ([1, 2, 3], [1, 3], ["$[1] removed 2 None"]),
        (
            [{"id": 1}, {"id": 2, "n": 1}, {"id": 3}],
            [{"id": 0}, {"id": 1}, {"id": 2, "n": 5}, {"id": 3}],
            ["$[0] added None {'id': 0}", "$[2].n changed 1 5"],
        ),
        ({"a b": {"é": {'"': 1}}}, {"a b": {"é": {'"': 2}}}, ['$["a b"]["é"]["\\""] changed 1 2']),
    ],
)
def test_differences(before: Any, after: Any, expected: list[str]) -> None:
    """Each difference has its path, its kind and its values; types count, the order of members does not."""
    assert told(before, after) == expected


@settings(max_examples=300, deadline=None, database=None)
@given(before=_VALUES, after=_VALUES)
def test_no_difference_means_the_same_json(before: Any, after: Any) -> None:
    """There is no difference exactly where both are written the same with their members sorted."""
    same = json.dumps(before, sort_keys=True) == json.dumps(after, sort_keys=True)
    assert (told(before, after) == []) is same
    assert told(before, before) == []


@settings(max_examples=200, deadline=None, database=None)
@given(before=_VALUES, after=_VALUES)
def test_paths_lead_to_the_values(before: Any, after: Any) -> None:
    """A path leads to what came in the later value, and each of them is there once."""
    for difference in find_differences(before, after):
        if difference.kind == "removed":
            continue
        found = after
        for step in difference.path:
            found = found[step]
        assert found is difference.after


def test_what_is_unstable() -> None:
    """Of a changed value it is the value, of one that came or went what holds it."""
    before, after = {"now": 1, "ids": ["a"]}, {"now": 2, "ids": ["a", "b"]}
    assert [one.unstable for one in find_differences(before, after)] == [("now",), ("ids",)]


def test_it_shows_no_values() -> None:
    """A difference shown bare names the place and not what is there."""
    (difference,) = find_differences({"a": "secret"}, {"a": "other"})
    assert repr(difference) == "<$.a changed>"


def test_values_made_to_annoy() -> None:
    """What is nested too deeply says so, and a large value takes a moment."""
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(RecursionError):
        list(find_differences(deep, []))
    while deep:  # or its end is one call in another, a hundred thousand times
        deep = deep.pop()
    began = time.monotonic()
    assert len(list(find_differences([[n, [n]] for n in range(10_000)], [[n, [n + 1]] for n in range(10_000)]))) > 0
    assert time.monotonic() - began < 10


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
