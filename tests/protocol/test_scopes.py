"""The scopes that are built for requests, WebSockets and lifespans."""

from typing import Any

import pytest

from ipyasgi.protocol.errors import RequestError
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
    """The scope of a request has exactly the keys and types of the specification and of Starlette's client."""
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


def websocket(**changes: Any) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        "scheme": "wss",
        "host": "testserver",
        "port": None,
        "raw_path": b"/ws",
        "query_string": b"",
        "headers": [],
        "subprotocols": ["chat"],
    }
    return dict(build_websocket_scope(**{**wanted, **changes}))


def test_websocket_scope() -> None:
    """The scope of a WebSocket has subprotocols, and neither a method nor an HTTP version."""
    assert websocket() == {
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
    """The lifespan's state is the given dict itself, so changes by the app are visible in it."""
    state: dict[str, Any] = {}
    scope = build_lifespan_scope(state)
    assert scope == {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": {}}
    assert scope["state"] is state


@pytest.mark.parametrize(
    ("scheme", "port", "expected"),
    [("http", None, 80), ("https", None, 443), ("ws", None, 80), ("wss", None, 443), ("http", 8080, 8080)],
)
def test_ports(scheme: str, port: int | None, expected: int) -> None:
    """The port is the given one, else the default of the scheme."""
    assert http(scheme=scheme, port=port)["server"] == ["testserver", expected]


def test_ipv6_host() -> None:
    """An IPv6 host is in ``server`` without brackets."""
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
        (b"/%C3x%A9", "/\N{REPLACEMENT CHARACTER}x\N{REPLACEMENT CHARACTER}"),
        (b"/%E2%82%AC%e2%82", "/€\N{REPLACEMENT CHARACTER}"),
        (b"/%00", "/\0"),
        (b"/%", "/%"),
        (b"/%zz%4", "/%zz%4"),
    ],
)
def test_the_path_is_decoded_once(raw_path: bytes, path: str) -> None:
    """Percent-encoding is decoded once, as UTF-8; a plus sign in a path is not a space."""
    assert decode_path(raw_path) == path
    scope = http(raw_path=raw_path)
    assert (scope["path"], scope["raw_path"]) == (path, raw_path)


def test_a_path_that_is_not_ascii() -> None:
    """Non-ASCII bytes in a path raise an error that says to percent-encode them."""
    with pytest.raises(RequestError, match="percent-encode"):
        http(raw_path="/é".encode())


def test_the_state_is_a_shallow_copy() -> None:
    """Rebinding a key of a request's state is not shared; the objects in the state are."""
    shared: list[int] = []
    state: dict[str, Any] = {"shared": shared}
    scope = http(state=state)
    scope["state"]["own"] = 1
    scope["state"]["shared"].append(1)
    assert state == {"shared": [1]}


def test_no_client() -> None:
    """The client of the scope may be None."""
    assert http(client=None)["client"] is None


@pytest.mark.parametrize("extensions", [{}, {"http.response.push": {}}])
def test_extensions_are_what_is_asked_for(extensions: dict[str, dict[str, Any]]) -> None:
    """Given extensions replace the default ones; an empty list offers none."""
    assert http(extensions=extensions)["extensions"] == extensions
    assert websocket(extensions=extensions)["extensions"] == extensions


def test_extensions_may_be_names_only() -> None:
    """Extensions may be a list of names; a single str raises an error."""
    assert http(extensions=["http.response.push", "x"])["extensions"] == {"http.response.push": {}, "x": {}}
    with pytest.raises(RequestError, match="list of names"):
        http(extensions="http.response.push")


def test_what_an_app_writes_into_its_extensions_stays_in_its_scope() -> None:
    """The extensions of the scope are a copy of the caller's, so the app cannot change those."""
    given: dict[str, dict[str, Any]] = {"x": {"a": 1}}
    for scope in (http(extensions=given), websocket(extensions=given), http(override={"extensions": given})):
        scope["extensions"]["x"]["a"] = scope["extensions"]["y"] = 2
    assert given == {"x": {"a": 1}}
    assert http()["extensions"] == {"http.response.debug": {}, "http.response.trailers": {}}


def test_the_http_version_of_a_websocket_is_there_when_asked_for() -> None:
    """A WebSocket scope has an HTTP version only on request, as it is optional and Starlette's client has none."""
    assert websocket(http_version="2")["http_version"] == "2"


# -- TLS --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("build", [http, websocket])
def test_tls_is_an_extension(build: Any) -> None:
    """TLS information is one more extension, with the specification's values for unknown keys; the scheme is kept."""
    given = {"server_cert": "PEM", "tls_version": 0x0304, "client_cert_chain": ("a", "b")}
    plain, scope = build(), build(tls=given)
    assert scope["extensions"] == {
        **plain["extensions"],
        "tls": {
            "server_cert": "PEM",
            "client_cert_chain": ["a", "b"],
            "client_cert_name": None,
            "client_cert_error": None,
            "tls_version": 0x0304,
            "cipher_suite": None,
        },
    }
    assert scope["scheme"] == plain["scheme"]
    assert given["client_cert_chain"] == ("a", "b")
    assert build(tls={})["extensions"]["tls"]["client_cert_chain"] == []
    assert "tls" not in plain["extensions"]


@pytest.mark.parametrize(
    ("tls", "said"),
    [
        ({"version": 1}, "Use server_cert"),
        ({"client_cert_chain": "PEM"}, "list of PEM texts"),
        ({"client_cert_chain": None}, "cannot be NoneType"),
    ],
)
def test_tls_that_says_nothing(tls: dict[str, Any], said: str) -> None:
    """Unknown keys and an invalid certificate chain raise an error with the expected values."""
    with pytest.raises(RequestError, match=said):
        http(tls=tls)


# -- overriding -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("build", [http, websocket])
def test_override_is_put_over_the_finished_scope(build: Any) -> None:
    """Each key replaces only its own value; unknown keys are added; the caller's dict is not changed."""
    override = {
        "path": "/other",
        "headers": [[b"x-a", b"1"], (b"x-a", b"2")],
        "client": None,
        "state": {"a": 1},
        "aws.event": [1],
    }
    plain, scope = build(), build(override=override)
    assert scope == {**plain, **override, "headers": [(b"x-a", b"1"), (b"x-a", b"2")]}
    scope["state"]["b"] = scope["headers"].append((b"", b"")) or scope["aws.event"].append(2)
    assert (override["state"], override["aws.event"], len(override["headers"])) == ({"a": 1}, [1], 2)
    assert build(override={}) == build(override=None) == plain


def test_extensions_are_overridden_one_by_one() -> None:
    """Overriding extensions are added or replaced, None removes one, the others are kept."""
    override = {"extensions": {"http.response.push": {}, "http.response.debug": None, "tls": {"server_cert": "y"}}}
    assert http(tls={"server_cert": "x"}, override=override)["extensions"] == {
        "http.response.trailers": {},
        "http.response.push": {},
        "tls": {"server_cert": "y"},
    }


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ({"headers": [("x-a", "1")]}, "cannot be pairs of str and str"),
        ({"headers": [(b"x-a", "secret")]}, "cannot be pairs of bytes and str"),
        ({"headers": {"x-a": "1"}}, "cannot be pairs of str and str"),
        ({"headers": [b"xa"]}, "cannot be pairs of bytes and NoneType"),
        ({"headers": "x-a: 1"}, "cannot be str: give a list of pairs of bytes"),
        ({"headers": None}, "cannot be NoneType: give a list of pairs of bytes"),
        ({"type": "websocket"}, "scope's type 'http'"),
        ({"path": b"/"}, "path cannot be overridden with bytes: give str"),
        ({"method": None}, "method cannot be overridden with NoneType: give str"),
        ({"query_string": "a=1"}, "query_string cannot be overridden with str: give bytes"),
        ({"raw_path": None}, "raw_path cannot be overridden with NoneType: give bytes"),
        ({"extensions": ["http.response.push"]}, "a dict by name"),
        ({"extensions": None}, "a dict by name"),
    ],
)
def test_an_override_that_no_app_could_be_given(override: dict[str, Any], said: str) -> None:
    """A value of a wrong type raises an error with its key; a header's value is never shown."""
    with pytest.raises(RequestError, match=said) as caught:
        http(override=override)
    assert "secret" not in str(caught.value)
