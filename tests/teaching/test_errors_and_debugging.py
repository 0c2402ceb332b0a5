"""Wrong answers to the exercises of notebook 05 are distinguished; the right ones are run from the notebook itself."""

from urllib.parse import parse_qsl

from ipyasgi import Explorer
from ipyasgi.teaching import check

from .apps import answering, computing


def fail(scope, body):
    price = "4,20"
    return 200, round(price)


def test_price():
    """05-1: another value, the right one as another type, and an answer without an exception."""
    with Explorer(computing(fail)) as explorer:
        r = explorer.get("/", raise_exceptions=False)
    assert "`price` was not 4.2" in check("05-1", (r, 4.2)).message
    assert check("05-1", (r, "4,20")).passed
    assert "should be an exchange" in check("05-1", (5, "4,20")).message
    assert "pair" in check("05-1", "4,20").message
    with Explorer(answering()) as explorer:
        assert "no exception" in check("05-1", (explorer.get("/"), "4,20")).message


def average(kinds):
    def answer(scope, body):
        kind = dict(parse_qsl(scope["query_string"].decode()))["kind"]
        return 200, {"average": kinds[kind]}

    return computing(answer)


def test_average():
    """05-2: an app that still raises, and one that calls no items an average of nothing."""
    assert "GET /average for gift raises KeyError" in check("05-2", average({"tea": 5.0, "cup": 4.0})).message
    assert "for gift returns 200 OK, not 404" in check("05-2", average({"tea": 5.0, "cup": 4.0, "gift": None})).message
    assert "for tea returns {'average': 1}" in check("05-2", average({"tea": 1})).message


def test_brewery():
    """05-3: an app that answers everything with 503 hides a bug."""
    assert "retry-after" in check("05-3", answering(503)).message
    assert "as if nothing were wrong" in check("05-3", answering(503, b"", [(b"retry-after", b"60")])).message
