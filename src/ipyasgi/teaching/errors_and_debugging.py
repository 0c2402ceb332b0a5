"""The exercises of notebook 05: look into an exception, and decide which response it becomes."""

from __future__ import annotations

import traceback
from typing import Any

from .. import Exchange
from .trial import ask, expect, expect_handled, expect_json, expect_status, open_explorer, read_json, show


def check_price(pair: Any) -> str:
    """05-1: the value of a variable where the app failed."""
    expect(isinstance(pair, tuple) and len(pair) == 2, "pass the pair `(r, price)` to `check`")
    exchange, price = pair
    expect(isinstance(exchange, Exchange), f"`r` should be an exchange, not {show(exchange)}")
    look = "only the last three exchanges keep their exception: send the request again"
    expect(isinstance(exchange.exception, Exception), "`r` has no exception", look)
    *_, (frame, _line) = traceback.walk_tb(exchange.exception.__traceback__)
    wanted = frame.f_locals["price"]
    look = "in which function does the traceback end, and what are its variables?"
    expect(type(price) is type(wanted) and price == wanted, f"`price` was not {show(price)} when the app failed", look)
    return f"it was {show(wanted)}, which no test had tried"


def check_average(app: Any) -> str:
    """05-2: no items are a 404, not an exception."""
    with open_explorer(app) as explorer:
        for kind, wanted in (("tea", 5.0), ("cup", 4.0)):
            expect_json(ask(explorer, "GET", "/average", params={"kind": kind}), {"average": wanted}, f"for {kind}")
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


CHECKS = {"05-1": check_price, "05-2": check_average, "05-3": check_brewery}
