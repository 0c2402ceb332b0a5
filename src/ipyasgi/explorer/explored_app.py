"""
`ExploredApp`: one attached app with its client, lifespan, history, state and settings, from attaching to closing.

Its parts are classes of the modules beside this one. Other rooms access private parts only through the functions at the
end, such as `background_loop_of`.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import importlib
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from ..client.apps import check_app, name_of
from ..client.testclient import TestClient
from ..engine.fork_guard import ForkGuard
from ..engine.lifespan import LifespanMode
from ..engine.loops import Loop
from ..engine.pending import Pending
from ..engine.runs import WebSocketRun
from ..history.history import ExchangeStore, History
from ..openapi.credentials import Credentials
from ..openapi.document import Document
from ..openapi.operation import Operation
from ..openapi.source import DocumentSource
from ..protocol.errors import LoopError, RequestError
from ..records.output import OUTPUT_TAPS
from ..records.redaction import Redactor
from ..records.requests import RequestSpec
from ..records.secret_rules import FindsSecrets
from ..records.settings import CLIENT_ADDRESS, Settings, read_base_url
from ..records.thread_hint import thread_hint
from ..routes.route import Route
from ..routes.routes import Routes
from ..routes.secret_paths import SecretPaths, find_secret_paths
from ..shown import Shown
from .app_traces import AppTraces
from .background import Background
from .catalog import Catalog
from .changes import Changes
from .defaults import DefaultCookies, DefaultHeaders
from .events import EventBus, ExplorerEvent
from .explorer_state import ExplorerState
from .lifespan import ExplorerLifespan, LifespanRecorders
from .overrides import Overrides
from .socket_history import keep_socket
from .websocket_session import SessionRegistry

if TYPE_CHECKING:
    from ..tracing.layers import Middleware
    from ..tracing.traced_call import TracedCall

T = TypeVar("T")
UNSET: Any = object()
"""The default of a timeout: the setting."""


class ExploredApp(Shown):
    """An attached app, to which nothing can be sent yet; its parameters and attributes are those of `Explorer`."""

    def __init__(
        self,
        app: Any,
        *,
        lifespan: LifespanMode = "auto",
        timeout: float | None = UNSET,
        settings: Settings | None = None,
        name: str = "",
        backend: Any = "asyncio",
        base_url: str | None = None,
        loop: Loop | None = None,
    ) -> None:
        self.settings = settings or Settings()
        if timeout is not UNSET:
            self.settings = dataclasses.replace(self.settings, timeout_s=timeout)
        if base_url is not None:
            self.settings = dataclasses.replace(self.settings, base_url=_checked_url(base_url))
        self._settings_lock = threading.Lock()
        self._store = ExchangeStore(self.settings, functools.partial(_routes_of, weakref.ref(self)))
        self.history = History(self._store, weakref.ref(self))
        self.startup_error: BaseException | None = None
        self._given_name = name
        self._mode = lifespan
        self._client_options = {"backend": backend, "client": CLIENT_ADDRESS, "loop": loop}
        self._closed = False
        self._restarting: Pending[Any] | None = None
        self._sent_again: tuple[float, frozenset[str]] = (0.0, frozenset())
        self._background = Background()
        self._events = EventBus()
        self.credentials = Credentials(functools.partial(self._events.publish, "credentials"))
        # Without a reference to the explorer, which open sessions must not keep alive.
        self._sessions = SessionRegistry(functools.partial(keep_socket, self._store, self._events))
        self._fork_guard = ForkGuard()
        self._finalizer: Callable[[], object] = self._background.release  # until there is more to free
        self.overrides = Overrides(self.settings)
        self._changes = Changes(loop)
        self.lifespan = ExplorerLifespan(self.settings, self._changes)
        check_app(app)
        try:
            self._changes.run(self._begin, app)
        except BaseException:
            self.close()
            raise

    @property
    def closed(self) -> bool:
        """Whether `close` was called, or this is a forked child process, in which its loops do not run."""
        return self._closed or self._fork_guard.forked

    @property
    def last_exception(self) -> BaseException | None:
        """The app's last exception: of a failed startup, else of the newest exchange or WebSocket that has one."""
        if self.startup_error is not None and not self.client.life.alive:
            return self.lifespan.handled_exception or self.startup_error
        raised = [(one.sent_at.timestamp(), one.app_exception) for one in self.history]
        raised += [(run.started_at_s, run.exception) for run in self.websockets]
        found = [(at_s, exception) for at_s, exception in raised if exception is not None]
        newest = max(found, key=lambda one: one[0])[1] if found else None
        return newest or self.lifespan.exception or self.lifespan.handled_exception

    @property
    def websockets(self) -> tuple[WebSocketRun, ...]:
        """The records of the last 20 WebSockets that have ended, newest last."""
        return self._sessions.runs

    @property
    def headers(self) -> DefaultHeaders:
        """The default headers of all requests, a live mapping: ``explorer.headers.set({"X-A": "b"})``."""
        return DefaultHeaders(self.client, self.settings)

    @property
    def cookies(self) -> DefaultCookies:
        """The cookies of requests, a live mapping; includes the cookies that the app has set."""
        return DefaultCookies(self.client, self.settings)

    def configure(self, **changes: Any) -> Settings:
        """Change settings by the names of `Settings`, and return them. Earlier exchanges keep their settings."""
        return self._change_settings(lambda settings: dataclasses.replace(settings, **changes))

    def _change_settings(self, change: Callable[[Settings], Settings]) -> Settings:
        with self._settings_lock:
            self.settings = change(self.settings)
            self.client.base_url = self.settings.base_url
            for part in (self._store, self._catalog, self.state, self.lifespan, self.overrides):
                part.settings = self.settings
            return self.settings

    def _change_redactor(self, change: Callable[[Redactor], Redactor]) -> None:
        settings = self._change_settings(
            lambda settings: dataclasses.replace(settings, redactor=change(settings.redactor))
        )
        self._store.learn(settings.redactor)

    def subscribe(self, callback: Callable[[ExplorerEvent], object]) -> Callable[[], None]:
        """
        Call ``callback`` with each `ExplorerEvent`, and return the function that ends the subscription.

        It is called on the thread of the event, perhaps the app's loop, so it must only enqueue.
        """
        return self._events.subscribe(callback)

    def panel(self) -> Any:
        """Return a `Workbench` for this app; only a notebook can show it."""
        # Imported here, so that this floor does not depend on the panels and ipywidgets.
        return importlib.import_module("..panels", __package__).Workbench(self)

    # -- the app's routes and its document -----------------------------------------------------------------

    @property
    def routes(self) -> Routes:
        """The app's routes, read again each time."""
        return self._catalog.routes

    @property
    def middleware(self) -> Middleware:
        """The layers of the app, outermost first: the app itself, its middleware, mounted apps."""
        from ..tracing.layers import read_middleware

        return read_middleware(self.app)

    @property
    def openapi(self) -> Document:
        """
        The app's OpenAPI document, read at the first use; an empty document for an app without one.

        It is the result of ``app.openapi()`` or Litestar's schema, merged with the documents of mounted apps; else the
        response of a route that ends with ``openapi.json``. The request for it is not recorded.
        """
        return self._catalog.document

    def operation(self, key: str) -> Operation | None:
        """Return the operation of a route such as ``"POST /items"``, None if the document does not have it."""
        return self.openapi.operation(key)

    def overriding(
        self, values: Mapping[str, Any] | None = None, /, **more: Any
    ) -> contextlib.AbstractContextManager[Overrides]:
        """
        Override dependencies inside ``with``, as `overrides` does: ``with explorer.overriding(get_db=fake_db): ...``.

        :param values: by names that are not identifiers, such as ``{"shop.db.get_session": fake}``
        Raises `OverrideError` for a name that the app does not have.
        """
        return self.overrides.during({**(values or {}), **more})

    # -- the app, from attaching to closing ----------------------------------------------------------------

    def replace_app(self, app: Any) -> Exception | None:
        """
        Shut the app down and start another one instead, like ``--reload`` in a notebook.

        History, cookies, default headers and settings stay. A failed startup does not raise: see ``startup_error``.
        Returns the exception of the old app's shutdown, None if it succeeded.
        Raises `NotAnAppError`, and `LoopError` after `close`.
        """
        self._check_open()
        check_app(app)
        return self._changes.run(self._switch, app)

    def close(self) -> None:
        """
        Shut the app down, stop its loops and restore the output streams; a second call does nothing.

        In a forked child only the streams are restored: app and loops belong to the parent.
        """
        if self._closed:
            return
        if self._fork_guard.forked:
            self._closed = True
            self._finalizer()
            return
        self._changes.run(self._end)

    # -- changes, on a thread of their own -----------------------------------------------------------------

    def _begin(self, app: Any) -> None:
        with self._changes.alone():
            if not self._closed:  # by a caller that was interrupted
                self._open(app)
                OUTPUT_TAPS.open()
                finalizer = self._finalizer = weakref.finalize(self, _release, self._background, self.overrides)
                finalizer.atexit = False
                self._start()

    def _switch(self, app: Any) -> Exception | None:
        with self._changes.alone():
            self._check_not_closed()
            replaced, failure = self.client, None
            try:
                self._end_client()
            except Exception as exc:  # a failed shutdown must not prevent the replacement
                failure = exc
            self._open(app)
            self.client.cookies = replaced.cookies
            self.client.headers.clear()
            self.client.headers.update(replaced.headers)
            self._events.publish("app")
            self._start()
            return failure

    def _end(self) -> None:
        with self._changes.alone():
            if self._closed:
                return
            self._closed = True
            try:
                if hasattr(self, "client"):
                    self._end_client()
            finally:
                self.overrides.close()
                self._events.publish("closed")
                self._background.close()
                self._finalizer()

    def _open(self, app: Any) -> None:
        # The loop's thread refers to the recorders, which do not refer to the explorer, so a dropped explorer is freed.
        recorders = LifespanRecorders(functools.partial(self._events.publish, "lifespan"))
        client = TestClient(
            app, self.settings.base_url, lifespan="off", observe_lifespan=recorders, **self._client_options
        )
        client.__enter__()
        client.life.mode = "on" if self._mode == "on" else "auto"
        self.app, self.client, self._traces = app, client, AppTraces(app)
        self._lost_overrides = self.overrides.move(app)
        self.name = self._given_name or name_of(app)
        self.state = ExplorerState(app, self.client.app_state, self.settings)
        recorders.places = self.state.places
        recorders.begin_trace = functools.partial(_begin_trace, weakref.ref(self.lifespan), self._traces)
        self.lifespan.follow(self.client.life, recorders)
        self._changes.hurry = self.client.life.abort
        this = weakref.ref(self)
        self._catalog = Catalog(
            app,
            self.client,
            self.settings,
            on_document=functools.partial(_take_secrets, this),
            on_routes=functools.partial(_take_paths, this),
        )

    def _start(self) -> None:
        self.startup_error = None
        try:
            if self._mode != "off":
                self.lifespan.startup()
        except Exception as exc:
            self.startup_error = exc
            if hint := thread_hint(exc):
                with contextlib.suppress(Exception):  # of a class that cannot be changed
                    exc.add_note(hint)

    def _end_client(self) -> None:
        self._sessions.end_all()
        try:
            self.client.life.end(self.settings.lifespan_timeout_s)
        finally:
            self.client.__exit__(None, None, None)
            self.client.close()

    def _check_open(self) -> None:
        self._fork_guard.check()
        self._changes.settle(self.settings.lifespan_timeout_s)
        self._check_not_closed()

    def _check_not_closed(self) -> None:
        if self._closed:
            raise LoopError(f"{self.name} is detached: attach it again")

    def _background_loop(self) -> Loop:
        self._check_open()
        return self._background.loop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Explorer {self.name}: lifespan {self.lifespan.status}, {len(self.history)} exchanges>"


def settled_app_of(explorer: ExploredApp) -> Any:
    """Return the app, after waiting for a replacement whose caller was interrupted."""
    if not explorer.closed:
        explorer._check_open()
    return explorer.app


def background_loop_of(explorer: ExploredApp) -> Loop:
    """Return the loop for work that must not run on the app's loop; raises `LoopError` if the explorer is closed."""
    return explorer._background_loop()


def document_source_of(explorer: ExploredApp) -> DocumentSource:
    """Return the source of the app's OpenAPI document, for callers that must not send a request for it."""
    return explorer._catalog.source


def quick_examples_of(explorer: ExploredApp, routes: Iterable[Route]) -> Iterator[RequestSpec]:
    """Return valid requests to HTTP routes, those that need credentials last, without a request for the document."""
    return explorer._catalog.quick_examples(routes)


def lost_overrides_of(explorer: ExploredApp) -> tuple[str, ...]:
    """Return the overrides that ended when the app was last replaced, because the new app lacks the dependencies."""
    return explorer._lost_overrides


def _release(background: Background, overrides: Overrides) -> None:
    """Free the resources of a closed or dropped explorer, without waiting; called by the garbage collector."""
    overrides.close()
    background.release()
    OUTPUT_TAPS.close()


def _begin_trace(lifespan: weakref.ref[ExplorerLifespan], traces: AppTraces) -> TracedCall | None:
    """Return what traces the app's startup, if the settings say so."""
    found = lifespan()
    return traces.begin() if found is not None and found.settings.trace else None


def _take_secrets(explorer: weakref.ref[ExploredApp], document: Document) -> None:
    """Mask the values that the document declares secret, also in earlier exchanges."""
    this, names = explorer(), document.secret_names()
    if this is not None and names:
        this._change_redactor(lambda redactor: redactor.learn(names))


def _routes_of(explorer: weakref.ref[ExploredApp]) -> Routes | None:
    """Return the routes of the app of an explorer that still exists; its history must not keep it alive."""
    owner = explorer()
    return owner.routes if owner is not None else None


def _take_paths(explorer: weakref.ref[ExploredApp], routes: Routes) -> None:
    """Mask the fields of paths whose names are those of secrets, also in earlier exchanges."""
    this = explorer()
    if this is None:
        return
    redactor = this.settings.redactor
    before = [template for one in redactor.paths if isinstance(one, SecretPaths) for template in one.templates]
    found = find_secret_paths(routes.values(), redactor.strict().is_secret, before)
    paths: frozenset[FindsSecrets] = frozenset() if found is None else frozenset((found,))
    if paths != redactor.paths:
        this._change_redactor(lambda redactor: dataclasses.replace(redactor, paths=paths))


def _checked_url(base_url: str) -> str:
    try:
        return read_base_url(base_url)
    except ValueError:
        raise RequestError(
            f"{base_url!r} is not a base URL: give scheme and host, such as http://shop.example"
        ) from None
