"""Wrong answers to the exercises of notebook 08 are distinguished; the right ones are run from the notebook itself."""

from contextlib import contextmanager, suppress

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


def not_returned(shelf):
    yield shelf.pop()


def returned_if_all_is_well(shelf):
    book = shelf.pop()
    yield book
    shelf.append(book)


def returned_in_silence(shelf):
    book = shelf.pop()
    with suppress(Exception):
        yield book
    shelf.append(book)


def returned_twice(shelf):
    book = shelf.pop()
    try:
        yield book
    finally:
        shelf += [book, book]


def copied(shelf):
    yield shelf[-1]


def lent_from_the_front(shelf):
    book = shelf.pop(0)
    try:
        yield book
    finally:
        shelf.append(book)


def returned_with_except(shelf):
    book = shelf.pop()
    try:
        yield book
    except BaseException:
        shelf.append(book)
        raise
    shelf.append(book)


async def returned_by_async(shelf):
    book = shelf.pop()
    try:
        yield book
    finally:
        shelf.insert(0, book)


def set_cookie(value):
    return (b"set-cookie", value)


@pytest.mark.parametrize(
    ("exercise", "answer"),
    [
        ("08-2", {"authorization", "cookie", "x-api-key"}),
        ("08-2", ("X-Api-Key", "Cookie", "Authorization")),
        ("08-3", set_cookie(b"session=gone; Max-Age=0")),
        ("08-3", [b"set-cookie", b"session=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; HttpOnly"]),
        ("08-3", set_cookie(b"session=x; max-age=-1; path=/")),
        ("08-5", returned_with_except),
        ("08-5", returned_by_async),
    ],
)
def test_right(exercise, answer):
    """Right answers other than the notebook's own are accepted, too."""
    result = check(exercise, answer)
    assert result.passed, result


@pytest.mark.parametrize(
    ("exercise", "answer", "what"),
    [
        ("08-1", answering(200), "GET / without `Authorization` returns 200 OK"),
        ("08-1", answering(401, b"", CHALLENGE), "returns 401 Unauthorized, not 200"),
        ("08-2", "Authorization", "should be a list of names"),
        ("08-2", [b"Cookie"], "should be a list of names"),
        ("08-2", ["Authorization"], "the value of Cookie is not in the export, and Cookie is not in your list"),
        ("08-2", ["Authorization", "Cookie", "X-Api-Key", "X-Request-Id"], "X-Request-Id is in the export"),
        ("08-2", ["Host"], "host is none of the five headers"),
        ("08-3", "session=; Max-Age=0", "should be a pair of bytes"),
        ("08-3", ("set-cookie", "session=; Max-Age=0"), "should be a pair of bytes"),
        ("08-3", set_cookie(b"session="), "still sends 'session='"),
        ("08-3", set_cookie(b"session=s-17; Max-Age=60"), "still sends 'session=s-17'"),
        ("08-3", set_cookie(b"session=; Path=/logout; Max-Age=0"), "still sends 'session=s-17'"),
        ("08-3", set_cookie(b"language=; Path=/; Max-Age=0"), "still sends 'session=s-17'"),
        ("08-3", (b"Set-Cookie", b"session=; Path=/; Max-Age=0"), "is not lower-case"),
        ("08-4", computing(careless), "GET /me with the token 't-ben' returns {'name': 'ada'}"),
        ("08-4", computing(shop), "DELETE /shop with ben's token returns 200 OK, not 403"),
        ("08-5", lambda shelf: shelf.pop(), "has no `yield`"),
        ("08-5", returned_if_all_is_well, "after an endpoint that raises an exception the book is not on the shelf"),
        ("08-5", returned_in_silence, "the exception of the endpoint is swallowed"),
        ("08-5", returned_twice, "the shelf is ['Bytes', 'Loops', 'Tasks', 'Tasks']"),
        ("08-5", copied, "while the endpoint runs, the book is still on the shelf"),
        ("08-5", lent_from_the_front, "the endpoint gets 'Bytes'"),
        ("08-6", forgetful, "after a block that raises the overrides differ from those before"),
        ("08-6", clearing, "other overrides are gone"),
        ("08-6", uncalled, "the dependency is replaced by 'ada'"),
        ("08-6", swallowing, "an exception in the block is swallowed"),
    ],
)
def test_wrong(exercise, answer, what):
    """Each wrong answer has a message of its own."""
    result = check(exercise, answer)
    assert (result.state, what in result.message) == ("wrong", True), result


def test_nothing_is_open():
    """An app that does nothing is an exercise not begun."""
    assert check("08-1", silent).state == "open"
    assert check("08-3", (b"set-cookie", ...)).state == "open"
    assert check("08-5", not_returned).state == "open"
    assert check("08-4", computing(lambda scope, body: (200, None))).state == "open"
