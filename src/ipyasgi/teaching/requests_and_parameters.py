"""The exercises of notebook 02: from an address to values, by hand and with two frameworks."""

from __future__ import annotations

from typing import Any

from .trial import Missing, ask, expect, expect_status, open_explorer, read_json, show


def check_colors(read_colors: Any) -> str:
    """02-1: a function reads every ``color`` out of a scope's query string."""
    expect(callable(read_colors), f"your answer is {show(read_colors)}, and a function was asked for")
    for query, wanted in (
        (b"color=blue", ["blue"]),
        (b"color=blue&limit=2&color=white", ["blue", "white"]),
        (b"", []),
        (b"limit=2", []),
        (b"color=light%20blue", ["light blue"]),
        (b"color=light+blue", ["light blue"]),
    ):
        found = read_colors({"type": "http", "method": "GET", "path": "/items", "query_string": query, "headers": []})
        if found is None:
            raise Missing("the function returns nothing")
        expect(
            found == wanted,
            f"for the query string {show(query)} it returns {show(found)}",
            "how often may a name come, may it be absent, and who takes the bytes and the percent signs apart?",
        )
    return "once, twice, never, and with a space in it"


def check_shelves(app: Any) -> str:
    """02-2: a route whose path parameter is a whole number."""
    with open_explorer(app) as explorer:
        for shelf in (3, 12):
            exchange = ask(explorer, "GET", f"/shelves/{shelf}")
            expect_status(exchange, 200, "is the route in the list that the app is made with?")
            found = read_json(exchange)
            expect(
                found == {"shelf": shelf} and type(found["shelf"]) is int,
                f"GET /shelves/{shelf} answers {show(found)}",
                "is it the number, or a text that looks like one? Whose job is it to turn one into the other?",
            )
        expect_status(
            ask(explorer, "GET", "/shelves/three"), 404, "a path that does not match the route belongs to nobody"
        )
    return "the route itself says that a shelf is a whole number"


def check_search(app: Any) -> str:
    """02-3: a required text, a number with bounds and a default, and a header."""
    with open_explorer(app) as explorer:
        for params, headers, wanted in (
            ({"q": "tea"}, {}, {"q": "tea", "limit": 10, "shop": None}),
            ({"q": "tea & milk", "limit": "50"}, {}, {"q": "tea & milk", "limit": 50, "shop": None}),
            ({"q": "tea"}, {"X-Shop": "leith"}, {"q": "tea", "limit": 10, "shop": "leith"}),
        ):
            exchange = ask(explorer, "GET", "/search", params=params, headers=headers)
            expect_status(exchange, 200, f"it was sent {show(params)}")
            found = read_json(exchange)
            expect(
                found == wanted,
                f"for the query {show(params)} and the headers {show(headers)} it answers {show(found)}",
                "compare the names, the types and the default with what the task says",
            )
        for params, why in (
            ({}, "is `q` asked for, or does it have a default?"),
            ({"q": "tea", "limit": "0"}, "what is the smallest limit?"),
            ({"q": "tea", "limit": "51"}, "what is the largest limit?"),
            ({"q": "tea", "limit": "many"}, "what type has the limit?"),
        ):
            exchange = ask(explorer, "GET", "/search", params=params)
            expect(exchange.status_code == 422, f"for the query {show(params)} it answers {exchange.outcome}", why)
    return "what the signature says is what is let in"


CHECKS = {"02-1": check_colors, "02-2": check_shelves, "02-3": check_search}
