"""`TestClient`: an ``httpx.Client`` whose requests go straight to an ASGI app. Composition only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar, TypeVarTuple, Unpack

from ..engine.http_cycle import HttpCycle
from ..engine.loops import Loop
from .basetestclient import BaseTestClient
from .httpx import httpx
from .options import CallOptions
from .transport import AppTransport
from .websocket import WebSocketTestSession
from .websocket_end import WebSocketOpened

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class TestClient(BaseTestClient, httpx.Client):
    """
    Call an ASGI app in this process: no server, no socket.

    The arguments up to ``client`` are the same as in Starlette's ``TestClient``. Additional ones:

    :param timeout: seconds, or an ``httpx.Timeout`` whose ``read`` counts: the longest time between two messages
        of the app; the default for every wait of this client. None waits without a limit, as Starlette does
    :param total_timeout: seconds for a whole buffered call with its redirects and its auth flow; ends ``get()`` on an
        endless stream
    :param lifespan: ``on`` (an app without lifespan support is an error), ``auto`` or ``off``
    :param loop: a loop shared with other clients, or `ipyasgi.KernelLoop`; not closed with the client
    :param wait_background: whether ``get()`` waits for the app's background tasks
    :param strict: raise the app's first violation of the protocol; violations are always collected
    :param foreign_hosts: False refuses requests and redirects to other hosts than that of ``base_url``
    :param scope: merged into the scope of every request, such as ``{"user": user}``
    :param http_version: value of ``scope["http_version"]``
    :param tls: the keys of the specification's TLS extension
    :param extensions: further extensions to offer to the app, such as ``["http.response.push"]``
    :param record: keep every message of each call in ``response.extensions["ipyasgi.run"]``
    :param observe: makes the observer of each call
    :param observe_lifespan: makes the observer of each life of the app

    Without ``with`` the app's lifespan does not run, and the client shares a loop with similar clients.
    """

    __test__ = False
    _stream_kind = httpx.SyncByteStream
    _transport_kind = AppTransport

    def __enter__(self) -> Self:
        if self._begin_enter():
            begun = False
            try:
                self._runner.enter(self.timeout.read)
                begun = True
            finally:
                self._end_change(entered=begun)
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        if self._begin_leave():
            try:
                self._runner.leave(self.timeout.read, self._cycles.end)
            finally:
                self._end_change(entered=False)

    def close(self) -> None:
        """End open responses and release the shared loop; inside ``with`` the loop stays open until the block ends."""
        super().close()
        if not self._entered:
            self._runner.loops.close()

    def call(self, func: Callable[[Unpack[Ts]], Awaitable[T]], *args: *Ts, timeout: float | None = None) -> T:
        """
        Run ``await func(*args)`` on the client's loop, which the app's pools and locks belong to, and return its value.

        :param timeout: seconds; None for no limit
        """
        return self._runner.loops.current().call(func, *args, timeout_s=timeout)

    @property
    def loop(self) -> Loop:
        """The loop on which the app runs."""
        return self._runner.loops.current()

    def open_call(self, request: httpx.Request, options: CallOptions, loop: Loop) -> HttpCycle:
        """Return the call of the app for a request, not started yet, for work on `loop` itself."""
        return self._runner.open_http(request, options, loop)

    def send(self, request: httpx.Request, *, stream: bool = False, **kwargs: Any) -> httpx.Response:
        """Send a request as ``httpx.Client.send`` does."""
        self._mark(request, stream=stream)
        return super().send(request, stream=stream, **self._with_auth(request, kwargs))

    def websocket_connect(
        self, url: str, subprotocols: Sequence[str] | None = None, **kwargs: Any
    ) -> WebSocketTestSession:
        """
        Return a session to enter: ``with client.websocket_connect("/ws") as websocket:``.

        :param url: joined to ``base_url``; ``ws://`` and ``wss://`` URLs are used unchanged
        :param subprotocols: offered to the app in this order
        :param kwargs: arguments of ``request``: ``headers``, ``params``, ``cookies``, ``auth``, ``timeout`` and more
        """
        target, prepared = self._prepare_websocket(url, subprotocols, kwargs)
        try:
            response = self.request("GET", target, **prepared)
        except WebSocketOpened as opened:
            session: WebSocketTestSession = opened.session
            return session
        raise self._no_websocket(target, response)

    def websocket(self, url: str, **kwargs: Any) -> WebSocketTestSession:
        """Same as `websocket_connect`; replaces a method of httpx2's clients that needs a network."""
        return self.websocket_connect(url, **kwargs)
