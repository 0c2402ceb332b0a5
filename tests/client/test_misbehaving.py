"""
The bench of misbehaving apps: each breaks one rule, and each ends in a clear error or a recorded violation.

One row is an app, the rules it is found to break, and what the caller is told: nothing, or an error. The last rows are
apps that only look wrong. Every client has a deadline, so a hang is a failure.
"""

import http
import itertools
from collections import UserDict
from typing import Any

import anyio
import pytest

from ipyasgi.protocol.errors import DeadlineError, LifespanError, ProtocolError
from ipyasgi.protocol.rules import RULES
from ipyasgi.testclient import WebSocketDenialResponse, WebSocketDisconnect

from .conftest import Make
from .rows import (
    ACCEPT,
    BODY,
    CLOSE,
    DEBUG,
    DENIED,
    DENY,
    LENGTH_9,
    SEND,
    START,
    STARTED,
    STOPPED,
    TRAILERS,
    Row,
    Watch,
    connect,
    connect_offering_nothing,
    denied,
    fine,
    for_ever,
    get,
    head,
    leave,
    leave_early,
    life,
    lives,
    noted,
    refused,
    sends,
    sends_unasked,
    sized,
    sleeps,
    start,
    starts_and_sleeps,
    unfit,
    ws,
    ws_closed,
    ws_refused,
    ws_unfit,
)  # fmt: skip


async def reads_its_headers_once(scope: Any, receive: Any, send: Any) -> None:
    await send({**START, "headers": iter([(b"content-length", b"2")])})
    await send(BODY)


class Endless:
    """An iterable of headers that has no end, each time it is read."""

    def __iter__(self) -> Any:
        return itertools.repeat((b"x-a", b"1"))


# -- http -----------------------------------------------------------------------------------------------------

HTTP = [
    refused("None as a message", None, breaks="no-message"),
    refused("a text as a message", "http.response.start", breaks="no-message"),
    refused("a message without a type", {"status": 200}, breaks="no-message"),
    refused("a type that is a number", {"type": 200}, breaks="no-message"),
    refused("a type that is a list", {"type": ["http.response.start"]}, breaks="no-message"),
    noted("a mapping that is no dict", UserDict(START), BODY, breaks="not-a-dict"),
    noted("a type that nobody knows", {"type": "http.response.begin"}, START, BODY, breaks="unknown-message"),
    noted("a type of 10 MB", {"type": "x" * 10_000_000}, START, BODY, breaks="unknown-message"),
    noted("a message of the server's", {"type": "http.request"}, START, BODY, breaks="unknown-message"),
    noted("a WebSocket's message", {"type": "websocket.accept"}, START, BODY, breaks="unknown-message"),
    noted("a word of our own table", {**START, "type": "http.response.start+trailers"}, START, BODY,
          breaks="unknown-message"),
    refused("a status that is a text", start("200"), breaks="status"),
    refused("no status", {"type": "http.response.start"}, breaks="status"),
    noted("a status that is True", start(True), BODY, breaks="status"),
    noted("a status too low", start(99), BODY, breaks="status"),
    noted("a status too high", start(600), BODY, breaks="status"),
    noted("a status beyond printing", start(10**5000), BODY, breaks="status"),
    noted("a status that only announces", start(103), {"type": "http.response.body"}, breaks="interim-status"),
    refused("a body that is a text", START, {**BODY, "body": "ok"}, breaks="body-type"),
    refused("a body that is None", START, {**BODY, "body": None}, breaks="body-type"),
    noted("more_body that is 0", START, {**BODY, "more_body": 0}, breaks="flag-type"),
    noted("trailers that is None", {**START, "trailers": None}, BODY, breaks="flag-type"),
    refused("headers that are a dict", {**START, "headers": {"x-a": "1"}}, breaks="headers"),
    refused("headers that are None", {**START, "headers": None}, breaks="headers"),
    refused("headers without an end", {**START, "headers": Endless()}, breaks="headers"),
    refused("headers of an iterator without an end", {**START, "headers": iter(Endless())}, breaks="headers"),
    refused("too many headers", start(200, *[(b"x-a", b"1")] * 10_001), breaks="headers"),
    refused("a header of three", start(200, (b"x-a", b"1", b"2")), breaks="headers"),
    unfit("headers of text", ("x-a", "1"), breaks="header-type"),
    unfit("a header value that is a number", (b"x-a", 1), breaks="header-type"),
    unfit("an upper-case header name", (b"X-A", b"1"), breaks="header-case"),
    unfit("an empty header name", (b"", b"1"), breaks="header-name"),
    unfit("a header name with a colon", (b"x-a: 1", b""), breaks="header-name"),
    unfit("a pseudo header", (b":status", b"200"), breaks="header-name"),
    unfit("a header value that begins another", (b"x-a", b"1\r\nset-cookie: a=b"), breaks="header-value"),
    unfit("a header value with NUL", (b"x-a", b"1\0"), breaks="header-value"),
    unfit("a header value with a space before", (b"x-a", b" 1"), breaks="header-space"),
    unfit("a header value with a tab behind", (b"x-a", b"1\t"), breaks="header-space"),
    refused("two starts", START, START, breaks="start-twice"),
    refused("a body first", BODY, breaks="body-before-start"),
    refused("a body after the last", START, BODY, BODY, breaks="body-after-end"),
    noted("a body without an end", START, {**BODY, "more_body": True}, breaks="body-unfinished"),
    noted("a start and no body", START, breaks="body-unfinished"),
    refused("no response", breaks="no-response"),
    sized("a length in words", b"two", b"ok", breaks="content-length-number"),
    sized("a negative length", b"-2", b"ok", breaks="content-length-number"),
    sized("a length of 5000 digits", b"9" * 5000, b"ok", breaks="content-length-number"),
    unfit("two lengths", (b"content-length", b"2"), (b"content-length", b"3"), breaks="content-length-differs"),
    noted("a length with 204", start(204, (b"content-length", b"0")), {"type": "http.response.body"},
          breaks="content-length-forbidden"),
    unfit("a length and chunks", (b"content-length", b"2"), (b"transfer-encoding", b"chunked"),
          breaks="transfer-encoding"),
    sized("a body too long", b"2", b"okay", breaks="body-too-long"),
    sized("a body too long in pieces", b"2", b"o", b"k", b"a", b"y", breaks="body-too-long"),
    sized("a body too short", b"3", b"ok", breaks="body-too-short"),
    sized("an empty body", b"3", b"", breaks="body-too-short"),
    noted("a body with 204", start(204), BODY, breaks="body-forbidden"),
    noted("a body with 205", start(205), BODY, breaks="body-forbidden"),
    noted("a body with 304", start(304), BODY, breaks="body-forbidden"),
    noted("a file to send", START, {"type": "http.response.pathsend", "path": "/tmp"}, BODY,
          breaks="extension-not-offered"),
    noted("an open file to send", START, {"type": "http.response.zerocopysend", "file": 0}, BODY,
          breaks="extension-not-offered"),
    noted("a push", START, {"type": "http.response.push", "path": "/", "headers": []}, BODY,
          breaks="extension-not-offered"),
    noted("an early hint", START, {"type": "http.response.early_hint", "links": []}, BODY,
          breaks="extension-not-offered"),
    noted("debug after the start", START, DEBUG, BODY, breaks="extension-order"),
    refused("debug without info", {"type": "http.response.debug"}, breaks="extension-field"),
    refused("trailers not announced", START, BODY, TRAILERS, breaks="trailers-not-announced"),
    refused("trailers before the body", start(trailers=True), TRAILERS, breaks="trailers-before-body-end"),
    refused("trailers after trailers", start(trailers=True), BODY, TRAILERS, TRAILERS, breaks="trailers-after-end"),
    noted("trailers that never come", start(trailers=True), BODY, breaks="trailers-unfinished"),
    Row(name="no response in time", app=sleeps, told=DeadlineError, talk=get, within_s=0.1),
    Row(name="unknown messages for ever", app=for_ever({"type": "http.zero"}), breaks=("http.unknown-message",),
        told=DeadlineError, talk=get, within_s=0.1),
    Row(name="refused messages for ever", app=for_ever(None), breaks=("http.no-message",), told=DeadlineError,
        talk=get, within_s=0.1),
    Row(name="a body for ever", app=for_ever({**BODY, "more_body": 1}, start(200, (b"content-length", b"2"))),
        breaks=("http.flag-type", "http.body-too-long"), told=DeadlineError, talk=get, within_s=0.1),
]  # fmt: skip


# -- websocket ------------------------------------------------------------------------------------------------

WEBSOCKET = [
    ws_refused("None as a message", ACCEPT, None, breaks="no-message"),
    ws_refused("a message without a type", {}, breaks="no-message"),
    ws("a mapping that is no dict", UserDict(ACCEPT), CLOSE, breaks="not-a-dict"),
    ws("a type that nobody knows", {"type": "websocket.zero"}, ACCEPT, CLOSE, breaks="unknown-message"),
    ws("a message of the server's", ACCEPT, {"type": "websocket.receive", "text": "a"}, CLOSE,
       breaks="unknown-message"),
    Row(name="an accept unasked", app=sends_unasked(ACCEPT, CLOSE), breaks=("websocket.before-connect",), talk=connect),
    ws_refused("headers without an end", {**ACCEPT, "headers": Endless()}, breaks="headers"),
    ws_refused("a frame before the accept", SEND, breaks="send-before-accept"),
    ws_refused("two accepts", ACCEPT, ACCEPT, breaks="accept-twice"),
    ws("a frame after the close", ACCEPT, CLOSE, SEND, breaks="after-close", told=ProtocolError),
    ws("an accept after the close", CLOSE, ACCEPT, breaks="after-close", told=ProtocolError),
    ws("two closes", ACCEPT, CLOSE, CLOSE, breaks="after-close", told=ProtocolError),
    ws("no answer at all", breaks="handshake-unfinished", told=WebSocketDisconnect),
    ws_refused("neither text nor bytes", ACCEPT, {"type": "websocket.send"}, breaks="payload"),
    ws("text and bytes", ACCEPT, {**SEND, "bytes": b"a"}, CLOSE, breaks="payload"),
    ws_refused("bytes as text", ACCEPT, {**SEND, "text": b"a"}, breaks="payload-type"),
    ws_refused("text as bytes", ACCEPT, {"type": "websocket.send", "bytes": "a"}, breaks="payload-type"),
    ws("a subprotocol of its own", {**ACCEPT, "subprotocol": "other"}, CLOSE, breaks="subprotocol"),
    ws("a subprotocol of bytes", {**ACCEPT, "subprotocol": b"offered"}, CLOSE, breaks="subprotocol"),
    ws_unfit("a subprotocol as a header", (b"sec-websocket-protocol", b"offered"), breaks="subprotocol-header"),
    ws_refused("headers that are a dict", {**ACCEPT, "headers": {"x-a": "1"}}, breaks="headers"),
    ws_unfit("headers of text", ("x-a", "1"), breaks="header-type"),
    ws_unfit("an upper-case header name", (b"X-A", b"1"), breaks="header-case"),
    ws_unfit("a header name with a space", (b"x a", b"1"), breaks="header-name"),
    ws_unfit("a header value with LF", (b"x-a", b"1\n2"), breaks="header-value"),
    ws_unfit("a header value with a space behind", (b"x-a", b"1 "), breaks="header-space"),
    *(ws(f"the close code {code}", ACCEPT, {**CLOSE, "code": code}, breaks="close-code")
      for code in (0, 999, 1004, 1005, 1006, 1015, 2999, 5000, True, None)),
    ws("a close code beyond printing", ACCEPT, {**CLOSE, "code": 10**5000}, breaks="close-code"),
    ws_refused("a close code that is a text", ACCEPT, {**CLOSE, "code": "1000"}, breaks="close-code"),
    ws("a reason of bytes", ACCEPT, {**CLOSE, "reason": b"enough"}, breaks="close-reason-type"),
    ws("a reason too long", ACCEPT, {**CLOSE, "reason": "é" * 62}, breaks="close-reason-length"),
    Row(name="a denial not offered", app=sends(DENY, DENIED), breaks=("websocket.extension-not-offered",),
        told=WebSocketDenialResponse, talk=connect_offering_nothing),
    ws_refused("a denial's body first", DENIED, breaks="denial-order"),
    ws_refused("a denial after the accept", ACCEPT, DENY, breaks="denial-order"),
    ws_refused("an accept in a denial", DENY, ACCEPT, breaks="denial-order"),
    ws_closed("a denial without an end", DENY, {**DENIED, "more_body": True}, breaks="denial-unfinished"),
    ws_refused("a denial without a status", {"type": DENY["type"]}, breaks="status"),
    denied("a denial that only announces", {**DENY, "status": 103}, DENIED, breaks="interim-status"),
    denied("a denial too high", {**DENY, "status": 999}, DENIED, breaks="status"),
    ws_refused("a denial of text", DENY, {**DENIED, "body": "no"}, breaks="body-type"),
    denied("a denial with more_body that is None", DENY, {**DENIED, "more_body": None}, breaks="flag-type"),
    Row(name="no accept in time", app=sleeps, told=DeadlineError, talk=connect, within_s=0.1),
    Row(name="an accept and no more", app=for_ever(ACCEPT, ACCEPT), breaks=("websocket.accept-twice",),
        told=None, talk=leave),
]  # fmt: skip


# -- lifespan -------------------------------------------------------------------------------------------------

LIFESPAN = [
    life("None as a message", lives(None), "no-message", told=ProtocolError),
    life("a message without a type", lives({"message": "a"}), "no-message", told=ProtocolError),
    life("a mapping that is no dict", lives(UserDict(STARTED), then=(STOPPED,)), "not-a-dict"),
    life("a type that nobody knows", lives({"type": "lifespan.zero"}, STARTED, then=(STOPPED,)), "unknown-message"),
    life("a message of the server's", lives({"type": "lifespan.shutdown"}, STARTED, then=(STOPPED,)),
         "unknown-message"),
    life("a word of our own table", lives({"type": "app.raised"}, STARTED, then=(STOPPED,)), "unknown-message"),
    life("a start unasked", sends_unasked(STARTED), "before-startup", "returned-early"),
    life("two starts", lives(STARTED, STARTED, then=(STOPPED,)), "startup-twice"),
    life("a start again at the end", lives(STARTED, then=(STARTED, STOPPED)), "startup-twice"),
    life("a failure after the start", lives(STARTED, {"type": "lifespan.startup.failed"}, then=(STOPPED,)),
         "startup-twice"),
    life("a stop for a start", lives(STOPPED, STARTED, then=(STOPPED,)), "before-shutdown"),
    life("a stop in mid-life", lives(STARTED, STOPPED, then=(STOPPED,)), "before-shutdown"),
    life("two stops", lives(STARTED, then=(STOPPED, STOPPED)), "shutdown-twice"),
    life("a failure told in bytes", sends({"type": "lifespan.startup.failed", "message": b"no"}), "failed-message",
         told=LifespanError),
    life("a failure told as None", lives(STARTED, then=({"type": "lifespan.shutdown.failed", "message": None},)),
         "failed-message", told=LifespanError),
    life("no answer to the start", sends(), "startup-unfinished", told=LifespanError),
    life("no wait for the end", sends(STARTED), "returned-early"),
    life("no answer to the end", lives(STARTED), "shutdown-unfinished"),
    life("no start in time", sleeps, told=DeadlineError, within_s=0.1),
    life("no end in time", starts_and_sleeps, told=DeadlineError, within_s=0.1),
    life("unknown messages for ever", for_ever({"type": "lifespan.zero"}), "unknown-message", told=DeadlineError,
         within_s=0.1),
    life("refused messages for ever", for_ever(None), "no-message", told=DeadlineError, within_s=0.1),
]  # fmt: skip


# -- what only looks wrong ------------------------------------------------------------------------------------


async def receives_beside(scope: Any, receive: Any, send: Any) -> None:
    """Receive in one task and accept in another, as Quart does: at a server the connect is there from the start."""
    began = anyio.Event()

    async def hear() -> None:
        began.set()
        await receive()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(hear)
        await began.wait()  # trio runs tasks in any order
        await send(ACCEPT)
        await send(CLOSE)


FINE = [
    fine("a body on HEAD", START, BODY, talk=head),
    fine("the length of a GET on HEAD", start(200, LENGTH_9), BODY, talk=head),
    fine("the length of a 200 with 304", start(304, LENGTH_9), {"type": "http.response.body"}),
    fine("transfer-encoding alone", start(200, (b"transfer-encoding", b"chunked")), BODY),
    fine("the same length twice", start(200, *[(b"content-length", b"2")] * 2), BODY),
    fine("a status of an enumeration", start(http.HTTPStatus.OK), BODY),
    fine("an empty header value", start(200, (b"x-a", b""), (b"!#$%&'*+-.^_`|~9", b"\xff")), BODY),
    Row(name="headers that can be read once", app=reads_its_headers_once, talk=get),
    fine("bytes of other types", START, {**BODY, "body": bytearray(b"o"), "more_body": True},
         {**BODY, "body": memoryview(b"k")}),
    fine("keys that nobody knows", {**START, "x": 1}, {**BODY, "x": 1}),
    fine("debug before the start", DEBUG, START, BODY),
    fine("trailers", start(200, (b"content-length", b"2"), trailers=True), BODY, TRAILERS),
    fine("leaving a body that has not ended", start(200, LENGTH_9), {**BODY, "more_body": True}, BODY,
         talk=leave_early),
    fine("a subprotocol that is offered", {**ACCEPT, "subprotocol": "offered"}, CLOSE, talk=connect),
    fine("None for what is not there", {**ACCEPT, "subprotocol": None}, {**SEND, "bytes": None},
         {**CLOSE, "reason": None}, talk=connect),
    *(fine(f"the close code {code}", ACCEPT, {**CLOSE, "code": code, "reason": "é" * 61}, talk=connect)
      for code in (1000, 1003, 1007, 1014, 3000, 4999)),
    Row(name="a frame to a client that has left", app=lives(ACCEPT, then=(SEND, CLOSE)), talk=leave),
    Row(name="a close unasked", app=sends_unasked(CLOSE), talk=connect, told=WebSocketDisconnect),
    Row(name="no close", app=sends(ACCEPT), talk=connect, told=WebSocketDisconnect),
    Row(name="an accept in another task", app=receives_beside, talk=leave),
    life("a whole life", lives(STARTED, then=(STOPPED,))),
    life("a failure without words", sends({"type": "lifespan.startup.failed"}), told=LifespanError),
]  # fmt: skip

BENCH = {"http": HTTP, "websocket": WEBSOCKET, "lifespan": LIFESPAN, "fine": FINE}
ROWS = {f"{part}: {row.name}": row for part, rows in BENCH.items() for row in rows}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_each_ends_in_an_error_or_a_violation(make: Make, row: Row, deadlines_from: Any) -> None:
    """Each app ends in time with exactly the expected violations and error."""
    watch = Watch()
    sent: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        async def counted(message: Any) -> None:
            sent.append(message)
            await send(message)

        await row.app(scope, receive, counted)

    endless = bool(row.breaks) and row.within_s < 1
    if endless:
        deadlines_from(lambda: len(sent) > 5)
    client = make(
        app if endless else row.app,
        lifespan="on",
        timeout=row.within_s,
        total_timeout=row.within_s,
        observe=lambda: watch,
        observe_lifespan=lambda: watch,
    )
    told: Exception | None = None
    try:
        row.talk(client)
    except Exception as exc:
        told = exc
    assert watch.run is not None
    assert tuple(violation.rule for violation in watch.run.violations) == row.breaks
    assert isinstance(told, row.told) if row.told else told is None
    assert all(violation.message and violation.section for violation in watch.run.violations)


def test_every_rule_has_an_app_that_breaks_it() -> None:
    """The bench leaves out no rule of the table, and no two of its apps have one name."""
    assert {rule for row in ROWS.values() for rule in row.breaks} == set(RULES)
    assert len(ROWS) == sum(map(len, BENCH.values()))
