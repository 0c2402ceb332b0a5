"""`BaseTestClient`: the constructor and the shared members of both clients."""

from __future__ import annotations

import contextlib
import dataclasses
import threading
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import anyio

from ..engine.call_handle import Deadline
from ..engine.jobs import await_future
from ..engine.lifespan import LifespanMode, LifespanRunner
from ..engine.loops import Loop
from ..engine.strategy import run_in_thread
from ..protocol.errors import LifespanStateError, RequestError
from ..protocol.types import ASGIApp
from .app_runner import AppRunner, without_secrets
from .apps import name_of
from .auth import CallAuth
from .bodies import BodyStream
from .httpx import httpx
from .options import BUFFERED, OPTIONS, STREAMED, CallDefaults, CallOptions, options_of
from .transport import OpenCycles

if TYPE_CHECKING:
    from ..engine.recording import ObserverFactory

USER_AGENT = "testclient"
"""The default ``user-agent`` header, as in Starlette's client."""

LIFESPAN_PATIENCE_S = 5.0
"""How long a lifespan may take to end after its start or shutdown was cancelled; then its thread is abandoned."""


def _default(name: str, doc: str) -> Any:
    """Return a property that reads and sets an option of the client's `CallDefaults`."""

    def read(client: BaseTestClient) -> Any:
        return getattr(client._runner.defaults, name)

    def write(client: BaseTestClient, value: Any) -> None:
        setattr(client._runner.defaults, name, value)

    return property(read, write, doc=doc)


class BaseTestClient:
    """Base class of TestClient and AsyncTestClient, combined with httpx's own client class."""

    raise_server_exceptions: bool = _default(
        "raise_server_exceptions", "Whether the app's exceptions are raised to the caller."
    )
    strict: bool = _default("strict", "Whether the app's first violation of the protocol is raised.")
    total_timeout: float | None = _default("total_timeout_s", "Seconds for a whole buffered call, or None.")
    timeout: Any
    base_url: Any
    auth: Any
    _stream_kind: ClassVar[type]
    _transport_kind: ClassVar[type[Any]]

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
        strict: bool = False,
        foreign_hosts: bool = True,
        scope: Mapping[str, Any] | None = None,
        http_version: str = "1.1",
        tls: Mapping[str, Any] | None = None,
        extensions: Sequence[str] = (),
        record: bool = False,
        observe: ObserverFactory | None = None,
        observe_lifespan: ObserverFactory | None = None,
    ) -> None:
        defaults = CallDefaults(
            raise_server_exceptions=raise_server_exceptions,
            strict=strict,
            total_timeout_s=total_timeout,
            wait_background=wait_background,
            foreign_hosts=foreign_hosts,
            root_path=root_path,
            client=client,
            http_version=http_version,
            tls=tls,
            scope=dict(scope or {}),
            extensions=tuple(extensions),
            record=record,
            observe=observe,
        )
        self._runner = AppRunner(
            app,
            defaults,
            backend=backend,
            backend_options=backend_options,
            loop=loop,
            lifespan=lifespan,
            observe_lifespan=observe_lifespan,
        )
        headers = httpx.Headers(headers)
        headers.setdefault("user-agent", USER_AGENT)
        self._cycles = OpenCycles()
        self._entered = 0
        self._changing = False
        self._enter_lock = threading.Lock()
        super().__init__(  # type: ignore[call-arg]  # httpx's client is next in the resolution order
            base_url=base_url,
            headers=headers,
            cookies=cookies,
            follow_redirects=follow_redirects,
            timeout=timeout,
            transport=self._transport_kind(self._runner, self._cycles),
        )
        finalizer = weakref.finalize(self, self._runner.loops.drop)
        finalizer.atexit = False

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {name_of(self.app)}: lifespan {self.life.status}>"

    @property
    def app(self) -> ASGIApp:
        """The app, as an ASGI 3 callable."""
        return self._runner.app

    @app.setter
    def app(self, app: Any) -> None:
        self._runner.replace_app(app)

    @property
    def app_state(self) -> dict[str, Any]:
        """The app's lifespan state, filled by its startup; a shallow copy is the ``state`` of each request."""
        return self._runner.app_state

    @app_state.setter
    def app_state(self, value: Mapping[str, Any]) -> None:
        content = dict(value)
        self._runner.app_state.clear()
        self._runner.app_state.update(content)

    @property
    def async_backend(self) -> dict[str, Any]:
        """Name and options of the async backend."""
        return self._runner.async_backend

    @property
    def life(self) -> LifespanRunner:
        """The app's lifespan, to start, step and shut down; `lifespan` is Starlette's coroutine method."""
        return self._runner.life

    @property
    def portal(self) -> Any:
        """anyio's ``BlockingPortal`` into the client's loop inside ``with``, else None; ``call`` always works."""
        return self._runner.loops.portal() if self._entered else None

    @property
    def task(self) -> Future[None]:
        """The app's lifespan as a future; AttributeError before the first ``with``."""
        future = self._runner.life.future
        if future is None:
            raise AttributeError("the client has no task before the first `with client:`: enter it first")
        return future

    async def lifespan(self) -> None:
        """Run one whole life of the app: start it and shut it down."""
        await self.wait_startup()
        await self.wait_shutdown()

    async def wait_startup(self) -> None:
        """Start the app's lifespan from async code, without blocking its loop."""
        await self._wait_for_life(self._runner.life.startup, self.timeout.read)

    async def wait_shutdown(self) -> None:
        """Shut the app's lifespan down from async code, without blocking its loop."""
        await self._wait_for_life(self._runner.life.shutdown, self.timeout.read)

    async def _wait_for_life(self, work: Any, *args: Any) -> None:
        """Run blocking lifespan work in a thread; cancelling the wait ends that life, and waits for its end."""
        future = run_in_thread(work, *args)
        try:
            await await_future(future)
        except BaseException as exc:
            if not (future.done() and future.exception() is exc):
                with anyio.CancelScope(shield=True):
                    await self._cancel_life(future)
            raise

    async def _cancel_life(self, future: Future[Any]) -> None:
        until_s = time.monotonic() + LIFESPAN_PATIENCE_S
        while True:
            await self._runner.life.abort_async()  # repeated, because the thread may be starting the app
            if future.done() or time.monotonic() > until_s:
                return
            with contextlib.suppress(Exception):
                await await_future(future, 0.02)

    # -- entering and leaving ----------------------------------------------------------------------------

    def _begin_enter(self) -> bool:
        """Count an entered ``with``; a caller that gets True starts the app, then calls `_end_change`."""
        with self._enter_lock:
            if self._changing:
                raise LifespanStateError("enter", self.life.status, ("wait until the other `with` has begun or ended",))
            self._entered += 1
            self._changing = self._entered == 1
            return self._changing

    def _begin_leave(self) -> bool:
        """Count an exited ``with``; a caller that gets True shuts the app down, then calls `_end_change`."""
        with self._enter_lock:
            if not self._entered:
                return False
            self._entered -= 1
            self._changing = self._entered == 0
            return self._changing

    def _end_change(self, *, entered: bool) -> None:
        self._entered, self._changing = int(entered), False

    def _mark(self, request: httpx.Request, *, stream: bool) -> None:
        """Store the options of the call in the request, for the transport."""
        if not isinstance(request.stream, self._stream_kind):
            request.stream = BodyStream(request.stream)
        options, defaults = options_of(request), self._runner.defaults
        deadline = Deadline.after(defaults.total_s(options))
        host = "" if defaults.foreign_hosts else self.base_url.host
        if (options is STREAMED or options is BUFFERED) and deadline is None and not host:  # nearly always
            request.extensions[OPTIONS] = STREAMED if stream else BUFFERED
        else:
            options = dataclasses.replace(options, stream=stream, total_deadline=deadline, host=host)
            request.extensions[OPTIONS] = options

    def _with_auth(self, request: httpx.Request, kwargs: dict[str, Any]) -> dict[str, Any]:
        """Return the arguments of ``send`` with an auth flow whose own requests are part of the call."""
        auth = kwargs.get("auth", httpx.USE_CLIENT_DEFAULT)
        if auth is httpx.USE_CLIENT_DEFAULT:
            auth = self.auth
        return {**kwargs, "auth": CallAuth(auth, request)} if isinstance(auth, httpx.Auth) else kwargs

    def _prepare_websocket(
        self, url: str, subprotocols: Sequence[str] | None, kwargs: dict[str, Any]
    ) -> tuple[httpx.URL, dict[str, Any]]:
        """Return the URL and the other arguments of the request that opens a WebSocket."""
        headers = httpx.Headers(kwargs.get("headers"))
        headers.setdefault("connection", "upgrade")
        headers.setdefault("sec-websocket-key", "testserver==")
        headers.setdefault("sec-websocket-version", "13")
        if subprotocols is not None:
            headers.setdefault("sec-websocket-protocol", ", ".join(subprotocols))
        merged = self._merge_url(url)  # type: ignore[attr-defined]  # private to httpx
        scheme = {"http": "ws", "https": "wss"}.get(merged.scheme, merged.scheme)
        extensions = dict(kwargs.get("extensions") or {})
        extensions[OPTIONS] = dataclasses.replace(extensions.get(OPTIONS, CallOptions()), websocket=True)
        return merged.copy_with(scheme=scheme), {**kwargs, "headers": headers, "extensions": extensions}

    def _no_websocket(self, target: httpx.URL, response: httpx.Response) -> RequestError:
        found = f"{without_secrets(target)} led to a {response.status_code} instead of a WebSocket"
        return RequestError(f"{found}: give a ws:// or wss:// URL")
