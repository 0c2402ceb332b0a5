"""`TestClient`: an ``httpx.Client`` whose requests go straight to an ASGI app. Composition only.

httpx does verbs, cookies, redirects, auth and hooks; the engine runs the app; `ClientLoops` says on which loop.
"""

from __future__ import annotations

import dataclasses
import functools
import weakref
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Literal, Self, TypedDict, TypeVar, TypeVarTuple, Unpack

import anyio.to_thread

from ..engine.caller_end import Deadline
from ..engine.exit import build_last_words
from ..engine.lifespan import LifespanMode, LifespanRunner
from ..engine.loops import Backend, Loop
from ..engine.observer import ObserverFactory
from ..protocol.errors import RequestError
from ..protocol.types import ASGIApp
from .apps import as_asgi3, name_of
from .home import ClientLoops
from .httpx import httpx
from .transport import OPTIONS, AppTransport, CallOptions, WebSocketOpened, without_secrets
from .websocket import WebSocketTestSession

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class AsyncBackend(TypedDict):
    """The backend's name and the options it is started with."""

    backend: Backend
    backend_options: dict[str, Any]


class TestClient(httpx.Client):
    """
    Call an ASGI app in this process: no server, no socket.

    The arguments up to ``client`` are those of Starlette's ``TestClient`` and mean the same. Further:

    :param timeout: seconds, or an ``httpx.Timeout`` whose ``read`` counts: the longest gap between two messages
        of the app; the default for every wait of this client. None waits for ever, as Starlette does
    :param total_timeout: seconds for a whole buffered call with its redirects, so that ``get()`` on an endless
        stream ends
    :param lifespan: ``on`` (an app without lifespan support is an error), ``auto`` or ``off``
    :param loop: a loop shared with other clients; it is not closed with this one
    :param wait_background: whether ``get()`` waits for the app's background tasks
    :param record: keep every message of each call under ``response.extensions["ipyasgi.run"]``
    :param observe: makes the observer of each call
    :param observe_lifespan: makes the observer of each life of the app

    Without ``with`` the app's lifespan does not run, and the client shares one loop with others like it.
    """

    __test__ = False

    def __init__(
        self,
        app: ASGIApp | Callable[..., Any],
        base_url: str = "http://testserver",
        raise_server_exceptions: bool = True,
        root_path: str = "",
        backend: Literal["asyncio", "trio"] = "asyncio",
        backend_options: dict[str, Any] | None = None,
        cookies: Any = None,
        headers: Any = None,
        follow_redirects: bool = True,
        client: tuple[str, int] | None = ("testclient", 50000),
        *,
        timeout: Any = None,
        total_timeout: float | None = None,
        lifespan: LifespanMode = "on",
        loop: Loop | None = None,
        wait_background: bool = True,
        record: bool = False,
        observe: ObserverFactory | None = None,
        observe_lifespan: ObserverFactory | None = None,
    ) -> None:
        self.app = as_asgi3(app)
        self.async_backend = AsyncBackend(backend=backend, backend_options=dict(backend_options or {}))
        self.app_state: dict[str, Any] = {}
        loops = ClientLoops(self.async_backend["backend"], self.async_backend["backend_options"], given=loop)
        self._loops = loops
        self._app_transport = AppTransport(
            self.app,
            loops.current,
            raise_server_exceptions=raise_server_exceptions,
            root_path=root_path,
            client=client,
            state=self.app_state,
            record=record,
            observe=observe,
            wait_background=wait_background,
        )
        self._app_transport.total_timeout_s = total_timeout
        self.life = LifespanRunner(self.app, self.app_state, loops.current, mode=lifespan, observe=observe_lifespan)
        self._entered = 0
        given = httpx.Headers(headers)
        given.setdefault("user-agent", "testclient")
        super().__init__(
            base_url=base_url,
            headers=given,
            cookies=cookies,
            follow_redirects=follow_redirects,
            timeout=timeout,
            transport=self._app_transport,
        )
        finalizer = weakref.finalize(self, loops.drop)
        finalizer.atexit = False

    # -- life --------------------------------------------------------------------------------------------

    @property
    def portal(self) -> Any:
        """anyio's ``BlockingPortal`` into the client's loop inside ``with``, else None. `call` works always."""
        return self._loops.portal() if self._entered else None

    @property
    def task(self) -> Future[None]:
        """The app's lifespan as a future; AttributeError before the first ``with``."""
        future = self.life.future
        if future is None:
            raise AttributeError("task: there is none before the first `with client:`")
        return future

    @property
    def raise_server_exceptions(self) -> bool:
        """Whether what the app raises is raised here, or answered by whatever response there is."""
        return self._app_transport.raise_server_exceptions

    @raise_server_exceptions.setter
    def raise_server_exceptions(self, value: bool) -> None:
        self._app_transport.raise_server_exceptions = value

    @property
    def total_timeout(self) -> float | None:
        """Seconds for a whole buffered call, or None."""
        return self._app_transport.total_timeout_s

    @total_timeout.setter
    def total_timeout(self, value: float | None) -> None:
        self._app_transport.total_timeout_s = value

    def __enter__(self) -> Self:
        self._entered += 1
        if self._entered > 1:
            return self
        begun = False
        try:
            self._loops.enter(build_last_words(name_of(self.app), functools.partial(self.life.end, quiet=False)))
            if self.life.mode != "off":
                self.life.startup(self.timeout.read)
            begun = True
        finally:
            if not begun:
                self._entered = 0
                self._leave(started=False)
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        self._entered -= 1
        if self._entered == 0:
            self._leave(started=self.life.mode != "off")

    def close(self) -> None:
        """End open responses and give the shared loop back; inside ``with`` the loop stays until its end."""
        super().close()
        if not self._entered:
            self._loops.close()

    def call(self, func: Callable[[Unpack[Ts]], Awaitable[T]], *args: *Ts, timeout: float | None = None) -> T:
        """
        Run ``await func(*args)`` on the client's loop, where the app's pools and locks live, and return its value.

        :param timeout: seconds, None for ever
        """
        return self._loops.current().call(func, *args, timeout_s=timeout)

    async def lifespan(self) -> None:
        """Run one whole life of the app: start it and shut it down."""
        await self.wait_startup()
        await self.wait_shutdown()

    async def wait_startup(self) -> None:
        """Start the app's lifespan; for code that is itself async. Blocks no loop."""
        await anyio.to_thread.run_sync(self.life.startup, self.timeout.read)

    async def wait_shutdown(self) -> None:
        """Shut the app's lifespan down; for code that is itself async. Blocks no loop."""
        await anyio.to_thread.run_sync(self.life.shutdown, self.timeout.read)

    def _leave(self, *, started: bool) -> None:
        # No ExitStack: it writes to the exception it passes on, and one of the app's may be frozen.
        try:
            self._app_transport.close()
            if started:
                self._shut_down()
        finally:
            try:
                self._app_transport.close()
            finally:
                self._loops.leave()

    def _shut_down(self) -> None:
        if self.life.alive:
            self.life.shutdown(self.timeout.read)
        elif self.life.status == "died" and self.life.exception is not None:
            raise self.life.exception

    # -- requests ----------------------------------------------------------------------------------------

    def send(self, request: httpx.Request, *, stream: bool = False, **kwargs: Any) -> httpx.Response:
        """As ``httpx.Client.send``; a buffered call crosses to the app's loop and back once."""
        options = request.extensions.get(OPTIONS, CallOptions())
        whole = Deadline.after(self._app_transport.total_s(options))
        request.extensions[OPTIONS] = dataclasses.replace(options, stream=stream, whole=whole)
        return super().send(request, stream=stream, **kwargs)

    def websocket_connect(
        self, url: str, subprotocols: Sequence[str] | None = None, **kwargs: Any
    ) -> WebSocketTestSession:
        """
        Return a session to enter: ``with client.websocket_connect("/ws") as websocket:``.

        :param url: joined to ``base_url``, whose host and path count; ``ws://`` and ``wss://`` URLs are taken as given
        :param subprotocols: offered to the app in this order
        :param kwargs: what ``request`` takes: ``headers``, ``params``, ``cookies``, ``auth``, ``timeout`` and more
        """
        headers = httpx.Headers(kwargs.pop("headers", None))
        headers.setdefault("connection", "upgrade")
        headers.setdefault("sec-websocket-key", "testserver==")
        headers.setdefault("sec-websocket-version", "13")
        if subprotocols is not None:
            headers.setdefault("sec-websocket-protocol", ", ".join(subprotocols))
        merged = self._merge_url(url)
        scheme = {"http": "ws", "https": "wss"}.get(merged.scheme, merged.scheme)
        extensions = dict(kwargs.pop("extensions", None) or {})
        extensions[OPTIONS] = dataclasses.replace(extensions.get(OPTIONS, CallOptions()), websocket=True)
        target = merged.copy_with(scheme=scheme)
        try:
            response = self.request("GET", target, headers=headers, extensions=extensions, **kwargs)
        except WebSocketOpened as opened:
            return opened.session
        status, shown = response.status_code, without_secrets(target)
        raise RequestError(f"{shown} led to a {status} instead of a WebSocket: give a ws:// or wss:// URL")

    def websocket(self, url: str, **kwargs: Any) -> WebSocketTestSession:
        """As `websocket_connect`; httpx2's clients have a method of this name that would need a network."""
        return self.websocket_connect(url, **kwargs)
