"""`AsyncTestClient`: what httpx gives it, awaited on asyncio and trio, the app on either or on the caller's loop."""

import threading
from typing import Any

import anyio
import anyio.lowlevel
import anyio.to_thread
import pytest

from ipyasgi import CallOptions
from ipyasgi.client.httpx import httpx
from ipyasgi.protocol.errors import AppExitError, ProtocolError, RequestError

from .conftest import MakeAsync, Run
from .replies import echo_scope, reply, who_runs


async def shop(scope: Any, receive: Any, send: Any) -> None:
    """Log in by a cookie or a password, and lead from one path to the other."""
    headers = dict(scope["headers"])
    if scope["path"] == "/login":
        await reply(send, status=303, headers=[(b"location", b"/me"), (b"set-cookie", b"who=ann")])
    elif scope["path"] == "/away":
        await reply(send, status=303, headers=[(b"location", b"http://elsewhere.example/me")])
    elif scope["path"] == "/secret" and b"authorization" not in headers:
        await reply(send, status=401, headers=[(b"www-authenticate", b'Digest realm="r", nonce="n", qop="auth"')])
    else:
        await reply(send, {name: headers.get(name.encode(), b"").decode() for name in ("cookie", "authorization")})


# -- requests -------------------------------------------------------------------------------------------------


def test_a_request(run: Run) -> None:
    """Method, path, query, fields and body arrive as with `TestClient`."""

    async def main(make: MakeAsync) -> None:
        seen = (await make(echo_scope, root_path="/api").post("/a?b=c", json={"d": 1}, headers={"x-e": "f"})).json()
        assert (seen["method"], seen["path"], seen["query"], seen["body"]) == ("POST", "/a", "b=c", '{"d":1}')
        assert ["x-e", "f"] in seen["headers"]
        assert seen["root_path"] == "/api"

    run(main)


def test_httpx_does_the_rest(run: Run) -> None:
    """Cookies, redirects and an auth flow of two requests are httpx's own."""

    async def main(make: MakeAsync) -> None:
        client = make(shop)
        answer = await client.get("/login")
        assert answer.json()["cookie"] == "who=ann"
        assert [one.status_code for one in answer.history] == [303]
        assert (await client.get("/login", follow_redirects=False)).status_code == 303
        digest = await client.get("/secret", auth=httpx.DigestAuth("ann", "pw"))
        assert digest.json()["authorization"].startswith("Digest ")

    run(main)


@pytest.mark.parametrize("path", ["/away", "http://elsewhere.example/me"])
def test_foreign_hosts_may_be_refused(run: Run, path: str) -> None:
    """A redirect to another host is refused like a request to one, where that is wished."""

    async def main(make: MakeAsync) -> None:
        with pytest.raises(RequestError, match=r"elsewhere\.example/me is not on testserver"):
            await make(shop, foreign_hosts=False).get(path)
        assert (await make(shop).get(path)).status_code == 200

    run(main)


def test_many_at_once(run: Run) -> None:
    """200 requests at once, the first ever of their client among them, overlap and are not mixed up."""
    started: list[str] = []

    async def app(scope, receive, send):
        started.append(scope["path"])
        while len(started) < 200:
            await anyio.sleep(0.002)
        await reply(send, scope["path"])

    seen: list[str] = []

    async def main(make: MakeAsync) -> None:
        client = make(app)

        async def ask(number: int) -> None:
            seen.append((await client.get(f"/{number}")).json())

        async with anyio.create_task_group() as group:
            for number in range(200):
                group.start_soon(ask, number)

    run(main)
    assert sorted(seen) == sorted(f"/{number}" for number in range(200))


def test_where_the_app_runs(run: Run, place: str) -> None:
    """The app runs on its own thread, or on the caller's loop if configured."""

    async def main(make: MakeAsync) -> None:
        bare = make(who_runs)
        async with make(who_runs) as inside:
            for client in (bare, inside):
                assert ((await client.get("/")).json() == threading.get_ident()) == (place == "kernel")
                assert await client.call(async_ident) == (await client.get("/")).json()

    run(main)


async def async_ident() -> int:
    return threading.get_ident()


def test_inside_the_app(run: Run) -> None:
    """An endpoint may await another app and the very client that it is called by, on whichever loop."""

    async def main(make: MakeAsync) -> None:
        async def app(scope, receive, send):
            if scope["type"] == "http":
                path = scope["path"]
                inner = [] if path == "/again" else [(await one.get("/again")).json() for one in (*clients, other)]
                await reply(send, [path, *inner])

        other = make(echo_scope)
        clients = [make(app)]
        answer = await clients[0].get("/")
        assert [answer.json()[0], answer.json()[1], answer.json()[2]["path"]] == ["/", ["/again"], "/again"]
        async with make(app) as inside:
            clients[:] = [inside]
            assert (await inside.get("/")).json()[1] == ["/again"]

    run(main)


# -- what the app does wrong ----------------------------------------------------------------------------------


def test_what_the_app_raises(run: Run) -> None:
    """The app's exception is raised as itself; switched off, by the client or the call, there is a bare 500."""
    error = KeyError("item")

    async def app(scope, receive, send):
        raise error

    async def main(make: MakeAsync) -> None:
        client = make(app)
        with pytest.raises(KeyError) as caught:
            await client.get("/")
        assert caught.value is error
        quiet = CallOptions(raise_server_exceptions=False)
        assert (await client.get("/", extensions={"ipyasgi.options": quiet})).status_code == 500
        client.raise_server_exceptions = False
        assert (await client.get("/")).status_code == 500

    run(main)


def test_strict(run: Run) -> None:
    """With ``strict=True`` the first violation of the protocol is raised; else it is found beside the response."""

    async def app(scope, receive, send):
        await reply(send, headers=[(b"X-A", b"1")])

    async def main(make: MakeAsync) -> None:
        answer = await make(app).get("/")
        assert [one.rule for one in answer.extensions["ipyasgi.violations"]] == ["http.header-case"]
        with pytest.raises(ProtocolError):
            await make(app, strict=True).get("/")

    run(main)


@pytest.mark.parametrize("raised", [SystemExit(3), KeyboardInterrupt()])
@pytest.mark.parametrize("raising", [True, False])
def test_an_app_that_exits(run: Run, place: str, raised: BaseException, raising: bool) -> None:
    """SystemExit ends the call, not the caller; KeyboardInterrupt on the caller's own loop is the caller's."""

    async def app(scope, receive, send):
        if scope["type"] == "http":
            if scope["path"] == "/exit":
                raise raised
            await reply(send)

    async def main(make: MakeAsync) -> None:
        async with make(app, raise_server_exceptions=raising) as client:
            if place == "kernel" and isinstance(raised, KeyboardInterrupt):
                with pytest.raises(KeyboardInterrupt):
                    await client.get("/exit")
            elif raising:
                with pytest.raises(AppExitError, match=rf"the app raised {type(raised).__name__}\("):
                    await client.get("/exit")
            else:
                assert (await client.get("/exit")).status_code == 500
            assert (await client.get("/")).status_code == 200

    run(main)


# -- deadlines ------------------------------------------------------------------------------------------------
