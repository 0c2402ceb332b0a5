"""The exercises of notebook 09: build an onion, a layer that changes what goes out, a layer that catches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .trial import Missing, Wrong, ask, expect, expect_status, open_explorer, show

_TEXT = b"text/plain; charset=utf-8"
_JSON = b"application/json"


class _Plain:
    """An app to put layers around: pieces of a body, of one type; a lifespan and a WebSocket of a few messages."""

    def __init__(self, *pieces: bytes, kind: bytes = _TEXT) -> None:
        self.pieces = pieces
        self.kind = kind

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await {"http": self.answer, "websocket": self.talk, "lifespan": self.live}[scope["type"]](scope, receive, send)

    async def answer(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", self.kind)]})
        for piece in self.pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body"})

    async def talk(self, scope: Any, receive: Any, send: Any) -> None:
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
    """Fails in every kind of call; for a request before or after it has sent something."""

    async def answer(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/late":
            await send({"type": "http.response.start", "status": 200, "headers": []})
        raise AppFailedError(scope["path"])

    async def talk(self, scope: Any, receive: Any, send: Any) -> None:
        raise AppFailedError("websocket")


class AppFailedError(Exception):
    """What the app inside raises."""


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
        with open_explorer(_built(build_onion, _Plain(b"tea"), given)) as explorer:
            expect(ask(explorer, "GET", "/").text == "tea", "the app inside is not reached")
        expect(
            order == names,
            f"of the layers {show(names)} a request passes {show(order)}",
            "whichever is put around last lies outermost",
        )
        expect(given == kept, "the list of layers is another afterwards", "it belongs to who called you")
    return "the first is the outermost, and an onion without skins is the app itself"


def check_louder(louder: Callable[..., Any]) -> str:
    """09-2: text goes out in capital letters, everything else as it is."""
    with open_explorer(_built(louder, _Plain(b"one ", b"pot of ", b"tea"))) as explorer:
        exchange = ask(explorer, "GET", "/")
        expect(exchange.text != "one pot of tea", "the text of the app goes out as it is")
        text = show(exchange.text)
        expect(exchange.text == "ONE POT OF TEA", f"of the pieces 'one ', 'pot of ', 'tea' the client gets {text}")
        pieces = [event for event in exchange.events if event.body_bytes and event.direction == "send"]
        expect(len(pieces) == 3, "the pieces do not go out one by one", "a stream must not wait for its own end")
        _expect_other_kinds(explorer)
    with open_explorer(_built(louder, _Plain(b'{"tea": 1}', kind=_JSON))) as explorer:
        sent = ask(explorer, "GET", "/").text
        expect(sent == '{"tea": 1}', f'{{"tea": 1}}, which is JSON, goes out as {show(sent)}', "who says what it is?")
    with open_explorer(_built(louder, _Plain(b"tea"))) as explorer:
        ask(explorer, "GET", "/")
        expect(ask(explorer, "GET", "/").text == "TEA", "the second request goes another way than the first")
    return "texts get loud, and nothing else does"


def check_safety_net(safety_net: Callable[..., Any]) -> str:
    """09-3: 500 where nothing was sent, the app's exception where something was."""
    with open_explorer(_built(safety_net, _Plain(b"tea"))) as explorer:
        expect(ask(explorer, "GET", "/").text == "tea", "the response of an app that does not fail is another")
        _expect_other_kinds(explorer)
    with open_explorer(_built(safety_net, _Failing())) as explorer:
        early = explorer.get("/early", raise_exceptions=False)
        expect(early.exception is None, "what the app raises before it has sent anything goes through the net")
        expect_status(early, 500)
        late = explorer.get("/late", raise_exceptions=False)
        expect(
            isinstance(late.exception, AppFailedError),
            f"the app raises after its status has gone out, and what comes of it is {show(late.exception)}",
            "how does your layer know that something was sent?",
        )
        try:
            explorer.websocket_exchange("/")
        except AppFailedError:
            return "it catches what can be caught, and lets go what cannot"
        except Exception as exc:
            raise Wrong(f"of what the app raises in a WebSocket comes {show(exc)}", "leave those alone") from exc
        raise Wrong("what the app raises in a WebSocket is swallowed", "leave those alone")


def _built(build: Any, *given: Any) -> Any:
    expect(callable(build), f"your answer is {show(build)}, and a function was asked for")
    built = build(*given)
    if built is None:
        raise Missing("the function returns nothing")
    return built


def _expect_other_kinds(explorer: Any) -> None:
    expect(explorer.startup_error is None, f"the startup of the app inside fails: {show(explorer.startup_error)}")
    passed = explorer.lifespan.status == "running" and explorer.state.lifespan.get("opened")
    expect(passed, "the lifespan does not reach the app inside", "a server calls the app for that, too")
    run = explorer.websocket_exchange("/")
    heard = [event.message.get("text") for event in run.events if event.type == "websocket.send"]
    expect(heard == ["tea"], f"over a WebSocket the app says 'tea', and heard is {show(heard)}")


CHECKS = {"09-1": check_build_onion, "09-2": check_louder, "09-3": check_safety_net}
