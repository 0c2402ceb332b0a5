"""The exercises of notebook 01: apps written by hand, one called by hand, and the messages of an exchange."""

from __future__ import annotations

from typing import Any

from .trial import (
    REQUEST_S,
    Missing,
    Wrong,
    ask,
    expect,
    expect_content_type,
    expect_status,
    open_explorer,
    require,
    run,
    show,
)


def check_greet(app: Any) -> str:
    """01-1: a plain-text greeting with the name in the path."""
    with open_explorer(app) as explorer:
        for name in ("ada", "grace"):
            exchange = ask(explorer, "GET", f"/{name}")
            expect_status(exchange, 200, look="which key of `http.response.start` holds the status?")
            expect_content_type(exchange, "text/plain", "headers are pairs of bytes, names in lower case")
            look = "which key of the scope holds the path, and what does that text begin with?"
            expect(exchange.text == f"hello {name}", f"GET /{name} returns {show(exchange.content)}", look)
    return "the app reads the path, and sends its response in two messages"


def check_fetch(fetch: Any) -> str:
    """01-2: a function calls an app by hand and returns the status and the whole body."""
    for status, pieces in ((200, [b"hello"]), (404, [b"not ", b"", b"here"]), (204, [])):
        seen: list[Any] = []
        found = run(fetch, _build_app(status, pieces, seen), "/tea")
        if not seen and found is None:
            raise Missing("the function does not call the app and returns nothing")
        expect(seen, "the app was never called", "call the app, and await the call")
        expect(seen[0] == "GET /tea", f"the app was called for {seen[0]}, not for GET /tea", "use `http_scope`")
        require(found)
        expect(isinstance(found, tuple) and len(found) == 2, f"it returns {show(found)}, not a tuple of two values")
        message = f"the app sent {status} and the pieces {show(pieces)}; the function returns {show(found)}"
        expect(found[0] == status, message, "which message holds the status?")
        expect(found[1] == b"".join(pieces), message, "how many messages can a body have?")
    return "you have written a server in ten lines"


def check_shout(app: Any) -> str:
    """01-3: return the body in upper case, even if it arrives in several chunks."""
    with open_explorer(app) as explorer:
        whole = ask(explorer, "POST", "/", content=b"teapot")
        expect_status(whole, 200)
        message = f"for the body b'teapot', in one piece, it returns {show(whole.content)}"
        expect(whole.content == b"TEAPOT", message, "what is in the message that `receive` returns?")
        for pieces in ([b"tea", b"pot"], [b"t", b"", b"eap", b"ot"]):  # an iterator sends a message for each
            body = explorer.client.request("POST", "/", content=iter(pieces), timeout=REQUEST_S).content
            look = "how does a message say that another one follows?"
            expect(body == b"TEAPOT", f"for the pieces {show(pieces)} it returns {show(body)}", look)
        empty = ask(explorer, "POST", "/", content=b"")
        expect(empty.content == b"", f"for an empty body it returns {show(empty.content)}")
    return "the app reads all pieces, one or many"


def check_repaired(app: Any) -> str:
    """01-4: a response that is bytes, and ends."""
    with open_explorer(app) as explorer:
        exchange = ask(explorer, "GET", "/")
        expect_status(exchange, 200)
        look = "which key of `http.response.body` holds the body?"
        expect(exchange.content == b"bytes", f"the body is {show(exchange.content)}, not b'bytes'", look)
    return "a body of bytes, and the last message says that it is the last"


def check_types(pair: Any) -> str:
    """01-5: the types of the messages of one exchange, in order."""
    expect(isinstance(pair, tuple) and len(pair) == 2, "pass the pair `(count_bytes, types)` to `check`")
    app, types = pair
    is_list = isinstance(types, (list, tuple)) and all(isinstance(one, str) for one in types)
    expect(is_list, f"`types` is {show(types)}, not a list of texts", "such as `['http.request']`")
    with open_explorer(app) as explorer:
        exchange = ask(explorer, "POST", "/", content=b"tea")
    recorded = [event.type for event in exchange.events]
    message = f"`types` has {len(types)} messages, and {len(recorded)} were recorded"
    expect(len(types) == len(recorded), message, "what the app receives is a message, too")
    for number, (found, wanted) in enumerate(zip(types, recorded, strict=True), 1):
        expect(found == wanted, f"message {number} is {show(wanted)}, not {show(found)}")
    return "one message to the app, two from it"


def check_only_http(app: Any) -> str:
    """01-6: an app that serves HTTP, and raises an exception for other types before it does anything else."""
    with open_explorer(app) as explorer:
        exchange = ask(explorer, "GET", "/")
        expect_status(exchange, 200)
        expect(exchange.text == "hello", f"GET / returns {show(exchange.content)}, not b'hello'", "call `hello`")
    for kind in ("websocket", "lifespan", "tea"):
        used: list[str] = []
        try:
            run(app, {"type": kind}, _build_messages("receive", used), _build_messages("send", used))
        except Exception:
            expect(not used, f"for the type {kind!r} it calls `{'`, `'.join(used)}`, and raises too late")
        else:
            look = "for which types should the exception be raised?"
            raise Wrong(f"for the type {kind!r} it raises no exception", look)
    return "the server learns at once what the app supports"


def _build_messages(name: str, used: list[str]) -> Any:
    async def exchange_message(*_: Any) -> dict[str, Any]:
        used.append(name)
        return {"type": "lifespan.startup"}

    return exchange_message


def _build_app(status: int, pieces: list[bytes], seen: list[Any]) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(f"{scope['method']} {scope['path']}")
        await receive()
        await send({"type": "http.response.start", "status": status, "headers": []})
        for piece in pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body"})  # an empty body may be left out, and so may more_body

    return app


CHECKS = {
    "01-1": check_greet,
    "01-2": check_fetch,
    "01-3": check_shout,
    "01-4": check_repaired,
    "01-5": check_types,
    "01-6": check_only_http,
}
