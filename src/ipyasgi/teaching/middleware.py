"""The exercises of notebook 09: layers in the right order, on the way in and out, for exceptions, and in a trace."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .trial import Missing, Wrong, ask, expect, expect_function, expect_status, open_explorer, require, run, show


class _Plain:
    """An app to put layers around: a body in chunks, a lifespan, and a WebSocket of a few messages."""

    def __init__(self, *pieces: bytes, kind: bytes = b"text/plain; charset=utf-8") -> None:
        self.pieces = pieces
        self.kind = kind

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        handle = {"http": self.respond, "websocket": self.greet, "lifespan": self.live}[scope["type"]]
        await handle(scope, receive, send)

    async def respond(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", self.kind)]})
        for piece in self.pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body"})

    async def greet(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": "tea"})
        await send({"type": "websocket.close"})

    async def live(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        scope["state"]["opened"] = True
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})


class _Failing(_Plain):
    """An app that raises for requests, before or after it has sent something, and for WebSockets."""

    async def respond(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/late":
            await send({"type": "http.response.start", "status": 200, "headers": []})
        raise AppFailedError(scope["path"])

    async def greet(self, scope: Any, receive: Any, send: Any) -> None:
        raise AppFailedError("websocket")


class AppFailedError(Exception):
    """The exception that the inner app raises."""


def check_build_onion(build_onion: Callable[..., Any]) -> str:
    """09-1: the first layer of the list is the outermost."""
    order: list[str] = []

    def make_layer(name: str) -> Callable[[Any], Any]:
        def layer(app: Any) -> Any:
            async def around(scope: Any, receive: Any, send: Any) -> None:
                if scope["type"] == "http":
                    order.append(name)
                await app(scope, receive, send)

            return around

        return layer

    for names in (["door", "hall", "cellar"], ["door"], []):
        given: Sequence[Any] = [make_layer(name) for name in names]
        kept = list(given)
        order.clear()
        with open_explorer(_build(build_onion, _Plain(b"tea"), given)) as explorer:
            expect(ask(explorer, "GET", "/").text == "tea", "the inner app is not reached")
        message = f"with the layers {show(names)} a request passes {show(order)}"
        expect(order == names, message, "the layer that is added last is the outermost")
        expect(given == kept, "the list of layers was changed", "it belongs to the caller")
    return "the first is the outermost, and an onion without layers is the app itself"


def check_louder(louder: Callable[..., Any]) -> str:
    """09-2: text is sent in capital letters, everything else unchanged."""
    with open_explorer(_build(louder, _Plain(b"one ", b"pot of ", b"tea"))) as explorer:
        exchange = ask(explorer, "GET", "/")
        if exchange.text == "one pot of tea":
            raise Missing("the text of the app is unchanged")
        text = show(exchange.text)
        expect(exchange.text == "ONE POT OF TEA", f"of the chunks 'one ', 'pot of ', 'tea' the client gets {text}")
        chunks = [event for event in exchange.events if event.body_bytes and event.direction == "send"]
        expect(len(chunks) == 3, "the chunks are not sent one by one", "a stream must not wait for its end")
        _expect_other_kinds(explorer)
    with open_explorer(_build(louder, _Plain(b'{"tea": 1}', kind=b"application/json"))) as explorer:
        sent = ask(explorer, "GET", "/").text
        expect(sent == '{"tea": 1}', f'the JSON {{"tea": 1}} becomes {show(sent)}', "which header names the type?")
    with open_explorer(_build(louder, _Plain(b"tea"))) as explorer:
        ask(explorer, "GET", "/")
        expect(ask(explorer, "GET", "/").text == "TEA", "the second request is treated differently from the first")
    return "text is in capital letters, and everything else is unchanged"


class _Noting(_Plain):
    """An app that notes the paths of the requests that reach it."""

    def __init__(self) -> None:
        super().__init__(b"tea")
        self.paths: list[str] = []

    async def respond(self, scope: Any, receive: Any, send: Any) -> None:
        self.paths.append(scope["path"])
        await super().respond(scope, receive, send)


def check_without_slash(without_slash: Callable[..., Any]) -> str:
    """09-3: the slash at the end of a path is removed on the way in, from a copy of the scope."""
    app = _Noting()
    layered = _build(without_slash, app)
    with open_explorer(layered) as explorer:
        for path, wanted in (("/tea/", "/tea"), ("/tea", "/tea"), ("/", "/"), ("/tea/green/", "/tea/green")):
            app.paths.clear()
            ask(explorer, "GET", path)
            expect(app.paths, f"the request for {path} does not reach the inner app")
            if app.paths == ["/tea/"]:
                raise Missing("the app gets `/tea/` as it was sent")
            look = "the root of an app is `/`, also without its slash at the end" if path == "/" else ""
            expect(app.paths == [wanted], f"for {path} the app gets {show(app.paths[0])}, not {show(wanted)}", look)
        _expect_other_kinds(explorer)
    scope = {"type": "http", "method": "GET", "path": "/tea/", "query_string": b"", "headers": []}
    given = dict(scope)
    run(layered, scope, _receive_nothing, _drop)
    expect(scope == given, "the scope of the caller was changed", "`{**scope, ...}` is a changed copy")
    return "the app gets the path without the slash, and the caller's scope is unchanged"


async def _receive_nothing() -> Any:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _drop(message: Any) -> None:
    """Receive what an app sends, and keep nothing."""


def check_safety_net(safety_net: Callable[..., Any]) -> str:
    """09-4: 500 where the app has sent nothing, else the app's exception."""
    look = "handle HTTP requests only"
    with open_explorer(_build(safety_net, _Plain(b"tea"))) as explorer:
        expect(ask(explorer, "GET", "/").text == "tea", "the response of an app that does not fail is changed")
        _expect_other_kinds(explorer)
    with open_explorer(_build(safety_net, _Failing())) as explorer:
        early = explorer.get("/early", raise_exceptions=False)
        if early.exception is not None:
            raise Missing("an exception that the app raises before it sends anything is not caught")
        expect_status(early, 500)
        late = explorer.get("/late", raise_exceptions=False)
        message = f"the app raises after it has sent its status, and the result is {show(late.exception)}"
        expect(isinstance(late.exception, AppFailedError), message, "how does your layer know that something was sent?")
        try:
            explorer.websocket_exchange("/")
        except AppFailedError:
            return "it catches what it can, and raises what it cannot"
        except Exception as exc:
            raise Wrong(f"an exception in a WebSocket becomes {show(exc)}", look) from exc
        raise Wrong("an exception in a WebSocket is swallowed", look)


def check_order(order: Any) -> str:
    """09-5: the order of layers of an app of Starlette."""
    from starlette.applications import Starlette
    from starlette.middleware import Middleware

    called: list[str] = []

    def note(app: Any, name: str) -> Any:
        async def around(scope: Any, receive: Any, send: Any) -> None:
            called.append(name)
            await app(scope, receive, send)

        return around

    app = Starlette(middleware=[Middleware(note, name="log"), Middleware(note, name="auth")])
    app.add_middleware(note, name="zip")
    app.add_middleware(note, name="cors")
    with open_explorer(app, lifespan="off") as explorer:
        ask(explorer, "GET", "/")
    message = f"your solution should be a list of the four names, not {show(order)}"
    expect(isinstance(order, list | tuple) and sorted(map(repr, order)) == sorted(map(repr, called)), message)
    place = next((at for at, (one, wanted) in enumerate(zip(order, called, strict=True)) if one != wanted), None)
    if place is not None:
        message = f"{show(order[place])} is number {called.index(order[place]) + 1} from the outside, not {place + 1}"
        raise Wrong(message, "which of the layers was put around all others last?")
    return "`add_middleware` puts each new layer outermost, around those of the list"


def check_find_responder(find_responder: Callable[[Any], Any]) -> str:
    """09-6: the name of the layer that sent the response."""
    expect_function(find_responder)
    for app in (_pass_on(_pass_on(_Plain(b"tea"))), _pass_on(_refuse(_Plain(b"tea"))), _rescue(_pass_on(_Failing()))):
        with open_explorer(app, lifespan="off") as explorer:
            exchange = ask(explorer, "GET", "/", trace=True)
        layers = exchange.trace.layers if exchange.trace is not None else ()
        wanted = next(layer.name for layer in layers if layer.responded is not None)
        found = require(find_responder(exchange))
        names = show([layer.name for layer in layers])
        message = f"of the layers {names} it returns {show(found)}, not {show(wanted)}"
        expect(found == wanted, message, "one layer has a status in `responded`")
    return "it finds the layer that responded, wherever it is in the list"


def _pass_on(app: Any) -> Any:
    async def around(scope: Any, receive: Any, send: Any) -> None:
        await app(scope, receive, send)

    return around


def _refuse(app: Any) -> Any:
    async def around(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 401, "headers": []})
        await send({"type": "http.response.body"})

    return around


def _rescue(app: Any) -> Any:
    async def around(scope: Any, receive: Any, send: Any) -> None:
        try:
            await app(scope, receive, send)
        except AppFailedError:
            await send({"type": "http.response.start", "status": 503, "headers": []})
            await send({"type": "http.response.body"})

    return around


def _build(build: Any, *given: Any) -> Any:
    expect_function(build)
    return require(build(*given))


def _expect_other_kinds(explorer: Any) -> None:
    expect(explorer.startup_error is None, f"the startup of the inner app fails: {show(explorer.startup_error)}")
    passed = explorer.lifespan.status == "running" and explorer.state.lifespan.get("opened")
    expect(passed, "the lifespan does not reach the inner app", "a server calls the app for that, too")
    run = explorer.websocket_exchange("/")
    received = [event.message.get("text") for event in run.events if event.type == "websocket.send"]
    expect(received == ["tea"], f"over a WebSocket the app sends 'tea', but the client receives {show(received)}")


CHECKS = {
    "09-1": check_build_onion,
    "09-2": check_louder,
    "09-3": check_without_slash,
    "09-4": check_safety_net,
    "09-5": check_order,
    "09-6": check_find_responder,
}
