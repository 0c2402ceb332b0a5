"""The scopes, written out."""

from typing import Any

import pytest

from ipyasgi.protocol.scopes import build_http_scope, build_lifespan_scope, build_websocket_scope, decode_path


def http(**changes: Any) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        "method": "GET",
        "scheme": "http",
        "host": "testserver",
        "port": None,
        "raw_path": b"/a%20b",
        "query_string": b"x=1",
        "headers": [(b"host", b"testserver")],
    }
    return dict(build_http_scope(**{**wanted, **changes}))


def test_http_scope() -> None:
    """The scope of a request has exactly the keys and forms of the specification and of Starlette's client."""
    assert http() == {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "path": "/a b",
        "raw_path": b"/a%20b",
        "root_path": "",
        "scheme": "http",
        "query_string": b"x=1",
        "headers": [(b"host", b"testserver")],
        "client": ("testclient", 50000),
        "server": ["testserver", 80],
        "extensions": {"http.response.debug": {}, "http.response.trailers": {}},
        "state": {},
    }


def test_websocket_scope() -> None:
    """The scope of a WebSocket has subprotocols, and neither a method nor an HTTP version."""
    scope = build_websocket_scope(
        scheme="wss",
        host="testserver",
        port=None,
        raw_path=b"/ws",
        query_string=b"",
        headers=[],
        subprotocols=["chat"],
    )
    assert scope == {
        "type": "websocket",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "path": "/ws",
        "raw_path": b"/ws",
        "root_path": "",
        "scheme": "wss",
        "query_string": b"",
        "headers": [],
        "client": ("testclient", 50000),
        "server": ["testserver", 443],
        "subprotocols": ["chat"],
        "extensions": {"websocket.http.response": {}},
        "state": {},
    }


def test_lifespan_scope_holds_the_state_itself() -> None:
    """What the app puts into the lifespan's state is seen by whoever gave the dict."""
    state: dict[str, Any] = {}
    scope = build_lifespan_scope(state)
    assert scope == {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": {}}
    assert scope["state"] is state


@pytest.mark.parametrize(
    ("scheme", "port", "expected"),
    [("http", None, 80), ("https", None, 443), ("ws", None, 80), ("wss", None, 443), ("http", 8080, 8080)],
)
def test_ports(scheme: str, port: int | None, expected: int) -> None:
    """Without a port the scheme's own counts, with one that."""
    assert http(scheme=scheme, port=port)["server"] == ["testserver", expected]


def test_ipv6_host() -> None:
    """An IPv6 host stands in ``server`` without brackets."""
    assert http(host="::1", port=8000)["server"] == ["::1", 8000]


@pytest.mark.parametrize(
    ("raw_path", "path"),
    [
        (b"/", "/"),
        (b"/%C3%A9", "/é"),
        (b"/%2541", "/%41"),
        (b"/a%2Fb", "/a/b"),
        (b"/a+b", "/a+b"),
        (b"/%ff", "/\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_the_path_is_decoded_once(raw_path: bytes, path: str) -> None:
    """Percent signs are decoded once, as UTF-8; plus signs are no blanks in a path."""
    assert decode_path(raw_path) == path
    scope = http(raw_path=raw_path)
    assert (scope["path"], scope["raw_path"]) == (path, raw_path)


def test_the_state_is_a_shallow_copy() -> None:
    """A request may rebind its state unseen; what the state holds is shared."""
    shared: list[int] = []
    state: dict[str, Any] = {"shared": shared}
    scope = http(state=state)
    scope["state"]["own"] = 1
    scope["state"]["shared"].append(1)
    assert state == {"shared": [1]}


def test_no_client() -> None:
    """A server may not know its client."""
    assert http(client=None)["client"] is None


@pytest.mark.parametrize("extensions", [{}, {"http.response.push": {}}])
def test_extensions_are_what_is_asked_for(extensions: dict[str, dict[str, Any]]) -> None:
    """Given extensions replace the usual ones, none included."""
    assert http(extensions=extensions)["extensions"] == extensions
