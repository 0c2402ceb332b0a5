"""The exercises of notebook 10: tests that fail when they should, a filter, an exported test, a compatible change."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from .. import TestClient
from ..errors import FilterError
from .trial import (
    REQUEST_S,
    Missing,
    Wrong,
    ask,
    describe,
    expect,
    expect_function,
    expect_json,
    open_explorer,
    read_json,
    require,
    show,
)

_NEW_MENU = [{"item": "cup", "price": 4.0}, {"item": "teapot", "price": 24.5}]


async def _send_json(send: Any, status: int, value: Any) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(value).encode()})


async def _read_body(receive: Any) -> bytes:
    body = b""
    while (message := await receive())["type"] == "http.request":
        body += message.get("body", b"")
        if not message.get("more_body", False):
            break
    return body


class _Kettle:
    """An app with one response for every request."""

    def __init__(self, status: int, value: Any) -> None:
        self.status = status
        self.value = value

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await _send_json(send, self.status, self.value)


def check_kettle_test(test: Any) -> str:
    """10-1: a test that passes for a 404, and fails for other responses."""
    expect_function(test)
    missing = {"detail": "there is no kettle"}
    failure = _run_test(test, _Kettle(404, missing))
    if failure is not None:
        raise Wrong(f"with a 404 your test fails: {describe(failure)}", "the right app responds with a 404")
    wrong = (_Kettle(200, {"item": "kettle", "price": None}), _Kettle(500, missing), _Kettle(400, missing))
    passed = [app.status for app in wrong if _run_test(test, app) is None]
    if len(passed) == len(wrong):
        raise Missing("your test passes for every response")
    expect(not passed, f"with the status {passed and passed[0]} your test passes", "which one status is right?")
    return "it passes for a 404, and fails for 200, 400 and 500"


async def _statuses(scope: Any, receive: Any, send: Any) -> None:
    await _send_json(send, int(dict(scope["headers"])[b"x-status"]), {})


def check_filter(wanted: Any) -> str:
    """10-2: a filter for one part of the paths and one class of statuses."""
    expect(isinstance(wanted, str), f"your solution should be a string, not {show(wanted)}")
    sent = [
        *(("GET", "/orders", 200, True), ("POST", "/orders", 201, True), ("DELETE", "/orders/7", 204, True)),
        *(("GET", "/orders/8/items", 200, True), ("POST", "/orders", 422, False), ("GET", "/orders", 302, False)),
        *(("GET", "/orders/9", 404, False), ("GET", "/prices/cup", 200, False), ("POST", "/old/orders", 201, False)),
    ]
    with open_explorer(_statuses, lifespan="off") as explorer:
        for method, path, status, _ in sent:
            explorer.request(method, path, headers={"x-status": str(status)}, follow_redirects=False)
        try:
            found = {exchange.name for exchange in explorer.history.filter(wanted)}
        except FilterError as exc:
            raise Wrong(f"the filter cannot be read: {describe(exc)}") from exc
        for (_, _, _, is_wanted), exchange in zip(sent, explorer.history, strict=True):
            line = f"{exchange.spec.method} {exchange.spec.path} → {exchange.outcome}"
            if is_wanted:
                expect(exchange.name in found, f"it leaves out {line}")
            else:
                expect(exchange.name not in found, f"it includes {line}", "all terms of a filter must match")
    return "it selects the right requests, and nothing else"


_RECEIPT = {
    "order": "c254cac1e7224a3f8b842529ed5f5709",
    "item": "cup",
    "total": 24.0,
    "placed_at": "2026-11-30T08:15:00+00:00",
    "receipt": "R-0007",
}


def check_left_open(names: Any) -> str:
    """10-3: the values of a response that an exported test does not compare."""
    wanted_type = f'your solution should be a list of names, such as `["item"]`, not {show(names)}'
    expect(isinstance(names, list | tuple | set | frozenset), wanted_type)
    expect(all(isinstance(name, str) for name in names), wanted_type)
    unknown = sorted(set(names) - set(_RECEIPT))
    expect(not unknown, f"the response has no value {', '.join(unknown)}")
    with open_explorer(_Kettle(201, _RECEIPT), lifespan="off") as explorer:
        exported = ask(explorer, "POST", "/orders").to_pytest(app="shop:app")
    for name, value in _RECEIPT.items():
        if f'"{name}": ANY' in exported:
            message = f"the exported test has `ANY` for {name}, and your list does not contain it"
            expect(name in names, message, "what does a value look like that is another each time?")
        else:
            message = f"the exported test compares {name} with {show(value)}, and your list contains it"
            expect(name not in names, message, "it would have to look like a random number or a time")
    return "if the receipt is another each time, too, you have to write `ANY` for it yourself"


class _Orders:
    """The shop's ``POST /orders``, for cups at 4.0; from ``discounted_from`` cups on the price is multiplied."""

    def __init__(self, factor: float = 0.9, discounted_from: int = 6) -> None:
        self.factor = factor
        self.discounted_from = discounted_from
        self.count = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = await _read_body(receive)
        if (scope["method"], scope["path"]) != ("POST", "/orders"):
            await _send_json(send, 404, {"detail": "Not Found"})
            return
        try:
            order = json.loads(body)
            item, count = order["item"], order["count"]
        except (ValueError, TypeError, KeyError):
            item, count = "", 0
        if item != "cup" or type(count) is not int or count < 1:
            await _send_json(send, 422, {"detail": "item must be cup, and count a number above 0"})
            return
        self.count += 1
        total = 4.0 * count * (self.factor if count >= self.discounted_from else 1)
        await _send_json(send, 201, {"order": "another each time", "total": round(total, 2)})


_BUGS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("without a discount", {"factor": 1}),
    ("that always gives the discount", {"discounted_from": 1}),
    ("whose discount begins at seven cups", {"discounted_from": 7}),
    ("whose discount begins at five cups", {"discounted_from": 5}),
    ("whose discount is 20 %", {"factor": 0.8}),
    ("that adds 10 %", {"factor": 1.1}),
)


def check_discount_test(test: Any) -> str:
    """10-5: a test that passes for the right app, and fails for each wrong one."""
    expect_function(test)
    right = _Orders()
    failure = _run_test(test, right)
    if failure is not None:
        raise Wrong(f"on the right app your test fails: {describe(failure)}", "a cup is 4.0, six cups are 21.6")
    if not right.count:
        raise Missing("your test places no order")
    for bug, options in _BUGS:
        failure = _run_test(test, _Orders(**options))
        expect(failure is not None, f"your test passes on an app {bug}", "which orders would show the difference?")
    return "it passes on the right app, and fails on six wrong ones"


def _run_test(test: Callable[..., Any], app: Any) -> Exception | None:
    headers = {"Authorization": "Bearer tea-for-two"}
    with TestClient(app, lifespan="off", timeout=REQUEST_S, headers=headers) as client:
        try:
            test(client)
        except Exception as exc:
            return exc
    return None


async def _old_menu(scope: Any, receive: Any, send: Any) -> None:
    """The app of the exercise before the change."""
    if scope["type"] != "http":
        raise ValueError("this app has no lifespan")
    if scope["path"] != "/menu":
        await _send_json(send, 404, {"detail": "Not Found"})
    elif scope["method"] != "GET":
        await _send_json(send, 405, {"detail": "Method Not Allowed"})
    else:
        await _send_json(send, 200, {"cup": 4.0, "teapot": 24.5})


def check_menu(app: Any) -> str:
    """10-4: a new path, and everything else unchanged."""
    with open_explorer(app) as explorer:
        require(read_json(ask(explorer, "GET", "/menu")), "GET /menu returns nothing")
        require(read_json(ask(explorer, "GET", "/v2/menu")), "GET /v2/menu returns nothing")
        expect_json(ask(explorer, "GET", "/v2/menu"), _NEW_MENU)
    with open_explorer(_old_menu) as explorer:
        for method, path in (("GET", "/menu"), ("HEAD", "/menu"), ("POST", "/menu"), ("GET", "/nothing")):
            explorer.request(method, path)
        old = tuple(explorer.history)
        explorer.replace_app(app)
        for before in old:
            now, line = explorer.replay(before), f"{before.spec.method} {before.spec.path}"
            message = f"{line} returned {before.outcome} before, and returns {now.outcome} now"
            expect(now.outcome == before.outcome, message)
            if before.spec.method != "HEAD":
                message = f"{line} returned {show(before.text)} before, and returns {show(now.text)} now"
                expect(read_json(now) == before.json(), message)
    return "the new path works, and old requests get the same responses"


CHECKS = {
    "10-1": check_kettle_test,
    "10-2": check_filter,
    "10-3": check_left_open,
    "10-4": check_menu,
    "10-5": check_discount_test,
}
