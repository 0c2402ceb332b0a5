"""Wrong answers to the exercises of notebook 10 are distinguished; the right ones are run from the notebook itself."""

import pytest

from ipyasgi.teaching import check

from .apps import computing

OLD = {"cup": 4.0, "teapot": 24.5}
NEW = [{"item": "cup", "price": 4.0}, {"item": "teapot", "price": 24.5}]


def total_of(client, count):
    return client.post("/orders", json={"item": "cup", "count": count}).json()["total"]


def only_six(client):
    assert total_of(client, 6) == 21.6


def too_strict(client):
    assert total_of(client, 6) == 24


def looks_only(client):
    assert client.post("/orders", json={"item": "cup", "count": 6}).status_code == 201


def moved(scope, body):
    """Offer the new path in the place of the old one."""
    return (200, NEW) if scope["path"] == "/v2/menu" else (200, {"see": "/v2/menu"})


def open_to_all(scope, body):
    """Answer the old path whatever is asked of it."""
    return {"/v2/menu": (200, NEW), "/menu": (200, OLD)}.get(scope["path"], (404, {"detail": "Not Found"}))


@pytest.mark.parametrize(
    ("exercise", "answer", "what"),
    [
        ("10-1", "path:/orders*", "it includes POST /orders → 422"),
        ("10-1", "status:2xx", "it includes GET /prices/cup → 200 OK"),
        ("10-1", "path:/orders status:2xx", "it leaves out DELETE /orders/7"),
        ("10-1", "/orders status:2xx", "it includes POST /old/orders"),
        ("10-1", "colour:red", "the filter cannot be read"),
        ("10-1", 7, "should be a string"),
        ("10-2", too_strict, "on the right app your test fails"),
        ("10-2", looks_only, "passes on an app without a discount"),
        ("10-2", only_six, "passes on an app that always gives the discount"),
        ("10-2", "assert True", "should be a function"),
        ("10-3", computing(moved), "GET /menu returned"),
        ("10-3", computing(open_to_all), "HEAD /menu returned 405"),
        ("10-3", computing(lambda scope, body: (200, OLD)), "GET /v2/menu returns"),
    ],
)
def test_wrong(exercise, answer, what):
    """Each wrong answer has a message of its own."""
    result = check(exercise, answer)
    assert (result.state, what in result.message) == ("wrong", True), result


def test_nothing_is_open():
    """A test that asks nothing, and an app that answers nothing, are exercises not begun."""
    assert check("10-2", lambda client: None).state == "open"
    assert check("10-3", computing(lambda scope, body: (200, None))).state == "open"
