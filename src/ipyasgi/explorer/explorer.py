"""
`Explorer`: one attached app with its client, lifespan, history, state and settings.

Here live the public methods and what binds their parts together; each part is a class of a module beside this one.
The other rooms of this package reach an explorer's private parts by `background_loop_of` and `document_source_of`, and
in no other way.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib
import threading
import weakref
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack, overload

from ..client.apps import check_app, name_of
from ..client.testclient import TestClient
from ..engine.fork_guard import ForkGuard
from ..engine.lifespan import LifespanMode
from ..engine.loops import Loop
from ..engine.pending import Pending, Progress
from ..engine.runs import WebSocketRun
from ..history.comparison import Comparison, compare
from ..history.exchange import Exchange, Exchanges
from ..history.history import ExchangeStore, History, is_name
from ..openapi.credentials import Credentials
from ..openapi.document import Document
from ..openapi.operation import Operation
from ..openapi.source import DocumentSource
from ..protocol.errors import LoopError
from ..records.output import OUTPUT_TAPS
from ..records.requests import RequestSpec, build_spec
from ..records.settings import Settings
from ..records.state import StateLook, look_at
from ..routes.routes import Routes
from ..shown import Shown
from .background import Background
from .catalog import Catalog
from .defaults import DefaultCookies, DefaultHeaders, copy_defaults
from .dispatch import Dispatch
from .events import EventBus, ExplorerEvent
from .lifespan import ExplorerLifespan, LifespanRecorders
from .replay import OnProgress, Recheck, SendAgain, SendTwice, Which, recheck, redirects_were_followed, replay
from .request_kwargs import RequestKwargs, SendKwargs, check_arguments, check_auth, split_arguments, with_arguments
from .websocket_oneshot import WAIT_S, check_socket_path, exchange_messages
from .websocket_session import SessionRegistry, SocketMessage, WebSocketSession, WebSocketSessions

T = TypeVar("T")
_UNSET: Any = object()


class ExplorerState(Shown):
    """
    What the app keeps, live.

    :ivar app: ``app.state`` of the app; None where it has none
    :ivar lifespan: the lifespan state, which each request gets a shallow copy of
    :ivar settings: how it is shown
    """

    def __init__(self, app: Any, lifespan: dict[str, Any], settings: Settings) -> None:
        self._app = app
        self._seen: StateLook | None = None
        self.lifespan = lifespan
        self.settings = settings

    @property
    def app(self) -> Any:
        return getattr(self._app, "state", None)

    def places(self) -> dict[str, Any]:
        """Return what there is to look at, by the path it is shown under."""
        return {"state": self.lifespan} if self.app is None else {"app.state": self.app, "state": self.lifespan}

    def look(self) -> StateLook:
        """Return what is there now and what changed since this was called last."""
        self._seen = look_at(self.places(), self._seen, self.settings)
        return self._seen

    def __repr__(self) -> str:
        return f"<ExplorerState: {', '.join(self.places())}>"


class Explorer(Shown):
    """
    An app to explore: the Python API for everything the magic and the panels do.

    :param app: an ASGI app
    :param lifespan: ``auto`` starts the app now and is content when it has no lifespan; ``on`` insists on one;
        ``off`` leaves it alone until `lifespan` is asked to start or step
    :param timeout: seconds for each request; None for ever
    :param name: what it is called in displays; by default the app's title, or its function's or type's name
    :param backend: ``asyncio`` or ``trio``
    :ivar app: the app; `replace_app` puts another in its place
    :ivar client: the `TestClient` that sends
    :ivar name: what it is called in displays
    :ivar settings: a `Settings`; `configure` changes it
    :ivar history: the exchanges, as a `History`
    :ivar credentials: what was signed in with, by security scheme of the app's document; kept in this process only
    :ivar websockets: the records of the WebSockets that have ended
    :ivar state: ``app.state`` and the lifespan state, live
    :ivar lifespan: starts, steps and stops the app
    :ivar startup_error: what the app raised when this explorer started it last; None where the start went well

    Raises `NotAnAppError`. A startup that fails does not raise: see ``lifespan.status`` and ``startup_error``.
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
        self.settings = settings or Settings()
        if timeout is not _UNSET:
            self.settings = dataclasses.replace(self.settings, timeout_s=timeout)
        self._settings_lock = threading.Lock()
        self._store = ExchangeStore(self.settings)
        self.history = History(self._store)
        self._sessions = SessionRegistry()
        self.websockets = WebSocketSessions(self._sessions)
        self.credentials = Credentials()
        self.startup_error: BaseException | None = None
        self._given_name = name
        self._mode = lifespan
        self._client_options = {"backend": backend, "base_url": base_url}
        self._closed = False
        self._background = Background()
        self._events = EventBus()
        self._fork_guard = ForkGuard()
        self._open(app)
        OUTPUT_TAPS.open()
        self._finalizer = weakref.finalize(self, _release, self._background)
        self._finalizer.atexit = False
        try:
            self._start()
        except BaseException:
            self.close()
            raise

    @property
    def closed(self) -> bool:
        """Whether `close` was called, or this is a forked child, where no loop of it runs."""
        return self._closed or self._fork_guard.forked

    @property
    def last_exception(self) -> BaseException | None:
        """What the app raised last: in a startup that failed, else in the newest exchange or WebSocket with one."""
        if self.startup_error is not None and not self.client.life.alive:
            return self.lifespan.handled_exception or self.startup_error
        return (
            _newest_exception(self.history, self.websockets)
            or self.lifespan.exception
            or self.lifespan.handled_exception
        )

    def configure(self, **changes: Any) -> Settings:
        """Change settings from now on, under the names of `Settings`; return them. What is recorded keeps its own."""
        return self._change_settings(lambda settings: dataclasses.replace(settings, **changes))

    def _change_settings(self, change: Callable[[Settings], Settings]) -> Settings:
        with self._settings_lock:
            self.settings = change(self.settings)
            for part in (self._store, self._catalog, self.state, self.lifespan):
                part.settings = self.settings
            return self.settings

    def subscribe(self, callback: Callable[[ExplorerEvent], object]) -> Callable[[], None]:
        """
        Call ``callback`` with each `ExplorerEvent`: an exchange recorded, the lifespan moved, another app, closed.

        It is called on the thread where it happened, perhaps the app's loop, so it must only enqueue.
        Returns the function that ends the subscription.
        """
        return self._events.subscribe(callback)

    def panel(self) -> Any:
        """Return the panel to explore with: a `Workbench` on this app. Needs a notebook to be seen."""
        # Imported here, so that this floor knows no panel and importing it brings no ipywidgets.
        return importlib.import_module("..panels", __package__).Workbench(self)

    # -- the app's routes and its document -----------------------------------------------------------------

    @property
    def routes(self) -> Routes:
        """The app's routes, read anew each time."""
        return self._catalog.routes

    @property
    def openapi(self) -> Document:
        """
        The app's OpenAPI document, read when it is first asked for; an empty one where there is none.

        It is what ``app.openapi()`` gives, or Litestar's schema, with those of mounted apps; else what the app answers
        on a route that ends with ``openapi.json``: this one request is not recorded.
        """
        return self._catalog.document

    def operation(self, key: str) -> Operation | None:
        """Return what the document says of a route, ``"POST /items"``; None where it says nothing."""
        return self.openapi.operation(key)

    # -- requests ------------------------------------------------------------------------------------------

    @property
    def headers(self) -> DefaultHeaders:
        """The headers that every request gets: a live mapping, ``explorer.headers.set({"X-A": "b"})``."""
        return DefaultHeaders(self.client, self.settings)

    @property
    def cookies(self) -> DefaultCookies:
        """The cookies that requests get, those the app has set among them: a live mapping."""
        return DefaultCookies(self.client, self.settings)

    @with_arguments(RequestKwargs)
    def get(self, path: str, **kwargs: Unpack[RequestKwargs]) -> Exchange:
        """Send a GET; the arguments are those of `request`."""
        check_arguments("get", kwargs)
        return self.request("GET", path, **kwargs)

    @with_arguments(RequestKwargs)
    def options(self, path: str, **kwargs: Unpack[RequestKwargs]) -> Exchange:
        """Send an OPTIONS; the arguments are those of `request`."""
        check_arguments("options", kwargs)
        return self.request("OPTIONS", path, **kwargs)

    @with_arguments(RequestKwargs)
    def head(self, path: str, **kwargs: Unpack[RequestKwargs]) -> Exchange:
        """Send a HEAD; the arguments are those of `request`."""
        check_arguments("head", kwargs)
        return self.request("HEAD", path, **kwargs)

    @with_arguments(RequestKwargs)
    def post(self, path: str, **kwargs: Unpack[RequestKwargs]) -> Exchange:
        """Send a POST; the arguments are those of `request`."""
        check_arguments("post", kwargs)
        return self.request("POST", path, **kwargs)

    @with_arguments(RequestKwargs)
    def put(self, path: str, **kwargs: Unpack[RequestKwargs]) -> Exchange:
        """Send a PUT; the arguments are those of `request`."""
        check_arguments("put", kwargs)
        return self.request("PUT", path, **kwargs)

    @with_arguments(RequestKwargs)
    def patch(self, path: str, **kwargs: Unpack[RequestKwargs]) -> Exchange:
        """Send a PATCH; the arguments are those of `request`."""
        check_arguments("patch", kwargs)
        return self.request("PATCH", path, **kwargs)

    @with_arguments(RequestKwargs)
    def delete(self, path: str, **kwargs: Unpack[RequestKwargs]) -> Exchange:
        """Send a DELETE; the arguments are those of `request`."""
        check_arguments("delete", kwargs)
        return self.request("DELETE", path, **kwargs)

    @with_arguments(RequestKwargs)
    def request(self, method: str, path: str, **kwargs: Unpack[RequestKwargs]) -> Exchange:
        """
        Build a request, send it, and return the exchange, which is also kept in the history.

        :param params: the query, as in httpx; so are ``headers``, ``json``, ``content``, ``data`` and ``files``
        :param cookies: sent beside those of the client, with this request only
        :param auth: a ``(user, password)`` tuple, an ``httpx.Auth``, or a function of the request; None for none, also
            where the client has one. What it added to the request, and ``cookies``, is part of the exchange's ``spec``,
            so a replay sends it again as it was sent
        :param timeout: seconds for the whole of it; None for ever; the setting ``timeout_s`` by default
        :param follow_redirects: send the requests that redirects lead to; the answers are ``previous``
        :param raise_exceptions: raise what the app raised; it is on the exchange in any case
        Raises the app's own exception, ``httpx.ReadTimeout`` (a `DeadlineError`), `RequestError`, `LoopError`, and
        ``TypeError`` for an argument that is not one of these.
        """
        check_arguments("request", kwargs)
        spec, sending = split_arguments(kwargs)
        return self.send(build_spec(method, path, **spec), **sending)

    @with_arguments(SendKwargs)
    def send(
        self, spec: RequestSpec, *, on_call: Any = None, replay_of: str = "", **kwargs: Unpack[SendKwargs]
    ) -> Exchange:
        """
        Send a request and return the exchange, which is also kept in the history.

        :param on_call: given the running call, through which another thread can cancel it
        :param replay_of: the name of the exchange whose request this is; the new one notes it
        Everything else, and what it raises, as for `request`.
        """
        check_arguments("send", kwargs, SendKwargs)
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
        Send a request without waiting; the arguments are those of `send`.

        :param on_done: called with the `Pending` when it has ended
        """
        check_arguments("submit", kwargs, SendKwargs)
        check_auth(kwargs.get("auth"))

        def work(pending: Pending[Exchange]) -> Exchange:
            exchange, failure = self._send(spec, kwargs, on_call=pending.take_call, replay_of=replay_of)
            pending.note(pending.progress.add(exchange.name, failed=exchange.failed))
            return _checked(exchange, failure, kwargs)

        return Pending(
            work,
            self._background_loop(),
            verb=spec.method,
            description=f"{spec.method} {spec.path}",
            owner=self,
            subject=spec,
            progress=Progress(sent_of_bytes=len(spec.body)),
            on_change=lambda pending: on_done(pending) if on_done is not None and pending.done() else None,
        )

    @with_arguments(RequestKwargs)
    def begin(self, method: str, path: str, **kwargs: Unpack[RequestKwargs]) -> Pending[Exchange]:
        """Build a request and send it without waiting; the arguments are those of `request`."""
        check_arguments("begin", kwargs)
        spec, sending = split_arguments(kwargs)
        return self.submit(build_spec(method, path, **spec), **sending)

    # -- WebSockets ----------------------------------------------------------------------------------------

    def websocket_exchange(
        self,
        path: str,
        *messages: str | bytes,
        headers: Any = None,
        params: Any = None,
        cookies: Any = None,
        auth: Any = _UNSET,
        subprotocols: Sequence[str] | None = None,
        wait_s: float = WAIT_S,
        timeout: float | None = _UNSET,
    ) -> WebSocketRun:
        """
        Open a WebSocket, send the messages, listen until the app is silent or closes, and return the record.

        A handshake that the app denies, and a connection that it closes, are in the record and are not raised. What
        the app raised and caught itself is the record's ``exception``.

        :param messages: texts and bytes, each sent as a frame of its kind
        :param headers: of the handshake; so are ``params``, ``cookies`` and ``auth``, as for `request`
        :param wait_s: how long the app may be silent before it is over
        :param timeout: seconds for all of it, None for as long as the app sends; the setting ``timeout_s`` by default
        Raises what the app raised, `DeadlineError` where the handshake is not answered, `RequestError`, `LoopError`.
        """
        self._check_open()
        return exchange_messages(
            self.client,
            self.state.places,
            path,
            messages,
            options=_handshake_options(headers, params, cookies, auth),
            subprotocols=subprotocols,
            wait_s=wait_s,
            timeout=self._seconds(timeout),
            keep=self._sessions.keep,
        )

    def websocket(
        self,
        path: str,
        *,
        headers: Any = None,
        params: Any = None,
        cookies: Any = None,
        auth: Any = _UNSET,
        subprotocols: Sequence[str] | None = None,
        timeout: float | None = _UNSET,
        on_message: Callable[[SocketMessage], object] = lambda message: None,
        on_change: Callable[[WebSocketSession], object] = lambda session: None,
    ) -> WebSocketSession:
        """
        Open a WebSocket that stays open while you go on, and return it at once, perhaps before the app has accepted.

        Its record is in `websockets` once it has ended. Closing the explorer, or putting another app in the place
        of this one, disconnects it.

        :param headers: of the handshake; so are ``params``, ``cookies`` and ``auth``, as for `request`
        :param timeout: seconds for the handshake; the setting ``timeout_s`` by default
        :param on_message: as for `WebSocketSession`; so is ``on_change``
        Raises `RequestError` for a path that is none, `LoopError` where the explorer is closed.
        """
        self._check_open()
        check_socket_path(path)
        session = WebSocketSession(
            self.client,
            self._background_loop(),
            path,
            places=self.state.places,
            options=_handshake_options(headers, params, cookies, auth),
            subprotocols=subprotocols,
            timeout_s=self._seconds(timeout),
            on_message=on_message,
            on_change=on_change,
            on_end=self._sessions.ended,
        )
        self._sessions.opened(session)
        return session

    # -- again ---------------------------------------------------------------------------------------------

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
    def replay(
        self,
        which: Which,
        *,
        timeout: float | None = _UNSET,
        on_progress: OnProgress | None = None,
    ) -> Any:
        """
        Send kept requests again, in order, with the cookies the client has now.

        What the app raises and a deadline that passes are on the new exchange and not raised, so that the next one is
        sent all the same. Each new exchange names the one it replays, and is in the history like any other: an
        interrupt ends the replay and keeps what it has sent.

        :param which: a name such as ``r7``, a range of them such as ``1-500``, a filter as for `History.filter`, an
            exchange, or several
        :param timeout: seconds for each
        :param on_progress: called with how far it has come, before the first and after each
        Returns an `Exchange` for a name or an exchange, else `Exchanges`.
        Raises `FilterError`, `LoopError`, ``KeyError`` for a name that the history does not hold.
        """
        done = replay(self.history.select(which), self._send_again(timeout), on_progress)
        named_one = isinstance(which, Exchange) or (isinstance(which, str) and is_name(which))
        return done[0] if named_one else done

    def begin_replay(
        self,
        which: Which,
        *,
        timeout: float | None = _UNSET,
        on_change: Callable[[Pending[Exchanges]], object] | None = None,
    ) -> Pending[Exchanges]:
        """
        Send kept requests again, in order, without waiting; the arguments are those of `replay`.

        Its ``progress`` says how far it has come, and its value is always `Exchanges`.

        :param on_change: called with the `Pending`, on its thread, when it has come further and when it has ended
        """
        chosen = self.history.select(which)
        return self._begin_again(
            "replay",
            chosen,
            lambda pending: replay(chosen, self._send_again(timeout, pending), pending.note),
            on_change,
        )

    def recheck(
        self,
        which: Which | None = None,
        *,
        send_twice: SendTwice = "safe",
        timeout: float | None = _UNSET,
        on_progress: OnProgress | None = None,
    ) -> Recheck:
        """
        Send kept requests again, to the app as it is now, and compare the responses with those it gave.

        Where a response differs, the request is sent a second time, and what differs between those two, such as a
        clock, is ignored and shown as ignored. By default that is done for GET, HEAD, OPTIONS, QUERY and TRACE only: to
        send another request once more changes the app's state once more. Sending it the first time does so too.

        :param which: as for `replay`; by default all that are not replays and that you did not cancel
        :param send_twice: ``safe`` as said, ``always``, or ``never``
        :param timeout: seconds for each sending
        :param on_progress: called with how far it has come, before the first and after each
        """
        chosen, send_again = self._select_checkable(which), self._send_again(timeout)
        return recheck(chosen, send_again, send_twice=send_twice, settings=self.settings, on_progress=on_progress)

    def begin_recheck(
        self,
        which: Which | None = None,
        *,
        send_twice: SendTwice = "safe",
        timeout: float | None = _UNSET,
    ) -> Pending[Recheck]:
        """
        Send kept requests again and compare, without waiting; the arguments are those of `recheck`.

        Its ``progress`` says how far it has come, and its value is the `Recheck`.
        """
        chosen, settings = self._select_checkable(which), self.settings

        def work(pending: Pending[Recheck]) -> Recheck:
            send_again = self._send_again(timeout, pending)
            return recheck(chosen, send_again, send_twice=send_twice, settings=settings, on_progress=pending.note)

        return self._begin_again("recheck", chosen, work)

    def compare(self, before: str | Exchange, after: str | Exchange) -> Comparison:
        """
        Return what differs between two exchanges: status, headers, body, exception, and how the times relate.

        :param before: a name such as ``r1``, or an exchange
        Raises ``KeyError`` for a name that the history does not hold.
        """
        old, new = (self.history[one] if isinstance(one, str) else one for one in (before, after))
        return compare(old, new)

    # -- the app, from attaching to closing ----------------------------------------------------------------

    def replace_app(self, app: Any) -> Exception | None:
        """
        Put another app in the place of this one: the notebook's ``--reload``.

        The new one must pass the ASGI check; then the old lifespan is shut down and the new one started. History,
        cookies, default headers and settings stay. A startup that fails does not raise: see ``startup_error``.

        Returns what the old app raised while it was shut down, None where it went well.
        Raises `NotAnAppError`, `LoopError` after `close`.
        """
        self._check_open()
        check_app(app)
        client, failure = self.client, None
        try:
            self._end_client()
        except Exception as exc:  # what the old app raises must not keep the new one out
            failure = exc
        self._open(app)
        copy_defaults(client, self.client)
        self._events.publish("app")
        self._start()
        return failure

    def close(self) -> None:
        """
        Shut the app down, stop its loops and give the wrapped streams back; again is harmless.

        In a forked child only the streams are given back: app and loops are the parent's.
        """
        if self._closed:
            return
        self._closed = True
        if self._fork_guard.forked:
            self._finalizer()
            return
        try:
            self._end_client()
        finally:
            self._events.publish("closed")
            self._background.close()
            self._finalizer()

    def _open(self, app: Any) -> None:
        check_app(app)
        self.app = app
        self.name = self._given_name or name_of(app)
        # Nothing here holds the explorer: the loop's thread holds the recorders, and a dropped explorer must go.
        recorders = LifespanRecorders(functools.partial(self._events.publish, "lifespan"))
        self.client = TestClient(app, lifespan="off", observe_lifespan=recorders, **self._client_options)
        self.state = ExplorerState(app, self.client.app_state, self.settings)
        recorders.places = self.state.places
        self.client.__enter__()
        self.client.life.mode = "on" if self._mode == "on" else "auto"
        self.lifespan = ExplorerLifespan(self.client.life, self.settings, recorders)
        self._catalog = Catalog(app, self.client, self.settings, functools.partial(_take_secrets, weakref.ref(self)))

    def _start(self) -> None:
        self.startup_error = None
        if self._mode == "off":
            return
        try:
            self.lifespan.startup()
        except Exception as exc:
            self.startup_error = exc

    def _end_client(self) -> None:
        self._sessions.end_all()
        try:
            self.client.life.end(self.settings.lifespan_timeout_s)
        finally:
            self.client.__exit__(None, None, None)
            self.client.close()

    def _check_open(self) -> None:
        self._fork_guard.check()
        if self._closed:
            raise LoopError(f"{self.name} is detached: attach it again")

    # -- what the methods above share ----------------------------------------------------------------------

    def _send(
        self, spec: RequestSpec, options: SendKwargs, *, on_call: Any = None, replay_of: str = ""
    ) -> tuple[Exchange, BaseException | None]:
        """Send a request, record the exchange, and return it with what ended the wait, if anything did."""
        self._check_open()
        check_auth(options.get("auth"))
        dispatch = Dispatch(
            client=self.client,
            spec=spec,
            places=self.state.places,
            next_name=self._store.next_name,
            options={**options, "timeout": options.get("timeout", self.settings.timeout_s)},
            notes=self._notes(),
            replay_of=replay_of,
            on_call=on_call,
        )
        self.client.life.open_gates()
        dispatch.send()
        exchange = dispatch.exchange(self.settings)
        self._store.append(exchange)
        self._events.publish("exchange", exchange)
        return exchange, dispatch.failure

    def _select_checkable(self, which: Which | None) -> Exchanges:
        if which is None:
            which = [one for one in self.history if not one.replay_of and not one.ended_by_you]
        return self.history.select(which)

    def _send_again(self, timeout: float | None, pending: Pending[Any] | None = None) -> SendAgain:
        """Return the function that sends the request of an exchange again, unless ``pending`` was cancelled."""
        options: SendKwargs = {} if timeout is _UNSET else {"timeout": timeout}

        def send_again(exchange: Exchange) -> Exchange:
            if pending is not None:
                pending.check()
            done, failure = self._send(
                exchange.spec,
                {**options, "follow_redirects": redirects_were_followed(exchange)},
                on_call=pending.take_call if pending is not None else None,
                replay_of=exchange.name,
            )
            if isinstance(failure, KeyboardInterrupt):
                raise failure.with_traceback(None)
            return done

        return send_again

    def _begin_again(
        self,
        verb: str,
        chosen: Exchanges,
        work: Callable[[Pending[T]], T],
        on_change: Callable[[Pending[T]], object] | None = None,
    ) -> Pending[T]:
        return Pending(
            work,
            self._background_loop(),
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
        return self.settings.timeout_s if timeout is _UNSET else timeout

    def _notes(self) -> tuple[str, ...]:
        status = self.lifespan.status
        if status in ("running", "unsupported"):
            return ()
        return (f"sent while the lifespan was {status!r}",)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Explorer {self.name}: lifespan {self.lifespan.status}, {len(self.history)} exchanges>"


def background_loop_of(explorer: Explorer) -> Loop:
    """
    Return the loop for work that must not run on the app's: panels paint on it, completion reads ahead on it.

    For the other rooms of this package. Raises `LoopError` where the explorer is closed.
    """
    return explorer._background_loop()


def document_source_of(explorer: Explorer) -> DocumentSource:
    """
    Return where the OpenAPI document of the explorer's app comes from; another app has another.

    For the other rooms of this package, which want the document only if it is read already, or without a request.
    """
    return explorer._catalog.source


def _release(background: Background) -> None:
    """End what an explorer that is closed, or was dropped, leaves; run by the collector, so without waiting."""
    background.release()
    OUTPUT_TAPS.close()


def _take_secrets(explorer: weakref.ref[Explorer], document: Document) -> None:
    """Mask what the document calls secret from now on, also in what was recorded before it was read."""
    this, names = explorer(), document.secret_names()
    if this is not None and names:
        settings = this._change_settings(
            lambda settings: dataclasses.replace(settings, redactor=settings.redactor.learn(names))
        )
        this._store.learn(settings.redactor)


def _newest_exception(exchanges: Iterable[Exchange], websockets: Iterable[WebSocketRun]) -> BaseException | None:
    """Return the newest exception of the app, one that it let out or caught itself; None where there is none."""
    raised = [(one.sent_at.timestamp(), one.app_exception) for one in exchanges]
    raised += [(run.started_at_s, run.exception) for run in websockets]
    found = [(at_s, exception) for at_s, exception in raised if exception is not None]
    return max(found, key=lambda one: one[0])[1] if found else None


def _checked(exchange: Exchange, failure: BaseException | None, options: SendKwargs) -> Exchange:
    """Return the exchange; raise what ended the wait for it, or what the app raised where that is wanted."""
    if isinstance(failure, KeyboardInterrupt):
        # Where we waited is of no interest, and drawing those frames would keep the prompt away 0.2 s longer.
        raise failure.with_traceback(None)
    if failure is not None:
        raise failure
    if options.get("raise_exceptions", True) and exchange.exception is not None:
        raise exchange.exception
    return exchange


def _handshake_options(headers: Any, params: Any, cookies: Any, auth: Any) -> dict[str, Any]:
    """Return the arguments of a handshake; ``auth`` only where it was given, for None means none."""
    given = {"headers": headers, "params": params, "cookies": cookies}
    if auth is _UNSET:
        return given
    check_auth(auth)
    return {**given, "auth": auth}
