"""Wrong answers to the exercises of notebook 05 are distinguished; the right ones are run from the notebook itself."""

from urllib.parse import parse_qsl

import anyio
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

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


def test_average_open():
    """05-2: an endpoint that returns nothing yet."""
    assert check("05-2", computing(lambda scope, body: (200, None))).state == "open"


def test_brewery():
    """05-3: an app that answers everything with 503 hides a bug."""
    assert "retry-after" in check("05-3", answering(503)).message
    assert "as if nothing were wrong" in check("05-3", answering(503, b"", [(b"retry-after", b"60")])).message


class Middleware:
    """Around an app: what `witness` does with its exception, in the order of the arguments."""

    def __init__(self, app, seen):
        self.app = app
        self.seen = seen

    async def __call__(self, scope, receive, send):
        try:
            await self.app(scope, receive, send)
        except Exception as exc:
            await self.handle(exc, scope, receive, send)


class Passing(Middleware):
    async def handle(self, exc, scope, receive, send):
        self.seen.append(type(exc).__name__)
        raise exc


class Hiding(Middleware):
    async def handle(self, exc, scope, receive, send):
        self.seen.append(type(exc).__name__)
        await answering(503)(scope, receive, send)


class Renaming(Middleware):
    async def handle(self, exc, scope, receive, send):
        self.seen.append(type(exc).__name__)
        raise RuntimeError(str(exc)) from exc


class Repeating(Middleware):
    async def handle(self, exc, scope, receive, send):
        self.seen.append(repr(exc))
        raise exc


class Eager(Middleware):
    async def __call__(self, scope, receive, send):
        self.seen.append("KeyError")
        await self.app(scope, receive, send)


@pytest.mark.parametrize(
    ("witness", "what"),
    [
        (Hiding, "the app raises KeyError('tea'), but outside there is no exception"),
        (Renaming, "the app raises KeyError('tea'), but outside there is RuntimeError"),
        (Repeating, """then `seen` is ["KeyError('tea')"], not ['KeyError']"""),
        (Eager, "a request without an exception leaves ['KeyError'] in `seen`"),
        (lambda app, seen: answering(200, b"cake"), "around an app that sends 'tea' it sends 'cake'"),
        (3, "should be a function"),
    ],
)
def test_witness(witness, what):
    """05-4: an exception hidden, another one instead, another text, one too many, another response, no middleware."""
    result = check("05-4", witness)
    assert (result.state, what in result.message) == ("wrong", True), result


def test_witness_right():
    """05-4: a class and a function are fine; a middleware that does nothing is not begun."""
    assert check("05-4", Passing).passed

    def around(app, seen):
        async def call(scope, receive, send):
            try:
                await app(scope, receive, send)
            except BaseException as exc:
                seen.append(exc.__class__.__name__)
                raise

        return call

    assert check("05-4", around).passed
    assert check("05-4", lambda app, seen: app).state == "open"


async def boil():
    await anyio.Event().wait()


async def make_tea(request):
    await boil()


KITCHEN = Starlette(routes=[Route("/tea", make_tea)])


@pytest.fixture
def short_wait(monkeypatch):
    """Wait for a fifth of a second only, in tests that do not ask where."""
    monkeypatch.setattr("ipyasgi.teaching.errors_and_debugging._WAIT_S", 0.2)


def test_waits_in(short_wait):
    """05-5: another function, by name and as such, another value, an app that does not wait."""
    assert "it does not wait in 'pour'" in check("05-5", (KITCHEN, "pour")).message
    assert "it does not wait in 'make_tea'" in check("05-5", (KITCHEN, make_tea)).message
    assert "should be the name of a function" in check("05-5", (KITCHEN, 3)).message
    assert "pass the pair" in check("05-5", "boil").message
    assert "GET /tea returns 200 OK in time" in check("05-5", (answering(), "boil")).message
    assert check("05-5", (KITCHEN, ...)).state == "open"


def test_waits_in_right():
    """05-5: the name, also as in a call."""
    assert check("05-5", (KITCHEN, "boil()")).passed


def try_all(number):
    return all(number % divisor for divisor in range(2, number))


def leave_out_the_root(number):
    return all(number % divisor for divisor in range(2, int(number**0.5)))


def try_odd(number):
    return number == 2 or (number % 2 == 1 and all(number % odd for odd in range(3, int(number**0.5) + 1, 2)))


def test_is_prime():
    """05-6: a function that is wrong for squares, one that divides too often, one that is not begun, two right ones."""
    assert "for 4 it returns True" in check("05-6", leave_out_the_root).message
    assert "for the prime 10007 it divides more than 1000 times" in check("05-6", try_all).message
    assert check("05-6", lambda number: None).state == "open"
    assert check("05-6", try_odd).passed
    assert check("05-6", lambda number: number in (2, 3) or try_odd(int(number))).passed


def test_is_prime_of_one_number():
    """05-6: a list of small primes does not contain a larger one."""
    small = [number for number in range(2, 400) if try_all(number)]
    assert "for 10007 it returns False" in check("05-6", lambda number: number in small).message
