"""The exercises of notebook 02: from a URL to values, by hand and with two frameworks."""

from __future__ import annotations

from typing import Any

from .trial import ask, expect, expect_function, expect_json, expect_status, open_explorer, read_json, require, show


def check_colors(read_colors: Any) -> str:
    """02-1: a function reads every ``color`` from a scope's query string."""
    expect_function(read_colors)
    for query, wanted in (
        (b"color=blue", ["blue"]),
        (b"color=blue&limit=2&color=white", ["blue", "white"]),
        (b"", []),
        (b"limit=2", []),
        (b"color=light%20blue", ["light blue"]),
        (b"color=light+blue", ["light blue"]),
    ):
        scope = {"type": "http", "method": "GET", "path": "/items", "query_string": query, "headers": []}
        found = require(read_colors(scope))
        look = "can a name occur twice, or not at all? Which function decodes bytes and percent signs?"
        expect(found == wanted, f"for the query string {show(query)} it returns {show(found)}", look)
    return "the function finds a color once, twice, not at all, and with a space in it"


def check_shelves(app: Any) -> str:
    """02-2: a route whose path parameter is an integer."""
    with open_explorer(app) as explorer:
        for shelf in (3, 12):
            exchange = ask(explorer, "GET", f"/shelves/{shelf}")
            expect_json(exchange, {"shelf": shelf}, look="is the route in the app's list? Is the shelf a number?")
            found = read_json(exchange)["shelf"]
            expect(type(found) is int, f"GET /shelves/{shelf} returns the shelf as {show(found)}, not as an integer")
        expect_status(ask(explorer, "GET", "/shelves/three"), 404, look="this path should not match the route")
    return "the route itself says that a shelf is an integer"


def check_search(app: Any) -> str:
    """02-3: a required string, a number with bounds and a default, and a header."""
    with open_explorer(app) as explorer:
        for params, headers, wanted in (
            ({"q": "tea"}, {}, {"q": "tea", "limit": 10, "shop": None}),
            ({"q": "tea & milk", "limit": "50"}, {}, {"q": "tea & milk", "limit": 50, "shop": None}),
            ({"q": "tea"}, {"X-Shop": "leith"}, {"q": "tea", "limit": 10, "shop": "leith"}),
        ):
            exchange = ask(explorer, "GET", "/search", params=params, headers=headers)
            case = f"with the query {show(params)} and the headers {show(headers)}"
            expect_json(exchange, wanted, case, "compare the names, the types and the default with the task")
        for params, look in (
            ({}, "is `q` required, or does it have a default?"),
            ({"q": "tea", "limit": "0"}, "what is the smallest limit?"),
            ({"q": "tea", "limit": "51"}, "what is the largest limit?"),
            ({"q": "tea", "limit": "many"}, "what is the type of the limit?"),
        ):
            exchange = ask(explorer, "GET", "/search", params=params)
            expect_status(exchange, 422, f"with the query {show(params)}", look)
    return "the signature decides what is accepted"


CHECKS = {"02-1": check_colors, "02-2": check_shelves, "02-3": check_search}
