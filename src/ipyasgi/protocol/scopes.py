"""The only place where a scope is written. Pure: values in, a dict out.

Keys and their forms follow the ASGI specification (HTTP & WebSocket message format 2.5, lifespan 2.0) and,
where a suite could notice, what Starlette's ``TestClient`` gives its apps.
"""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import unquote

from .types import AsgiVersions, HttpScope, LifespanScope, Scope, WebSocketScope

# From 2.4 on, Starlette's StreamingResponse stops listening for http.disconnect and expects send() to raise
# OSError instead; 2.3 keeps the behaviour that suites written for its TestClient know.
HTTP_SPEC_VERSION = "2.3"
LIFESPAN_SPEC_VERSION = "2.0"

DEFAULT_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}


def build_http_scope(
    *,
    method: str,
    scheme: str,
    host: str,
    port: int | None,
    raw_path: bytes,
    query_string: bytes,
    headers: list[tuple[bytes, bytes]],
    root_path: str = "",
    client: tuple[str, int] | None = ("testclient", 50000),
    state: dict[str, Any] | None = None,
    extensions: dict[str, dict[str, Any]] | None = None,
    http_version: str = "1.1",
) -> Scope:
    """
    Return the scope of one HTTP request.

    :param raw_path: the path as sent, percent-encoded, without the query
    :param headers: ``(name, value)`` byte pairs, names lower-case
    :param state: the app's lifespan state; a shallow copy goes into the scope
    Source: ASGI specification, "HTTP Connection Scope".
    """
    scope: HttpScope = {
        "type": "http",
        "asgi": _versions(HTTP_SPEC_VERSION),
        "http_version": http_version,
        "method": method,
        "path": decode_path(raw_path),
        "raw_path": raw_path,
        "root_path": root_path,
        "scheme": scheme,
        "query_string": query_string,
        "headers": headers,
        "client": client,
        "server": _server(scheme, host, port),
        "extensions": extensions
        if extensions is not None
        else {"http.response.debug": {}, "http.response.trailers": {}},
        "state": dict(state or {}),
    }
    return cast(Scope, scope)


def build_websocket_scope(
    *,
    scheme: str,
    host: str,
    port: int | None,
    raw_path: bytes,
    query_string: bytes,
    headers: list[tuple[bytes, bytes]],
    subprotocols: list[str],
    root_path: str = "",
    client: tuple[str, int] | None = ("testclient", 50000),
    state: dict[str, Any] | None = None,
) -> Scope:
    """
    Return the scope of one WebSocket connection; arguments as for `build_http_scope`.

    :param subprotocols: what the client offers, in its order
    Source: ASGI specification, "WebSocket Connection Scope".
    """
    scope: WebSocketScope = {
        "type": "websocket",
        "asgi": _versions(HTTP_SPEC_VERSION),
        "path": decode_path(raw_path),
        "raw_path": raw_path,
        "root_path": root_path,
        "scheme": scheme,
        "query_string": query_string,
        "headers": headers,
        "client": client,
        "server": _server(scheme, host, port),
        "subprotocols": subprotocols,
        "extensions": {"websocket.http.response": {}},
        "state": dict(state or {}),
    }
    return cast(Scope, scope)


def build_lifespan_scope(state: dict[str, Any]) -> Scope:
    """
    Return the scope of the app's lifespan.

    :param state: the dict itself, not a copy: what the app puts there reaches later requests
    Source: ASGI specification, "Lifespan Scope" and "Lifespan State".
    """
    scope: LifespanScope = {"type": "lifespan", "asgi": _versions(LIFESPAN_SPEC_VERSION), "state": state}
    return cast(Scope, scope)


def decode_path(raw_path: bytes) -> str:
    """Return the path an app sees: percent-decoded once, as UTF-8."""
    return unquote(raw_path.decode("ascii"))


def _versions(spec_version: str) -> AsgiVersions:
    return {"version": "3.0", "spec_version": spec_version}


def _server(scheme: str, host: str, port: int | None) -> list[str | int]:
    # A list, not a tuple: what Starlette's client sends, and what JSON makes of either.
    return [host, DEFAULT_PORTS[scheme] if port is None else port]
