"""Nested fields, as in HTTPie 3."""

import json

import pytest

from ipyasgi.magic.grammar import parse_line
from ipyasgi.magic.request_line import read_request
from ipyasgi.magic.tokenizer import GrammarError

VALUES = {"n": 7}


def read(items):
    """Return the request of a POST with these items, and a function that writes its code."""
    return read_request(parse_line(f"POST /x {items}", lambda expression: VALUES[expression]))


@pytest.mark.parametrize(
    ("items", "body"),
    [
        (r"a[b]=1 a[c][]:=2 d\[0\]=x", {"a": {"b": "1", "c": [2]}, "d[0]": "x"}),
        ("a[]=x a[]=y", {"a": ["x", "y"]}),
        ("[0]=x [2]:=3", ["x", None, 3]),
        ("[]=x []:=null", ["x", None]),
        ("a[1][b]=x a[0]:=true", {"a": [True, {"b": "x"}]}),
        ("[][a]=1 [][a]=2", [{"a": "1"}, {"a": "2"}]),
        (r"a[\0]=x", {"a": {"0": "x"}}),
        (r"5=x \1[2]=y", {"5": "x", "1": [None, None, "y"]}),
        ("a:='{\"b\": 1}' a[c]=x", {"a": {"b": 1, "c": "x"}}),
        ("a:=[1] a[]:=2", {"a": [1, 2]}),
        ("a[b][c][d]={{n}}", {"a": {"b": {"c": {"d": 7}}}}),
        (r"a\\b[c]=x", {"a\\b": {"c": "x"}}),
        ("'a b[c d]=x'", {"a b": {"c d": "x"}}),
        ("a[b]=1 a[b]=2 c=3", {"a": {"b": "2"}, "c": "3"}),
    ],
)
def test_nested_fields(items, body):
    """Keys, indexes and appending build objects and arrays; the code sends the same."""
    spec, write = read(items)
    assert json.loads(spec.body) == body
    assert write().body is not None


@pytest.mark.parametrize(
    ("items", "says"),
    [
        ("a[0]=1 a[b]=2", r"'a' is an array by an earlier item, and \[b\] is the key"),
        ("a[b]=1 a[]=2", r"'a' is an object by an earlier item, and \[\] is the index"),
        ("a=1 [0]=2", r"the body is an object by an earlier item"),
        ("a=1 a[b]=2", "'a' has a value already"),
        ("a[b=1", r"character 4: expected \]"),
        ("a]=1", r"\] without \["),
        ("a[b]c=1", r"character 5: expected \[ or the end"),
        ("a[b[c]]=1", "expected a key"),
        ("a[-1]=1", "is negative"),
        ("a[99999999999]=1", "above 1000"),
        ("a" + "[b]" * 200 + "=1", "nested too deeply"),
    ],
)
def test_names_that_cannot_be(items, says):
    """A contradiction or an unfinished name is one line that says where."""
    with pytest.raises(GrammarError, match=says):
        read(items)


@pytest.mark.parametrize("items", ["--form a[b]=1 a[]=2", f"a[b]=1 a[]=2 f@{__file__}"])
def test_forms_have_plain_names(items):
    """In a form a bracket is part of the name, as PHP and Rails read it."""
    body = read(items)[0].body
    assert b"a%5Bb%5D=1" in body or b'name="a[b]"' in body


@pytest.mark.parametrize(
    ("items", "says"),
    [
        ("--auth me:pw", r"Authorization:'Bearer \{\{token\}\}', or call explorer.get"),
        ("-a me:pw", "auth="),
        ("--bearer t", "Authorization:"),
        ("-H x", "Header:value"),
        ("X-Empty;", "write X-Empty:"),
    ],
)
def test_options_of_other_clients(items, says):
    """An option of HTTPie or curl is refused with what to write instead."""
    with pytest.raises(GrammarError, match=says):
        read(items)
