"""Violations as values: message, rule and section, without secrets."""

import copy
import pickle
from collections import UserDict
from typing import Any

import pytest

from ipyasgi.protocol.errors import ProtocolError
from ipyasgi.protocol.rules import RULES
from ipyasgi.protocol.violations import LIMIT, judge_shape, keep, note, note_unknown, refuse


def test_a_violation_says_where_it_stands() -> None:
    """A violation has the id of its rule, and the section and URL of that rule."""
    found = note("http.status", "the status is 99")
    assert (found.section, found.url) == (RULES["http.status"].section, RULES["http.status"].url)
    assert (found.fatal, refuse("http.status", "x").fatal) == (False, True)
    assert copy.copy(found) == pickle.loads(pickle.dumps(found)) == found


def test_the_error_of_a_violation() -> None:
    """The error of a violation is an ipyasgi error and an AssertionError, with the same text."""
    error = note("http.status", "the status is 99").error()
    assert isinstance(error, ProtocolError)
    assert isinstance(error, AssertionError)
    assert (str(error), error.rule) == ("the status is 99", "http.status")


@pytest.mark.parametrize(
    ("given", "rule", "named"),
    [
        (None, "no-message!", "NoneType"),
        (5, "no-message!", "int"),
        ("http.response.start", "no-message!", "str"),
        ({"kind": "x"}, "no-message!", "a dict with the keys ['kind']"),
        ({"type": None}, "no-message!", "a dict with the keys ['type']"),
        ({"type": ["x"]}, "no-message!", "a dict with the keys ['type']"),
        ({5: "x"}, "no-message!", "a dict with the keys []"),
        (UserDict(kind="x"), "no-message!", "a dict with the keys ['kind']"),
        (UserDict(type="x"), "not-a-dict", "UserDict, not a dict"),
    ],
)
def test_no_message_at_all(given: object, rule: str, named: str) -> None:
    """An object without a type is refused with its description; another mapping is a non-fatal violation."""
    found = judge_shape("http", given)
    assert found is not None
    assert found.rule + "!" * found.fatal == f"http.{rule}"
    assert named in found.message


@pytest.mark.parametrize("message", [{"type": "x"}, type("Message", (dict,), {})(type="x")])
def test_a_message(message: Any) -> None:
    """A dict, or an instance of its subclass, with a type is a message, of any type."""
    assert judge_shape("http", message) is None


def test_an_unknown_type_is_cut() -> None:
    """Text from the app is shortened in messages."""
    unknown = note_unknown("http", "http.zero").message
    assert "'http.zero' was sent on a connection of type 'http'; it was ignored" in unknown
    assert len(note_unknown("http", "x" * 10_000).message) < 200
    found = judge_shape("http", {"x" * 10_000: 1, **{f"key {n}": n for n in range(1000)}})
    assert found is not None
    assert len(found.message) < 300


def test_each_is_kept_once_and_not_for_ever() -> None:
    """The same violation is kept once, and of very many only the first ones."""
    kept = [note("http.status", "the status is 99")]
    keep(note("http.status", "the status is 99"), among=kept)
    assert len(kept) == 1
    for status in range(600, 600 + 2 * LIMIT):
        keep(note("http.status", f"the status is {status}"), among=kept)
    assert len(kept) == LIMIT
    assert kept[-1].message == f"the status is {600 + LIMIT - 2}"
