"""The exercises of notebook 05: looking into an error, and deciding what becomes of it."""

from __future__ import annotations

import traceback
from typing import Any

from .. import Exchange
from .trial import ask, expect, expect_status, open_explorer, read_json, show


def check_price(answer: Any) -> str:
    """05-1: the value of a variable where the app failed."""
    expect(isinstance(answer, tuple) and len(answer) == 2, "the answer is the pair `(r, price)`")
    exchange, price = answer
    expect(isinstance(exchange, Exchange), f"`r` is {show(exchange)}, and no answer of the app")
    expect(
        isinstance(exchange.exception, Exception),
        "`r` has no exception any more",
        "only the last three answers keep theirs: send the request once more",
    )
    # The exception is there, so it has a traceback; its last frame is where it was raised.
    *_, (frame, _line) = traceback.walk_tb(exchange.exception.__traceback__)
    wanted = frame.f_locals["price"]
    expect(
        type(price) is type(wanted) and price == wanted,
        f"`price` was not {show(price)} when the app failed",
        "which function does the traceback end in, and what are its variables?",
    )
    return f"{show(wanted)} it was, and no test had thought of it"


def check_average(app: Any) -> str:
    """05-2: no items are the client's surprise, not the app's."""
    with open_explorer(app) as explorer:
        for kind, wanted in (("tea", 5.0), ("cup", 4.0)):
            exchange = ask(explorer, "GET", "/average", params={"kind": kind})
            expect_status(exchange, 200, f"it was asked for {kind}")
            found = read_json(exchange)
            expect(found == {"average": wanted}, f"for {kind} it answers {show(found)}")
        for kind in ("gift", "spaceship"):
            exchange = explorer.request("GET", "/average", params={"kind": kind}, raise_exceptions=False)
            expect(
                exchange.exception is None,
                f"for {kind} it still raises {exchange.exception_name}",
                "how many items does the function divide by? And what does it do with a name that it does not know?",
            )
            expect_status(exchange, 404, f"it was asked for {kind}")
            found = read_json(exchange)
            expect("detail" in found, f"for {kind} it answers {show(found)}", "FastAPI calls the words `detail`")
    return "an empty list is an answer too"


def check_brewery(app: Any) -> str:
    """05-3: one kind of exception becomes an answer, every other one stays what it is."""
    with open_explorer(app) as explorer:
        exchange = explorer.request("GET", "/tea", raise_exceptions=False)
        expect(
            exchange.exception is None,
            f"GET /tea still raises {exchange.exception_name}",
            "which argument of the framework joins a kind of exception to a function?",
        )
        expect_status(exchange, 503)
        found = exchange.headers.get("retry-after")
        expect(found == "60", f"the header retry-after is {show(found)}", "the client wants to know when to come again")
        bug = explorer.request("GET", "/bug", raise_exceptions=False)
        expect(
            bug.exception_name == "KeyError",
            f"GET /bug has a bug, and it is answered with {bug.outcome} as if nothing were wrong",
            "is the handler for one kind of exception, or for all of them?",
        )
    return "what you expect is answered, and what you do not is seen"


CHECKS = {"05-1": check_price, "05-2": check_average, "05-3": check_brewery}
