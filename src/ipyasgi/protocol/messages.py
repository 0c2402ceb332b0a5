"""The shapes of ASGI: one ``TypedDict`` per scope and message, each with a ``Literal`` type.

Types only, and imported for type checkers only: to make them takes a moment. Names are the specification's own
(https://asgi.readthedocs.io/en/latest/specs/).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, NotRequired, TypedDict


class AsgiVersions(TypedDict):
    version: str
    spec_version: str


class TlsInfo(TypedDict):
    server_cert: str | None
    client_cert_chain: Iterable[str]
    client_cert_name: str | None
    client_cert_error: str | None
    tls_version: int | None
    cipher_suite: int | None


class HttpScope(TypedDict):
    type: Literal["http"]
    asgi: AsgiVersions
    http_version: str
    method: str
    scheme: str
    path: str
    raw_path: bytes
    query_string: bytes
    root_path: str
    headers: list[tuple[bytes, bytes]]
    client: tuple[str, int] | None
    server: list[str | int]
    extensions: dict[str, dict[str, Any]]
    state: dict[str, Any]


class WebSocketScope(TypedDict):
    type: Literal["websocket"]
    asgi: AsgiVersions
    http_version: NotRequired[str]
    scheme: str
    path: str
    raw_path: bytes
    query_string: bytes
    root_path: str
    headers: list[tuple[bytes, bytes]]
    client: tuple[str, int] | None
    server: list[str | int]
    subprotocols: list[str]
    extensions: dict[str, dict[str, Any]]
    state: dict[str, Any]


class LifespanScope(TypedDict):
    type: Literal["lifespan"]
    asgi: AsgiVersions
    state: dict[str, Any]


class HttpRequest(TypedDict):
    type: Literal["http.request"]
    body: bytes
    more_body: NotRequired[bool]


class HttpDisconnect(TypedDict):
    type: Literal["http.disconnect"]


class HttpResponseStart(TypedDict):
    type: Literal["http.response.start"]
    status: int
    headers: NotRequired[Iterable[tuple[bytes, bytes]]]
    trailers: NotRequired[bool]


class HttpResponseBody(TypedDict):
    type: Literal["http.response.body"]
    body: NotRequired[bytes]
    more_body: NotRequired[bool]


class HttpResponseTrailers(TypedDict):
    type: Literal["http.response.trailers"]
    headers: NotRequired[Iterable[tuple[bytes, bytes]]]
    more_trailers: NotRequired[bool]


class HttpResponseDebug(TypedDict):
    type: Literal["http.response.debug"]
    info: dict[str, Any]


class HttpResponseEarlyHint(TypedDict):
    type: Literal["http.response.early_hint"]
    links: Iterable[bytes]


class HttpResponsePush(TypedDict):
    type: Literal["http.response.push"]
    path: str
    headers: Iterable[tuple[bytes, bytes]]


class HttpResponsePathsend(TypedDict):
    type: Literal["http.response.pathsend"]
    path: str


class HttpResponseZeroCopySend(TypedDict):
    type: Literal["http.response.zerocopysend"]
    file: Any
    offset: NotRequired[int]
    count: NotRequired[int]
    more_body: NotRequired[bool]


class WebSocketConnect(TypedDict):
    type: Literal["websocket.connect"]


class WebSocketAccept(TypedDict):
    type: Literal["websocket.accept"]
    subprotocol: NotRequired[str | None]
    headers: NotRequired[Iterable[tuple[bytes, bytes]]]


class WebSocketReceive(TypedDict):
    type: Literal["websocket.receive"]
    text: NotRequired[str | None]
    bytes: NotRequired[bytes | None]


class WebSocketSend(TypedDict):
    type: Literal["websocket.send"]
    text: NotRequired[str | None]
    bytes: NotRequired[bytes | None]


class WebSocketDisconnectMessage(TypedDict):
    type: Literal["websocket.disconnect"]
    code: int
    reason: NotRequired[str | None]


class WebSocketClose(TypedDict):
    type: Literal["websocket.close"]
    code: NotRequired[int]
    reason: NotRequired[str | None]


class LifespanStartup(TypedDict):
    type: Literal["lifespan.startup"]


class LifespanStartupComplete(TypedDict):
    type: Literal["lifespan.startup.complete"]


class LifespanStartupFailed(TypedDict):
    type: Literal["lifespan.startup.failed"]
    message: NotRequired[str]


class LifespanShutdown(TypedDict):
    type: Literal["lifespan.shutdown"]


class LifespanShutdownComplete(TypedDict):
    type: Literal["lifespan.shutdown.complete"]


class LifespanShutdownFailed(TypedDict):
    type: Literal["lifespan.shutdown.failed"]
    message: NotRequired[str]
