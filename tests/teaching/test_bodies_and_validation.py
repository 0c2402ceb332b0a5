"""Wrong answers to the exercises of notebook 03 are distinguished; the right ones are run from the notebook itself."""

import json

import pytest

from ipyasgi.teaching import check

from .apps import answering, computing


def add_trusting(scope, body):
    numbers = json.loads(body)
    return 200, {"sum": numbers["a"] + numbers["b"]}


def add_half_careful(scope, body):
    try:
        return add_trusting(scope, body)
    except json.JSONDecodeError:
        return 400, {}


@pytest.mark.parametrize(
    ("app", "what"),
    [
        (computing(add_trusting), "JSONDecodeError"),
        (computing(add_half_careful), "UnicodeDecodeError"),
        (computing(lambda scope, body: (200, {"sum": 3})), "with a = -4"),
        (answering(200, b"3"), "returns 3"),
        (answering(200, b"three"), "is not JSON"),
    ],
)
def test_add(app, what):
    """03-1: an app that trusts its client, one that knows half of what can be wrong, one that answers no JSON."""
    result = check("03-1", app)
    assert (result.state, what in result.message) == ("wrong", True), result


def order_as_it_comes(scope, body):
    return 201, {"gift": False, **json.loads(body)}


def test_order():
    """03-2: an order that is let in as it comes, and the wrong status."""
    assert "with {'item': 'cup'} returns 201" in check("03-2", computing(order_as_it_comes)).message
    assert "not 201" in check("03-2", computing(lambda scope, body: (200, json.loads(body)))).message


def test_feedback():
    """03-3: the values of one upload, made up."""
    made_up = {"stars": 4, "photo": "cup.png", "size": 8}
    result = check("03-3", computing(lambda scope, body: (200, made_up)))
    assert "the photo empty.txt of 0 bytes returns" in result.message
