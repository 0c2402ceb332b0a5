"""The transport: an httpx request becomes a call of the app, streamed or whole."""

import concurrent.futures
import threading
import time
from typing import Any

import anyio
import pytest

from ipyasgi.client.httpx import httpx
from ipyasgi.client.options import OPTIONS, CallOptions
from ipyasgi.client.transport import SESSION, AppTransport
from ipyasgi.engine.call import AppCall
from ipyasgi.protocol.errors import RequestError

from .conftest import Make
from .replies import becomes_true, echo_scope, reply


async def count(scope: Any, receive: Any, send: Any) -> None:
    """Send ten chunks."""
    if scope["type"] != "http":
        return
    await send({"type": "http.response.start", "status": 200})
    for number in range(10):
        await send({"type": "http.response.body", "body": b"%d" % number, "more_body": True})
    await send({"type": "http.response.body"})


class Trickle:
    """Accept a request, then send a chunk on each signal, and log the steps."""

    def __init__(self) -> None:
        self.turn = threading.Semaphore(0)
        self.steps: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        await receive()
        await send({"type": "http.response.start", "status": 200})
        async with anyio.create_task_group() as group:
            group.start_soon(self.listen, receive, group.cancel_scope)
            try:
                while True:
                    while not self.turn.acquire(blocking=False):
                        await anyio.sleep(0.001)
                    await send({"type": "http.response.body", "body": b"x", "more_body": True})
            finally:
                with anyio.CancelScope(shield=True):
                    await anyio.sleep(0.05)
                    self.steps.append("cleaned up")

    async def listen(self, receive: Any, scope: anyio.CancelScope) -> None:
        self.steps.append((await receive())["type"])
        scope.cancel()


def test_a_stream_is_read_as_it_comes(client_of: Make) -> None:
    """Chunks arrive while the app runs; leaving early disconnects it, and its cleanup runs."""
    app = Trickle()
    with client_of(app).stream("GET", "/") as response:
        chunks = response.iter_raw()
        for _ in range(3):
            app.turn.release()
            assert next(chunks) == b"x"
    assert app.steps == ["http.disconnect", "cleaned up"]


@pytest.mark.parametrize("read", ["read", "iter_raw", "iter_bytes", "iter_lines"])
def test_every_way_of_reading(client_of: Make, read: str) -> None:
    """A streamed response may be read in each of httpx's ways."""
    with client_of(count).stream("GET", "/") as response:
        got = getattr(response, read)()
        pieces = [got] if read == "read" else list(got)
    assert "".join(piece if isinstance(piece, str) else piece.decode() for piece in pieces) == "0123456789"


def test_an_open_stream_ends_with_its_client(make: Make) -> None:
    """An unclosed response is ended by the end of ``with``: the app gets a disconnect, and further reads fail."""
    app = Trickle()
    with make(app) as client:
        response = client.send(client.build_request("GET", "/"), stream=True)
        app.turn.release()
        chunks = response.iter_raw()
        assert next(chunks) == b"x"
    assert app.steps == ["http.disconnect", "cleaned up"]
    with pytest.raises(concurrent.futures.CancelledError):
        next(chunks)


def test_an_open_stream_ends_with_close(make: Make) -> None:
    """Closing a bare client ends its open responses too."""
    app = Trickle()
    client = make(app)
    response = client.send(client.build_request("GET", "/"), stream=True)
    client.close()
    assert app.steps == ["http.disconnect", "cleaned up"]
    with pytest.raises(concurrent.futures.CancelledError):
        response.read()


def test_a_finished_stream_is_forgotten(client_of: Make) -> None:
    """The client keeps no response that was read or closed."""
    client = client_of(count)
    for _ in range(3):
        with client.stream("GET", "/") as response:
            response.read()
        with client.stream("GET", "/"):
            pass
    assert client._cycles._cycles == set()


def test_a_client_disconnect_in_the_app_is_no_error(make: Make) -> None:
    """An app that raises its framework's ClientDisconnect because its reader left has done nothing wrong."""

    class ClientDisconnect(Exception):
        pass

    async def app(scope, receive, send):
        await receive()
        await send({"type": "http.response.start", "status": 200})
        await receive()
        raise ClientDisconnect

    with make(app).stream("GET", "/"):
        pass


def test_an_error_in_the_cleanup_is_told(make: Make) -> None:
    """What else the app raises when its reader leaves is raised there."""

    async def app(scope, receive, send):
        await receive()
        await send({"type": "http.response.start", "status": 200})
        await receive()
        raise ValueError("cleanup")

    with pytest.raises(ValueError, match="cleanup"), make(app).stream("GET", "/"):
        pass


@pytest.mark.parametrize(
    "form",
    [bytes, bytes.decode, lambda data: [data], lambda data: iter([data])],
    ids=["bytes", "str", "list", "iterator"],
)
def test_request_bodies(make: Make, form: Any) -> None:
    """Any body that httpx takes, an iterator too, arrives in one message."""
    assert make(echo_scope).post("/", content=form(b"data")).json()["body"] == "data"


def test_forms_and_json(make: Make) -> None:
    """Forms and JSON are encoded by httpx."""
    client = make(echo_scope)
    assert client.post("/", json={"a": 1}).json()["body"].replace(" ", "") == '{"a":1}'
    assert client.post("/", data={"a": "ü"}).json()["body"] == "a=%C3%BC"


def test_headers_of_a_response(make: Make) -> None:
    """Repeated headers are kept in order, and bytes that are not UTF-8 are allowed."""
    headers = [(b"set-cookie", b"a=1"), (b"x-latin", b"caf\xe9"), (b"set-cookie", b"b=2")]

    async def app(scope, receive, send):
        await reply(send, b"", headers=headers)

    answer = make(app).get("/")
    assert answer.headers.raw == headers
    assert answer.headers["x-latin"] == "café"


def test_template_and_context(make: Make) -> None:
    """Debug information of the app is on the response, under the names that Starlette's client uses."""

    async def app(scope, receive, send):
        await send({"type": "http.response.debug", "info": {"template": "t", "context": {"a": 1}}})
        await reply(send)

    answer = make(app).get("/")
    assert (answer.template, answer.context) == ("t", {"a": 1})
    assert answer.extensions["http.response.debug"] == {"template": "t", "context": {"a": 1}}
    assert not hasattr(make(count).get("/"), "template")


def test_trailers(make: Make) -> None:
    """Trailers are under ``extensions`` as byte pairs; in a stream the list is filled as they come."""

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "trailers": True})
        await send({"type": "http.response.body", "body": b"x"})
        await send({"type": "http.response.trailers", "headers": [(b"a", b"1")]})

    client = make(app)
    assert client.get("/").extensions["http.response.trailers"] == [(b"a", b"1")]
    with client.stream("GET", "/") as answer:
        assert answer.extensions["http.response.trailers"] == []
        answer.read()
        assert answer.extensions["http.response.trailers"] == [(b"a", b"1")]


def test_an_unknown_scheme(make: Make) -> None:
    """An unknown URL scheme is an error that names the URL."""
    with pytest.raises(RequestError, match="unknown scheme 'ftp' of ftp://testserver/: use one of http, ws"):
        make(count).get("ftp://testserver/")


def test_a_websocket_url_in_get(make: Make) -> None:
    """``get("ws://...")`` gives a 101 that carries the session, still to be entered."""

    async def app(scope, receive, send):
        await receive()
        await send({"type": "websocket.accept"})
        await receive()

    answer = make(app).get("ws://testserver/")
    assert answer.status_code == 101
    with answer.extensions[SESSION] as websocket:
        assert websocket.accepted_subprotocol is None


def test_options_of_one_request(make: Make) -> None:
    """A request may carry options of its own, through redirects; another thread can end the call it is handed."""
    calls: list[AppCall] = []

    async def app(scope, receive, send):
        if scope["path"] == "/":
            await reply(send, status=307, headers=[(b"location", b"/slow")])
        else:
            await anyio.sleep_forever()

    client = make(app)
    request = client.build_request("GET", "/")
    request.extensions[OPTIONS] = CallOptions(on_call=calls.append)
    threading.Thread(target=lambda: becomes_true(lambda: len(calls) == 2) and calls[1].abort()).start()
    with pytest.raises(concurrent.futures.CancelledError):
        client.send(request)
    assert [call.scope["path"] for call in calls] == ["/", "/slow"]


def test_raise_server_exceptions_of_one_request(make: Make) -> None:
    """raise_server_exceptions can be set for one request."""

    async def app(scope, receive, send):
        raise ValueError("server")

    client = make(app)
    request = client.build_request("GET", "/")
    request.extensions[OPTIONS] = CallOptions(raise_server_exceptions=False)
    assert client.send(request).status_code == 500


def test_the_transport_serves_a_plain_httpx_client(make: Make) -> None:
    """The transport also works with another ``httpx.Client``."""
    client = make(echo_scope)
    with httpx.Client(transport=AppTransport(client._runner, client._cycles), base_url="http://testserver") as plain:
        assert plain.get("/plain").json()["path"] == "/plain"


@pytest.mark.parametrize("method", ["get", "websocket_connect"])
def test_an_error_shows_no_query(make: Make, method: str) -> None:
    """The URL in an error has no user, password or query."""

    async def app(scope, receive, send):
        await reply(send)

    scheme = "ftp" if method == "get" else "https+x"
    with pytest.raises(RequestError) as caught:
        getattr(make(app), method)(f"{scheme}://user:hunter2@testserver/path?token=SECRET")
    assert "testserver/path" in str(caught.value)
    assert "SECRET" not in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.serial
def test_the_total_deadline_counts_redirects(make: Make) -> None:
    """The seconds for a whole call are shared by all the redirects it is led through."""

    async def app(scope, receive, send):
        await anyio.sleep(0.06)
        await reply(send, status=307, headers=[(b"location", b"/")])

    client = make(app, total_timeout=0.2)
    before = time.monotonic()
    with pytest.raises(httpx.ReadTimeout):
        client.get("/")
    assert time.monotonic() - before > 0.15
    with pytest.raises(httpx.ReadTimeout, match=r"0\.2 s"):  # each call has its own
        client.get("/")


def test_a_stream_and_background_work(make: Make) -> None:
    """A streamed response that is complete does not wait for background work either, where the client does not."""
    release = threading.Event()

    async def app(scope, receive, send):
        await reply(send, b"x")
        while not release.is_set():
            await anyio.sleep(0.005)

    client = make(app, wait_background=False)
    with client.stream("GET", "/") as answer:
        assert answer.read() == b"x"
    with client.stream("GET", "/") as answer:
        pass
    release.set()


def test_a_call_without_limits_has_no_deadline(client_of: Make) -> None:
    """A response that takes as long as it wants passes the timeout, once its call is told that there is no limit."""

    async def lingers(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        await anyio.sleep(0.3)
        await reply(send)

    def lift(call: AppCall) -> None:
        call.has_limits = False

    with client_of(lingers, timeout=0.05, total_timeout=0.05) as client:
        with pytest.raises(httpx.ReadTimeout):
            client.get("/")
        assert client.get("/", extensions={OPTIONS: CallOptions(on_call=lift)}).status_code == 200
