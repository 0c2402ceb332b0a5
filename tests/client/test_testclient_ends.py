"""`TestClient` and failures: deadlines, exceptions of the app, interrupts."""

import asyncio
import concurrent.futures
import threading
from dataclasses import dataclass
from typing import Any

import anyio
import anyio.to_thread
import pytest

from ipyasgi import Explorer, TestClient
from ipyasgi.client.httpx import httpx
from ipyasgi.protocol.errors import AppExitError, DeadlineError, LifespanError, ProtocolError

from .conftest import Make
from .replies import becomes_true, reply


async def hang(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "lifespan":
        await anyio.sleep_forever()


async def hang_in_lifespan(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await anyio.sleep_forever()


@pytest.mark.parametrize(
    ("of_client", "of_call", "passed"),
    [
        ({"timeout": 0.1}, {}, "0.1"),
        ({"timeout": httpx.Timeout(5, read=0.1)}, {}, "0.1"),
        ({"timeout": 30}, {"timeout": 0.1}, "0.1"),
        ({}, {"timeout": 0.1}, "0.1"),
        ({"total_timeout": 0.1}, {}, "0.1"),
        ({"timeout": 30, "total_timeout": 0.1}, {}, "0.1"),
    ],
)
def test_deadlines(client_of: Make, of_client: dict[str, Any], of_call: dict[str, Any], passed: str) -> None:
    """Deadlines of the client, the call and the whole call are kept, and their error contains the app's line."""
    client = client_of(hang, **of_client)
    for _ in range(20):  # on a busy machine the deadline may pass before the app is entered: it is nowhere then
        with pytest.raises(httpx.ReadTimeout, match=rf"no response within {passed} s") as caught:
            client.get("/slow", **of_call)
        assert isinstance(caught.value, (DeadlineError, TimeoutError))
        if caught.value.place:
            break
    assert "; the app was waiting at " in str(caught.value)
    assert "test_testclient_ends" in str(caught.value)
    assert caught.value.request.url.path == "/slow"


def test_no_deadline_by_default(make: Make) -> None:
    """Without a word the client waits as long as the app takes, as Starlette's does."""
    client = make(hang)
    assert client.timeout == httpx.Timeout(None)
    assert client.total_timeout is None


def test_deadlines_can_be_changed(make: Make) -> None:
    """``client.timeout`` and ``client.total_timeout`` count from the next call on; None lifts one for a call."""

    async def app(scope, receive, send):
        await anyio.sleep(0.15 if scope["path"] == "/" else 5)
        await reply(send)

    client = make(app, timeout=0.05)
    with pytest.raises(httpx.ReadTimeout):
        client.get("/slow")
    assert client.get("/", timeout=None).status_code == 200
    client.timeout = 30
    assert client.get("/").status_code == 200
    client.total_timeout = 0.05
    with pytest.raises(httpx.ReadTimeout):
        client.get("/slow")


def test_a_lifespan_deadline(make: Make) -> None:
    """The client's deadline counts for the startup too; a client that could not start is as before."""
    client = make(hang_in_lifespan, timeout=0.1)
    with pytest.raises(DeadlineError, match=r"no lifespan\.startup\.complete within 0\.1 s"), client:
        raise NotImplementedError
    assert client.portal is None
    assert client.life.status == "not answering"


def test_an_endless_stream_ends_at_the_total_deadline(make: Make) -> None:
    """``get()`` on a response without an end comes back when ``total_timeout`` has passed."""

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200})
        while True:
            await send({"type": "http.response.body", "body": b"x", "more_body": True})
            await anyio.sleep(0.005)

    with pytest.raises(httpx.ReadTimeout):
        make(app, total_timeout=0.2).get("/")


def test_a_stream_has_a_deadline_for_each_gap(make: Make, deadlines_from: Any) -> None:
    """A stalled stream raises a deadline error once, not the app's exception after the disconnect."""
    stalled: list[bool] = []
    deadlines_from(lambda: stalled)

    async def app(scope, receive, send):
        await receive()
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"x", "more_body": True})
        stalled.append(True)
        await receive()
        raise ValueError("my reader has left")

    client = make(app, timeout=0.1)
    chunks = []
    with (
        pytest.raises(httpx.ReadTimeout, match=r"the response did not continue within 0\.1 s"),
        client.stream("GET", "/") as response,
    ):
        for chunk in response.iter_raw():
            chunks.append(chunk)  # noqa: PERF402
    assert chunks == [b"x"]


# -- what the app raises --------------------------------------------------------------------------------------


async def half_then_raise(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise ValueError("server")


async def raise_at_once(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        raise ValueError("server")


@pytest.mark.parametrize("app", [raise_at_once, half_then_raise])
def test_server_exceptions_are_raised(client_of: Make, app: Any) -> None:
    """The app's exception is raised to the caller, with the app's frames."""
    with pytest.raises(ValueError, match="server") as caught:
        client_of(app).get("/")
    assert caught.traceback[-1].name == app.__name__


def test_server_exceptions_may_be_answered(make: Make) -> None:
    """With raise_server_exceptions off the response is a bare 500, or what was sent; it can be changed at any time."""
    client = make(raise_at_once, raise_server_exceptions=False)
    answer = client.get("/")
    assert (answer.status_code, answer.content) == (500, b"")
    client.raise_server_exceptions = True
    with pytest.raises(ValueError, match="server"):
        client.get("/")
    answer = make(half_then_raise, raise_server_exceptions=False).get("/")
    assert (answer.status_code, answer.content) == (200, b"half")


def test_a_stream_raises_when_it_is_left(make: Make) -> None:
    """A streamed response is returned first; the app's exception is raised at its end."""
    with pytest.raises(ValueError, match="server"), make(half_then_raise).stream("GET", "/") as response:
        assert response.status_code == 200
        assert response.read() == b"half"


def test_an_app_that_answers_nothing(make: Make) -> None:
    """An app that returns without a response is an error with Starlette's words, or a bare 500."""

    async def app(scope, receive, send):
        pass

    with pytest.raises(ProtocolError, match=r"TestClient did not receive any response\."):
        make(app).get("/")
    answer = make(app, raise_server_exceptions=False).get("/")
    assert answer.status_code == 500
    assert [one.rule for one in answer.extensions["ipyasgi.violations"]] == ["http.no-response"]


@pytest.mark.parametrize("raised", [SystemExit(3), KeyboardInterrupt()])
def test_an_app_that_exits(client_of: Make, raised: BaseException) -> None:
    """SystemExit in the app ends the call, and not the client: the next request works."""

    async def app(scope, receive, send):
        if scope["type"] == "http":
            if scope["path"] == "/exit":
                raise raised
            await reply(send)

    client = client_of(app)
    with pytest.raises(AppExitError, match=rf"the app raised {type(raised).__name__}\("):
        client.get("/exit")
    assert client.get("/").status_code == 200
    client.raise_server_exceptions = False
    assert client.get("/exit").status_code == 500


def test_an_app_that_exits_at_startup(make: Make) -> None:
    """SystemExit in the startup is an error of the app too."""

    async def app(scope, receive, send):
        await receive()
        raise SystemExit(3)

    with pytest.raises(AppExitError, match=r"SystemExit\(3\)"), make(app):
        raise NotImplementedError


@pytest.mark.parametrize("backend", ["asyncio"], indirect=True)  # trio's own cannot be made by hand
def test_an_app_that_is_cancelled_by_itself(make: Make) -> None:
    """A cancellation that the app lets out arrives as ``concurrent.futures.CancelledError``."""

    async def app(scope, receive, send):
        import asyncio

        raise asyncio.CancelledError

    client = make(app)
    with pytest.raises(concurrent.futures.CancelledError):
        client.get("/")


def test_a_deadline_of_a_client_inside_the_app_is_the_apps_own(make: Make) -> None:
    """When an app that calls another app runs into a deadline there, it is that error, unchanged."""

    async def inner(scope, receive, send):
        await anyio.sleep_forever()

    seen: list[BaseException] = []
    other = make(inner)

    def ask_inside() -> None:
        try:
            other.get("/inner", timeout=0.05)
        except httpx.ReadTimeout as exc:
            seen.append(exc)
            raise

    async def outer(scope, receive, send):
        await anyio.to_thread.run_sync(ask_inside)

    with pytest.raises(httpx.ReadTimeout) as caught:
        make(outer).get("/outer", timeout=20)
    assert caught.value is seen[0]


def test_violations_are_on_the_response(make: Make) -> None:
    """Non-fatal violations are listed on the response."""

    async def app(scope, receive, send):
        await reply(send, headers=[(b"X-A", b"1")])

    answer = make(app).get("/")
    assert [one.rule for one in answer.extensions["ipyasgi.violations"]] == ["http.header-case"]
    assert answer.headers["x-a"] == "1"


@pytest.mark.parametrize("stream", [False, True])
def test_a_recorded_run_is_on_the_response(make: Make, stream: bool) -> None:
    """With ``record=True`` each response carries its messages, a streamed one as soon as it is read."""

    async def app(scope, receive, send):
        await reply(send, b"x")

    client = make(app, record=True)
    if stream:
        with client.stream("GET", "/") as answer:
            answer.read()
    else:
        answer = client.get("/")
    assert [event.type for event in answer.extensions["ipyasgi.run"].events] == [
        "http.response.start",
        "http.response.body",
    ]
    assert "ipyasgi.run" not in make(app).get("/").extensions


def test_background_work(make: Make) -> None:
    """``get()`` waits for background tasks, unless configured not to."""
    release = threading.Event()
    done = []

    async def app(scope, receive, send):
        await reply(send, b"x")
        while not release.is_set():
            await anyio.sleep(0.005)
        done.append(True)

    assert make(app, wait_background=False).get("/").content == b"x"
    assert done == []
    threading.Timer(1.5, release.set).start()
    assert make(app).get("/", timeout=1).content == b"x"
    assert becomes_true(lambda: len(done) == 2)


@pytest.mark.usefixtures("usual_graces")
def test_a_blocking_endpoint_is_left_behind(make: Make) -> None:
    """A synchronous endpoint that does not come back is abandoned at the deadline; the next request works."""
    release = threading.Event()

    async def app(scope, receive, send):
        if scope["path"] == "/block":
            await anyio.to_thread.run_sync(release.wait, 40)
        await reply(send)

    client = make(app)
    with pytest.raises(httpx.ReadTimeout):
        client.get("/block", timeout=0.1)
    assert not release.is_set()
    assert client.get("/", timeout=10).status_code == 200
    release.set()


@dataclass(frozen=True)
class FrozenFault(Exception):
    """An exception that refuses every change."""

    text: str


@pytest.mark.parametrize("phase", ["startup", "shutdown"])
def test_a_frozen_exception_is_raised_as_itself(make: Make, phase: str) -> None:
    """The exception of a lifespan is not modified. (In a request httpx2's own context manager modifies it.)"""

    async def app(scope, receive, send):
        await receive()
        if phase == "startup":
            await send({"type": "lifespan.startup.failed"})
            raise FrozenFault(phase)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        raise FrozenFault(phase)

    with pytest.raises(FrozenFault, match=phase), make(app):
        pass


async def cancel_every_task(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
    for task in asyncio.all_tasks():
        task.cancel()
    await reply(send)


def test_an_app_that_cancels_every_task_is_explained() -> None:
    """Leaving the client of an app that cancelled its own lifespan raises an error that says so."""
    with pytest.raises(LifespanError, match=r"cancelled (before|without)"), TestClient(cancel_every_task) as client:
        client.get("/")
    explorer = Explorer(cancel_every_task)
    explorer.get("/")
    with pytest.raises(LifespanError, match=r"cancelled (before|without)"):
        explorer.close()
