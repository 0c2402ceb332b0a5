"""The exercises of notebook 00: the first requests, the state, one step of a lifespan, and what fails."""

from __future__ import annotations

from typing import Any

from .. import Exchange, Explorer
from .trial import REQUEST_S, Missing, expect, expect_status, read_json, show


def check_blue(pair: Any) -> str:
    """00-1: the number of blue items, as the app counts them."""
    explorer, blue = _unpack(pair, "explorer, blue")
    response = explorer.client.get("/items", params={"color": "blue", "limit": 100}, timeout=REQUEST_S)
    names = [item["name"] for item in response.json()]
    look = "`color` belongs to the query, which takes two equals signs"
    expect(_is_number(blue, len(names)), f"`blue` is {show(blue)}, but the shop lists {show(names)}", look)
    return "the shop filtered the items, and Python counted them"


def check_green(exchange: Any) -> str:
    """00-2: one request adds a green, expensive item."""
    expect(isinstance(exchange, Exchange), f"`r` should be an exchange, not {show(exchange)}", "r = %asgi …")
    sent = f"{exchange.spec.method} {exchange.spec.path}"
    expect(exchange.spec.method == "POST", f"{sent} adds nothing", "which method adds something?")
    expect_status(exchange, 201, look="the response says what is wrong with the request")
    item = read_json(exchange)
    expect(item.get("color") == "green", f"the color of the new item is {show(item.get('color'))}")
    expect(item.get("price", 0) > 100, f"the price of the new item is {show(item.get('price'))}")
    return f"{show(item.get('name'))} is in the shop, with the id {show(item.get('id'))}"


def check_counted(values: Any) -> str:
    """00-3: by how much a counter in the lifespan state grows with two rejected requests."""
    explorer, before, grown = _unpack(values, "explorer, before, grown")
    now = explorer.state.lifespan["served"]["http"]
    message = f"`grown` is {show(grown)}, but the counter was {show(before)} and is {show(now)}"
    expect(
        _is_number(grown, now - before), message, "does the shop count a request before or after it looks for the item?"
    )
    return "a rejected request is a request"


def check_shutting_down(explorer: Any) -> str:
    """00-4: one step before the shop is stopped."""
    _expect_explorer(explorer)
    status = explorer.lifespan.status
    if status == "running":
        raise Missing("the shop is running")
    look = "one step advances by one message; `explorer.lifespan.restart()` brings it back to `running`"
    expect(status == "shutting down", f"the lifespan is {status!r}, not 'shutting down'", look)
    return "after one more step it is stopped"


PATHS = ("/", "/items?limit=0", "/items/abc", "/boom", "/nowhere")


def check_failed(pair: Any) -> str:
    """00-5: the paths for which the app raises an exception, not those that it rejects."""
    explorer, failed = _unpack(pair, "explorer, failed")
    is_list = isinstance(failed, (list, tuple, set)) and all(isinstance(path, str) for path in failed)
    expect(is_list, f"`failed` is {show(failed)}, not a list of paths", "one path is a list, too: `[path]`")
    unknown = sorted(set(failed) - set(PATHS))
    expect(not unknown, f"{show(unknown)} are not among the paths of the exercise")
    for path in PATHS:
        exchange = explorer.request("GET", path, raise_exceptions=False, timeout=REQUEST_S)
        if exchange.exception is not None:
            expect(path in failed, f"{path} raises {exchange.exception_name}, and is missing in `failed`")
        message = f"{path} is in `failed`, but the shop responds to it with {exchange.outcome}"
        expect(exchange.exception is not None or path not in failed, message, "a response is not an exception")
    return "a rejected request has a response; a failed one has an exception"


def check_added(values: Any) -> str:
    """00-6: how many of three requests reach the function that counts them in ``app.state``."""
    shop, before, added = _unpack(values, "shop, before, added")
    now = shop.state.app.added
    message = f"`added` is {show(added)}, but `app.state.added` was {show(before)} and is {show(now)}"
    expect(_is_number(added, now - before), message, "which of the three does `NewItem` let through?")
    return "a request that FastAPI rejects does not reach your function"


def _unpack(values: Any, names: str) -> Any:
    count = names.count(",") + 1
    expect(isinstance(values, tuple) and len(values) == count, f"pass `({names})` to `check`")
    _expect_explorer(values[0])
    return values


def _is_number(found: Any, wanted: int) -> bool:
    return type(found) is int and found == wanted


def _expect_explorer(explorer: Any) -> None:
    expect(isinstance(explorer, Explorer), f"`explorer` is {show(explorer)}", "explorer = %asgi app")


CHECKS = {
    "00-1": check_blue,
    "00-2": check_green,
    "00-3": check_counted,
    "00-4": check_shutting_down,
    "00-5": check_failed,
    "00-6": check_added,
}
