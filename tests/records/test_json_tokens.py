"""JSON read as tokens: whole, cut or broken, in linear time."""

import time

import pytest

from ipyasgi.records.json_tokens import (
    end_of_value,
    ends_inside_string,
    find_member,
    json_tokens,
    member_names,
    name_of,
    read_token,
)


def pieces(text: str) -> list[tuple[str, str]]:
    """Return kind and text of each token but white space."""
    return [(kind, text[start:end]) for kind, start, end in json_tokens(text) if kind != "space"]


def test_the_kinds_of_tokens() -> None:
    """Strings with their escapes, numbers as they are written, words and marks are told apart."""
    assert pieces('{"a\\"b": [-1.50e3, true,\n-Infinity]}') == [
        ("mark", "{"),
        ("string", '"a\\"b"'),
        ("mark", ":"),
        ("mark", "["),
        ("number", "-1.50e3"),
        ("mark", ","),
        ("word", "true"),
        ("mark", ","),
        ("word", "-Infinity"),
        ("mark", "]"),
        ("mark", "}"),
    ]


@pytest.mark.parametrize(
    "text", ["", '{"cut": "he', '"ends in a backslash\\', "it's <no> JSON; (at) all", "\x00\ud800 \n\t", '"\\', "]]}}"]
)
def test_tokens_are_the_whole_text(text: str) -> None:
    """Whatever a text holds, its tokens follow each other without a gap, up to its end."""
    found = list(json_tokens(text))
    assert "".join(text[start:end] for _, start, end in found) == text
    assert all(start < end for _, start, end in found)
    assert read_token(text, len(text)) is None


@pytest.mark.parametrize(
    "text",
    [
        '"' + "\\" * 400_000,
        "[" * 400_000,
        '"a' * 200_000,
        "1-" * 200_000,
        " " * 400_000,
        '{"a":' * 80_000,
        "'" * 400_000,
    ],
)
def test_time_is_linear(text: str) -> None:
    """Unclosed strings, depth and long runs cost no more than their length."""
    begun = time.process_time()
    sum(1 for _ in json_tokens(text))
    member_names(text)
    end_of_value(text, 0)
    ends_inside_string(text)
    assert time.process_time() - begun < 5


def test_names_of_members() -> None:
    """A name is a string before a colon, with its escapes read; strings that are values are none, cut ones neither."""
    text = '{"a": "b: \\"c\\": 1", "tok\\u0065n" : {"d\\q": 1}, "cut'
    assert member_names(text) == {"a", "token", "d\\q"}
    found, place = [], 0
    while (member := find_member(text, place)) is not None:
        found.append(member[0])
        place = member[1]
    assert found == ["a", "token", "d\\q"]
    assert text[: find_member(text)[1]] == '{"a": '


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"abc", 1', '"abc"'),
        (' {"x": [1, "}"]}, 2', ' {"x": [1, "}"]}'),
        ("'a\"b', 1", "'a\"b'"),
        ("b'ab' c", "b'ab'"),
        ("(1, 'x)'), 2", "(1, 'x)')"),
        ("12:30, 1", "12:30"),
        ("a-b.c}", "a-b.c"),
        ("}", ""),
        ('"cut', '"cut'),
        ('"cut in an escape\\', '"cut in an escape\\'),
        ("[1, 2", "[1, 2"),
        ("  ", "  "),
    ],
)
def test_the_end_of_a_value(text: str, value: str) -> None:
    """A value of JSON or Python is passed whole, also where it is cut."""
    assert text[: end_of_value(text, 0)] == value


def test_a_string_token_as_its_text() -> None:
    """Escapes are read; of a broken string the text between the quotes is left."""
    assert [name_of(string) for string in ('"a"', '"\\u00e4\\n"', '"\\q"', '"cut', '"tab\\t\t"')] == [
        "a",
        "ä\n",
        "\\q",
        "cut",
        "tab\t\t",
    ]


@pytest.mark.parametrize(
    ("text", "inside"), [("", False), ('{"a": ', False), ('{"a": "b', True), ('"\\"', True), ('"\\\\"', False)]
)
def test_where_a_string_is_open(text: str, inside: bool) -> None:
    """Escaped quotes do not count, and a text may begin inside a string."""
    assert ends_inside_string(text) is inside
    assert ends_inside_string(text, inside=True) is not inside
