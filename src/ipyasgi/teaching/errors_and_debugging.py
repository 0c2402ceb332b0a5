"""The exercises of notebook 05: look into an exception, and decide which response it becomes."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable
from typing import Any

from .. import Exchange
from ..errors import DeadlineError
from .trial import (
    Missing,
    Wrong,
    ask,
    expect,
    expect_function,
    expect_handled,
    expect_json,
    expect_status,
    open_explorer,
    read_json,
    require,
    show,
)

_WAIT_S = 2.0
_MOST_DIVISIONS = 1_000


def check_price(pair: Any) -> str:
    """05-1: the value of a variable where the app failed."""
    expect(isinstance(pair, tuple) and len(pair) == 2, "pass the pair `(failed, price)` to `check`")
    exchange, price = pair
    expect(isinstance(exchange, Exchange), f"`failed` should be an exchange, not {show(exchange)}")
    look = "only the last three exchanges keep their exception: send the request again"
    expect(isinstance(exchange.exception, Exception), "`failed` has no exception", look)
    *_, (frame, _line) = traceback.walk_tb(exchange.exception.__traceback__)
    wanted = frame.f_locals["price"]
    look = "in which function does the traceback end, and what are its variables?"
    expect(type(price) is type(wanted) and price == wanted, f"`price` was not {show(price)} when the app failed", look)
    return f"it was {show(wanted)}, which no test had tried"


def check_average(app: Any) -> str:
    """05-2: no items are a 404, not an exception."""
    with open_explorer(app) as explorer:
        for kind, wanted in (("tea", 5.0), ("cup", 4.0)):
            exchange = ask(explorer, "GET", "/average", params={"kind": kind})
            require(read_json(exchange), "GET /average returns nothing")
            expect_json(exchange, {"average": wanted}, f"for {kind}")
        for kind in ("gift", "spaceship"):
            exchange = explorer.request("GET", "/average", params={"kind": kind}, raise_exceptions=False)
            look = "by how many items does the function divide? What does it do with an unknown kind?"
            expect_handled(exchange, f"for {kind}", look)
            expect_status(exchange, 404, f"for {kind}")
            found = read_json(exchange)
            expect("detail" in found, f"for {kind} it returns {show(found)}", "FastAPI calls the message `detail`")
    return "an empty list is a valid case, too"


def check_brewery(app: Any) -> str:
    """05-3: one type of exception becomes a response, all others remain exceptions."""
    with open_explorer(app) as explorer:
        exchange = explorer.request("GET", "/tea", raise_exceptions=False)
        expect_handled(exchange, look="which argument of the framework maps an exception class to a function?")
        expect_status(exchange, 503)
        found = exchange.headers.get("retry-after")
        expect(found == "60", f"the header retry-after is {show(found)}", "it says when the client should try again")
        bug = explorer.request("GET", "/bug", raise_exceptions=False)
        message = f"GET /bug has a bug, but it returns {bug.outcome} as if nothing were wrong"
        expect(bug.exception_name == "KeyError", message, "does the handler cover one kind of exception, or all?")
    return "expected exceptions become responses, and unexpected ones stay visible"


class _Failing:
    """An app of which two paths fail, one of them after its response has started."""

    def __init__(self) -> None:
        self.raised: list[BaseException] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        if scope["path"] == "/early":
            self._fail(KeyError("tea"))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"tea", "more_body": True})
        if scope["path"] == "/late":
            self._fail(RuntimeError("lost count"))
        await send({"type": "http.response.body", "body": b""})

    def _fail(self, exc: Exception) -> None:
        self.raised.append(exc)
        raise exc


def check_witness(witness: Any) -> str:
    """05-4: a middleware that notes each exception of a request, and lets it pass."""
    expect_function(witness)
    inner = _Failing()
    seen: list[Any] = []
    with open_explorer(witness(inner, seen), lifespan="off") as explorer:
        quiet = ask(explorer, "GET", "/")
        expect(quiet.text == "tea", f"around an app that sends 'tea' it sends {show(quiet.text)}")
        expect(not seen, f"a request without an exception leaves {show(seen)} in `seen`")
        for path, wanted in (("/early", ["KeyError"]), ("/late", ["KeyError", "RuntimeError"])):
            failed = explorer.request("GET", path, raise_exceptions=False)
            passed = failed.exception is inner.raised[-1]
            if not seen and passed:
                raise Missing("`seen` is empty after an exception")
            look = "`raise` without a value, in an `except`, raises the same exception again"
            raised = failed.exception_name or "no exception"
            expect(passed, f"the app raises {inner.raised[-1]!r}, but outside there is {raised}", look)
            expect(seen == wanted, f"then `seen` is {show(seen)}, not {show(wanted)}", "`type(exc).__name__` is a name")
    return "it sees every exception, and hides none"


def check_waits_in(pair: Any) -> str:
    """05-5: the function in which a request waits forever."""
    expect(isinstance(pair, tuple) and len(pair) == 2, "pass the pair `(kitchen, waits_in)` to `check`")
    app, named = pair
    name = getattr(named, "__name__", named)
    expect(isinstance(name, str), f"`waits_in` should be the name of a function, not {show(named)}")
    with open_explorer(app) as explorer:
        try:
            exchange = explorer.request("GET", "/tea", timeout=_WAIT_S, raise_exceptions=False)
        except DeadlineError as exc:
            function = re.search(r" in (?:\w+\.)*(\w+)", exc.place)
        else:
            raise Wrong(f"GET /tea returns {exchange.outcome} in time", "run the cell that defines `kitchen` again")
    found = function[1] if function else ""
    look = "send the request with a short `--timeout`: the error names the line, and the function"
    expect(name.rstrip("()") == found, f"it does not wait in {show(name)}", look)
    return f"`{found}` waits for what only the next line would do"


class _Counted(int):
    """A number that counts its divisions, and does not allow too many."""

    divisions = 0

    def __mod__(self, divisor: int) -> int:
        type(self).divisions += 1
        if self.divisions > _MOST_DIVISIONS:
            message = f"for the prime {int(self)} it divides more than {_MOST_DIVISIONS} times"
            raise Wrong(message, "which is the smallest divisor that a number can have, if it has one at all?")
        return int(self) % divisor


def check_is_prime(is_prime: Callable[[int], Any]) -> str:
    """05-6: right for all numbers, with few divisions."""
    expect_function(is_prime)
    for number in range(2, 400):
        wanted = all(number % divisor for divisor in range(2, number))
        found = require(is_prime(number))
        look = "the square root itself may be a divisor" if not wanted else ""
        expect(bool(found) == wanted, f"for {number} it returns {show(found)}", look)
    _Counted.divisions = 0
    expect(is_prime(_Counted(10_007)), "for 10007 it returns False")
    return "the right primes, with few divisions"


CHECKS = {
    "05-1": check_price,
    "05-2": check_average,
    "05-3": check_brewery,
    "05-4": check_witness,
    "05-5": check_waits_in,
    "05-6": check_is_prime,
}
