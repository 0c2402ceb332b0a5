"""Builds all scopes of the project. Pure: values in, a dict out.

Keys and value types follow the ASGI specification (HTTP & WebSocket message format 2.5, lifespan 2.0) and, if test
suites depend on it, Starlette's ``TestClient``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from urllib.parse import unquote

from .errors import RequestError
from .types import Scope

# From 2.4 on, Starlette's StreamingResponse stops listening for http.disconnect and expects send() to raise
# OSError instead; 2.3 keeps the behaviour that suites written for its TestClient expect.
HTTP_SPEC_VERSION = "2.3"
LIFESPAN_SPEC_VERSION = "2.0"

DEFAULT_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}

HTTP_EXTENSIONS = ("http.response.debug", "http.response.trailers")
"""Always offered, as by Starlette's client. Others change what apps send, so they are offered on request."""
WEBSOCKET_EXTENSIONS = ("websocket.http.response",)

Extensions = Mapping[str, Mapping[str, Any]] | Collection[str]
"""Names of extensions, or a dict from each name to its information from the server."""

_UNKNOWN_TLS: dict[str, Any] = {
    "server_cert": None,
    "client_cert_chain": (),
    "client_cert_name": None,
    "client_cert_error": None,
    "tls_version": None,
    "cipher_suite": None,
}
_TEXT_KEYS = frozenset({"http_version", "method", "path", "root_path", "scheme"})
_BYTES_KEYS = frozenset({"query_string", "raw_path"})


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
    extensions: Extensions | None = None,
    http_version: str = "1.1",
    tls: Mapping[str, Any] | None = None,
    override: Mapping[str, Any] | None = None,
) -> Scope:
    """
    Return the scope of one HTTP request.

    :param raw_path: the path as sent, percent-encoded, without the query
    :param headers: ``(name, value)`` byte pairs, names lower-case
    :param state: the app's lifespan state; a shallow copy goes into the scope
    :param extensions: offered instead of `HTTP_EXTENSIONS`
    :param tls: the extension ``tls``; missing keys get the specification's value for unknown. The scheme is unchanged,
        as behind a proxy that terminates TLS
    :param override: replaces keys of the finished scope. Its ``extensions`` are added or replaced one by one, and None
        removes one; keys are independent: ``path`` does not change ``raw_path``

    Raises `RequestError` for a path that is not ASCII, and for invalid values of ``tls`` or ``override``.
    Source: ASGI specification, "HTTP Connection Scope"; ASGI TLS extension.
    """
    scope: Scope = {
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
        "extensions": _extensions(HTTP_EXTENSIONS, extensions, tls),
        "state": dict(state or {}),
    }
    return _overridden(scope, override) if override else scope


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
    extensions: Extensions | None = None,
    http_version: str | None = None,
    tls: Mapping[str, Any] | None = None,
    override: Mapping[str, Any] | None = None,
) -> Scope:
    """
    Return the scope of one WebSocket connection; arguments as for `build_http_scope`.

    :param subprotocols: offered by the client, in order
    :param extensions: offered instead of `WEBSOCKET_EXTENSIONS`
    :param http_version: None omits the key: it is optional here, and Starlette's client has none
    Source: ASGI specification, "WebSocket Connection Scope".
    """
    scope: Scope = {
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
        "extensions": _extensions(WEBSOCKET_EXTENSIONS, extensions, tls),
        "state": dict(state or {}),
    }
    if http_version is not None:
        scope["http_version"] = http_version
    return _overridden(scope, override) if override else scope


def build_lifespan_scope(state: dict[str, Any]) -> Scope:
    """
    Return the scope of the app's lifespan.

    :param state: not copied, so that later requests see the app's changes
    Source: ASGI specification, "Lifespan Scope" and "Lifespan State".
    """
    return {"type": "lifespan", "asgi": _versions(LIFESPAN_SPEC_VERSION), "state": state}


def decode_path(raw_path: bytes) -> str:
    """
    Return the path an app sees: percent-decoded once, as UTF-8; invalid UTF-8 becomes U+FFFD, as in servers.

    Raises `RequestError` for bytes that are not ASCII.
    """
    try:
        return unquote(raw_path.decode("ascii"))
    except UnicodeDecodeError:
        raise RequestError(f"the path {raw_path!r} is not ASCII: percent-encode it") from None


def _extensions(
    usual: tuple[str, ...], offered: Extensions | None, tls: Mapping[str, Any] | None
) -> dict[str, dict[str, Any]]:
    # Copied, because the app may change its scope.
    if offered is None:
        extensions: dict[str, dict[str, Any]] = {name: {} for name in usual}
    elif isinstance(offered, Mapping):
        extensions = {name: dict(info) for name, info in offered.items()}
    elif isinstance(offered, str):
        raise RequestError(f"extensions cannot be the str {offered!r}: give a list of names, or a dict by name")
    else:
        extensions = {name: {} for name in offered}
    if tls is not None:
        extensions["tls"] = _tls_info(tls)
    return extensions


def _tls_info(tls: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := sorted(map(str, tls.keys() - _UNKNOWN_TLS.keys())):
        raise RequestError(f"unknown keys of tls: {', '.join(unknown)}. Use {', '.join(_UNKNOWN_TLS)}")
    known: dict[str, Any] = {**_UNKNOWN_TLS, **tls}
    chain = known["client_cert_chain"]
    if isinstance(chain, (str, bytes)) or not isinstance(chain, Iterable):
        text = f"the client_cert_chain of tls cannot be {type(chain).__name__}: give a list of PEM texts"
        raise RequestError(f"{text}, the client's own first")
    return {**known, "client_cert_chain": list(chain)}


def _overridden(scope: Scope, override: Mapping[str, Any]) -> Scope:
    for key, value in override.items():
        if key == "type" and value != scope["type"]:
            raise RequestError(f"a request cannot override the scope's type {scope['type']!r} with {value!r}")
        wanted = str if key in _TEXT_KEYS else bytes if key in _BYTES_KEYS else object
        if not isinstance(value, wanted):
            found = type(value).__name__
            raise RequestError(f"the scope's {key} cannot be overridden with {found}: give {wanted.__name__}")
        if key == "headers":
            scope[key] = _byte_pairs(value)
        elif key == "extensions":
            if not isinstance(value, Mapping):
                raise RequestError(f"the scope's extensions cannot be {type(value).__name__}: give a dict by name")
            merged = {**scope["extensions"], **value}
            scope[key] = {name: dict(info) for name, info in merged.items() if info is not None}
        else:
            scope[key] = _copied(value)
    return scope


def _byte_pairs(headers: Any) -> list[tuple[bytes, bytes]]:
    given = headers.items() if isinstance(headers, Mapping) else headers
    if isinstance(given, (str, bytes)) or not isinstance(given, Iterable):
        raise RequestError(f"the scope's headers cannot be {type(given).__name__}: give a list of pairs of bytes")
    pairs = []
    for pair in given:
        name, value = pair if isinstance(pair, (tuple, list)) and len(pair) == 2 else (pair, None)
        if not isinstance(name, bytes) or not isinstance(value, bytes):
            types = f"{type(name).__name__} and {type(value).__name__}"  # not the value: it may be a secret
            raise RequestError(f"the scope's headers cannot be pairs of {types}: encode them as latin-1")
        pairs.append((name, value))
    return pairs


def _copied(value: Any) -> Any:
    if type(value) is dict:
        return dict(value)
    return list(value) if type(value) is list else value


def _versions(spec_version: str) -> dict[str, str]:
    return {"version": "3.0", "spec_version": spec_version}


def _server(scheme: str, host: str, port: int | None) -> list[str | int]:
    # A list, not a tuple, as in Starlette's client, and as in JSON.
    return [host, DEFAULT_PORTS[scheme] if port is None else port]
