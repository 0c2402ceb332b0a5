"""The exercises of notebook 02: from a URL to values, by hand and with two frameworks."""

from __future__ import annotations

from typing import Any

from .trial import ask, expect, expect_function, expect_json, expect_status, open_explorer, read_json, require, show

URL = "/caf%C3%A9?q=a%2Bb"


def check_scope(pair: Any) -> str:
    """02-1: what the scope holds of a URL, decoded and not."""
    expect(isinstance(pair, tuple) and len(pair) == 2, "pass the pair `(path, query_string)` to `check`")
    path, query = pair
    scopes: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        scopes.append(scope)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    with open_explorer(app, lifespan="off") as explorer:
        ask(explorer, "GET", URL)
    (scope,) = scopes
    for name, found, kind in (("path", path, str), ("query_string", query, bytes)):
        message = f"`{name}` is {show(found)}, which is {type(found).__name__}, not {kind.__name__}"
        expect(type(found) is kind, message, "which of the two is decoded?")
        expect(found == scope[name], f"`{name}` is {show(found)}; in the scope it is {show(scope[name])}")
    return "the path is decoded, the query is not"


def check_colors(read_colors: Any) -> str:
    """02-2: a function reads every ``color`` from a scope's query string."""
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
    """02-3: a route whose path parameter is an integer."""
    with open_explorer(app) as explorer:
        for shelf in (3, 12):
            exchange = ask(explorer, "GET", f"/shelves/{shelf}")
            expect_json(exchange, {"shelf": shelf}, look="is the route in the app's list? Is the shelf a number?")
            found = read_json(exchange)["shelf"]
            expect(type(found) is int, f"GET /shelves/{shelf} returns the shelf as {show(found)}, not as an integer")
        expect_status(ask(explorer, "GET", "/shelves/three"), 404, look="this path should not match the route")
    return "the route itself says that a shelf is an integer"


def check_search(app: Any) -> str:
    """02-4: a required string, a number with bounds and a default, and a header."""
    with open_explorer(app) as explorer:
        for params, headers, wanted in (
            ({"q": "tea"}, {}, {"q": "tea", "limit": 10, "shop": None}),
            ({"q": "tea & milk", "limit": "50"}, {}, {"q": "tea & milk", "limit": 50, "shop": None}),
            ({"q": "tea"}, {"X-Shop": "leith"}, {"q": "tea", "limit": 10, "shop": "leith"}),
        ):
            exchange = ask(explorer, "GET", "/search", params=params, headers=headers)
            case = f"with the query {show(params)} and the headers {show(headers)}"
            if exchange.status_code == 200:
                require(read_json(exchange))
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


def check_optional(pair: Any) -> str:
    """02-5: the parameters that a request may leave out, as the app's document names them."""
    expect(isinstance(pair, tuple) and len(pair) == 2, "pass the pair `(search_api, optional)` to `check`")
    app, optional = pair
    is_list = isinstance(optional, (list, tuple, set)) and all(isinstance(name, str) for name in optional)
    expect(is_list, f"`optional` is {show(optional)}, not a list of names", "one name is a list, too: `['q']`")
    with open_explorer(app) as explorer:
        paths = read_json(ask(explorer, "GET", "/openapi.json"))["paths"]
    required = {
        parameter["name"]: parameter["required"]
        for path in paths.values()
        for operation in path.values()
        for parameter in operation.get("parameters", ())
    }
    for name in optional:
        expect(name in required, f"the document has {show(sorted(required))}, and {show(name)} is not among them")
        expect(not required[name], f"{show(name)} is required", "does it have a default?")
    missing = sorted(name for name, needed in required.items() if not needed and name not in optional)
    expect(not missing, f"{len(missing)} of the optional parameters are missing", "`None` is a default, too")
    return "what has a default may be left out"


CHECKS = {
    "02-1": check_scope,
    "02-2": check_colors,
    "02-3": check_shelves,
    "02-4": check_search,
    "02-5": check_optional,
}
