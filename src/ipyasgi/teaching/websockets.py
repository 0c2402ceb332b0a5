"""The exercises of notebook 07: answer what is said, refuse who speaks another language, pass on to others."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from .. import Explorer
from ..errors import DeadlineError
from ..testclient import WebSocketDisconnect, WebSocketTestSession
from .trial import REQUEST_S, Missing, Wrong, expect, open_explorer, show

_QUIET_S = 0.3
_NO_ANSWER = 1006


def check_louder(app: Any) -> str:
    """07-1: every text comes back in capital letters, until the client leaves."""
    with open_explorer(app) as explorer:
        with _connect(explorer) as session:
            for text in ("tea", "Is there any cake?", "TEA"):
                session.send_text(text)
                heard = _hear(session, f"after {text!r} was said")
                expect(heard == text.upper(), f"{text!r} is answered with {show(heard)}")
        _expect_no_violation(session)
        run = explorer.websocket_exchange("/", "tea", wait_s=_QUIET_S)
        expect(
            run.outcome == "returned",
            "when the client left, the app did not return",
            "which message says that the client has left?",
        )
    return "it answers in capital letters, and returns when the client leaves"


def check_only_tea(app: Any) -> str:
    """07-2: accept who offers the subprotocol, and say so; refuse the others."""
    with open_explorer(app) as explorer:
        for offered in (["tea.v1"], ["coffee.v2", "tea.v1"]):
            with _connect(explorer, offered) as session:
                chosen = session.accepted_subprotocol
                expect(
                    chosen == "tea.v1",
                    f"to who offers {offered} the app says it has chosen {show(chosen)}",
                    "a field of `websocket.accept` names the choice",
                )
            _expect_no_violation(session)
        for offered in ([], ["coffee.v2"]):
            code = _refusal_of(explorer, offered)
            told = f"who offers {offered or 'nothing'} is"
            expect(code is not None, f"{told} accepted", "what is in `scope['subprotocols']` then?")
            expect(code != _NO_ANSWER, f"{told} left without an answer", "which message refuses, before the accept?")
    return "one language is spoken here, and who speaks it is told so"


def check_relay(relay: Any) -> str:
    """07-3: what one says reaches all others, and who has left disturbs nobody."""
    expect(isinstance(relay, type), f"your answer is {show(relay)}, and a class was asked for", "give check the class")
    with open_explorer(relay()) as explorer, _connect(explorer) as ada, _connect(explorer) as ben:
        with _connect(explorer) as cleo:
            ada.send_text("the kettle sings")
            for name, session in (("the second", ben), ("the third", cleo)):
                heard = _hear(session, f"at {name} client, after the first spoke")
                expect(heard == "the kettle sings", f"{name} client hears {show(heard)}, not what the first said")
            ben.send_text("the cup is white")
            heard = _hear(ada, "at the first client, after the second spoke")
            expect(
                heard == "the cup is white",
                f"the first client hears {show(heard)}, not what the second said",
                "the speaker hears nothing of its own",
            )
        ada.send_text("who is left?")
        heard = _hear(ben, "at the second client, after the third had left")
        expect(heard == "who is left?", f"after one has left, another hears {show(heard)}")
        _expect_no_violation(cleo)
        try:
            heard = ada.receive_text(timeout=_QUIET_S)
        except DeadlineError:
            return "the others hear it, the speaker does not, and who has left disturbs nobody"
        raise Wrong(f"the first client hears {show(heard)}, which it said itself")


@contextlib.contextmanager
def _connect(explorer: Explorer, subprotocols: Sequence[str] = ()) -> Iterator[WebSocketTestSession]:
    with contextlib.ExitStack() as opened:
        try:
            session = opened.enter_context(_session(explorer, subprotocols))
        except WebSocketDisconnect as refused:
            if refused.code == _NO_ANSWER:
                raise Missing("the app does not answer `websocket.connect`") from None
            raise Wrong(f"the app refuses who offers {list(subprotocols) or 'no subprotocol'}") from refused
        yield session


def _refusal_of(explorer: Explorer, subprotocols: Sequence[str]) -> int | None:
    """Return the code a connection is refused with, None where it is accepted."""
    try:
        with _session(explorer, subprotocols):
            return None
    except WebSocketDisconnect as refused:
        return refused.code


def _session(explorer: Explorer, subprotocols: Sequence[str]) -> WebSocketTestSession:
    return explorer.client.websocket_connect("/", list(subprotocols) or None, timeout=REQUEST_S)


def _hear(session: WebSocketTestSession, when: str) -> str:
    try:
        return session.receive_text()
    except DeadlineError:
        raise Missing(f"nothing is heard {when}") from None
    except WebSocketDisconnect as gone:
        raise Wrong(f"{when} the app has closed, with {gone.code}", "more than one message will be said") from gone


def _expect_no_violation(session: WebSocketTestSession) -> None:
    if session.violations:
        broken = session.violations[0]
        raise Wrong(broken.message, f"the specification, section “{broken.section}”")


CHECKS = {"07-1": check_louder, "07-2": check_only_tea, "07-3": check_relay}
