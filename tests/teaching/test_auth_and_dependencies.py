"""Wrong answers to the exercises of notebook 08 are distinguished; the right ones are run from the notebook itself."""

from contextlib import contextmanager

import pytest

from ipyasgi.teaching import check

from .apps import answering, computing, silent

CHALLENGE = [(b"www-authenticate", b"Bearer")]


def shop(scope, body):
    """Know both by their tokens, and let everyone who is known delete."""
    name = {b"t-ada": "ada", b"t-ben": "ben"}.get(dict(scope["headers"]).get(b"x-token"))
    if name is None:
        return 401, {}
    return 200, {"name": name} if scope["method"] == "GET" else {"deleted": True}


def careless(scope, body):
    """Take everyone for ada."""
    return 200, {"name": "ada"}


@contextmanager
def forgetful(app, dependency, value):
    app.dependency_overrides[dependency] = lambda: value
    yield
    app.dependency_overrides.pop(dependency)


@contextmanager
def clearing(app, dependency, value):
    app.dependency_overrides = {dependency: lambda: value}
    try:
        yield
    finally:
        app.dependency_overrides = {}


@contextmanager
def uncalled(app, dependency, value):
    before = dict(app.dependency_overrides)
    app.dependency_overrides[dependency] = value
    yield
    app.dependency_overrides = before


@contextmanager
def swallowing(app, dependency, value):
    before = dict(app.dependency_overrides)
    app.dependency_overrides[dependency] = lambda: value
    try:
        yield
    except Exception:
        pass
    finally:
        app.dependency_overrides = before


@pytest.mark.parametrize(
    ("exercise", "answer", "what"),
    [
        ("08-1", answering(200), "GET / without `Authorization` returns 200 OK"),
        ("08-1", answering(401, b"", CHALLENGE), "returns 401 Unauthorized, not 200"),
        ("08-2", computing(careless), "GET /me with the token 't-ben' returns {'name': 'ada'}"),
        ("08-2", computing(shop), "DELETE /shop with ben's token returns 200 OK, not 403"),
        ("08-3", forgetful, "after a block that raises the overrides differ from those before"),
        ("08-3", clearing, "other overrides are gone"),
        ("08-3", uncalled, "the dependency is replaced by 'ada'"),
        ("08-3", swallowing, "an exception in the block is swallowed"),
    ],
)
def test_wrong(exercise, answer, what):
    """Each wrong answer has a message of its own."""
    result = check(exercise, answer)
    assert (result.state, what in result.message) == ("wrong", True), result


def test_nothing_is_open():
    """An app that does nothing is an exercise not begun."""
    assert check("08-1", silent).state == "open"
    assert check("08-2", computing(lambda scope, body: (200, None))).state == "open"
