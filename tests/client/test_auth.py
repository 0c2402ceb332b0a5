"""Auth flows: their own requests are part of the call."""

import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import anyio
import pytest

from ipyasgi import Explorer
from ipyasgi.client.httpx import httpx
from ipyasgi.client.options import OPTIONS, CallOptions
from ipyasgi.protocol.errors import RequestError

from .conftest import Make, Run
from .replies import reply


class TokenAuth(httpx.Auth):
    """Requests a token several times with the same request object, then sends the last one."""

    requires_response_body = True

    def __init__(self, url: str = "http://testserver/token", times: int = 1) -> None:
        self.token = httpx.Request("POST", url)
        self._times = times

    def auth_flow(self, request: Any) -> Iterator[Any]:
        for _ in range(self._times):
            answer = yield self.token
        request.headers["authorization"] = answer.text
        yield request


class OwnFlows(TokenAuth):
    """As `TokenAuth`, with flows of its own for each kind of client, which it notes the end of."""

    def __init__(self) -> None:
        super().__init__()
        self.ended: list[str] = []

    def sync_auth_flow(self, request: Any) -> Iterator[Any]:
        try:
            answer = yield self.token
            request.headers["authorization"] = answer.read().decode()
            yield request
        finally:
            self.ended.append("sync")

    async def async_auth_flow(self, request: Any) -> AsyncIterator[Any]:
        try:
            answer = yield self.token
            request.headers["authorization"] = (await answer.aread()).decode()
            yield request
        finally:
            self.ended.append("async")


async def slow_tokens(scope: Any, receive: Any, send: Any) -> None:
    """Take 0.08 s for a token; respond to other requests with their authorization and user."""
    if scope["path"] == "/token":
        await anyio.sleep(0.08)
        await reply(send, b"t-1")
    elif scope["path"] == "/never":
        await anyio.sleep(60)
    else:
        headers = dict(scope["headers"])
        await reply(send, f"{headers.get(b'authorization', b'').decode()} {scope.get('user', 'nobody')}".encode())


@pytest.mark.serial
def test_one_deadline_for_the_whole_flow(make: Make) -> None:
    """The seconds for a whole call are shared by all that its auth flow asks for; the next call has its own."""
    client = make(slow_tokens, total_timeout=1)
    auth = TokenAuth(times=40)
    began = time.monotonic()
    with pytest.raises(httpx.ReadTimeout, match="1 s"):
        client.get("/", auth=auth)
    assert time.monotonic() - began > 0.95
    auth = TokenAuth()
    for _ in range(14):  # together longer than one may take
        assert client.get("/", auth=auth).text == "t-1 nobody"
    assert auth.token.extensions == {}


def test_one_deadline_for_the_whole_flow_awaited(run: Run) -> None:
    """As for a thread; and a flow for coroutines is ended."""

    async def main(make: Any) -> None:
        client = make(slow_tokens, total_timeout=1)
        with pytest.raises(httpx.ReadTimeout, match="1 s"):
            await client.get("/", auth=TokenAuth(times=40))
        auth = OwnFlows()
        client.auth = auth
        assert (await client.get("/")).text == "t-1 nobody"
        assert auth.ended == ["async"]

    run(main)


def test_a_gap_counts_for_what_a_flow_asks_for(make: Make) -> None:
    """The client's timeout is kept by a request that the flow made without it."""
    client = make(slow_tokens, timeout=0.1)
    client.auth = TokenAuth("http://testserver/never")
    with pytest.raises(httpx.ReadTimeout, match=r"0\.1 s"):
        client.get("/")
    own = TokenAuth("http://testserver/never")
    own.token.extensions["timeout"] = {"read": 0.02}  # its own goes before
    with pytest.raises(httpx.ReadTimeout, match=r"0\.02 s"):
        client.get("/", auth=own)


def test_only_what_is_meant_for_all_is_handed_on(make: Make) -> None:
    """A scope applies to one request only; the host of each is checked; the flow is closed."""
    client = make(slow_tokens, foreign_hosts=False)
    auth = OwnFlows()
    options = CallOptions(scope={"user": "ada", "path": "/"})
    assert client.get("/me", auth=auth, extensions={OPTIONS: options}).text == "t-1 ada"
    assert auth.ended == ["sync"]
    with pytest.raises(RequestError, match="foreign_hosts is False"):
        client.get("/", auth=TokenAuth("http://tokens.example/token"))


def test_the_history_says_what_a_flow_asked_for() -> None:
    """In an explorer each request of a flow has a record of its own, before the one it was made for."""
    with Explorer(slow_tokens, lifespan="off") as explorer:
        explorer.client.auth = TokenAuth()
        found = explorer.get("/me")
        assert [one.spec.path for one in found.previous] == ["/token"]
        assert [one.run.scope["path"] for one in (*found.previous, found)] == ["/token", "/me"]
        explorer.client.auth = TokenAuth("http://testserver/never")
        with pytest.raises(httpx.ReadTimeout):
            explorer.get("/me", timeout=0.1)
