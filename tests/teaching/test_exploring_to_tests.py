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


def kettle_is_missing(client):
    response = client.get("/prices/kettle")
    assert (response.status_code, response.json()["detail"]) == (404, "there is no kettle")


def kettle_is_a_client_error(client):
    assert client.get("/prices/kettle").is_client_error


def kettle_is_free(client):
    assert client.get("/prices/kettle").json()["price"] == 0


@pytest.mark.parametrize(
    ("exercise", "answer"),
    [
        ("10-1", kettle_is_missing),
        ("10-2", "status:2xx path:/orders*"),
        ("10-3", ("placed_at", "order")),
        ("10-3", {"order", "placed_at"}),
    ],
)
def test_right(exercise, answer):
    """Right answers other than the notebook's own are accepted, too."""
    result = check(exercise, answer)
    assert result.passed, result


@pytest.mark.parametrize(
    ("exercise", "answer", "what"),
    [
        ("10-1", kettle_is_a_client_error, "with the status 400 your test passes"),
        ("10-1", kettle_is_free, "with a 404 your test fails: KeyError"),
        ("10-1", 404, "should be a function"),
        ("10-3", "order", "should be a list of names"),
        ("10-3", [1], "should be a list of names"),
        ("10-3", ["price"], "the response has no value price"),
        ("10-3", ["order"], "the exported test has `ANY` for placed_at"),
        ("10-3", ["order", "placed_at", "receipt"], "the exported test compares receipt with 'R-0007'"),
        ("10-2", "path:/orders*", "it includes POST /orders → 422"),
        ("10-2", "status:2xx", "it includes GET /prices/cup → 200 OK"),
        ("10-2", "path:/orders status:2xx", "it leaves out DELETE /orders/7"),
        ("10-2", "/orders status:2xx", "it includes POST /old/orders"),
        ("10-2", "colour:red", "the filter cannot be read"),
        ("10-2", 7, "should be a string"),
        ("10-5", too_strict, "on the right app your test fails"),
        ("10-5", looks_only, "passes on an app without a discount"),
        ("10-5", only_six, "passes on an app that always gives the discount"),
        ("10-5", "assert True", "should be a function"),
        ("10-4", computing(moved), "GET /menu returned"),
        ("10-4", computing(open_to_all), "HEAD /menu returned 405"),
        ("10-4", computing(lambda scope, body: (200, OLD)), "GET /v2/menu returns"),
    ],
)
def test_wrong(exercise, answer, what):
    """Each wrong answer has a message of its own."""
    result = check(exercise, answer)
    assert (result.state, what in result.message) == ("wrong", True), result


def test_nothing_is_open():
    """A test that asks nothing, and an app that answers nothing, are exercises not begun."""
    assert check("10-1", lambda client: None).state == "open"
    assert check("10-5", lambda client: None).state == "open"
    assert check("10-4", computing(lambda scope, body: (200, None))).state == "open"
    assert (
        check("10-4", computing(lambda scope, body: (200, OLD if scope["path"] == "/menu" else None))).state == "open"
    )
