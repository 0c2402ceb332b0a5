"""`Explorer`: one attached app with its client, life, history, state and settings. The only room that says "current"."""

from __future__ import annotations

import dataclasses
import time
import weakref
from datetime import datetime
from types import TracebackType
from typing import Any, Self, cast

from ..client.apps import check_app
from ..client.httpx import AppReadTimeout, httpx
from ..client.testclient import TestClient
from ..client.transport import OPTIONS, CallOptions
from ..engine.call import AppCall
from ..engine.lifespan import LifespanMode
from ..engine.runs import HttpRun
from ..protocol.errors import DeadlineError, LoopError
from .exchange import Exchange
from .history import History
from .life import ExplorerLifespan, LifeWatches
from .output import OUTPUT_TAPS
from .requests import RequestSpec, build_spec
from .routes import Routes, read_routes
from .settings import Settings
from .watch import CallWatch

_UNSET: Any = object()


class ExplorerState:
    """
    What the app keeps, live.

    :ivar app: ``app.state`` of the app; None where it has none
    :ivar lifespan: the lifespan state, which each request gets a shallow copy of
    """

    def __init__(self, app: Any, lifespan: dict[str, Any]) -> None:
        self._app = app
        self.lifespan = lifespan

    @property
    def app(self) -> Any:
        return getattr(self._app, "state", None)

    def places(self) -> dict[str, Any]:
        """Return what there is to look at, by the path it is shown under."""
        found = {} if self.app is None else {"app.state": self.app}
        return {**found, "state": self.lifespan}


class Explorer:
    """
    An app to explore: the Python twin of everything the magic and the panels do.

    :param app: an ASGI app
    :param lifespan: ``auto`` starts the app now and is content when it has no lifespan; ``on`` insists on one;
        ``off`` leaves it alone until `lifespan` is asked to start or step
    :param timeout: seconds for each request; None for ever
    :param name: what it is called in displays; the app's type by default
    :param backend: ``asyncio`` or ``trio``

    Raises `NotAnAppError`. A startup that fails is told by ``explorer.lifespan.status``; the explorer stays.
    """

    def __init__(
        self,
        app: Any,
        *,
        lifespan: LifespanMode = "auto",
        timeout: float | None = _UNSET,
        settings: Settings | None = None,
        name: str = "",
        backend: Any = "asyncio",
        base_url: str = "http://testserver",
    ) -> None:
        check_app(app)
        self.app = app
        self.name = name or _name_of(app)
        self.settings = settings or Settings()
        if timeout is not _UNSET:
            self.settings = dataclasses.replace(self.settings, timeout_s=timeout)
        self.history = History(count=self.settings.history_count, size_bytes=self.settings.history_bytes)
        watches = LifeWatches(lambda: self.state.places())
        self.client = TestClient(
            app, base_url, backend=backend, lifespan="off", observe_lifespan=watches, follow_redirects=False
        )
        self.state = ExplorerState(app, self.client.app_state)
        self.client.__enter__()
        self.client.life.mode = "on" if lifespan == "on" else "auto"
        self.lifespan = ExplorerLifespan(self.client.life, lambda: self.settings.lifespan_timeout_s, watches)
        self.startup_error: BaseException | None = None
        self._closed = False
        OUTPUT_TAPS.open()
        self._finalizer = weakref.finalize(self, OUTPUT_TAPS.close)
        if lifespan != "off":
            self._start()

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return self._closed

    @property
    def routes(self) -> Routes:
        """What the app offers, read anew each time."""
        return read_routes(self.app)

    # -- requests ----------------------------------------------------------------------------------------

    def get(self, path: str, **kwargs: Any) -> Exchange:
        """Send a GET; keyword arguments as for `request`."""
        return self.request("GET", path, **kwargs)

    def options(self, path: str, **kwargs: Any) -> Exchange:
        """Send an OPTIONS; keyword arguments as for `request`."""
        return self.request("OPTIONS", path, **kwargs)

    def head(self, path: str, **kwargs: Any) -> Exchange:
        """Send a HEAD; keyword arguments as for `request`."""
        return self.request("HEAD", path, **kwargs)

    def post(self, path: str, **kwargs: Any) -> Exchange:
        """Send a POST; keyword arguments as for `request`."""
        return self.request("POST", path, **kwargs)

    def put(self, path: str, **kwargs: Any) -> Exchange:
        """Send a PUT; keyword arguments as for `request`."""
        return self.request("PUT", path, **kwargs)

    def patch(self, path: str, **kwargs: Any) -> Exchange:
        """Send a PATCH; keyword arguments as for `request`."""
        return self.request("PATCH", path, **kwargs)

    def delete(self, path: str, **kwargs: Any) -> Exchange:
        """Send a DELETE; keyword arguments as for `request`."""
        return self.request("DELETE", path, **kwargs)

    def request(
        self,
        method: str,
        path: str,
        *,
        timeout: float | None = _UNSET,
        follow_redirects: bool = True,
        raise_exceptions: bool = True,
        **kwargs: Any,
    ) -> Exchange:
        """
        Build a request and send it.

        :param kwargs: ``params``, ``headers``, ``json``, ``content``, ``data``, ``files``, as in httpx
        Everything else as for `send`.
        """
        spec = build_spec(method, path, **kwargs)
        return self.send(
            spec, timeout=timeout, follow_redirects=follow_redirects, raise_exceptions=raise_exceptions
        )

    def send(
        self,
        spec: RequestSpec,
        *,
        timeout: float | None = _UNSET,
        follow_redirects: bool = True,
        raise_exceptions: bool = True,
        on_call: Any = None,
    ) -> Exchange:
        """
        Send a request and return the exchange, which is also kept in the history.

        :param timeout: seconds for the whole of it; None for ever; the setting ``timeout_s`` by default
        :param raise_exceptions: raise what the app raised; it is on the exchange in any case
        :param on_call: given the running call, through which another thread can cancel it
        Raises the app's own exception, ``httpx.ReadTimeout`` (a `DeadlineError`), `RequestError`, `LoopError`.
        """
        if self._closed:
            raise LoopError(f"{self.name} is detached: attach it again")
        timeout_s = self.settings.timeout_s if timeout is _UNSET else timeout
        notes = self._notes()
        self.client.life.open_gates()
        watches: list[CallWatch] = []
        request = self._build(spec, timeout_s)
        request.extensions[OPTIONS] = CallOptions(
            raise_server_exceptions=False,
            observe=lambda: _kept(watches, CallWatch(self.state.places)),
            total_timeout_s=timeout_s,
            on_call=on_call,
        )
        sent_at, began_ns = datetime.now().astimezone(), time.perf_counter_ns()
        response: httpx.Response | None = None
        failure: BaseException | None = None
        try:
            response = self.client.send(request, follow_redirects=follow_redirects)
        except BaseException as exc:
            failure = exc
        elapsed_ns = time.perf_counter_ns() - began_ns
        exchange = self._record(spec, request, response, watches, failure, sent_at, elapsed_ns, notes)
        if failure is not None:
            raise failure
        if raise_exceptions and exchange.exception is not None:
            raise exchange.exception
        return exchange

    def _build(self, spec: RequestSpec, timeout_s: float | None) -> httpx.Request:
        return self.client.build_request(
            spec.method,
            spec.path,
            params=list(spec.query) or None,
            headers=list(spec.headers),
            content=spec.body or None,
            timeout=timeout_s,
        )

    def _record(
        self,
        spec: RequestSpec,
        request: httpx.Request,
        response: httpx.Response | None,
        watches: list[CallWatch],
        failure: BaseException | None,
        sent_at: datetime,
        elapsed_ns: int,
        notes: tuple[str, ...],
    ) -> Exchange:
        passed = response.history if response is not None else []
        previous = tuple(
            self._exchange(_spec_of(one.request), one.request, one, watch, None, sent_at, 0, ())
            for one, watch in zip(passed, watches, strict=False)
        )
        final = response.request if response is not None else request
        last = watches[len(passed)] if len(watches) > len(passed) else None
        exchange = self._exchange(spec, final, response, last, failure, sent_at, elapsed_ns, notes, previous)
        self.history.append(exchange)
        return exchange

    def _exchange(
        self,
        spec: RequestSpec,
        request: httpx.Request,
        response: httpx.Response | None,
        watch: CallWatch | None,
        failure: BaseException | None,
        sent_at: datetime,
        elapsed_ns: int,
        notes: tuple[str, ...],
        previous: tuple[Exchange, ...] = (),
    ) -> Exchange:
        run = cast("HttpRun | None", watch.run) if watch is not None else None
        raised = run.exception if run is not None else None
        return Exchange(
            name=self.history.next_name(),
            spec=spec,
            request=request,
            response=response,
            run=run,
            state_diff=watch.changes if watch is not None else (),
            output=watch.output if watch is not None else (),
            exception=failure or raised,
            sent_at=sent_at,
            elapsed_ns=elapsed_ns or (run.duration_ns if run is not None else 0),
            notes=notes,
            previous=previous,
        )

    def _notes(self) -> tuple[str, ...]:
        status = self.lifespan.status
        if status in ("running", "unsupported"):
            return ()
        return (f"sent while the lifespan was {status!r}",)

    # -- life --------------------------------------------------------------------------------------------

    def _start(self) -> None:
        try:
            self.lifespan.startup()
        except KeyboardInterrupt:
            self.close()
            raise
        except BaseException as exc:
            self.startup_error = exc

    def close(self) -> None:
        """Shut the app down, stop its loop and give the wrapped streams back; again is harmless."""
        if self._closed:
            return
        self._closed = True
        try:
            self.client.life.end(self.settings.lifespan_timeout_s)
        finally:
            self.client.__exit__(None, None, None)
            self.client.close()
            self._finalizer()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Explorer {self.name}: lifespan {self.lifespan.status}, {len(self.history)} exchanges>"


def _kept(watches: list[CallWatch], watch: CallWatch) -> CallWatch:
    watches.append(watch)
    return watch


def _spec_of(request: httpx.Request) -> RequestSpec:
    return RequestSpec(
        method=request.method,
        path=request.url.raw_path.split(b"?", 1)[0].decode("ascii"),
        query=tuple(request.url.params.multi_items()),
        headers=tuple((name.lower(), value) for name, value in request.headers.raw),
        body=request.content,
    )


def _name_of(app: Any) -> str:
    title = getattr(app, "title", None)
    if isinstance(title, str) and title and title != "FastAPI":
        return title
    return str(getattr(app, "__name__", None) or type(app).__name__)


__all__ = ["AppCall", "AppReadTimeout", "DeadlineError", "Explorer", "ExplorerState"]
