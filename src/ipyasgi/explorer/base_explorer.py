"""
`BaseExplorer`: one attached app with its client, lifespan, history, state and settings.

Its parts are classes of the modules beside this one. Other rooms access private parts only through `background_loop_of`
and `document_source_of`.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import dataclasses
import functools
import importlib
import threading
import weakref
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Self, TypeVar, Unpack, overload

from ..client.apps import check_app, name_of
from ..client.httpx import httpx
from ..client.testclient import TestClient
from ..engine.fork_guard import ForkGuard
from ..engine.lifespan import LifespanMode
from ..engine.loops import Loop
from ..engine.pending import Pending, Progress
from ..engine.runs import WebSocketRun
from ..history.comparison import Comparison, compare
from ..history.exchange import Exchange, Exchanges, only_requests
from ..history.history import ExchangeStore, History, is_name
from ..openapi.credentials import Credentials
from ..openapi.document import Document
from ..openapi.operation import Operation
from ..openapi.source import DocumentSource
from ..protocol.errors import LoopError, RequestError
from ..protocol.exception_parts import is_a
from ..records.console import Console, check_debug
from ..records.output import OUTPUT_TAPS
from ..records.redaction import Redactor
from ..records.requests import BodySource, RequestSpec, build_streamed
from ..records.secret_rules import FindsSecrets
from ..records.settings import Settings, read_base_url
from ..records.thread_hint import thread_hint
from ..routes.route import Route
from ..routes.routes import Routes
from ..routes.secret_paths import SecretPaths, find_secret_paths
from ..shown import Shown
from ..tracing.layer_taps import LayerPlan
from ..tracing.layers import Middleware, read_middleware
from ..tracing.profiler import check_profile
from ..tracing.traced_call import TracedCall
from .background import Background
from .catalog import Catalog
from .changes import Changes
from .defaults import DefaultCookies, DefaultHeaders
from .dispatch import Dispatch
from .events import EventBus, ExplorerEvent
from .explorer_state import ExplorerState
from .form_check import current_document, later_document
from .lifespan import ExplorerLifespan, LifespanRecorders
from .overrides import Overrides
from .replay import (
    OnProgress,
    Recheck,
    SendAgain,
    SendTwice,
    Which,
    build_send_again,
    recheck,
    replay,
)
from .request_kwargs import HandshakeKwargs, RequestKwargs, SendKwargs, check_auth, split_arguments, with_arguments
from .restored import Headers, check_missing, find_missing, note_left_out, present_headers
from .sent_body import SentBody
from .sign_in import build_credential, choose_scheme, sign, sign_in
from .socket_history import keep_socket
from .websocket_session import SessionRegistry, SocketMessage, WebSocketSession, exchange_messages

T = TypeVar("T")
UNSET: Any = object()
"""The default of a timeout: the setting."""
CLIENT_ADDRESS = ("127.0.0.1", 50000)
"""``scope["client"]`` of an explorer's requests: an address, as from a server, because apps parse it."""


class BaseExplorer(Shown):
    """An attached app; what an `Explorer` is for everything but experiments and files."""

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

    # -- signing in ----------------------------------------------------------------------------------------

    def login(
        self,
        name: str | None = None,
        password: str | None = None,
        *,
        token: str | None = None,
        scheme: str | None = None,
    ) -> Exchange | None:
        """
        Sign in: from now on requests to operations that need it are sent with the credentials.

        ``name`` and ``password`` are those of OAuth2's password flow, which asks the app for a token, or of HTTP Basic.
        Returns the exchange of the token, None if no request was needed.

        :param token: a bearer token or API key instead
        :param scheme: the key of the security scheme in the app's document, needed if several fit
        Raises `SignInError` with the app's message, and `RequestError` if the document describes no such sign-in.
        """
        if (token is None) == (name is None):
            raise RequestError("give a name and a password, or a token")
        chosen = choose_scheme(self.openapi.schemes, scheme, by_token=token is not None)
        credential = build_credential(token=token or "", user=name or "", password=password or "")
        return sign_in(credential, chosen, self.credentials, self.send)

    def logout(self, scheme: str | None = None) -> None:
        """Remove the credentials of a security scheme, or of all."""
        if scheme is None:
            self.credentials.clear()
        else:
            self.credentials.forget(choose_scheme(self.openapi.schemes, scheme, by_token=True).key)

    def _signed(self, spec: RequestSpec, options: SendKwargs) -> RequestSpec:
        """Return a request with the credentials that its operation needs, unless it has ``auth`` of its own."""
        return spec if "auth" in options or not len(self.credentials) else sign(spec, self.credentials, self.openapi)

    # -- requests ------------------------------------------------------------------------------------------

    @property
    def headers(self) -> DefaultHeaders:
        """The default headers of all requests, a live mapping: ``explorer.headers.set({"X-A": "b"})``."""
        return DefaultHeaders(self.client, self.settings)

    @property
    def cookies(self) -> DefaultCookies:
        """The cookies of requests, a live mapping; includes the cookies that the app has set."""
        return DefaultCookies(self.client, self.settings)

    @with_arguments(RequestKwargs)
    def get(self, path: str, **kwargs: Unpack[RequestKwargs]) -> Exchange:
        """Send a GET; accepts the arguments of `request`."""
        return self.request("GET", path, **kwargs)

    @with_arguments(RequestKwargs)
    def options(self, path: str, **kwargs: Unpack[RequestKwargs]) -> Exchange:
        """Send an OPTIONS; accepts the arguments of `request`."""
        return self.request("OPTIONS", path, **kwargs)

    @with_arguments(RequestKwargs)
    def head(self, path: str, **kwargs: Unpack[RequestKwargs]) -> Exchange:
        """Send a HEAD; accepts the arguments of `request`."""
        return self.request("HEAD", path, **kwargs)

    @with_arguments(RequestKwargs)
    def post(self, path: str, **kwargs: Unpack[RequestKwargs]) -> Exchange:
        """Send a POST; accepts the arguments of `request`."""
        return self.request("POST", path, **kwargs)

    @with_arguments(RequestKwargs)
    def put(self, path: str, **kwargs: Unpack[RequestKwargs]) -> Exchange:
        """Send a PUT; accepts the arguments of `request`."""
        return self.request("PUT", path, **kwargs)

    @with_arguments(RequestKwargs)
    def patch(self, path: str, **kwargs: Unpack[RequestKwargs]) -> Exchange:
        """Send a PATCH; accepts the arguments of `request`."""
        return self.request("PATCH", path, **kwargs)

    @with_arguments(RequestKwargs)
    def delete(self, path: str, **kwargs: Unpack[RequestKwargs]) -> Exchange:
        """Send a DELETE; accepts the arguments of `request`."""
        return self.request("DELETE", path, **kwargs)

    @with_arguments(RequestKwargs)
    def request(self, method: str, path: str, **kwargs: Unpack[RequestKwargs]) -> Exchange:
        """
        Build a request, send it, add the exchange to the history and return it.

        :param params: the query, as in httpx, like ``headers``, ``json``, ``content``, ``data`` and ``files``
            An iterator or file as ``content`` or in ``files`` is read while the app reads it, within the timeout
        :param cookies: for this request only, in addition to those of the client
        :param auth: a ``(user, password)`` tuple, an ``httpx.Auth`` or a function of the request; None disables the
            client's. What ``auth`` and ``cookies`` add to the request is part of the exchange's ``spec``, so a replay
            sends it again
        :param timeout: seconds for the whole request; None for no limit; the setting ``timeout_s`` by default
        :param follow_redirects: follow redirects; the exchanges of the redirects are ``previous``
        :param raise_exceptions: raise the app's exception; it is part of the exchange in any case
        :param debug: ``"pdb"`` opens a prompt where the app calls ``breakpoint()``, unless a debugger is attached, and
            lets it call ``input()``; ``q`` interrupts the request. The timeout does not count the time at the prompt
        :param trace: record the app's SQL, HTTP and cache calls as ``trace``; by default the setting ``trace``
        :param faults: `Faults`: what a bad network or client does to the request; a replay has them too
        :param profile: sample its functions as the exchange's ``profile``; needs the extra ``ipyasgi[profile]``
        Raises the app's exception, ``httpx.ReadTimeout`` (a `DeadlineError`), `RequestError`, `LoopError`, and
        ``TypeError`` for an unknown argument.
        """
        parts, sending = split_arguments(kwargs)
        spec, source = build_streamed(method, path, **parts)
        return _checked(*self._send(spec, sending, body=self._sent_body(spec, source)), sending)

    @with_arguments(SendKwargs)
    def send(
        self, spec: RequestSpec, *, on_call: Any = None, replay_of: str = "", **kwargs: Unpack[SendKwargs]
    ) -> Exchange:
        """
        Send a request, add the exchange to the history and return it.

        :param on_call: called with the running call, so that another thread can cancel it
        :param replay_of: the name of the exchange that is replayed
        The other arguments and the exceptions are those of `request`.
        """
        return _checked(*self._send(spec, kwargs, on_call=on_call, replay_of=replay_of), kwargs)

    @with_arguments(SendKwargs)
    def submit(
        self,
        spec: RequestSpec,
        *,
        on_done: Callable[[Pending[Exchange]], object] | None = None,
        replay_of: str = "",
        **kwargs: Unpack[SendKwargs],
    ) -> Pending[Exchange]:
        """
        Send a request without waiting; accepts the arguments of `send`.

        :param on_done: called with the `Pending` when it has ended
        """
        return self._submit(spec, kwargs, on_done=on_done, replay_of=replay_of)

    def _submit(
        self,
        spec: RequestSpec,
        options: SendKwargs,
        *,
        source: BodySource | None = None,
        on_done: Callable[[Pending[Exchange]], object] | None = None,
        replay_of: str = "",
    ) -> Pending[Exchange]:
        check_auth(options.get("auth"))
        check_debug(options.get("debug"), waits=False)
        body = self._sent_body(spec, source)

        def work(pending: Pending[Exchange]) -> Exchange:
            exchange, failure = self._send(spec, options, body=body, on_call=pending.take_call, replay_of=replay_of)
            pending.note(pending.progress.add(exchange.name, failed=exchange.failed))
            return _checked(exchange, failure, options)

        return Pending(
            work,
            self._background_loop(),
            waits_on=self._client_options["loop"],
            verb=spec.method,
            description=f"{spec.method} {spec.path}",
            owner=self,
            subject=spec,
            progress=Progress(sent_of_bytes=len(spec.body)),
            on_change=lambda pending: on_done(pending) if on_done is not None and pending.done() else None,
        )

    @with_arguments(RequestKwargs)
    def begin(self, method: str, path: str, **kwargs: Unpack[RequestKwargs]) -> Pending[Exchange]:
        """Build a request and send it without waiting; accepts the arguments of `request`."""
        parts, sending = split_arguments(kwargs)
        spec, source = build_streamed(method, path, **parts)
        return self._submit(spec, sending, source=source)

    # -- WebSockets ----------------------------------------------------------------------------------------

    @property
    def websockets(self) -> tuple[WebSocketRun, ...]:
        """The records of the last 20 WebSockets that have ended, newest last."""
        return self._sessions.runs

    @with_arguments(HandshakeKwargs)
    def websocket_exchange(
        self,
        path: str,
        *messages: str | bytes,
        subprotocols: Sequence[str] | None = None,
        wait_s: float = 1.0,
        timeout: float | None = UNSET,
        **handshake: Unpack[HandshakeKwargs],
    ) -> WebSocketRun:
        """
        Open a WebSocket, send the messages, wait until the app is silent or closes, and return the record.

        A rejected handshake and a connection closed by the app do not raise, and neither does an app that ends by its
        framework's exception for a client that has left. An exception that the app caught itself is the record's
        ``exception``.

        :param messages: texts and bytes, each sent as one frame
        :param headers: of the handshake, like ``params``, ``cookies`` and ``auth``, as for `request`
        :param trace: as for `request`; the trace is that of its exchange in `history`
        :param wait_s: seconds of silence after which the exchange ends
        :param timeout: seconds for the whole exchange; None for no limit; the setting ``timeout_s`` by default
        Raises the app's exception, `DeadlineError` for the handshake, `RequestError`, `LoopError`.
        """
        self._check_open()
        return exchange_messages(
            self.client,
            self._sessions,
            path,
            messages,
            handshake,
            places=self.state.places,
            traced=self._traced(handshake),
            subprotocols=subprotocols,
            wait_s=wait_s,
            timeout_s=self._seconds(timeout),
            overrides=self.overrides.follow(),
        )

    @with_arguments(HandshakeKwargs)
    def websocket(
        self,
        path: str,
        *,
        subprotocols: Sequence[str] | None = None,
        timeout: float | None = UNSET,
        on_message: Callable[[SocketMessage], object] = lambda message: None,
        on_change: Callable[[WebSocketSession], object] = lambda session: None,
        **handshake: Unpack[HandshakeKwargs],
    ) -> WebSocketSession:
        """
        Open a WebSocket that stays open, and return it at once, perhaps before the app has accepted it.

        Its record is in `websockets` after it has ended. `close` and `replace_app` disconnect it.

        :param headers: of the handshake, like ``params``, ``cookies`` and ``auth``, as for `request`
        :param trace: as for `request`; the trace is that of its exchange in `history`
        :param timeout: seconds for the handshake; the setting ``timeout_s`` by default
        :param on_message: as for `WebSocketSession`, like ``on_change``
        Raises `RequestError` for an invalid path, `LoopError` after `close`.
        """
        self._check_open()
        session = WebSocketSession(
            self.client,
            self._background_loop(),
            path,
            places=self.state.places,
            options=handshake,
            subprotocols=subprotocols,
            timeout_s=self._seconds(timeout),
            on_message=on_message,
            on_change=on_change,
            on_end=self._sessions.ended,
            traced=self._traced(handshake),
            overrides=self.overrides.follow(),
        )
        self._sessions.opened(session)
        return session

    def _traced(self, options: HandshakeKwargs) -> TracedCall | None:
        """Return what traces a WebSocket, if it is to be traced."""
        is_traced = options.get("trace", self.settings.trace)
        return TracedCall(self.client.app, self._layers) if is_traced else None

    # -- replay and comparison -----------------------------------------------------------------------------

    @overload
    def replay(
        self, which: Exchange, *, timeout: float | None = ..., on_progress: OnProgress | None = ...
    ) -> Exchange: ...
    @overload
    def replay(self, which: str, *, timeout: float | None = ..., on_progress: OnProgress | None = ...) -> Any: ...
    @overload
    def replay(
        self, which: Iterable[Exchange], *, timeout: float | None = ..., on_progress: OnProgress | None = ...
    ) -> Exchanges: ...
    def replay(self, which: Which, *, timeout: float | None = UNSET, on_progress: OnProgress | None = None) -> Any:
        """
        Send recorded requests again, in order, with the headers, cookies and timeout that were sent.

        If the present default headers or cookies differ, a note of the new exchange says so. Redirects are followed if
        they were, with the present cookies.
        Exceptions of the app and deadlines do not raise: they are part of the new exchange, and the next request is
        sent. The new exchanges are added to the history, even if an interrupt ends the replay.

        :param which: a name such as ``r7``, a range such as ``1-500``, a filter as for `History.filter`, or exchanges
        :param timeout: seconds for each request, instead of the recorded ones
        :param on_progress: called with the `Progress` before the first request and after each
        Returns an `Exchange` for a name or an exchange, else `Exchanges`.
        Raises `FilterError`, `LoopError`, and ``KeyError`` for a name that is not in the history.
        """
        done = replay(self._select_requests(which, self), self._send_again(timeout), on_progress)
        named_one = isinstance(which, Exchange) or (isinstance(which, str) and is_name(which))
        return done[0] if named_one else done

    def begin_replay(
        self,
        which: Which,
        *,
        timeout: float | None = UNSET,
        on_change: Callable[[Pending[Exchanges]], object] | None = None,
    ) -> Pending[Exchanges]:
        """
        Replay without waiting; accepts the arguments of `replay`, and the value is always `Exchanges`.

        :param on_change: called with the `Pending`, on its thread, at each progress and at the end
        """
        chosen = self._select_requests(which, self)

        def work(pending: Pending[Exchanges]) -> Exchanges:
            return replay(chosen, self._send_again(timeout, pending), pending.note)

        return self._begin_again("replay", chosen, work, on_change)

    def recheck(
        self,
        which: Which | None = None,
        *,
        against: BaseExplorer | None = None,
        send_twice: SendTwice = "safe",
        timeout: float | None = UNSET,
        on_progress: OnProgress | None = None,
    ) -> Recheck:
        """
        Send recorded requests again, and compare the responses with the recorded ones.

        A value that an earlier one of these responses brought, such as an id, a token or a cookie, is that of the new
        response, so that a session can be rechecked in a new process or with another app. Such values, values of
        cookies, and times near the sending, are ignored. If a response still differs, the request is sent a
        second time, unless it passed its deadline, and values that differ between these two responses are ignored too.

        :param which: as for `replay`; by default all except replays, and exchanges that were cancelled or cut off, or
            restored without a secret that no present header, cookie or credential replaces
        :param against: send the requests to another app instead, such as another version of this one; the new
            exchanges are in its history
        :param send_twice: ``safe`` sends only GET, HEAD, OPTIONS, QUERY and TRACE a second time, because other requests
            may change the app's state; ``always`` sends all of them, ``never`` none
        :param timeout: as for `replay`
        :param on_progress: as for `replay`
        """
        other, source = self._recheck_by(against)
        chosen, note = self._select_checkable(which, other)
        send_again, name = other._send_again(timeout, source=source), other.name if source else ""
        return recheck(chosen, send_again, send_twice, self.settings, on_progress, name, note)

    def begin_recheck(
        self,
        which: Which | None = None,
        *,
        against: BaseExplorer | None = None,
        send_twice: SendTwice = "safe",
        timeout: float | None = UNSET,
    ) -> Pending[Recheck]:
        """Recheck without waiting; accepts the arguments of `recheck`."""
        settings, (other, source) = self.settings, self._recheck_by(against)
        chosen, note = self._select_checkable(which, other)

        def work(pending: Pending[Recheck]) -> Recheck:
            send_again, name = other._send_again(timeout, pending, source=source), other.name if source else ""
            return recheck(chosen, send_again, send_twice, settings, pending.note, name, note)

        return other._begin_again("recheck", chosen, work)

    def _recheck_by(self, against: BaseExplorer | None) -> tuple[BaseExplorer, str]:
        """Return the explorer that sends the requests, and this one's name if that is another."""
        return (self, "") if against is None or against is self else (against, self.name)

    def compare(self, before: str | Exchange, after: str | Exchange) -> Comparison:
        """
        Return the differences between two exchanges: status, headers, body, exception, traces, the ratio of the times.

        :param before: a name such as ``r1``, or an exchange
        Raises ``KeyError`` for a name that is not in the history.
        """
        old, new = (self.history[one] if isinstance(one, str) else one for one in (before, after))
        for one in (old, new):
            only_requests([one], "compared")
        return compare(old, new)

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
        self.app, self.client, self._layers = app, client, LayerPlan()
        self._lost_overrides = self.overrides.move(app)
        self.name = self._given_name or name_of(app)
        self.state = ExplorerState(app, self.client.app_state, self.settings)
        recorders.places = self.state.places
        recorders.begin_trace = functools.partial(_begin_trace, weakref.ref(self.lifespan), app, self._layers)
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

    # -- shared by the methods above -----------------------------------------------------------------------

    def _send(self, spec: RequestSpec, options: SendKwargs, **more: Any) -> tuple[Exchange, BaseException | None]:
        """Send a request, record the exchange, and return it with the exception that ended the wait, if any."""
        exchange, failure = self._exchange(spec, options, next_name=self._store.next_name, **more)
        self._record(exchange)
        return exchange, failure

    def _record(self, exchange: Exchange) -> None:
        self._store.append(exchange)
        self._events.publish("exchange", exchange)

    def _exchange(
        self,
        spec: RequestSpec,
        options: SendKwargs,
        *,
        next_name: Callable[[], str],
        body: SentBody | None = None,
        on_call: Any = None,
        replay_of: str = "",
        recorded: httpx.Request | None = None,
        signs: bool = True,
    ) -> tuple[Exchange, BaseException | None]:
        """Send a request without recording it; ``signs`` adds the user's credentials."""
        self._check_open()
        check_auth(options.get("auth"))
        check_debug(options.get("debug"))
        if options.get("profile"):
            check_profile(trace=options.get("trace"))
        if recorded is None and signs:
            spec = self._signed(spec, options)
        if body is None:
            self._sent_body(spec, None)
        status = self.lifespan.status
        dispatch = Dispatch(
            client=self.client,
            spec=spec,
            places=self.state.places,
            next_name=next_name,
            kept_in=self._store.reference,
            layers=self._layers,
            options={
                **options,
                "timeout": options.get("timeout", self.settings.timeout_s),
                "trace": options.get("trace", self.settings.trace and not options.get("profile")),
            },
            console=Console() if options.get("debug") else None,
            notes=() if status in ("running", "unsupported") else (f"sent while the lifespan was {status!r}",),
            replay_of=replay_of,
            recorded=recorded,
            overrides=self.overrides.follow(),
            on_call=on_call,
            body=body,
            keep_bytes=self.settings.body_bytes,
            document=functools.partial(current_document, self._catalog.source),
            contract=later_document(self._catalog.source),
        )
        self.client.life.open_gates()
        dispatch.send()
        ended = dispatch.client is not self.client or not self._changes.done or self._closed
        if ended and isinstance(dispatch.failure, (RuntimeError, concurrent.futures.CancelledError)):  # never the app's
            end = "detached" if self._closed else "replaced"
            dispatch.failure = LoopError(f"the app was {end} while this request was sent: send it again")
        return dispatch.exchange(self.settings), dispatch.failure

    def _sent_body(self, spec: RequestSpec, source: BodySource | None) -> SentBody | None:
        """Return the recorder of a body that is read while it is sent; `RequestError` for a body that was not kept."""
        if source is not None:
            return SentBody(source, self.settings.body_bytes)
        if spec.is_partial:
            raise RequestError(
                f"the body of {spec.method} {spec.path} was sent from an iterator or a file, and only its first "
                f"{len(spec.body):,} bytes are kept: give its content again"
            )
        return None

    def _select_checkable(self, which: Which | None, other: BaseExplorer) -> tuple[Exchanges, str]:
        """Return the exchanges whose requests another explorer can send, and a note about those that were left out."""
        if which is not None:
            return self._select_requests(which, other), ""
        whole = [
            one for one in self.history if not (one.replay_of or one.ended_by_you or one.cut_off or one.spec.is_partial)
        ]
        missing = find_missing(whole, other._supplied)
        chosen = [one for one in whole if one.name not in missing]
        return self._select_requests(chosen, other), note_left_out(missing)

    def _select_requests(self, which: Which, other: BaseExplorer) -> Exchanges:
        found = only_requests(self.history.select(which), "replayed")
        check_missing(find_missing(found, other._supplied))
        return found

    def _present_headers(self, spec: RequestSpec) -> Headers:
        """Return the headers that a request would have now, without those that ``auth`` of the client adds."""
        return present_headers(self.client, self._signed(spec, {}))

    def _supplied(self, spec: RequestSpec) -> Collection[str]:
        """Return the names of the headers that a request would have now."""
        names = {name.decode("latin-1") for name, _ in self._present_headers(spec)}
        return names if self.client.auth is None else names | {"authorization"}

    def _send_again(self, timeout: float | None, pending: Pending[Any] | None = None, *, source: str = "") -> SendAgain:
        given = {} if timeout is UNSET else {"timeout": timeout}
        return build_send_again(self._send, given, pending, source=source)

    def _begin_again(
        self,
        verb: str,
        chosen: Sequence[Any],
        work: Callable[[Pending[T]], T],
        on_change: Callable[[Pending[T]], object] | None = None,
    ) -> Pending[T]:
        return Pending(
            work,
            self._background_loop(),
            waits_on=self._client_options["loop"],
            verb=verb,
            description=f"the {verb} of {len(chosen)} requests",
            owner=self,
            subject=chosen,
            progress=Progress(total=len(chosen)),
            on_change=on_change,
        )

    def _background_loop(self) -> Loop:
        self._check_open()
        return self._background.loop()

    def _seconds(self, timeout: float | None) -> float | None:
        return self.settings.timeout_s if timeout is UNSET else timeout

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Explorer {self.name}: lifespan {self.lifespan.status}, {len(self.history)} exchanges>"


def settled_app_of(explorer: BaseExplorer) -> Any:
    """Return the app, after waiting for a replacement whose caller was interrupted."""
    if not explorer.closed:
        explorer._check_open()
    return explorer.app


def background_loop_of(explorer: BaseExplorer) -> Loop:
    """Return the loop for work that must not run on the app's loop; raises `LoopError` if the explorer is closed."""
    return explorer._background_loop()


def document_source_of(explorer: BaseExplorer) -> DocumentSource:
    """Return the source of the app's OpenAPI document, for callers that must not send a request for it."""
    return explorer._catalog.source


def quick_examples_of(explorer: BaseExplorer, routes: Iterable[Route]) -> Iterator[RequestSpec]:
    """Return valid requests to HTTP routes, those that need credentials last, without a request for the document."""
    return explorer._catalog.quick_examples(routes)


def lost_overrides_of(explorer: BaseExplorer) -> tuple[str, ...]:
    """Return the overrides that ended when the app was last replaced, because the new app lacks the dependencies."""
    return explorer._lost_overrides


def _release(background: Background, overrides: Overrides) -> None:
    """Free the resources of a closed or dropped explorer, without waiting; called by the garbage collector."""
    overrides.close()
    background.release()
    OUTPUT_TAPS.close()


def _begin_trace(lifespan: weakref.ref[ExplorerLifespan], app: Any, layers: LayerPlan) -> TracedCall | None:
    """Return what traces the app's startup, if the settings say so."""
    found = lifespan()
    return TracedCall(app, layers) if found is not None and found.settings.trace else None


def _take_secrets(explorer: weakref.ref[BaseExplorer], document: Document) -> None:
    """Mask the values that the document declares secret, also in earlier exchanges."""
    this, names = explorer(), document.secret_names()
    if this is not None and names:
        this._change_redactor(lambda redactor: redactor.learn(names))


def _routes_of(explorer: weakref.ref[BaseExplorer]) -> Routes | None:
    """Return the routes of the app of an explorer that still exists; its history must not keep it alive."""
    owner = explorer()
    return owner.routes if owner is not None else None


def _take_paths(explorer: weakref.ref[BaseExplorer], routes: Routes) -> None:
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


def _checked(exchange: Exchange, failure: BaseException | None, options: SendKwargs) -> Exchange:
    """Return the exchange; raise the exception that ended the wait, or the app's unless ``options`` forbid it."""
    if failure is not None and is_a(failure, KeyboardInterrupt):
        # The frames of the wait are irrelevant, and rendering them would delay the prompt by 0.2 s.
        raise failure.with_traceback(None)
    if failure is not None:
        raise failure
    if options.get("raise_exceptions", True) and exchange.exception is not None:
        raise exchange.exception
    return exchange
