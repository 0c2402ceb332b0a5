"""`AppRunner`: one app as a client runs it. Its loops and its lifespan; a request becomes a call of the app here.

All methods may block; async callers run them in a thread (`ipyasgi.engine.strategy.run_in_thread`).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypedDict

from ..engine.exit import build_last_words
from ..engine.extensions import OPT_IN
from ..engine.http_cycle import HttpCycle
from ..engine.lifespan import LifespanMode, LifespanRunner
from ..engine.loops import Backend, Loop
from ..protocol.errors import RequestError
from ..protocol.scopes import DEFAULT_PORTS, HTTP_EXTENSIONS, build_http_scope, build_websocket_scope
from ..protocol.types import Scope
from .apps import as_asgi3, name_of
from .bodies import build_body
from .httpx import httpx
from .loops import LoopOwner
from .options import CallDefaults, CallOptions

if TYPE_CHECKING:
    from ..engine.observer import ObserverFactory


class AsyncBackend(TypedDict):
    """The backend's name and the options it is started with."""

    backend: Backend
    backend_options: dict[str, Any]


class AppRunner:
    """
    One app as one client runs it.

    :param defaults: what every call of it wants
    :ivar app_state: the app's lifespan state; the same dict for all its lives
    :ivar life: starts and shuts the app down
    :ivar loops: says on which loop it runs now
    """

    def __init__(
        self,
        app: Any,
        defaults: CallDefaults,
        *,
        backend: Backend,
        backend_options: dict[str, Any] | None,
        loop: Loop | None,
        lifespan: LifespanMode,
        observe_lifespan: ObserverFactory | None,
    ) -> None:
        self.app = as_asgi3(app)
        self.defaults = defaults
        self.app_state: dict[str, Any] = {}
        self.async_backend = AsyncBackend(backend=backend, backend_options=dict(backend_options or {}))
        self.loops = LoopOwner(backend, self.async_backend["backend_options"], given=loop)
        self.life = LifespanRunner(
            self.app,
            self.app_state,
            self.loops.current,
            mode=lifespan,
            observe=observe_lifespan,
            strict=lambda: defaults.strict,
        )
        self._extensions = _advertised(defaults)

    def put_app(self, app: Any) -> None:
        """Have another app from the next call and the next life on."""
        self.app = self.life.app = as_asgi3(app)

    # -- life --------------------------------------------------------------------------------------------

    def enter(self, timeout_s: float | None) -> None:
        """Open the client's own loop and start the app; what fails leaves nothing open."""
        begun = False
        try:
            self.loops.enter(build_last_words(name_of(self.app), functools.partial(self.life.end, quiet=False)))
            if self.life.mode != "off":
                self.life.startup(timeout_s)
            begun = True
        finally:
            if not begun:
                self.loops.leave()

    def leave(self, timeout_s: float | None, end_calls: Callable[[], object]) -> None:
        """
        Shut the app down and close the client's own loop.

        :param end_calls: ends what is still open; asked before the shutdown and after it
        """
        # No ExitStack: it writes to the exception it passes on, and one of the app's may be frozen.
        try:
            end_calls()
            if self.life.mode != "off":
                self._shut_down(timeout_s)
        finally:
            try:
                end_calls()
            finally:
                self.loops.leave()

    def _shut_down(self, timeout_s: float | None) -> None:
        if self.life.alive:
            self.life.shutdown(timeout_s)
        elif self.life.status == "died" and self.life.exception is not None:
            raise self.life.exception

    # -- calls -------------------------------------------------------------------------------------------

    def open_http(
        self, request: httpx.Request, options: CallOptions, loop: Loop, *, asked_on: Loop | None = None
    ) -> HttpCycle:
        """
        Return the call for a request, not begun yet.

        :param asked_on: the loop that the request is awaited on; None where a thread waits for it
        """
        cycle = HttpCycle(
            self.app,
            self.http_scope(request, options),
            build_body(request, loop, asked_on=asked_on),
            loop,
            stream=options.stream,
            wait_background=self.defaults.wait_background,
            observer=self.defaults.observer(options),
            record=self.defaults.record,
        )
        if options.on_call is not None:
            options.on_call(cycle)
        return cycle

    def check(self, request: httpx.Request, options: CallOptions) -> None:
        """Raise `RequestError` for a request that is not for this app."""
        url = request.url
        if url.scheme not in DEFAULT_PORTS:
            known = ", ".join(DEFAULT_PORTS)
            raise RequestError(f"the scheme {url.scheme!r} of {without_secrets(url)} is not one of {known}")
        if not self.defaults.foreign_hosts and options.host and url.host != options.host:
            raise RequestError(
                f"{without_secrets(url)} is not on {options.host}, the host of base_url, and foreign hosts are "
                "refused: do not follow that redirect, or give the client foreign_hosts=True"
            )

    def http_scope(self, request: httpx.Request, options: CallOptions) -> Scope:
        """Return the scope of an HTTP request."""
        return build_http_scope(
            method=request.method,
            headers=_header_pairs(request),
            http_version=self.defaults.http_version,
            extensions=self._extensions,
            **self._common(request, options),
        )

    def websocket_scope(self, request: httpx.Request, options: CallOptions) -> Scope:
        """Return the scope of a WebSocket."""
        offered = request.headers.get("sec-websocket-protocol", "")
        return build_websocket_scope(
            headers=_header_pairs(request),
            subprotocols=[name.strip() for name in offered.split(",") if name.strip()],
            **self._common(request, options),
        )

    def _common(self, request: httpx.Request, options: CallOptions) -> dict[str, Any]:
        url, defaults = request.url, self.defaults
        return {
            "scheme": url.scheme,
            "host": url.raw_host.decode("ascii"),
            "port": url.port,
            "raw_path": url.raw_path.split(b"?", 1)[0],
            "query_string": url.query,
            "root_path": defaults.root_path,
            "client": defaults.client,
            "state": self.app_state,
            "tls": defaults.tls,
            "override": {**defaults.scope, **(options.scope or {})} if defaults.scope or options.scope else None,
        }


def gap_of(request: httpx.Request) -> float | None:
    """Return the longest gap between two messages of the app that the request allows, in seconds."""
    timeout: Mapping[str, float | None] = request.extensions.get("timeout") or {}
    return timeout.get("read")


def without_secrets(url: httpx.URL) -> httpx.URL:
    """Return the URL as an error may show it: user, password, query and fragment are left out."""
    return url.copy_with(userinfo=b"", query=None, fragment=None)


def _advertised(defaults: CallDefaults) -> tuple[str, ...]:
    unknown = sorted(set(defaults.extensions) - OPT_IN)
    if unknown:
        raise RequestError(f"no extension is called {', '.join(unknown)}: choose from {', '.join(sorted(OPT_IN))}")
    return (*HTTP_EXTENSIONS, *defaults.extensions)


def _header_pairs(request: httpx.Request) -> list[tuple[bytes, bytes]]:
    pairs = [(name.lower(), value) for name, value in request.headers.raw]
    if "host" not in request.headers:
        pairs.insert(0, (b"host", request.url.netloc))
    return pairs
