"""The client's end of a WebSocket."""

import copy
import pickle
import subprocess
import sys
import threading
from typing import Any

import anyio
import pytest

from ipyasgi.client.httpx import httpx
from ipyasgi.client.websocket_end import WebSocketEnd
from ipyasgi.protocol.errors import DeadlineError, LoopError, ProtocolError, RequestError
from ipyasgi.testclient import WebSocketDenialResponse, WebSocketDisconnect

from .conftest import Make


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Accept, and echo messages until the client leaves; ``"close"`` closes."""
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept", "subprotocol": "b", "headers": [(b"x-a", b"1")]})
    while (message := await receive())["type"] == "websocket.receive":
        if message.get("text") == "close":
            await send({"type": "websocket.close", "code": 3001, "reason": "asked for"})
            return
        await send({**message, "type": "websocket.send"})


async def tell_scope(scope: Any, receive: Any, send: Any) -> None:
    """Accept, and send the scope as JSON."""
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept"})
    shown = {key: scope[key] for key in ("scheme", "path", "server", "subprotocols")}
    shown["query"] = scope["query_string"].decode()
    shown["headers"] = [[name.decode(), value.decode()] for name, value in scope["headers"]]
    shown["has_method"] = "method" in scope
    await send({"type": "websocket.send", "text": repr(shown)})
    await receive()


def told(client: Any, url: str, **options: Any) -> dict[str, Any]:
    with client.websocket_connect(url, **options) as websocket:
        return eval(websocket.receive_text())


def test_every_kind_of_frame(client_of: Make) -> None:
    """Text, bytes and JSON, as text and as bytes, go there and come back."""
    with client_of(echo).websocket_connect("/") as websocket:
        websocket.send_text("é")
        assert websocket.receive_text() == "é"
        websocket.send_bytes(b"\x00")
        assert websocket.receive_bytes() == b"\x00"
        websocket.send_json({"a": "é"})
        assert websocket.receive() == {"type": "websocket.send", "text": '{"a":"é"}'}
        websocket.send_json([1], mode="binary")
        assert websocket.receive_json(mode="binary") == [1]
        websocket.send_json([2])
        assert websocket.receive_json() == [2]
        websocket.send({"type": "websocket.receive", "bytes": b"raw"})
        with pytest.raises(KeyError):
            websocket.receive_text()


def test_the_handshake(make: Make) -> None:
    """The accepted subprotocol and headers are available after entering; a session can be entered again."""
    session = make(echo).websocket_connect("/", subprotocols=["a", "b"])
    assert (session.accepted_subprotocol, session.extra_headers) == (None, None)
    for _ in range(2):
        with session as websocket:
            assert websocket is session
            assert (session.accepted_subprotocol, session.extra_headers) == ("b", [(b"x-a", b"1")])


def test_an_interrupt_right_after_the_accept(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the last line of entering it still ends the app, because nobody will leave the session."""
    ended = threading.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        try:
            await echo(scope, receive, send)
        finally:
            ended.set()

    def interrupted(self: WebSocketEnd, message: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(WebSocketEnd, "_accepted", interrupted)
    with pytest.raises(KeyboardInterrupt):
        make(app, lifespan="off").websocket_connect("/").__enter__()
    assert ended.wait(20)


def test_the_scope(make: Make) -> None:
    """Given query, subprotocols and headers are added to those of the handshake; the arguments are not changed."""
    given = {"X-A": "1"}
    scope = told(make(tell_scope), "/ws?x=1", subprotocols=["a", "b"], headers=given)
    headers = dict(scope.pop("headers"))
    assert scope == {
        "scheme": "ws",
        "path": "/ws",
        "server": ["testserver", 80],
        "subprotocols": ["a", "b"],
        "query": "x=1",
        "has_method": False,
    }
    assert headers["sec-websocket-protocol"] == "a, b"
    assert (headers["connection"], headers["sec-websocket-key"], headers["sec-websocket-version"]) == (
        "upgrade",
        "testserver==",
        "13",
    )
    assert (headers["x-a"], given) == ("1", {"X-A": "1"})


@pytest.mark.parametrize(
    ("base_url", "url", "expected"),
    [
        ("http://testserver", "/ws", ("ws", ["testserver", 80], "/ws")),
        ("https://shop.example:8443/api", "/ws", ("wss", ["shop.example", 8443], "/api/ws")),
        ("http://testserver", "wss://other/ws", ("wss", ["other", 443], "/ws")),
        ("http://testserver", "http://other/ws", ("ws", ["other", 80], "/ws")),
    ],
)
def test_base_url(make: Make, base_url: str, url: str, expected: tuple[Any, ...]) -> None:
    """Host, scheme and path of the base URL count for WebSockets too."""
    scope = told(make(tell_scope, base_url=base_url), url)
    assert (scope["scheme"], scope["server"], scope["path"]) == expected


def test_params_cookies_and_auth(make: Make) -> None:
    """What any request takes, a WebSocket takes: query parameters, the client's cookies, auth."""
    client = make(tell_scope)
    client.cookies.set("who", "me")
    scope = told(client, "/ws", params={"x": "2"}, auth=("user", "pass"))
    headers = dict(scope["headers"])
    assert (scope["query"], headers["cookie"]) == ("x=2", "who=me")
    assert headers["authorization"].startswith("Basic ")


def test_response_hooks_are_not_for_websockets(make: Make) -> None:
    """Request hooks see the handshake; response hooks do not, because it has no response."""
    seen = []

    def on_response(response: httpx.Response) -> None:
        response.raise_for_status()

    client = make(echo)
    client.event_hooks = {"request": [lambda request: seen.append(request.url.path)], "response": [on_response]}
    with client.websocket_connect("/ws"):
        pass
    assert seen == ["/ws"]


def test_the_name_that_httpx2_has(make: Make) -> None:
    """``client.websocket`` is the same thing, not httpx2's own over a network."""
    with make(echo).websocket("/") as websocket:
        websocket.send_text("a")
        assert websocket.receive_text() == "a"


def test_not_a_websocket_url(make: Make) -> None:
    """A URL of another kind is named in the error."""
    with pytest.raises(RequestError, match="ftp"):
        make(echo).websocket_connect("ftp://testserver/ws")


# -- how it ends ----------------------------------------------------------------------------------------------


def test_the_app_closes(client_of: Make) -> None:
    """The app's close is raised with code and reason; raw ``receive`` gives the message itself."""
    client = client_of(echo)
    with client.websocket_connect("/") as websocket:
        websocket.send_text("close")
        with pytest.raises(WebSocketDisconnect, match="code 3001: asked for") as caught:
            websocket.receive_text()
        assert (caught.value.code, caught.value.reason) == (3001, "asked for")
    with client.websocket_connect("/") as websocket:
        websocket.send_text("close")
        assert websocket.receive() == {"type": "websocket.close", "code": 3001, "reason": "asked for"}


def test_iteration_ends_with_the_close(client_of: Make) -> None:
    """``for message in websocket`` gives the payloads until the app closes."""
    with client_of(echo).websocket_connect("/") as websocket:
        websocket.send_text("a")
        websocket.send_bytes(b"b")
        websocket.send_text("close")
        assert list(websocket) == ["a", b"b"]


async def deny(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.http.response.start", "status": 403, "headers": [(b"x-why", b"no")]})
        await send({"type": "websocket.http.response.body", "body": b"for", "more_body": True})
        await send({"type": "websocket.http.response.body", "body": b"bidden"})


def test_a_denial_is_a_response(client_of: Make) -> None:
    """A denied handshake is raised as the complete response, with a close code and a text."""
    with pytest.raises(WebSocketDenialResponse) as caught, client_of(deny).websocket_connect("/"):
        raise NotImplementedError
    denial = caught.value
    assert isinstance(denial, (httpx.Response, WebSocketDisconnect))
    assert (denial.status_code, denial.headers["x-why"], denial.content) == (403, "no", b"forbidden")
    assert (denial.code, denial.reason, str(denial)) == (
        1006,
        "403 Forbidden",
        "the app denied the WebSocket with 403 Forbidden",
    )


def test_closing_instead_of_accepting(make: Make) -> None:
    """An app that closes in the handshake refuses the connection."""

    async def app(scope, receive, send):
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": "no"})

    with pytest.raises(WebSocketDisconnect) as caught, make(app).websocket_connect("/"):
        raise NotImplementedError
    assert (caught.value.code, caught.value.reason) == (1008, "no")


@pytest.mark.parametrize(
    ("sends", "told_"),
    [
        ([], "code 1006: the app returned without accepting or closing the WebSocket"),
        ([{"type": "websocket.accept"}], "code 1006: the app returned without closing it"),
    ],
)
def test_an_app_that_simply_returns(make: Make, sends: list[Any], told_: str) -> None:
    """An app that returns without closing has its own error, which every later receive raises again."""

    async def app(scope, receive, send):
        await receive()
        for message in sends:
            await send(message)

    with pytest.raises(WebSocketDisconnect, match=told_), make(app).websocket_connect("/") as websocket:
        with pytest.raises(WebSocketDisconnect, match=told_):
            websocket.receive()
        websocket.receive()


def test_sending_before_accepting(make: Make) -> None:
    """An app that sends before it has accepted gets the error, and so does the client."""

    async def app(scope, receive, send):
        await receive()
        await send({"type": "websocket.send", "text": "too early"})

    told_ = "websocket.send was sent while the connection was 'handshake'"
    with pytest.raises(ProtocolError, match=told_), make(app).websocket_connect("/"):
        raise NotImplementedError


@pytest.mark.parametrize("accepts", [False, True])
def test_the_apps_exception_is_raised(client_of: Make, accepts: bool) -> None:
    """The app's exception is raised by a waiting receive, or at the exit."""

    async def app(scope, receive, send):
        if scope["type"] == "websocket":
            await receive()
            if accepts:
                await send({"type": "websocket.accept"})
            raise ValueError("server")

    client = client_of(app)
    with pytest.raises(ValueError, match="server"), client.websocket_connect("/") as websocket:
        websocket.receive()
    with pytest.raises(ValueError, match="server"), client.websocket_connect("/"):
        pass


def test_the_bodys_own_exception_comes_first(make: Make) -> None:
    """The caller's exception inside ``with`` is not hidden by one of the app during the exit."""

    async def app(scope, receive, send):
        await receive()
        await send({"type": "websocket.accept"})
        await receive()
        raise ValueError("server")

    with pytest.raises(ZeroDivisionError), make(app).websocket_connect("/"):
        raise ZeroDivisionError


@pytest.mark.parametrize("ending", ["closes", "denies", "closes later", "closes in a group"])
def test_an_exception_after_the_close_is_raised(client_of: Make, ending: str) -> None:
    """As in Starlette's client, an app that closes or denies and then raises fails the test."""

    async def app(scope, receive, send):
        if scope["type"] == "websocket":
            await receive()
            if ending == "denies":
                await send({"type": "websocket.http.response.start", "status": 401, "headers": []})
                await send({"type": "websocket.http.response.body", "body": b""})
            else:
                if ending == "closes later":
                    await send({"type": "websocket.accept"})
                await send({"type": "websocket.close"})
            if ending == "closes in a group":
                raise ExceptionGroup("tasks", [ValueError("server")])
            raise ValueError("server")

    with (
        pytest.raises((ValueError, ExceptionGroup), match=r"server|tasks"),
        client_of(app).websocket_connect("/") as websocket,
    ):
        websocket.receive_text()


def test_sending_to_an_app_that_has_raised(client_of: Make) -> None:
    """A loop of sends ends with the app's exception, and does not go on for ever."""

    async def app(scope, receive, send):
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            raise ValueError("server")

    with pytest.raises(ValueError, match="server"), client_of(app).websocket_connect("/") as websocket:
        while True:
            websocket.send_text("again")


def test_the_scope_is_the_apps(make: Make) -> None:
    """What the app writes into its scope is seen here, but not by the next connection, nor by the record."""
    seen: list[Any] = []

    async def app(scope, receive, send):
        seen.append("user" in scope)
        scope["user"] = "ann"
        await receive()
        await send({"type": "websocket.accept"})
        await receive()

    websocket = make(app, record=True).websocket_connect("/")
    for _ in range(2):
        with websocket:
            assert websocket.scope["user"] == "ann"
    assert seen == [False, False]
    assert "user" not in websocket.run.scope


def test_leaving_lets_the_app_clean_up(client_of: Make) -> None:
    """On exit the app receives the disconnect, and the awaits of its ``finally`` run."""
    steps: list[Any] = []

    async def app(scope, receive, send):
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            try:
                steps.append(await receive())
            finally:
                await anyio.sleep(0.05)
                steps.append("cleaned up")

    with client_of(app).websocket_connect("/"):
        pass
    assert steps == [{"type": "websocket.disconnect", "code": 1000, "reason": None}, "cleaned up"]


def test_an_apps_own_disconnect_is_raised(make: Make) -> None:
    """An app that lets its framework's WebSocketDisconnect out when the client leaves: it is raised, as Starlette's
    client does and FastAPI's own tests expect."""
    from starlette import websockets

    async def app(scope, receive, send):
        websocket = websockets.WebSocket(scope, receive, send)
        await websocket.accept()
        while True:
            await websocket.send_text(await websocket.receive_text())

    with pytest.raises(websockets.WebSocketDisconnect), make(app).websocket_connect("/") as websocket:
        websocket.send_text("a")
        assert websocket.receive_text() == "a"


def test_receive_has_a_deadline(client_of: Make, deadlines_from: Any) -> None:
    """A missing message ends the connection at the deadline, and the error contains the app's line."""
    accepted: list[bool] = []

    async def app(scope, receive, send):
        async def noted(message):
            await send(message)
            accepted.append(True)

        await echo(scope, receive, noted)

    client = client_of(app)
    for options, call in (({"timeout": 0.1}, {}), ({}, {"timeout": 0.1}), ({"timeout": 30}, {"timeout": 0.1})):
        accepted.clear()
        deadlines_from(lambda: accepted)
        with client.websocket_connect("/", **options) as websocket:
            with pytest.raises(
                DeadlineError, match=r"no websocket message within 0\.1 s; .* in echo, awaiting receive"
            ):
                websocket.receive_text(**call)
            with pytest.raises(WebSocketDisconnect):
                websocket.receive_text()


def test_the_handshake_has_a_deadline(make: Make) -> None:
    """An app that neither accepts nor closes is ended at the client's deadline."""

    async def app(scope, receive, send):
        await anyio.sleep_forever()

    with pytest.raises(DeadlineError, match=r"no websocket\.accept within 0\.1 s"):
        make(app, timeout=0.1).websocket_connect("/").__enter__()


def test_outside_with(make: Make) -> None:
    """A session that was never entered has no connection; after leaving, calls return at once."""
    session = make(echo).websocket_connect("/")
    for use in (session.receive, session.receive_text, lambda: session.send_text("a"), session.close):
        with pytest.raises(LoopError, match="not connected: use it inside"):
            use()
    with session:
        pass
    session.send_text("nobody hears it")
    with pytest.raises(WebSocketDisconnect):
        session.receive(timeout=5)


# -- Starlette's own class ------------------------------------------------------------------------------------


def test_starlettes_disconnect_catches_ours() -> None:
    """Where Starlette is imported its WebSocketDisconnect catches what we raise; we never import it."""
    code = """
import sys
from ipyasgi.testclient import TestClient, WebSocketDenialResponse, WebSocketDisconnect
async def app(scope, receive, send):
    await receive()
    if scope["path"] == "/deny":
        await send({"type": "websocket.http.response.start", "status": 403})
        await send({"type": "websocket.http.response.body"})
    else:
        await send({"type": "websocket.close", "code": 1008})
def caught_by(kind, path):
    try:
        with TestClient(app).websocket_connect(path):
            pass
    except kind as exc:
        return exc
assert type(caught_by(WebSocketDisconnect, "/")) is WebSocketDisconnect
assert "starlette" not in sys.modules
from starlette.websockets import WebSocketDisconnect as Theirs
closed = caught_by(Theirs, "/")
assert isinstance(closed, WebSocketDisconnect) and (closed.code, closed.reason) == (1008, "")
denied = caught_by(Theirs, "/deny")
assert isinstance(denied, WebSocketDenialResponse) and denied.status_code == 403
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)


@pytest.mark.parametrize("remake", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))], ids=["copy", "pickle"])
@pytest.mark.parametrize("app", [echo, deny])
def test_copies_are_the_same(make: Make, app: Any, remake: Any) -> None:
    """The exceptions can be copied and pickled, as parallel test runners do."""
    with pytest.raises(WebSocketDisconnect) as caught, make(app).websocket_connect("/") as websocket:
        websocket.send_text("close")
        websocket.receive_text()
    again = remake(caught.value)
    assert type(again) is type(caught.value)
    assert (str(again), again.code, again.reason) == (str(caught.value), caught.value.code, caught.value.reason)
    if app is deny:
        assert (again.status_code, again.content) == (403, b"forbidden")
