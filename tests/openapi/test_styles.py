"""The table of styles in the OpenAPI specification, row by row."""

import pytest

from ipyasgi.openapi.operation import Parameter
from ipyasgi.openapi.styles import to_json, write_cookie, write_header, write_path, write_query
from ipyasgi.protocol.errors import FieldError

LIST = ["blue", "black"]
OBJECT = {"R": 100, "G": 200}


@pytest.mark.parametrize(
    ("style", "explode", "value", "text"),
    [
        ("simple", False, "a b/c", "a%20b%2Fc"),
        ("simple", False, 7, "7"),
        ("simple", False, True, "true"),
        ("simple", False, LIST, "blue,black"),
        ("simple", True, LIST, "blue,black"),
        ("simple", False, OBJECT, "R,100,G,200"),
        ("simple", True, OBJECT, "R=100,G=200"),
        ("simple", False, ["a,b", "c"], "a%2Cb,c"),
        ("label", False, "blue", ".blue"),
        ("label", False, LIST, ".blue,black"),
        ("label", True, LIST, ".blue.black"),
        ("label", True, ["a.b", "c"], ".a%2Eb.c"),
        ("label", False, OBJECT, ".R,100,G,200"),
        ("label", True, OBJECT, ".R=100.G=200"),
        ("matrix", False, "blue", ";color=blue"),
        ("matrix", False, LIST, ";color=blue,black"),
        ("matrix", True, LIST, ";color=blue;color=black"),
        ("matrix", False, OBJECT, ";color=R,100,G,200"),
        ("matrix", True, OBJECT, ";R=100;G=200"),
    ],
)
def test_in_a_path(style, explode, value, text):
    """What separates stays as it is; in a value it is percent-encoded."""
    parameter = Parameter(name="color", place="path", style=style, explode=explode)
    assert write_path(parameter, value) == text


@pytest.mark.parametrize(
    ("style", "explode", "value", "pairs"),
    [
        ("form", True, "blue", [("color", "blue")]),
        ("form", True, "", [("color", "")]),
        ("form", True, None, []),
        ("form", True, 1.5, [("color", "1.5")]),
        ("form", True, LIST, [("color", "blue"), ("color", "black")]),
        ("form", True, [], []),
        ("form", True, [1, None], [("color", "1")]),
        ("form", False, LIST, [("color", "blue,black")]),
        ("form", True, OBJECT, [("R", "100"), ("G", "200")]),
        ("form", False, OBJECT, [("color", "R,100,G,200")]),
        ("spaceDelimited", False, LIST, [("color", "blue black")]),
        ("spaceDelimited", False, OBJECT, [("color", "R 100 G 200")]),
        ("pipeDelimited", False, LIST, [("color", "blue|black")]),
        ("pipeDelimited", True, LIST, [("color", "blue"), ("color", "black")]),
        ("deepObject", True, OBJECT, [("color[R]", "100"), ("color[G]", "200")]),
        ("deepObject", True, {"a": {"b": [1, 2]}}, [("color[a][b]", "1"), ("color[a][b]", "2")]),
    ],
)
def test_in_a_query(style, explode, value, pairs):
    """A query is made of pairs, which are encoded when they are sent; null is not there."""
    assert write_query(Parameter(name="color", place="query", style=style, explode=explode), value) == pairs


@pytest.mark.parametrize(
    ("explode", "value", "text"),
    [
        (False, "a, b", "a, b"),
        (False, LIST, "blue,black"),
        (False, OBJECT, "R,100,G,200"),
        (True, OBJECT, "R=100,G=200"),
    ],
)
def test_in_a_header(explode, value, text):
    """A header's text is its own; a list has commas between."""
    assert write_header(Parameter(name="X", place="header", style="simple", explode=explode), value) == text


def test_in_a_cookie():
    """Cookies are pairs as in a query."""
    assert write_cookie(Parameter(name="c", place="cookie"), LIST) == [("c", "blue"), ("c", "black")]
    assert write_cookie(Parameter(name="c", place="cookie", explode=False), LIST) == [("c", "blue,black")]


def test_a_parameter_that_is_a_document():
    """A value that travels as ``content`` is JSON wherever it stands."""
    json = {"style": "form", "media_type": "application/json"}
    assert write_query(Parameter(name="q", place="query", **json), {"a": [1]}) == [("q", '{"a":[1]}')]
    assert write_header(Parameter(name="q", place="header", **json), None) == "null"
    assert write_path(Parameter(name="q", place="path", **json), [1]) == "%5B1%5D"


def test_half_a_surrogate_pair():
    """JSON can say it as an escape; a text cannot be sent."""
    assert to_json("body", ["\ud800"]) == '["\\ud800"]'
    assert to_json("body", "ä") == '"ä"'
    with pytest.raises(FieldError, match="surrogate"):
        write_query(Parameter(name="q", place="query"), "\ud800")


@pytest.mark.parametrize(
    ("write", "place", "style", "value", "wrong"),
    [
        (write_path, "path", "simple", "", "needs a value"),
        (write_path, "path", "simple", None, "needs a value"),
        (write_path, "path", "matrix", [], "needs a value"),
        (write_path, "path", "simple", [[1]], "within another"),
        (write_query, "query", "form", [[1]], "within another"),
        (write_query, "query", "form", float("nan"), "not a JSON value"),
        (write_query, "query", "form", object(), "not a JSON value"),
        (write_header, "header", "simple", ["a,b"], "contains a comma"),
        (write_cookie, "cookie", "form", "a;b", "a cookie cannot contain"),
    ],
)
def test_what_cannot_be_written(write, place, style, value, wrong):
    """The error names the field, for whoever draws the form."""
    with pytest.raises(FieldError, match=wrong) as caught:
        write(Parameter(name="x", place=place, style=style), value)
    assert caught.value.key == f"{place}.x"


def test_an_object_without_end():
    """A value that holds itself is refused."""
    endless = {}
    endless["a"] = endless
    with pytest.raises(FieldError, match="too deep"):
        write_query(Parameter(name="x", place="query", style="deepObject"), endless)
    with pytest.raises(FieldError, match="not a JSON value"):
        to_json("x", endless)
