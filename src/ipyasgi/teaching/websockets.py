"""The exercises of notebook 07: reply to messages, reject other subprotocols, relay messages to other clients."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from .. import Explorer
from ..errors import DeadlineError
from ..testclient import WebSocketDisconnect, WebSocketTestSession
from .trial import REQUEST_S, Missing, Wrong, expect, expect_function, expect_no_violation, open_explorer, require, show

_QUIET_S = 0.3
_NORMAL = 1000
_NO_CLOSE = 1006


def check_louder(app: Any) -> str:
    """07-1: send every text back in capital letters, until the client disconnects."""
    with open_explorer(app) as explorer:
        with _connect(explorer) as session:
            for text in ("tea", "Is there any cake?", "TEA"):
                session.send_text(text)
                received = _receive(session, f"after {text!r} was sent")
                expect(received == text.upper(), f"for {text!r} it sends {show(received)}")
        expect_no_violation(session)
        run = explorer.websocket_exchange("/", "tea", wait_s=_QUIET_S)
        look = "which message says that the client has disconnected?"
        expect(run.outcome == "returned", "when the client disconnected, the app did not return", look)
    return "it replies in capital letters, and returns when the client disconnects"


def check_converse(converse: Callable[[Any, Sequence[str]], Any]) -> str:
    """07-2: send texts to an app that replies to each, and return the replies."""
    expect_function(converse)
    for texts in (["tea", "cake", "tea"], ["more"], []):
        with open_explorer(_count_up, lifespan="off") as explorer, _connect(explorer) as session:
            found = converse(session, list(texts))
        wanted = [f"{number}: {text}" for number, text in enumerate(texts, 1)]
        call = f"converse(websocket, {texts!r})"
        require(found, f"{call} returns nothing")
        look = "for each text: one `send_text`, one `receive_text`"
        expect(found == wanted, f"{call} returns {show(found)}, not {show(wanted)}", look)
    return "one reply for each text, in order"


async def _count_up(scope: Any, receive: Any, send: Any) -> None:
    """Reply to each text with its number."""
    await receive()
    await send({"type": "websocket.accept"})
    number = 0
    while (message := await receive())["type"] == "websocket.receive":
        number += 1
        await send({"type": "websocket.send", "text": f"{number}: {message.get('text')}"})


def check_only_tea(app: Any) -> str:
    """07-3: accept clients that offer the subprotocol, and name it; reject the others."""
    with open_explorer(app) as explorer:
        for offered in (["tea.v1"], ["coffee.v2", "tea.v1"]):
            with _connect(explorer, offered) as session:
                chosen = session.accepted_subprotocol
                message = f"of the subprotocols {offered} the app chooses {show(chosen)}"
                expect(chosen == "tea.v1", message, "a field of `websocket.accept` names the choice")
            expect_no_violation(session)
        for offered in ([], ["coffee.v2"]):
            code = _close_code(explorer, offered)
            client = f"a client that offers {offered or 'nothing'}"
            expect(code is not None, f"{client} is accepted", "what is in `scope['subprotocols']` then?")
            expect(code != _NO_CLOSE, f"{client} is not rejected", "which message rejects a connection?")
    return "one subprotocol is accepted and named, all others are rejected"


def check_relay(relay: Any) -> str:
    """07-4: a message of one client reaches all others, even after one has disconnected."""
    expect(isinstance(relay, type), f"your solution should be a class, not {show(relay)}", "pass the class itself")
    with open_explorer(relay()) as explorer, _connect(explorer) as ada, _connect(explorer) as ben:
        with _connect(explorer) as cleo:
            ada.send_text("the kettle sings")
            for name, session in (("the second", ben), ("the third", cleo)):
                received = _receive(session, f"by {name} client, after the first sent a message")
                message = f"{name} client receives {show(received)}, not the message of the first"
                expect(received == "the kettle sings", message)
            ben.send_text("the cup is white")
            received = _receive(ada, "by the first client, after the second sent a message")
            message = f"the first client receives {show(received)}, not the message of the second"
            expect(received == "the cup is white", message, "a client does not receive its own messages")
        ada.send_text("who is left?")
        received = _receive(ben, "by the second client, after the third had disconnected")
        expect(received == "who is left?", f"after one has disconnected, another receives {show(received)}")
        expect_no_violation(cleo)
        try:
            received = ada.receive_text(timeout=_QUIET_S)
        except DeadlineError:
            return "the others receive it, the sender does not, and a disconnect does not affect the others"
        raise Wrong(f"the first client receives {show(received)}, its own message")


def check_greeter(app: Any) -> str:
    """07-5: with a framework: a greeting with a name from the path, and then the end."""
    with open_explorer(app) as explorer:
        for name in ("ada", "ben"):
            path = f"/hello/{name}"
            with _connect(explorer, path=path) as session:
                received = _receive(session, f"on {path}")
                expect(received == f"hello {name}", f"{path} sends {show(received)}", "a route's argument is the name")
                try:
                    message = session.receive_text()
                except DeadlineError:
                    raise Wrong(f"after the greeting {path} is still open", "what ends it in Quart?") from None
                except WebSocketDisconnect as closed:
                    # Without a code if the app returns and does not close, which servers then do.
                    is_normal = closed.code in (_NORMAL, _NO_CLOSE)
                    expect(is_normal, f"after the greeting {path} is closed with {closed.code}")
                else:
                    raise Wrong(f"after the greeting {path} sends {show(message)}, too")
            expect_no_violation(session)
    return "one call of the function is one connection, from the first message to the last"


@contextlib.contextmanager
def _connect(
    explorer: Explorer, subprotocols: Sequence[str] = (), *, path: str = "/"
) -> Iterator[WebSocketTestSession]:
    with contextlib.ExitStack() as opened:
        try:
            session = opened.enter_context(_session(explorer, subprotocols, path))
        except WebSocketDisconnect as closed:
            if closed.code == _NO_CLOSE:
                raise Missing("the app does not react to `websocket.connect`") from None
            raise Wrong(f"the app rejects a client that offers {list(subprotocols) or 'no subprotocol'}") from closed
        yield session


def _close_code(explorer: Explorer, subprotocols: Sequence[str]) -> int | None:
    """Return the code that a connection is rejected with, None if it is accepted."""
    try:
        with _session(explorer, subprotocols):
            return None
    except WebSocketDisconnect as closed:
        return closed.code


def _session(explorer: Explorer, subprotocols: Sequence[str], path: str = "/") -> WebSocketTestSession:
    return explorer.client.websocket_connect(path, list(subprotocols) or None, timeout=REQUEST_S)


def _receive(session: WebSocketTestSession, when: str) -> str:
    try:
        return session.receive_text()
    except DeadlineError:
        raise Missing(f"nothing is received {when}") from None
    except WebSocketDisconnect as closed:
        raise Wrong(f"the app closed the WebSocket with {closed.code}", f"a message was expected {when}") from closed


CHECKS = {
    "07-1": check_louder,
    "07-2": check_converse,
    "07-3": check_only_tea,
    "07-4": check_relay,
    "07-5": check_greeter,
}
