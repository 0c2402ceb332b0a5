"""The httpx transport over the engine: an ``httpx.Request`` becomes a scope and a body, the cycle a response.

A request with the scheme ``ws`` or ``wss`` is answered by a response 101 that carries a
`WebSocketTestSession`, still to be entered, under ``response.extensions["ipyasgi.session"]``.
"""

from __future__ import annotations

import concurrent.futures
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ..engine.call import AppCall, reraise
from ..engine.caller_end import Deadline
from ..engine.http_cycle import HttpCycle
from ..engine.loops import Loop
from ..engine.observer import ObserverFactory
from ..protocol.errors import DeadlineError, ProtocolError, RequestError
from ..protocol.scopes import DEFAULT_PORTS, build_http_scope, build_websocket_scope
from ..protocol.types import ASGIApp, Scope
from .httpx import AppReadTimeout, httpx
from .websocket import WebSocketTestSession

OPTIONS = "ipyasgi.options"
"""Key in ``request.extensions`` for the `CallOptions` of one request."""
RUN = "ipyasgi.run"
VIOLATIONS = "ipyasgi.violations"
SESSION = "ipyasgi.session"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOptions:
    """
    What one request wants other than its client; None means as the client.

    :ivar stream: hand the body over as the app sends it
    :ivar total_timeout_s: seconds for a whole buffered call, redirects included
    :ivar whole: when those seconds are over; `TestClient.send` fills it in, and httpx hands it on to each redirect
    :ivar websocket: hand a WebSocket's session over as `WebSocketOpened`
    :ivar on_call: given the call as soon as it exists, so that another thread can cancel it
    """

    stream: bool = True
    raise_server_exceptions: bool | None = None
    observe: ObserverFactory | None = None
    total_timeout_s: float | None = None
    whole: Deadline | None = None
    on_call: Callable[[AppCall], object] | None = None
    websocket: bool = False


class WebSocketOpened(Exception):
    """Carries a session past httpx's response hooks, which must not see a response that is none."""

    def __init__(self, session: WebSocketTestSession) -> None:
        self.session = session


_DEFAULT_OPTIONS = CallOptions()


class AppTransport(httpx.BaseTransport):
    """
    Runs each request as one call of the app.

    :param loop: asked for the loop of each request
    :param state: the app's lifespan state; copied into each scope
    """

    def __init__(
        self,
        app: ASGIApp,
        loop: Callable[[], Loop],
        *,
        raise_server_exceptions: bool,
        root_path: str,
        client: tuple[str, int] | None,
        state: dict[str, Any],
        record: bool,
        observe: ObserverFactory | None,
        wait_background: bool,
    ) -> None:
        self.app = app
        self.raise_server_exceptions = raise_server_exceptions
        self.root_path = root_path
        self.client = client
        self.total_timeout_s: float | None = None
        self._loop = loop
        self._state = state
        self._record = record
        self._observe = observe
        self._wait_background = wait_background
        self._open: set[HttpCycle] = set()
        self._lock = threading.Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        options: CallOptions = request.extensions.get(OPTIONS, _DEFAULT_OPTIONS)
        scheme = request.url.scheme
        if scheme not in DEFAULT_PORTS:
            shown, known = without_secrets(request.url), ", ".join(DEFAULT_PORTS)
            raise RequestError(f"the scheme {scheme!r} of {shown} is not one of {known}")
        if scheme in ("ws", "wss"):
            return self._open_websocket(request, options)
        cycle = HttpCycle(
            self.app,
            self._http_scope(request),
            request.read(),
            self._loop(),
            stream=options.stream,
            wait_background=self._wait_background,
            observer=self._observer(options),
            record=self._record,
        )
        if options.on_call is not None:
            options.on_call(cycle)
        gap_s = _gap_s(request)
        whole = options.whole or Deadline.after(self.total_s(options))  # an auth flow's own requests carry none
        try:
            cycle.begin()
            try:
                cycle.wait_response(gap_s, None if options.stream else whole)
            except DeadlineError as exc:
                raise AppReadTimeout(exc, request) from None
            return self._respond(request, cycle, options, gap_s)
        except BaseException:  # an interrupt may hit anywhere: no call is left that nobody waits for
            cycle.abort()
            raise

    def total_s(self, options: CallOptions) -> float | None:
        """Return the seconds for a whole buffered call."""
        return self.total_timeout_s if options.total_timeout_s is None else options.total_timeout_s

    def close(self) -> None:
        """End every response that is still open."""
        with self._lock:
            cycles, self._open = self._open, set()
        for cycle in cycles:
            cycle.abort(gently=True)

    def _respond(
        self, request: httpx.Request, cycle: HttpCycle, options: CallOptions, gap_s: float | None
    ) -> httpx.Response:
        wanted = options.raise_server_exceptions
        raises = self.raise_server_exceptions if wanted is None else wanted
        if cycle.status is None:
            return self._no_response(request, cycle, raises)
        stream: httpx.SyncByteStream
        if options.stream:
            with self._lock:
                self._open.add(cycle)
            stream = _CycleStream(cycle, request, raises, gap_s, self._forget)
        else:
            if raises and cycle.exception is not None:
                reraise(cycle.exception)
            stream = httpx.ByteStream(cycle.content())
        return _response(request, cycle, stream)

    def _no_response(self, request: httpx.Request, cycle: HttpCycle, raises: bool) -> httpx.Response:
        if raises and cycle.exception is not None:
            reraise(cycle.exception)
        if cycle.cut_off:
            raise concurrent.futures.CancelledError
        if raises:
            raise ProtocolError("TestClient did not receive any response.", rule="http.no-response")
        cycle.status = 500
        return _response(request, cycle, httpx.ByteStream(b""))

    def _open_websocket(self, request: httpx.Request, options: CallOptions) -> httpx.Response:
        session = WebSocketTestSession(
            self.app,
            self._websocket_scope(request),
            self._loop,
            observe=lambda: self._observer(options),
            record=self._record,
            timeout_s=_gap_s(request),
            on_call=options.on_call,
        )
        if options.websocket:
            raise WebSocketOpened(session)
        return httpx.Response(101, request=request, extensions={SESSION: session})

    def _observer(self, options: CallOptions) -> Any:
        observe = options.observe or self._observe
        return None if observe is None else observe()

    def _forget(self, cycle: HttpCycle) -> None:
        with self._lock:
            self._open.discard(cycle)

    def _http_scope(self, request: httpx.Request) -> Scope:
        url = request.url
        return build_http_scope(
            method=request.method,
            scheme=url.scheme,
            host=url.raw_host.decode("ascii"),
            port=url.port,
            raw_path=url.raw_path.split(b"?", 1)[0],
            query_string=url.query,
            headers=_header_pairs(request),
            root_path=self.root_path,
            client=self.client,
            state=self._state,
        )

    def _websocket_scope(self, request: httpx.Request) -> Scope:
        url = request.url
        offered = request.headers.get("sec-websocket-protocol", "")
        return build_websocket_scope(
            scheme=url.scheme,
            host=url.raw_host.decode("ascii"),
            port=url.port,
            raw_path=url.raw_path.split(b"?", 1)[0],
            query_string=url.query,
            headers=_header_pairs(request),
            subprotocols=[name.strip() for name in offered.split(",") if name.strip()],
            root_path=self.root_path,
            client=self.client,
            state=self._state,
        )


class _CycleStream(httpx.SyncByteStream):
    """The body of a streamed response; closing it ends the cycle and raises what the app raised."""

    def __init__(
        self,
        cycle: HttpCycle,
        request: httpx.Request,
        raises: bool,
        gap_s: float | None,
        forget: Callable[[HttpCycle], None],
    ) -> None:
        self._cycle = cycle
        self._request = request
        self._raises = raises
        self._gap_s = gap_s
        self._forget = forget
        self._closed = False
        self.extensions: dict[str, Any] = {}

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._cycle.iter_chunks(self._gap_s)
        except DeadlineError as exc:
            self._leave()  # the deadline is what is raised, not what the app raised when it was told
            raise AppReadTimeout(exc, self._request) from None
        except concurrent.futures.CancelledError:
            self._leave()
            raise
        self.close()

    def close(self) -> None:
        if self._closed:
            return
        left_early = not self._cycle.complete and not self._cycle.ended
        try:
            self._cycle.finish()
        finally:
            self._leave()
        exception = self._cycle.exception
        if self._raises and exception is not None and not (left_early and _is_disconnect(exception)):
            reraise(exception)

    def _leave(self) -> None:
        self._closed = True
        self._forget(self._cycle)
        if self._cycle.run is not None:
            self.extensions[RUN] = self._cycle.run


def _response(request: httpx.Request, cycle: HttpCycle, stream: httpx.SyncByteStream) -> httpx.Response:
    assert cycle.status is not None
    response = httpx.Response(cycle.status, headers=cycle.headers, stream=stream, request=request)
    if cycle.trailers is not None:
        response.extensions["http.response.trailers"] = cycle.trailers
    if cycle.debug_info is not None:
        response.extensions["http.response.debug"] = cycle.debug_info
        for name in ("template", "context"):
            if name in cycle.debug_info:
                setattr(response, name, cycle.debug_info[name])
    if isinstance(stream, _CycleStream):
        stream.extensions = response.extensions
    response.extensions[VIOLATIONS] = cycle.violations
    if cycle.run is not None:
        response.extensions[RUN] = cycle.run
    return response


def without_secrets(url: httpx.URL) -> httpx.URL:
    """Return the URL as an error may show it: user, password, query and fragment are left out."""
    return url.copy_with(userinfo=b"", query=None, fragment=None)


def _is_disconnect(exc: BaseException) -> bool:
    """Tell whether the app merely said that its reader had left."""
    return type(exc).__name__ == "ClientDisconnect"


def _header_pairs(request: httpx.Request) -> list[tuple[bytes, bytes]]:
    pairs = [(name.lower(), value) for name, value in request.headers.raw]
    if "host" not in request.headers:
        pairs.insert(0, (b"host", request.url.netloc))
    return pairs


def _gap_s(request: httpx.Request) -> float | None:
    timeout = request.extensions.get("timeout") or {}
    gap: float | None = timeout.get("read")
    return gap
