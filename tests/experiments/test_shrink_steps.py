"""Smaller lists of requests and smaller JSON values."""

from __future__ import annotations

import json

import pytest

from ipyasgi.experiments.shrink_steps import fewest, size_of_json, smaller_values


@pytest.mark.parametrize("needed", [[], [0], [29], [3, 17], [0, 1, 28, 29], list(range(30))])
def test_what_is_needed_stays_and_nothing_else(needed):
    """The result is exactly the items that are needed, in their order, for every number of them."""
    asked = []

    def fails(some):
        asked.append(list(some))
        return set(needed) <= set(some)

    assert fewest(range(30), fails) == needed
    assert len(asked) < 200
    assert all(one == sorted(one) for one in asked)


def test_no_item_can_be_left_out_alone():
    """Of two sets with which it fails, one is found, and each of its items is needed."""

    def fails(some):
        return {1, 2} <= set(some) or {2, 9} <= set(some)

    found = fewest(range(12), fails)
    assert set(found) in ({1, 2}, {2, 9})


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        False,
        0,
        1,
        -1,
        1234,
        0.0,
        -0.5,
        1e300,
        "",
        "0",
        "aa",
        "é\u2028",
        [],
        [[], [0], "x"],
        {},
        {"": {"a": [1.5, "long text", None]}, "b": True},
        [{"a": [{"b": [{"c": "deep"}]}]}],
    ],
    ids=repr,
)
def test_every_candidate_is_smaller(value):
    """No candidate is as large as the value, so that a search ends."""
    for candidate in smaller_values(value):
        assert size_of_json(candidate) < size_of_json(value)


def test_equal_texts_become_smaller_together():
    """Two long texts that have to be equal are replaced at once."""
    value = {"name": "kettle", "tags": ["winter sale", "winter sale"], "price": 1234.5, "note": {"by": "ann"}}

    def fails(one):
        tags = one.get("tags", [])
        return len(tags) == 2 and tags[0] == tags[1] and bool(one.get("name")) and "price" in one

    found = value
    while True:
        smaller = next(filter(fails, smaller_values(found)), None)
        if smaller is None:
            break
        found = smaller
    assert json.dumps(found) == '{"name": "0", "tags": ["", ""], "price": 0}'


def test_a_large_body_has_a_bounded_number_of_candidates():
    """Of a list of 2,000 only some members are tried alone, because halves come first."""
    assert sum(1 for _ in smaller_values([1] * 2_000)) < 200
