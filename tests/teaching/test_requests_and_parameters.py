"""Wrong answers to the exercises of notebook 02 are distinguished; the right ones are run from the notebook itself."""

from urllib.parse import parse_qs, parse_qsl

import pytest

from ipyasgi.teaching import check

from .apps import computing


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
    """02-1: an absent name, a name that comes twice, bytes that were not decoded."""
    result = check("02-1", read)
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
    """02-2: a text instead of a number, a word that raises, a route that is not there."""
    result = check("02-2", computing(answer))
    assert (result.state, what in result.message) == ("wrong", True), result


def generous(scope, body):
    query = dict(parse_qsl(scope["query_string"].decode()))
    shop = dict(scope["headers"]).get(b"x-shop")
    return 200, {"q": query.get("q"), "limit": int(query.get("limit", 10)), "shop": shop and shop.decode()}


def test_search():
    """02-3: what is let in too easily, and what is answered in another shape."""
    assert "GET /search with the query {} returns 200" in check("02-3", computing(generous)).message
    assert "returns {}" in check("02-3", computing(lambda scope, body: (200, {}))).message
