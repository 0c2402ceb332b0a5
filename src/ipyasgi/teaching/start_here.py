"""The exercises of notebook 00: the first requests, and the first step of a lifespan."""

from __future__ import annotations

from typing import Any

from .. import Exchange, Explorer
from .trial import REQUEST_S, Missing, expect, expect_status, read_json, show


def check_green(exchange: Any) -> str:
    """00-1: one request adds a green, expensive item."""
    expect(isinstance(exchange, Exchange), f"`r` should be an exchange, not {show(exchange)}", "r = %asgi …")
    sent = f"{exchange.spec.method} {exchange.spec.path}"
    expect(exchange.spec.method == "POST", f"{sent} adds nothing", "which method adds something?")
    expect_status(exchange, 201, look="the response says what is wrong with the request")
    item = read_json(exchange)
    expect(item.get("color") == "green", f"the color of the new item is {show(item.get('color'))}")
    expect(item.get("price", 0) > 100, f"the price of the new item is {show(item.get('price'))}")
    return f"{show(item.get('name'))} is in the shop, with the id {show(item.get('id'))}"


def check_blue(pair: Any) -> str:
    """00-2: the number of blue items, as the app counts them."""
    expect(isinstance(pair, tuple) and len(pair) == 2, "pass the pair `(explorer, blue)` to `check`")
    explorer, blue = pair
    _expect_explorer(explorer)
    response = explorer.client.get("/items", params={"color": "blue", "limit": 100}, timeout=REQUEST_S)
    is_right = type(blue) is int and blue == len(response.json())
    look = "%asgi routes lists the available routes; `color` belongs to the query"
    expect(is_right, f"`blue` is {show(blue)}, but the shop lists a different number of items", look)
    return "the shop filtered the items, and Python counted them"


def check_shutting_down(explorer: Any) -> str:
    """00-3: one step before the shop is stopped."""
    _expect_explorer(explorer)
    status = explorer.lifespan.status
    if status == "running":
        raise Missing("the shop is running")
    look = "one step advances by one message; `explorer.lifespan.restart()` brings it back to `running`"
    expect(status == "shutting down", f"the lifespan is {status!r}", look)
    return "after one more step it is stopped"


def _expect_explorer(explorer: Any) -> None:
    expect(isinstance(explorer, Explorer), f"`explorer` is {show(explorer)}", "explorer = %asgi app")


CHECKS = {"00-1": check_green, "00-2": check_blue, "00-3": check_shutting_down}
