"""Where an unfinished JSON text ends."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipyasgi.openapi.json_cursor import JsonPlace, find_json_place


@pytest.mark.parametrize(
    ("text", "kind", "fragment", "path", "names"),
    [
        ("", None, "", (), ()),
        ("{", "name", "", (), ()),
        ('{"na', "name", '"na', (), ()),
        ('{\n  "a": 1,\n  "b', "name", '"b', (), ("a",)),
        ('{"a": ', "value", "", ("a",), ("a",)),
        ('{"a": tr', "value", "tr", ("a",), ("a",)),
        ('{"a": "x', "value", '"x', ("a",), ("a",)),
        ('{"a": {"b": [', "value", "", ("a", "b", None), ()),
        ('{"a": {"b": [1, {"c', "name", '"c', ("a", "b", None), ()),
        ('{"a": {"b": 1}, "c', "name", '"c', (), ("a",)),
        ('[{"a": 1}, {', "name", "", (None,), ()),
        ('{"a": {{value}}, "b', "name", '"b', (), ("a",)),
        ('{"a": "{{value}}", "b', "name", '"b', (), ("a",)),
        ('{"a \\" b": 1, "', "name", '"', (), ('a \\" b',)),
    ],
)
def test_a_place(text, kind, fragment, path, names):
    """Names and values are told apart, with the way that leads there."""
    place = find_json_place(text)
    if kind is None:
        assert place is None
        return
    assert place == JsonPlace(kind=kind, fragment=fragment, path=path, names=names)


@pytest.mark.parametrize(
    "text",
    ['{"a": {{val', '{"a": "x {{val', '{"a": 1 ', '{"a"', '{"a" ', "{}", "plain text", '{"a": 1}} ', "[}", '{"a": 1 {'],
)
def test_nothing_to_complete(text):
    """After a value, in a hole and in what is no JSON there is no place."""
    assert find_json_place(text) is None


@given(text=st.text(alphabet='{}[]",: \n\\ab1', max_size=30))
@settings(max_examples=200, deadline=None)
def test_it_always_ends(text):
    """Whatever is typed, there is an answer whose fragment is the end of the text."""
    place = find_json_place(text)
    assert place is None or text.endswith(place.fragment)
