"""`Explorer`: one attached app with its client, life, history, state and settings: the only room that is "current"."""

from __future__ import annotations

import dataclasses
import functools
import importlib
import threading
import weakref
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from ..client.apps import check_app, name_of
from ..client.testclient import TestClient
from ..engine.forks import Birthplace
from ..engine.lifespan import LifespanMode
from ..engine.loops import BackgroundLoop
from ..protocol.errors import LoopError
from ..shown import Shown
from .conversation import Conversations
from .credentials import Credentials
from .defaults import DefaultMembers
from .dispatch import Dispatch
from .exchange import Exchange
from .history import History
from .last_raised import newest_exception
from .life import ExplorerLifespan, LifeWatches
from .news import News, Newsroom
from .offer import OfferMembers
from .openapi.source import DocumentSource
from .output import OUTPUT_TAPS
from .pending import PendingExchange
from .redaction import SECRET_NAMES
from .replay_members import ReplayMembers
from .requests import RequestSpec, build_spec
from .settings import Settings
from .state_look import StateLook, look_at
from .talk import TalkMembers

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


class Explorer(ReplayMembers, DefaultMembers, TalkMembers, OfferMembers, Shown):
    """
    An app to explore: the Python twin of everything the magic and the panels do.

    :param app: an ASGI app
    :param lifespan: ``auto`` starts the app now and is content when it has no lifespan; ``on`` insists on one;
        ``off`` leaves it alone until `lifespan` is asked to start or step
    :param timeout: seconds for each request; None for ever
    :param name: what it is called in displays; by default the app's title, or its function's or type's name
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
        self.settings = settings or Settings()
        if timeout is not _UNSET:
            self.settings = dataclasses.replace(self.settings, timeout_s=timeout)
        SECRET_NAMES.add(self.settings.secret_names)
        self.history = History(self.settings)
        self.conversations = Conversations()
        self.credentials = Credentials()
        self.startup_error: BaseException | None = None
        self._given_name = name
        self._mode = lifespan
        self._client_options = {"backend": backend, "base_url": base_url}
        self._closed = False
        self._errands: list[BackgroundLoop] = []
        self._newsroom = Newsroom()
        self._lock = threading.Lock()
        self._born = Birthplace()
        self._open(app)
        OUTPUT_TAPS.open()
        self._finalizer = weakref.finalize(self, _let_go, self._errands)
        self._finalizer.atexit = False
        try:
            self._start()
        except BaseException:
            self.close()
            raise

    @property
    def closed(self) -> bool:
        """Whether `close` was called, or this is a forked child, where no loop of it runs."""
        return self._closed or self._born.elsewhere

    @property
    def errands(self) -> BackgroundLoop:
        """The second loop, for what must not run on the app's: waiting requests and painting panels."""
        with self._lock:
            self._check_open()
            if not self._errands:
                self._errands.append(BackgroundLoop(name="ipyasgi-errands"))
            return self._errands[0]

    @property
    def last_exception(self) -> BaseException | None:
        """What the app raised last: in a startup that failed, else in the newest exchange or WebSocket with one."""
        if self.startup_error is not None and not self.client.life.alive:
            return self.lifespan.caught or self.startup_error
        return newest_exception(self.history, self.conversations) or self.lifespan.exception or self.lifespan.caught

    def configure(self, **changes: Any) -> Settings:
        """Change settings from now on, under the names of `Settings`; return them. What is recorded keeps its own."""
        self.settings = dataclasses.replace(self.settings, **changes)
        SECRET_NAMES.add(self.settings.secret_names)
        for holder in (self.history, self.state, self.lifespan):
            holder.settings = self.settings
        return self.settings

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
        return self.send(spec, timeout=timeout, follow_redirects=follow_redirects, raise_exceptions=raise_exceptions)

    def send(
        self,
        spec: RequestSpec,
        *,
        timeout: float | None = _UNSET,
        follow_redirects: bool = True,
        raise_exceptions: bool = True,
        on_call: Any = None,
        replay_of: str = "",
    ) -> Exchange:
        """
        Send a request and return the exchange, which is also kept in the history.

        :param timeout: seconds for the whole of it; None for ever; the setting ``timeout_s`` by default
        :param raise_exceptions: raise what the app raised; it is on the exchange in any case
        :param on_call: given the running call, through which another thread can cancel it
        :param replay_of: the name of the exchange whose request this is; the new one notes it
        Raises the app's own exception, ``httpx.ReadTimeout`` (a `DeadlineError`), `RequestError`, `LoopError`.
        """
        exchange, failure = self._send(
            spec, timeout=timeout, follow_redirects=follow_redirects, on_call=on_call, replay_of=replay_of
        )
        if isinstance(failure, KeyboardInterrupt):
            # Where we waited is of no interest, and drawing those frames would keep the prompt away 0.2 s longer.
            raise failure.with_traceback(None)
        if failure is not None:
            raise failure
        if raise_exceptions and exchange.exception is not None:
            raise exchange.exception
        return exchange

    def _send(
        self,
        spec: RequestSpec,
        *,
        timeout: float | None = _UNSET,
        follow_redirects: bool = True,
        on_call: Any = None,
        replay_of: str = "",
    ) -> tuple[Exchange, BaseException | None]:
        """Send a request, record what came of it, and return that with what ended the wait, if anything did."""
        self._check_open()
        dispatch = Dispatch(
            client=self.client,
            spec=spec,
            places=self.state.places,
            next_name=self.history.next_name,
            timeout_s=self.settings.timeout_s if timeout is _UNSET else timeout,
            follow_redirects=follow_redirects,
            settings=self.settings,
            notes=self._notes(),
            replay_of=replay_of,
            on_call=on_call,
        )
        self.client.life.open_gates()
        dispatch.send()
        exchange = dispatch.exchange()
        self.history.append(exchange)
        self._newsroom.tell("exchange", exchange)
        return exchange, dispatch.failure

    def submit(self, spec: RequestSpec, **options: Any) -> PendingExchange:
        """
        Send a request without waiting.

        :param options: ``timeout``, ``follow_redirects``, ``raise_exceptions`` and ``replay_of`` as for `send`;
            ``on_done``, told when it has ended
        """
        return PendingExchange(self, spec, **options)

    def begin(
        self, method: str, path: str, *, timeout: float | None = _UNSET, follow_redirects: bool = True, **kwargs: Any
    ) -> PendingExchange:
        """Build a request and send it without waiting; the arguments are those of `request`."""
        return self.submit(build_spec(method, path, **kwargs), timeout=timeout, follow_redirects=follow_redirects)

    def subscribe(self, callback: Callable[[News], object]) -> Callable[[], None]:
        """
        Call ``callback`` with each `News`: exchanges recorded, the lifespan moved, another app, closed.

        It is called on the thread where it happened, perhaps the app's loop, so it must only enqueue.
        Returns the function that ends the subscription.
        """
        return self._newsroom.subscribe(callback)

    def panel(self) -> Any:
        """Return the panel to explore with: a `Workbench` on this app. Needs a notebook to be seen."""
        # The lazy door, so that this floor knows no panel and importing it no ipywidgets.
        return importlib.import_module(__name__.partition(".")[0]).Workbench(self)

    def _check_open(self) -> None:
        self._born.check()
        if self._closed:
            raise LoopError(f"{self.name} is detached: attach it again")

    def _notes(self) -> tuple[str, ...]:
        status = self.lifespan.status
        if status in ("running", "unsupported"):
            return ()
        return (f"sent while the lifespan was {status!r}",)

    # -- life --------------------------------------------------------------------------------------------

    def adopt(self, app: Any) -> Exception | None:
        """
        Put another app in the place of this one: the notebook's ``--reload``.

        The new one must pass the ASGI check; then the old lifespan is shut down and the new one started.
        History, cookies, default headers and settings stay. A startup that fails is told by ``lifespan.status``.

        Returns what the old app raised while it was shut down, None where it went well.
        Raises `NotAnAppError`, `LoopError` after `close`.
        """
        self._check_open()
        check_app(app)
        cookies, headers, failure = self.client.cookies, self.client.headers, None
        try:
            self._end_client()
        except Exception as exc:  # the old app's last fault must not keep the new one out
            failure = exc
        self._open(app)
        self.client.cookies = cookies
        self.client.headers.clear()
        self.client.headers.update(headers)
        self._newsroom.tell("app")
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
        if self._born.elsewhere:
            self._finalizer()
            return
        try:
            self._end_client()
        finally:
            self._newsroom.tell("closed")
            for loop in self._errands:
                loop.close()
            self._finalizer()

    def _open(self, app: Any) -> None:
        check_app(app)
        self.app = app
        self.document_source = DocumentSource(app)
        self.name = self._given_name or name_of(app)
        # Nothing here holds the explorer: the loop's thread holds the watches, and a dropped explorer must go.
        watches = LifeWatches(functools.partial(self._newsroom.tell, "lifespan"))
        self.client = TestClient(app, lifespan="off", observe_lifespan=watches, **self._client_options)
        self.state = ExplorerState(app, self.client.app_state, self.settings)
        watches.places = self.state.places
        self.client.__enter__()
        self.client.life.mode = "on" if self._mode == "on" else "auto"
        self.lifespan = ExplorerLifespan(self.client.life, self.settings, watches)

    def _start(self) -> None:
        self.startup_error = None
        if self._mode == "off":
            return
        try:
            self.lifespan.startup()
        except Exception as exc:
            self.startup_error = exc

    def _end_client(self) -> None:
        self.conversations.end_all()
        try:
            self.client.life.end(self.settings.lifespan_timeout_s)
        finally:
            self.client.__exit__(None, None, None)
            self.client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Explorer {self.name}: lifespan {self.lifespan.status}, {len(self.history)} exchanges>"


def _let_go(errands: list[BackgroundLoop]) -> None:
    """What is left to do for an explorer that is closed, or was dropped; run by the collector, so without waiting."""
    for loop in errands:
        if not loop.closed:
            loop.stop_soon()
    OUTPUT_TAPS.close()
