"""Wrong answers to the exercises of notebook 02 are distinguished; the right ones are run from the notebook itself."""

from urllib.parse import parse_qs, parse_qsl

import pytest

from ipyasgi.teaching import check

from .apps import computing


@pytest.mark.parametrize(
    ("pair", "what"),
    [
        (("/caf%C3%A9", b"q=a%2Bb"), "in the scope it is '/café'"),
        ((b"/caf\xc3\xa9", b"q=a%2Bb"), "which is bytes, not str"),
        (("/café", "q=a%2Bb"), "which is str, not bytes"),
        (("/café", b"q=a+b"), "in the scope it is b'q=a%2Bb'"),
        ("/café", "pass the pair"),
    ],
)
def test_scope(pair, what):
    """02-1: a path that is not decoded, or is bytes, and a query that is."""
    result = check("02-1", pair)
    assert (result.state, what in result.message) == ("wrong", True), result
    assert check("02-1", ("/café", b"q=a%2Bb")).passed
    assert check("02-1", ("/café", ...)).state == "open"


@pytest.mark.parametrize(
    ("read", "what"),
    [
        (lambda scope: parse_qs(scope["query_string"].decode())["color"], "KeyError"),
        (lambda scope: [dict(parse_qsl(scope["query_string"].decode())).get("color")], "'color=blue&limit=2&color"),
        (lambda scope: parse_qs(scope["query_string"]).get("color", []), "'color=blue'"),
        (5, "should be a function"),
    ],
)
def test_read_colors(read, what):
    """02-2: an absent name, a name that comes twice, bytes that were not decoded."""
    result = check("02-2", read)
    assert (result.state, what in result.message) == ("wrong", True), result


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (lambda scope, body: (200, {"shelf": scope["path"][9:]}), "GET /shelves/3 returns {'shelf': '3'}"),
        (lambda scope, body: (200, {"shelf": int(scope["path"][9:])}), "ValueError"),
        (lambda scope, body: (404, {}), "404"),
        (lambda scope, body: (200, 3), "returns 3"),
    ],
)
def test_shelves(answer, what):
    """02-3: a text instead of a number, a word that raises, a route that is not there."""
    result = check("02-3", computing(answer))
    assert (result.state, what in result.message) == ("wrong", True), result


def generous(scope, body):
    query = dict(parse_qsl(scope["query_string"].decode()))
    shop = dict(scope["headers"]).get(b"x-shop")
    return 200, {"q": query.get("q"), "limit": int(query.get("limit", 10)), "shop": shop and shop.decode()}


def test_search():
    """02-4: what is let in too easily, and what is answered in another shape."""
    assert "GET /search with the query {} returns 200" in check("02-4", computing(generous)).message
    assert "returns {}" in check("02-4", computing(lambda scope, body: (200, {}))).message


def test_search_with_its_dots():
    """02-4: a function that returns nothing is open."""
    assert check("02-4", computing(lambda scope, body: (200, None))).state == "open"


def documented(scope, body):
    parameters = [
        {"name": "q", "required": True},
        {"name": "limit", "required": False},
        {"name": "x-shop", "required": False},
    ]
    return 200, {"paths": {"/search": {"get": {"parameters": parameters}}, "/": {"get": {}}}}


@pytest.mark.parametrize(
    ("optional", "what"),
    [
        (["q", "limit", "x-shop"], "'q' is required"),
        (["limit"], "1 of the optional parameters are missing"),
        (["limit", "x_shop"], "'x_shop' is not among them"),
        ("limit", "not a list of names"),
    ],
)
def test_optional(optional, what):
    """02-5: a required one, a missing one, one that Python names differently, one alone."""
    app = computing(documented)
    result = check("02-5", (app, optional))
    assert (result.state, what in result.message) == ("wrong", True), result
    assert check("02-5", (app, {"x-shop", "limit"})).passed
