"""The magic's language: what each line and cell means."""

import json

import pytest

from ipyasgi.notebook.grammar import GrammarError, build_request, parse_line, split_cell
from ipyasgi.protocol.errors import CallError

NAMES = {"n": 7, "price": 3.5, "name": 'Foo "Bar"', "path": "a b/c", "items": [1, {"a": None}], "token": "t0k"}


def evaluate(expression):
    try:
        return eval(expression, {}, NAMES)
    except Exception as exc:
        raise GrammarError(f"{{{{{expression}}}}}: {exc}") from None


def spec_of(line, cell=None):
    """Return the request that a line and a cell come to."""
    return build_request(parse_line(line, evaluate), cell, evaluate)


@pytest.mark.parametrize(
    ("line", "target", "body"),
    [
        ("GET /items", "/items", None),
        ("GET /items limit==10 q==a\\ b", "/items?limit=10&q=a+b", None),
        ("GET /items?x=1 y==2", "/items?x=1&y=2", None),
        ("GET /items?x=1", "/items?x=1", None),
        ("GET '/a b'", "/a b", None),
        ("GET /items/{{n}}", "/items/7", None),
        ("GET /items/{{path}}", "/items/a%20b%2Fc", None),
        ("GET /items/{{n + 1}} a=={{ price * 2 }}", "/items/8?a=7.0", None),
        ("GET /items/{item_id} item_id=7", "/items/7", None),
        ("GET /f/{p:path} p=x/y", "/f/x/y", None),
        ("GET /f/{x}/{x} x=1", "/f/1/1", None),
        ("GET /users/{mail} mail=a@b.c", "/users/a@b.c", None),
        (
            "POST /items name=Foo price:=3.5 tags:='[\"a\", 1]'",
            "/items",
            {"name": "Foo", "price": 3.5, "tags": ["a", 1]},
        ),
        ("POST /items name='Foo Bar' empty=", "/items", {"name": "Foo Bar", "empty": ""}),
        ("POST /items name={{name}} all:={{items}}", "/items", {"name": 'Foo "Bar"', "all": [1, {"a": None}]}),
        ("POST /items/{item_id} item_id=7 name=x", "/items/7", {"name": "x"}),
        ("DELETE /items/1", "/items/1", None),
        ("PATCH /items/1 price:=null url=http://x/y?z=1", "/items/1", {"price": None, "url": "http://x/y?z=1"}),
    ],
)
def test_lines(line, target, body):
    """Path, query and JSON fields of a line."""
    spec = spec_of(line)

    assert spec.target == target
    assert (json.loads(spec.body) if spec.body else None) == body


def test_headers_and_forms():
    """Header items become headers; --form sends the fields as a form."""
    spec = spec_of("POST /login user=a password=b --form X-Token:{{token}} Accept:text/html")

    assert spec.body == b"user=a&password=b"
    assert spec.header("x-token") == "t0k"
    assert spec.header("accept") == "text/html"
    assert spec.header("content-type") == "application/x-www-form-urlencoded"


def test_assignment_and_options():
    """A name before << and the options are told apart from the request."""
    parsed = parse_line("r << GET /items --timeout 2.5 --name=x", evaluate)

    assert (parsed.assign, parsed.head, parsed.words) == ("r", "GET", ("/items",))
    assert parsed.timeout_s() == 2.5
    assert parsed.options["name"] == "x"


@pytest.mark.parametrize(
    ("cell", "headers", "body"),
    [
        ("", {}, b""),
        ("X-A: 1\nX-B:2\n\n", {"x-a": "1", "x-b": "2"}, b""),
        ('\n{"a": 1}\n', {"content-type": "application/json"}, b'{"a": 1}'),
        ('{"a": {"b": 1}}', {"content-type": "application/json"}, b'{"a": {"b": 1}}'),
        (
            'X-A: 1\n\n{"price": {{price}}, "name": "{{name}}", "all": {{items}}}',
            {"x-a": "1"},
            b'{"price": 3.5, "name": "Foo \\"Bar\\"", "all": [1, {"a": null}]}',
        ),
        ("Content-Type: text/plain\n\nhello {{n}}\n\nworld", {"content-type": "text/plain"}, b"hello 7\n\nworld"),
        ('\n{"literal": "\\{{n}}"}', {}, b'{"literal": "{{n}}"}'),
        ("Content-Type: text/csv\n\na,b\n1,2", {"content-type": "text/csv"}, b"a,b\n1,2"),
    ],
)
def test_cells(cell, headers, body):
    """A cell has the shape of a .http file: headers, an empty line, a body; values go in as JSON where it is JSON."""
    spec = spec_of("POST /items", cell)

    assert spec.body == body
    assert {name: spec.header(name) for name in headers} == headers


def test_a_cell_of_several_requests():
    """### separates requests; an empty first line takes the first line below."""
    cell = "\nX-A: 1\n\n{}\n### the second\nGET /items\n###\n\nDELETE /items/1\n"

    assert [line for line, _ in split_cell("POST /items", cell)] == ["POST /items", "GET /items", "DELETE /items/1"]
    assert split_cell("", "GET /a\nX: 1\n") == [("GET /a", "X: 1\n")]


@pytest.mark.parametrize(
    ("line", "cell", "says"),
    [
        ("GET", None, "needs a path"),
        ("GET items", None, "write '/items'"),
        ("GETT /items", None, "did you mean 'GET'"),
        ("HEAD /items a:=1", None, "has no body"),
        ("GET /items junk", None, "is not an item"),
        ("GET /items/{item_id}", None, "give it a value"),
        ("POST /items a:=oops", None, "is not JSON"),
        ("POST /items 'a=b", None, "close the quote"),
        ("GET / --timeot 5", None, "did you mean 'timeout'"),
        ("GET / --timeout", None, "needs a value"),
        ("GET /items/{{missing}}", None, "missing"),
        ("POST /items", '\n{"a": 1,}', "line 1, column 9"),
        ("POST /items", '\n{"a": {{items', "not JSON"),
        ("POST /items a=b", '\n{"a": 1}', "given twice"),
        ("POST /items", "X-A: 1\nno header\n\n{}", "is not a header"),
        ("POST /items f@file.txt", None, "not sent from the magic yet"),
    ],
)
def test_mistakes(line, cell, says):
    """Each mistake is one error that says what to write instead."""
    with pytest.raises(CallError) as caught:
        spec_of(line, cell)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_timeouts_are_seconds():
    """--timeout takes a number."""
    with pytest.raises(GrammarError, match="give seconds"):
        parse_line("GET / --timeout soon", evaluate).timeout_s()
