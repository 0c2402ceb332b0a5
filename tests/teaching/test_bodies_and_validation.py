"""Wrong answers to the exercises of notebook 03 are distinguished; the right ones are run from the notebook itself."""

import json

import pytest

from ipyasgi.teaching import check

from .apps import answering, computing


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("name=tea+%26+milk&price=3.5", "a body is bytes"),
        (b"name=tea+&+milk&price=3.5", "[('name', 'tea '), (' milk', ''), ('price', '3.5')]"),
        (b"name=tea %26 milk&price=3.5", "a space is not sent as it is"),
        (b'{"name": "tea & milk", "price": 3.5}', "a server reads"),
        (b"name=tea+%26+milk\xff&price=3.5", "has a byte that a form encodes"),
    ],
)
def test_form(body, what):
    """03-1: a text, a plain `&`, a plain space, JSON, and a byte that is not ASCII."""
    result = check("03-1", body)
    assert (result.state, what in result.message) == ("wrong", True), result


@pytest.mark.parametrize("body", [b"name=tea+%26+milk&price=3.5", b"price=3.5&name=tea%20%26%20milk"])
def test_form_in_any_way(body):
    """03-1: a space has two encodings, and the fields have no order."""
    assert check("03-1", body).passed


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
    """03-2: an app that trusts its client, one that knows half of what can be wrong, one that answers no JSON."""
    result = check("03-2", app)
    assert (result.state, what in result.message) == ("wrong", True), result


def order_as_it_comes(scope, body):
    return 201, {"gift": False, **json.loads(body)}


def test_order():
    """03-3: an order that is let in as it comes, and the wrong status."""
    assert "with {'item': 'cup'} returns 201" in check("03-3", computing(order_as_it_comes)).message
    assert "not 201" in check("03-3", computing(lambda scope, body: (200, json.loads(body)))).message


def test_feedback():
    """03-4: the values of one upload, made up."""
    made_up = {"stars": 4, "photo": "cup.png", "size": 8}
    result = check("03-4", computing(lambda scope, body: (200, made_up)))
    assert "the photo empty.txt of 0 bytes returns" in result.message


def test_what_is_open():
    """03-3 and 03-4: a model without fields, and a function that returns nothing."""
    assert check("03-3", computing(lambda scope, body: (201, {}))).state == "open"
    assert check("03-4", computing(lambda scope, body: (200, None))).state == "open"
    assert check("03-2", computing(lambda scope, body: (200, {"sum": ...}))).state == "open"


def named(scope, body):
    return (201 if 1 <= len(json.loads(body)["name"]) <= 20 else 422), {}


LONGEST = "x" * 20


@pytest.mark.parametrize(
    ("accepted", "rejected", "what"),
    [
        (["a", "cup"], ["", LONGEST + "x"], "`accepted` has names of [1, 3] characters"),
        (["a", LONGEST], [""], "`rejected` has names of [0] characters"),
        (["a", LONGEST + "x"], [""], "returns 422 Unprocessable Content, not 201"),
        (["a", LONGEST], [LONGEST], "returns 201 Created, not 422"),
        ("a", [""], "not a list of names"),
    ],
)
def test_bounds(accepted, rejected, what):
    """03-5: a limit that is left out on one side, a name on the wrong side, one that is not in a list."""
    result = check("03-5", (computing(named), accepted, rejected))
    assert (result.state, what in result.message) == ("wrong", True), result


def test_bounds_in_any_order():
    """03-5: the names may come in any order, with others between."""
    assert check("03-5", (computing(named), [LONGEST, "cup", "b"], (LONGEST + "y", ""))).passed
