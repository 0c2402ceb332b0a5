"""The exercises of notebook 00: the first requests, and the first step."""

from __future__ import annotations

from typing import Any

from .. import Exchange, Explorer
from .trial import REQUEST_S, Missing, expect, expect_status, read_json, show


def check_green(exchange: Any) -> str:
    """00-1: one request adds something green and dear."""
    expect(isinstance(exchange, Exchange), f"`r` is {show(exchange)}, and no answer of the app", "r = %asgi …")
    sent = f"{exchange.spec.method} {exchange.spec.path}"
    expect(exchange.spec.method == "POST", f"{sent} adds nothing", "which method adds something?")
    expect_status(exchange, 201, "the answer says what was wrong with the request")
    item = read_json(exchange)
    expect(item.get("color") == "green", f"the color of the new item is {show(item.get('color'))}")
    expect(item.get("price", 0) > 100, f"the price of the new item is {show(item.get('price'))}")
    return f"{show(item.get('name'))} is in the shop, with the id {show(item.get('id'))}"


def check_blue(answer: Any) -> str:
    """00-2: the number of blue items, as the app counts them."""
    expect(isinstance(answer, tuple) and len(answer) == 2, "the answer is the pair `(explorer, blue)`")
    explorer, blue = answer
    _expect_explorer(explorer)
    response = explorer.client.get("/items", params={"color": "blue", "limit": 100}, timeout=REQUEST_S)
    wanted = len(response.json())
    expect(
        type(blue) is int and blue == wanted,
        f"`blue` is {show(blue)}, and the shop lists another number",
        "%asgi routes names what can be asked; `color` belongs to the query",
    )
    return "the shop looked for them, and Python counted"


def check_shutting_down(explorer: Any) -> str:
    """00-3: the shop is one step away from being stopped."""
    _expect_explorer(explorer)
    status = explorer.lifespan.status
    if status == "running":
        raise Missing("the shop is running")
    expect(
        status == "shutting down",
        f"the lifespan is {status!r}",
        "one step lets one message pass; `explorer.lifespan.restart()` brings it back to `running`",
    )
    return "one more step, and it is stopped"


def _expect_explorer(explorer: Any) -> None:
    expect(isinstance(explorer, Explorer), f"`explorer` is {show(explorer)}", "explorer = %asgi app")


CHECKS = {"00-1": check_green, "00-2": check_blue, "00-3": check_shutting_down}
