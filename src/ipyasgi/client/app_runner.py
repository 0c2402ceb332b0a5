"""`AppRunner`: one app of a client, with its loops and lifespan. Turns an httpx request into a call of the app.

All methods may block; async callers run them in a thread (`ipyasgi.engine.strategy.run_in_thread`).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..engine.exit import build_exit_closer
from ..engine.extensions import OPT_IN
from ..engine.http_cycle import HttpCycle
from ..engine.jobs import is_cancellation
from ..engine.lifespan import LifespanMode, LifespanRunner
from ..engine.loops import Backend, Loop
from ..protocol.errors import LifespanError, RequestError
from ..protocol.scopes import DEFAULT_PORTS, HTTP_EXTENSIONS, build_http_scope, build_websocket_scope
from ..protocol.types import Scope
from .apps import as_asgi3, name_of
from .bodies import build_body
from .httpx import httpx
from .loops import LoopOwner
from .options import CallDefaults, CallOptions

if TYPE_CHECKING:
    from ..engine.recording import ObserverFactory


class AppRunner:
    """
    One app of one client.

    :param defaults: the options of every call
    :ivar app_state: the app's lifespan state; the same dict for all lives
    :ivar life: starts and shuts down the app
    :ivar loops: the loops of the client
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
        self.async_backend = {"backend": backend, "backend_options": dict(backend_options or {})}
        self.loops = LoopOwner(backend, dict(backend_options or {}), given=loop)
        self.life = LifespanRunner(
            self.app,
            self.app_state,
            self.loops.current,
            mode=lifespan,
            observe=observe_lifespan,
            strict=lambda: defaults.strict,
        )
        self._extensions = _advertised(defaults)

    def replace_app(self, app: Any) -> None:
        """Use another app for later calls and lives."""
        self.app = self.life.app = as_asgi3(app)

    # -- life --------------------------------------------------------------------------------------------

    def enter(self, timeout_s: float | None) -> None:
        """Open the client's own loop and start the app; a failure closes the loop again."""
        try:
            self.loops.enter(build_exit_closer(name_of(self.app), functools.partial(self.life.end, quiet=False)))
            if self.life.mode != "off":
                self.life.startup(timeout_s)
        except BaseException:
            self.loops.leave()
            raise

    def leave(self, timeout_s: float | None, end_calls: Callable[[], object]) -> None:
        """
        Shut the app down and close the client's own loop.

        :param end_calls: ends open calls; called before and after the shutdown
        """
        # Not an ExitStack, which sets attributes of the exception: the app's exception may be frozen.
        try:
            end_calls()
            if self.life.mode != "off" and self.life.alive:
                self.life.shutdown(timeout_s)
            elif self.life.mode != "off" and self.life.status == "died" and self.life.exception is not None:
                if is_cancellation(self.life.exception):
                    why = "its task was cancelled before, perhaps by code that cancels all tasks of the event loop"
                    raise LifespanError("shutdown", why) from self.life.exception
                raise self.life.exception
        finally:
            try:
                end_calls()
            finally:
                self.loops.leave()

    # -- calls -------------------------------------------------------------------------------------------

    def open_http(
        self, request: httpx.Request, options: CallOptions, loop: Loop, *, caller_loop: Loop | None = None
    ) -> HttpCycle:
        """Return the call for a request, not started yet; ``caller_loop`` as in `build_body`."""
        scope = build_http_scope(
            method=request.method,
            headers=_header_pairs(request, options),
            http_version=self.defaults.http_version,
            extensions=self._extensions,
            **self._common(request, options),
        )
        cycle = _cycle_of(options)(
            self.app,
            scope,
            build_body(request, loop, caller_loop=caller_loop),
            loop,
            stream=options.stream,
            wait_background=self.defaults.wait_background,
            keep_bytes=options.keep_bytes,
            observer=self.defaults.observer(options),
            record=self.defaults.record,
        )
        if options.on_request is not None:
            options.on_request(request)
        if options.on_call is not None:
            options.on_call(cycle)
        return cycle

    def check(self, request: httpx.Request, options: CallOptions) -> None:
        """Raise `RequestError` for a request that cannot be sent to this app."""
        url = request.url
        if url.scheme not in DEFAULT_PORTS:
            known = ", ".join(DEFAULT_PORTS)
            raise RequestError(f"unknown scheme {url.scheme!r} of {without_secrets(url)}: use one of {known}")
        if not self.defaults.foreign_hosts and options.host and url.host != options.host:
            raise RequestError(
                f"{without_secrets(url)} is not on {options.host}, the host of base_url, and foreign_hosts is False: "
                "do not follow that redirect, or give the client foreign_hosts=True"
            )

    def websocket_scope(self, request: httpx.Request, options: CallOptions) -> Scope:
        """Return the scope of a WebSocket."""
        offered = request.headers.get("sec-websocket-protocol", "")
        subprotocols = [name.strip() for name in offered.split(",") if name.strip()]
        common = self._common(request, options)
        return build_websocket_scope(headers=_header_pairs(request, options), subprotocols=subprotocols, **common)

    def _common(self, request: httpx.Request, options: CallOptions) -> dict[str, Any]:
        url, defaults = request.url, self.defaults
        return {
            "scheme": url.scheme,
            "host": url.raw_host.decode("ascii"),
            "port": url.port,
            "raw_path": sent_path(request),
            "query_string": url.query,
            "root_path": defaults.root_path,
            "client": defaults.client,
            "state": self.app_state,
            "tls": defaults.tls,
            "override": {**defaults.scope, **(options.scope or {})} if defaults.scope or options.scope else None,
        }


def sent_path(request: httpx.Request) -> bytes:
    """
    Return the path as sent: that of httpx's extension ``target``, which has dot segments and a bare ``%`` as written.

    The extension of a redirected request is of the first one, so it counts only if it means the URL's path.
    """
    path = request.url.raw_path.partition(b"?")[0]
    target = request.extensions.get("target")
    if not isinstance(target, bytes):
        return path
    written = target.partition(b"?")[0]
    same = httpx.URL("http://testserver" + written.decode("latin-1")).raw_path == path
    return written if same else path


def read_timeout_of(request: httpx.Request) -> float | None:
    """Return the request's limit for the time between two messages of the app, in seconds."""
    timeout: Mapping[str, float | None] = request.extensions.get("timeout") or {}
    return timeout.get("read")


def without_secrets(url: httpx.URL) -> httpx.URL:
    """Return the URL for an error text: without user, password, query and fragment."""
    return url.copy_with(userinfo=b"", query=None, fragment=None)


def _advertised(defaults: CallDefaults) -> tuple[str, ...]:
    unknown = sorted(set(defaults.extensions) - OPT_IN)
    if unknown:
        raise RequestError(f"unknown extensions {', '.join(unknown)}: choose from {', '.join(sorted(OPT_IN))}")
    return (*HTTP_EXTENSIONS, *defaults.extensions)


def _cycle_of(options: CallOptions) -> Callable[..., HttpCycle]:
    if options.faults is None:
        return HttpCycle
    from ..engine.faults import FaultyCycle  # here, because few clients need it

    return functools.partial(FaultyCycle, faults=options.faults)


def _header_pairs(request: httpx.Request, options: CallOptions) -> list[tuple[bytes, bytes]]:
    pairs = [(name.lower(), value) for name, value in request.headers.raw]
    if "host" not in request.headers:
        pairs.insert(0, (b"host", request.url.netloc))
    if options.faults is None:
        return pairs
    lost = {name.lower().encode("latin-1", "replace") for name in options.faults.lose}
    return [pair for pair in pairs if pair[0] not in lost]
