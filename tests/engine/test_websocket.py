"""One WebSocket: messages both ways, order, and its end."""

import contextlib
import threading
import time
from typing import Any

import anyio
import pytest

from ipyasgi.engine.background_loop import BackgroundLoop
from ipyasgi.engine.call_handle import ENDED
from ipyasgi.engine.websocket import UNREAD_BYTES, WebSocketCycle
from ipyasgi.protocol.errors import DeadlineError, ProtocolError

from .calls import becomes_true, websocket_scope

ACCEPT = {"type": "websocket.accept"}
CLOSE = {"type": "websocket.close", "code": 3000, "reason": "enough"}


def send(text: str = "a") -> dict[str, Any]:
    return {"type": "websocket.send", "text": text}


def begun(app: Any, loop: BackgroundLoop, **options: Any) -> WebSocketCycle:
    cycle = WebSocketCycle(app, websocket_scope(), loop, **options)
    cycle.begin()
    cycle.push({"type": "websocket.connect"})
    return cycle


def messages(cycle: WebSocketCycle) -> list[Any]:
    found = []
    while (message := cycle.take("message", 20)) is not ENDED:
        found.append(message)
    return found


def rules(cycle: WebSocketCycle) -> list[str]:
    return [violation.rule for violation in cycle.violations]


def test_messages_go_both_ways(loop: BackgroundLoop) -> None:
    """Messages arrive in order in both directions; after the end every read returns the end."""

    async def app(scope, receive, send):
        assert (await receive())["type"] == "websocket.connect"
        await send(ACCEPT)
        for _ in range(3):
            message = await receive()
            await send({"type": "websocket.send", "text": message["text"] * 2})
        await send(CLOSE)

    cycle = begun(app, loop)
    for text in "abc":
        cycle.push({"type": "websocket.receive", "text": text})
    assert messages(cycle) == [ACCEPT, send("aa"), send("bb"), send("cc"), CLOSE]
    assert cycle.state == "closed"
    assert rules(cycle) == []
    assert cycle.take("message", 20) is ENDED


@pytest.mark.parametrize(
    ("before", "wrong", "rule"),
    [
        ([], send(), "send-before-accept"),
        ([], {"type": "websocket.http.response.body"}, "denial-order"),
        ([ACCEPT], ACCEPT, "accept-twice"),
        ([ACCEPT], {"type": "websocket.http.response.start", "status": 403}, "denial-order"),
        ([ACCEPT, CLOSE], send(), "after-close"),
        ([ACCEPT, CLOSE], CLOSE, "after-close"),
        ([CLOSE], ACCEPT, "after-close"),
        ([{"type": "websocket.http.response.start", "status": 403}], ACCEPT, "denial-order"),
        ([ACCEPT], {"type": "websocket.send"}, "payload"),
        ([ACCEPT], {"type": "websocket.close", "code": "1000"}, "close-code"),
        ([], {**ACCEPT, "headers": None}, "headers"),
    ],
)
def test_what_may_not_come_is_raised_into_send(
    loop: BackgroundLoop, before: list[Any], wrong: dict[str, Any], rule: str
) -> None:
    """A message out of order or without sense is refused, does not arrive, and is found among the violations."""
    caught: list[ProtocolError] = []

    async def app(scope, receive, send):
        await receive()
        for message in before:
            await send(message)
        try:
            await send(wrong)
        except ProtocolError as exc:
            caught.append(exc)
        if not before:
            await send(CLOSE)

    cycle = begun(app, loop)
    assert messages(cycle) == (before or [CLOSE])
    assert [error.rule for error in caught] == rules(cycle)[:1] == [f"websocket.{rule}"]


@pytest.mark.parametrize("nothing", [None, {}, 3])
def test_no_message_at_all(loop: BackgroundLoop, nothing: Any) -> None:
    """An object that is not a message is refused with a description, with and without a recording."""

    async def app(scope, receive, send):
        await receive()
        await send(nothing)

    for record in (False, True):
        cycle = begun(app, loop, record=record)
        assert messages(cycle) == []
        assert isinstance(cycle.exception, ProtocolError)
        assert rules(cycle) == ["websocket.no-message"]


def test_an_unknown_message_is_ignored(loop: BackgroundLoop) -> None:
    """A type that the protocol does not have is noted and goes nowhere."""

    async def app(scope, receive, send):
        await receive()
        await send({"type": "websocket.zero"})
        await send({"type": "websocket.http.response.body+more"})
        await send(ACCEPT)

    cycle = begun(app, loop)
    assert messages(cycle) == [ACCEPT]
    assert rules(cycle) == ["websocket.unknown-message"] * 2


def test_accepting_unasked_is_noted(loop: BackgroundLoop) -> None:
    """Accepting without receiving the connect is a non-fatal violation, as servers accept it."""

    async def app(scope, receive, send):
        await send(ACCEPT)
        await send({"type": "websocket.send", "text": "a"})
        await send(CLOSE)

    cycle = begun(app, loop)
    assert messages(cycle) == [ACCEPT, send(), CLOSE]
    assert rules(cycle) == ["websocket.before-connect"]


def test_accepting_before_receiving_is_noted(loop: BackgroundLoop) -> None:
    """One task that accepts first and receives the connect later has the order wrong."""

    async def app(scope, receive, send):
        await send(ACCEPT)
        await receive()
        await send(CLOSE)

    cycle = begun(app, loop)
    assert messages(cycle) == [ACCEPT, CLOSE]
    assert rules(cycle) == ["websocket.before-connect"]


def test_accepting_beside_who_receives_is_fine(loop: BackgroundLoop) -> None:
    """Where one task accepts and another receives, as in Quart, either may be first."""

    async def app(scope, receive, send):
        async def receive_later():
            await accepted.wait()
            await receive()

        accepted = anyio.Event()
        async with anyio.create_task_group() as group:
            group.start_soon(receive_later)
            await send(ACCEPT)
            accepted.set()
        await send(CLOSE)

    cycle = begun(app, loop)
    assert messages(cycle) == [ACCEPT, CLOSE]
    assert rules(cycle) == []


@pytest.mark.parametrize(
    "refusal",
    [[CLOSE], [{"type": "websocket.http.response.start", "status": 403}, {"type": "websocket.http.response.body"}]],
)
def test_refusing_unasked_is_no_breach(loop: BackgroundLoop, refusal: list[Any]) -> None:
    """An app that knows that it does not want a connection need not receive the connect first; frameworks do not."""

    async def app(scope, receive, send):
        for message in refusal:
            await send(message)

    cycle = begun(app, loop)
    assert messages(cycle) == refusal
    assert rules(cycle) == []


def test_headers_that_can_be_read_once_arrive(loop: BackgroundLoop) -> None:
    """Judging the headers of an accept does not use them up."""

    async def app(scope, receive, send):
        await receive()
        await send({**ACCEPT, "headers": iter([(b"x-a", b"1")])})

    cycle = begun(app, loop)
    assert messages(cycle) == [{**ACCEPT, "headers": [(b"x-a", b"1")]}]
    assert rules(cycle) == []


@pytest.mark.parametrize(
    ("sent", "rule"),
    [
        ([], ["websocket.handshake-unfinished"]),
        ([{"type": "websocket.http.response.start", "status": 403}], ["websocket.denial-unfinished"]),
        ([ACCEPT], []),
        ([CLOSE], []),
    ],
)
@pytest.mark.parametrize("raises", [False, True])
def test_what_is_missing_at_the_end(loop: BackgroundLoop, sent: list[Any], rule: list[str], raises: bool) -> None:
    """Returning during the handshake is a violation; an exception of the app is reported instead."""

    async def app(scope, receive, send):
        await receive()
        for message in sent:
            await send(message)
        if raises:
            raise ValueError

    cycle = begun(app, loop)
    assert messages(cycle) == sent
    assert rules(cycle) == ([] if raises else rule)


@pytest.mark.parametrize("listens", [True, False])
def test_leaving_an_unanswered_handshake_is_no_breach(loop: BackgroundLoop, listens: bool) -> None:
    """An app whose client left during the handshake may return without a violation."""
    left = threading.Event()

    async def app(scope, receive, send):
        while listens and (await receive())["type"] != "websocket.disconnect":
            pass
        while not left.is_set():
            await anyio.sleep(0.002)

    cycle = begun(app, loop)
    cycle.push({"type": "websocket.disconnect", "code": 1000})
    loop.call(anyio.sleep, 0, timeout_s=5)
    left.set()
    assert cycle.wait_ended(20)
    assert (cycle.outcome, rules(cycle)) == ("returned", [])


@pytest.mark.usefixtures("patient")
def test_sending_to_a_client_that_has_left_is_no_breach(loop: BackgroundLoop) -> None:
    """After the disconnect the app may still send and close, as in a ``finally``."""

    async def app(scope, receive, send):
        await receive()
        await send(ACCEPT)
        assert (await receive())["type"] == "websocket.disconnect"
        await send({"type": "websocket.send", "text": "a"})
        await send(CLOSE)

    cycle = begun(app, loop)
    assert cycle.take("accept", 20) == ACCEPT
    cycle.push({"type": "websocket.disconnect", "code": 1000})
    cycle.finish()
    assert (cycle.exception, rules(cycle), cycle.outcome) == (None, [], "returned")


def test_what_the_client_does_is_no_breach_of_the_app(loop: BackgroundLoop) -> None:
    """A frame that arrives after the app has closed is not held against the app."""
    closed = threading.Event()

    async def app(scope, receive, send):
        await receive()
        await send(ACCEPT)
        await send(CLOSE)
        closed.set()
        await receive()

    cycle = begun(app, loop)
    assert closed.wait(20)
    cycle.push({"type": "websocket.receive", "text": "late"})
    assert cycle.wait_ended(20)
    assert rules(cycle) == []


@pytest.mark.usefixtures("patient")
def test_leaving_lets_the_app_clean_up(loop: BackgroundLoop) -> None:
    """An app that hears of the disconnect may await in its ``finally`` before it is cancelled."""
    steps: list[str] = []

    async def app(scope, receive, send):
        await receive()
        try:
            while (await receive())["type"] != "websocket.disconnect":
                pass
        finally:
            await anyio.sleep(0.1)
            steps.append("cleaned up")

    cycle = begun(app, loop)
    cycle.push({"type": "websocket.receive", "text": "a"})
    cycle.push({"type": "websocket.disconnect", "code": 1000})
    cycle.finish()
    assert (steps, cycle.outcome) == (["cleaned up"], "returned")


@pytest.mark.serial
def test_leaving_cancels_who_does_not_listen(loop: BackgroundLoop) -> None:
    """An app that never receives is cancelled after a moment."""

    async def app(scope, receive, send):
        await anyio.sleep_forever()

    cycle = begun(app, loop)
    cycle.finish()
    assert cycle.outcome == "cancelled"


@pytest.mark.usefixtures("patient")
def test_a_deadline_tells_the_app(loop: BackgroundLoop) -> None:
    """When a deadline ends the connection, the app receives ``websocket.disconnect`` with the code for that."""
    received = []

    async def app(scope, receive, send):
        await receive()
        await send(ACCEPT)
        received.append(await receive())

    cycle = begun(app, loop)
    assert cycle.take("accept", 20) == ACCEPT
    assert becomes_true(lambda: cycle._read_place()[1].endswith("receive()"))
    place = r"engine/test_websocket\.py:\d+ in app, awaiting receive\(\)"
    with pytest.raises(DeadlineError, match=rf"no greeting within 0\.05 s; .* {place}\."):
        cycle.take("greeting", 0.05)
    assert received == [{"type": "websocket.disconnect", "code": 1006, "reason": ""}]


def test_the_app_hears_its_own_close_code(loop: BackgroundLoop) -> None:
    """An app that closes and then receives gets the code that it closed with."""
    received = []

    async def app(scope, receive, send):
        await receive()
        await send(ACCEPT)
        await send(CLOSE)
        received.append(await receive())

    cycle = begun(app, loop)
    assert [cycle.take("message", 20) for _ in range(2)] == [ACCEPT, CLOSE]
    cycle.finish()
    assert received == [{"type": "websocket.disconnect", "code": 3000, "reason": ""}]


@pytest.mark.parametrize("message", [{"type": "websocket.zero"}, None, ACCEPT])
def test_an_app_that_sends_without_pause_can_be_cancelled(loop: BackgroundLoop, message: Any) -> None:
    """An endless loop around ``send``, even around one that refuses, still lets itself be cancelled."""

    async def app(scope, receive, send):
        await receive()
        await send(ACCEPT)
        while True:
            with contextlib.suppress(ProtocolError):
                await send(message)

    cycle = begun(app, loop)
    assert cycle.take("accept", 20) == ACCEPT
    assert cycle.abort()
    assert cycle.outcome == "cancelled"


def test_two_tasks_may_receive(loop: BackgroundLoop) -> None:
    """Two tasks of the app that wait in ``receive`` at once each get a message."""

    async def app(scope, receive, send):
        await receive()

        async def answer():
            await send({"type": "websocket.send", "text": (await receive())["text"]})

        await send(ACCEPT)
        async with anyio.create_task_group() as group:
            group.start_soon(answer)
            group.start_soon(answer)
        await send(CLOSE)

    cycle = begun(app, loop)
    assert cycle.take("accept", 20) == ACCEPT
    for text in "ab":
        time.sleep(0.02)
        cycle.push({"type": "websocket.receive", "text": text})
        assert cycle.take("echo", 20) == send(text)
    assert messages(cycle) == [CLOSE]


@pytest.mark.parametrize("kind", ["text", "bytes"])
def test_messages_without_a_reader_are_bounded(loop: BackgroundLoop, kind: str) -> None:
    """An app that sends faster than its messages are read waits, goes on when they are read, and ends when left."""
    payload: Any = "x" * 1_000_000 if kind == "text" else b"x" * 1_000_000
    sent = []

    async def app(scope, receive, send):
        await receive()
        await send({"type": "websocket.accept"})
        while True:
            await send({"type": "websocket.send", kind: payload})
            sent.append(len(payload))

    cycle = begun(app, loop)
    until_s = time.monotonic() + 10
    while sum(sent) < UNREAD_BYTES - 2_000_000:
        assert time.monotonic() < until_s
        time.sleep(0.01)
    time.sleep(0.1)  # so that an app that does not wait would go on
    assert sum(sent) <= UNREAD_BYTES + 1_000_000
    before = len(sent)
    for _ in range(10):
        cycle.take("message", 20)
    while len(sent) < before + 5:
        assert time.monotonic() < until_s
        time.sleep(0.01)
    assert cycle.abort(gently=True)
