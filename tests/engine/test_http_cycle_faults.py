"""Apps that break the HTTP protocol: refused or noted, and never waited for."""

import contextlib
from typing import Any

import pytest

from ipyasgi.engine.background_loop import BackgroundLoop
from ipyasgi.engine.http_cycle import HttpCycle
from ipyasgi.protocol.errors import ProtocolError
from ipyasgi.protocol.violations import LIMIT

from .calls import START, becomes_true, begun, body


def rules(cycle: HttpCycle) -> list[str]:
    return [violation.rule for violation in cycle.violations]


@pytest.mark.parametrize(
    ("messages", "rule"),
    [
        ([body()], "http.body-before-start"),
        ([START, START], "http.start-twice"),
        ([START, body(), body()], "http.body-after-end"),
        ([START, {"type": "http.response.trailers"}], "http.trailers-not-announced"),
        ([START, body("text")], "http.body-type"),
        ([START, body(None)], "http.body-type"),
        ([{"type": "http.response.start", "status": "200"}], "http.status"),
        ([{"type": "http.response.start"}], "http.status"),
        ([{**START, "headers": [b"a"]}], "http.headers"),
        ([None], "http.no-message"),
        ([{}], "http.no-message"),
        ([{"type": ["x"]}], "http.no-message"),
    ],
)
@pytest.mark.parametrize("record", [False, True])
def test_an_impossible_message_is_raised_into_send(
    loop: BackgroundLoop, messages: list[Any], rule: str, record: bool
) -> None:
    """A refused message raises in the app's ``send`` and changes nothing; the app can still respond."""
    caught: list[str] = []

    async def app(scope, receive, send):
        for message in messages[:-1]:
            await send(message)
        try:
            await send(messages[-1])
        except ProtocolError as exc:
            caught.append(exc.rule)
        rest = [START, body(b"ok")][len(messages) - 1 :]
        for message in rest:
            await send(message)

    cycle = begun(app, loop, record=record)
    cycle.wait_response()
    assert (caught, rules(cycle)) == ([rule], [rule])
    assert (cycle.exception, cycle.status, cycle.complete) == (None, 200, True)


@pytest.mark.parametrize(
    ("messages", "rule"),
    [
        ([{"type": "http.response.start", "status": 99}, body()], "http.status"),
        ([{**START, "headers": [(b"X", b"1")]}, body()], "http.header-case"),
        ([{**START, "headers": [("x", "1")]}, body()], "http.header-type"),
        ([START, {"type": "http.response.zero"}, body()], "http.unknown-message"),
        ([START, body(b"x", more=True)], "http.body-unfinished"),
        ([{**START, "trailers": True}, body()], "http.trailers-unfinished"),
        ([{**START, "headers": [(b"content-length", b"2")]}, body(b"abc")], "http.body-too-long"),
        ([{**START, "headers": [(b"content-length", b"2")]}, body(b"a", more=True), body()], "http.body-too-short"),
        ([{"type": "http.response.start", "status": 204}, body(b"a")], "http.body-forbidden"),
        ([START, {"type": "http.response.push", "path": "/"}, body()], "http.extension-not-offered"),
        ([{**START, "type": "http.response.start+trailers"}, START, body()], "http.unknown-message"),
        ([], "http.no-response"),
    ],
)
def test_what_can_be_borne_is_noted(loop: BackgroundLoop, messages: list[Any], rule: str) -> None:
    """Non-fatal violations do not affect the app, and are recorded."""

    async def app(scope, receive, send):
        for message in messages:
            await send(message)

    cycle = begun(app, loop)
    cycle.wait_response()
    assert (rules(cycle), cycle.exception) == ([rule], None)


def test_the_length_counts_whatever_the_case_of_its_name(loop: BackgroundLoop) -> None:
    """A content-length that breaks one rule is still held to the others, and the body arrives whole."""

    async def app(scope, receive, send):
        await send({**START, "headers": [(b"Content-Length", b"2")]})
        await send(body(b"ab", more=True))
        await send(body(b"c"))

    cycle = begun(app, loop)
    cycle.wait_response()
    assert (rules(cycle), cycle.content()) == (["http.header-case", "http.body-too-long"], b"abc")


def test_the_same_breach_is_kept_once(loop: BackgroundLoop) -> None:
    """The same violation is kept once, and different ones up to a limit."""

    async def app(scope, receive, send):
        for number in range(300):
            await send({"type": "http.zero"})
            await send({"type": f"http.{number % 150}"})
        await send(START)
        await send(body())

    cycle = begun(app, loop)
    cycle.wait_response()
    assert len(cycle.violations) == len(set(cycle.violations)) == LIMIT


@pytest.mark.parametrize("message", [None, {"type": "http.zero"}, START])
def test_an_app_that_tries_for_ever_can_be_cancelled(loop: BackgroundLoop, message: Any) -> None:
    """An endless loop around a message that is refused or ignored lets itself be cancelled."""

    async def app(scope, receive, send):
        await send(START)
        while True:
            with contextlib.suppress(ProtocolError):
                await send(message)

    cycle = begun(app, loop)
    assert becomes_true(lambda: cycle.violations)
    assert cycle.abort()
    assert cycle.outcome == "cancelled"


def test_what_a_reader_who_left_is_not_owed(loop: BackgroundLoop) -> None:
    """After the disconnect the app may end as it is: neither its body nor its response is missed."""

    async def app(scope, receive, send):
        await receive()
        await send({**START, "headers": [(b"content-length", b"9")]})
        await send(body(b"x", more=True))
        assert (await receive())["type"] == "http.disconnect"
        await send(body(b"y"))

    cycle = begun(app, loop, stream=True)
    cycle.wait_response()
    next(cycle.iter_chunks())
    cycle.finish()
    assert (cycle.outcome, rules(cycle)) == ("returned", [])


def test_what_the_app_raised_is_no_breach(loop: BackgroundLoop) -> None:
    """An app that raises without a response has no violation; its exception is reported."""

    async def app(scope, receive, send):
        raise ValueError("mine")

    cycle = begun(app, loop)
    cycle.wait_response()
    assert (str(cycle.exception), rules(cycle)) == ("mine", [])


def test_text_headers_are_still_shown(loop: BackgroundLoop) -> None:
    """A header given as text is noted, not lost."""

    async def app(scope, receive, send):
        await send({**START, "headers": [("x-é", 1), (b"x-b", bytearray(b"2"))]})
        await send(body())

    cycle = begun(app, loop)
    cycle.wait_response()
    assert cycle.headers == [("x-é".encode("latin-1"), b"1"), (b"x-b", b"2")]
