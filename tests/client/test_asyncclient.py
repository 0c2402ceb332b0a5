"""`AsyncTestClient`: what httpx gives it, awaited on asyncio and trio, the app on either or on the caller's loop."""

import asyncio
import concurrent.futures
import threading
import time
from typing import Any

import anyio
import anyio.lowlevel
import anyio.to_thread
import pytest

from ipyasgi import AsyncTestClient, CallOptions, KernelLoop
from ipyasgi.client.httpx import httpx
from ipyasgi.protocol.errors import AppExitError, DeadlineError, LoopError, ProtocolError, RequestError

from .conftest import MakeAsync, Run
from .replies import becomes_true_async, echo_scope, longest_gap, reply, ticking, who_runs, with_lifespan


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


async def hang(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        await anyio.sleep_forever()


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
    """The app runs on a thread of its own, or where the caller awaits, if that is what was asked for."""

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


@pytest.mark.parametrize(
    ("of_client", "of_call"),
    [({"timeout": 0.1}, {}), ({}, {"timeout": 0.1}), ({"total_timeout": 0.1}, {}), ({"timeout": 9}, {"timeout": 0.1})],
)
def test_deadlines(run: Run, of_client: dict[str, Any], of_call: dict[str, Any]) -> None:
    """A deadline for the gap or for the whole is kept, named, and says where the app was; the next request works."""

    async def app(scope, receive, send):
        await (anyio.sleep_forever() if scope["path"] == "/slow" else reply(send))

    async def main(make: MakeAsync) -> None:
        client = make(app, **of_client)
        with pytest.raises(httpx.ReadTimeout, match=r"no response within 0\.1 s; .*test_asyncclient") as caught:
            await client.get("/slow", **of_call)
        assert isinstance(caught.value, (DeadlineError, TimeoutError))
        assert (await client.get("/")).status_code == 200

    run(main)


def test_an_endless_stream_ends_at_the_total_deadline(run: Run) -> None:
    """``get()`` on a response without an end comes back when ``total_timeout`` has passed."""

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200})
        while True:
            await send({"type": "http.response.body", "body": b"x", "more_body": True})

    async def main(make: MakeAsync) -> None:
        with pytest.raises(httpx.ReadTimeout):
            await make(app, total_timeout=0.2).get("/")

    run(main)


# -- the caller's loop goes on --------------------------------------------------------------------------------


@pytest.mark.parametrize("inside", [False, True])
def test_the_callers_loop_goes_on(run: Run, inside: bool) -> None:
    """Starting, asking, a blocking endpoint in its thread and stopping: all the while the caller's loop ticks."""

    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            await receive()
            await anyio.to_thread.run_sync(time.sleep, 0.1)
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await anyio.to_thread.run_sync(time.sleep, 0.1)
            await send({"type": "lifespan.shutdown.complete"})
        else:
            await anyio.to_thread.run_sync(time.sleep, 0.1)
            await reply(send)

    async def main(make: MakeAsync) -> None:
        async with ticking() as ticks:
            client = make(app)
            if inside:
                async with client:
                    await client.get("/")
            else:
                await client.get("/")
            await client.aclose()
            assert len(ticks) > (30 if inside else 10)
            assert longest_gap(ticks) < 0.09

    run(main)


@pytest.mark.parametrize("place", ["asyncio", "trio"], indirect=True)
def test_a_blocked_app_blocks_nobody(run: Run, may_block: None) -> None:
    """While an endpoint blocks the app's loop, past its deadline too, the caller's ticks; the next request works."""
    release = threading.Event()

    async def app(scope, receive, send):
        if scope["path"] == "/block":
            release.wait(10)
        await reply(send)

    async def main(make: MakeAsync) -> None:
        client = make(app)
        try:
            async with ticking() as ticks:
                with pytest.raises(httpx.ReadTimeout):
                    await client.get("/block", timeout=0.1)
                assert (await client.get("/", timeout=5)).status_code == 200
                assert longest_gap(ticks) < 0.15
        finally:
            release.set()

    run(main)


# -- cancelling -----------------------------------------------------------------------------------------------


def test_a_cancelled_request_cancels_the_app(run: Run) -> None:
    """Who stops waiting takes the app along, after its ``finally``; before the start nothing is begun."""
    steps: list[str] = []

    async def app(scope, receive, send):
        steps.append("began")
        try:
            await anyio.sleep_forever()
        finally:
            steps.append("ended")

    async def main(make: MakeAsync) -> None:
        client = make(app)
        with anyio.CancelScope() as scope:
            scope.cancel()
            await client.get("/")
        assert scope.cancelled_caught
        assert steps in ([], ["began", "ended"])
        steps.clear()
        began = time.monotonic()
        with anyio.move_on_after(0.1) as scope:
            await client.get("/")
        assert scope.cancelled_caught
        assert steps == ["began", "ended"]
        assert time.monotonic() - began < 1

    run(main)


def test_asyncios_own_cancellation(place: str) -> None:
    """``asyncio.timeout`` and ``Task.cancel``, which know no shield, leave nothing running either."""
    ended: list[bool] = []

    async def app(scope, receive, send):
        try:
            await anyio.sleep_forever()
        finally:
            ended.append(True)

    async def main() -> None:
        where: dict[str, Any] = {"loop": KernelLoop()} if place == "kernel" else {"backend": place}
        async with AsyncTestClient(app, lifespan="off", **where) as client:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await client.get("/")
            assert ended == [True]
            task = asyncio.create_task(client.get("/"))
            await asyncio.sleep(0.05)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert ended == [True, True]

    asyncio.run(main())


# -- call -----------------------------------------------------------------------------------------------------


def test_call(run: Run) -> None:
    """``call`` gives the value, raises what the function raises, and cancels it at its deadline or the caller's."""
    ended: list[str] = []

    async def double(number: int) -> int:
        await anyio.lowlevel.checkpoint()
        return 2 * number

    async def fail() -> None:
        raise ZeroDivisionError

    async def dawdle(name: str) -> None:
        try:
            await anyio.sleep_forever()
        finally:
            ended.append(name)

    async def main(make: MakeAsync) -> None:
        client = make(with_lifespan)
        assert await client.call(double, 4) == 8
        with pytest.raises(ZeroDivisionError):
            await client.call(fail)
        with pytest.raises(DeadlineError, match=r"no result of .*dawdle within 0\.05 s"):
            await client.call(dawdle, "deadline", timeout=0.05)
        with anyio.move_on_after(0.05):
            await client.call(dawdle, "cancelled")
        assert ended == ["deadline", "cancelled"]

    run(main)


def test_after_closing(run: Run) -> None:
    """A client that was closed says so; closing it again is harmless."""

    async def main(make: MakeAsync) -> None:
        client = make(who_runs)
        await client.get("/")
        await client.aclose()
        await client.aclose()
        for asked in (client.get("/"), client.stream("GET", "/").__aenter__()):
            with pytest.raises(RuntimeError, match="closed"):
                await asked
        with pytest.raises(LoopError, match="this client is closed"):
            await client.call(async_ident)

    run(main)


def test_closing_ends_what_is_open(run: Run) -> None:
    """``aclose`` tells the apps of all responses that are still open at once, and lets them clean up."""
    steps: list[str] = []

    async def app(scope, receive, send):
        await receive()
        await send({"type": "http.response.start", "status": 200})
        steps.append((await receive())["type"])
        await anyio.sleep(0.3)
        steps.append("cleaned up")

    async def main(make: MakeAsync) -> None:
        client = make(app)
        opened = [await client.send(client.build_request("GET", "/"), stream=True) for _ in range(4)]
        began = time.monotonic()
        await client.aclose()
        assert time.monotonic() - began < 0.9
        assert sorted(steps) == ["cleaned up"] * 4 + ["http.disconnect"] * 4
        with pytest.raises(concurrent.futures.CancelledError):
            await opened[0].aread()

    run(main)


def test_a_dropped_client_leaves_nothing(run: Run, place: str) -> None:
    """A client that is forgotten unclosed gives its loop back."""

    async def main(make: MakeAsync) -> None:
        where: dict[str, Any] = {"loop": KernelLoop()} if place == "kernel" else {"backend": place}
        await AsyncTestClient(who_runs, **where).get("/")

    run(main)


def test_an_answer_may_go_on(run: Run) -> None:
    """``get()`` waits for what the app does after its response, unless told not to."""
    done: list[bool] = []
    release = threading.Event()

    async def app(scope, receive, send):
        await reply(send, b"x")
        while not release.is_set():
            await anyio.sleep(0.002)
        done.append(True)

    async def main(make: MakeAsync) -> None:
        assert (await make(app, wait_background=False).get("/")).content == b"x"
        assert done == []
        release.set()
        assert (await make(app).get("/")).content == b"x"
        assert await becomes_true_async(lambda: len(done) == 2)

    run(main)
