"""`BaseExplorer`: an attached app, and the requests and WebSockets that are sent to it."""

from __future__ import annotations

import concurrent.futures
import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, Unpack

from ..client.httpx import httpx
from ..engine.pending import Pending, Progress
from ..engine.runs import WebSocketRun
from ..history.exchange import Exchange
from ..protocol.errors import LoopError, RequestError
from ..protocol.exception_parts import is_a
from ..records.console import Console, check_debug
from ..records.requests import BodySource, RequestSpec, build_streamed
from .dispatch import Dispatch
from .explored_app import UNSET, ExploredApp
from .form_check import current_document, later_document
from .request_kwargs import HandshakeKwargs, RequestKwargs, SendKwargs, check_auth, split_arguments, with_arguments
from .sent_body import SentBody, record_body
from .sign_in import build_credential, choose_scheme, sign, sign_in
from .websocket_session import SocketMessage, WebSocketSession, exchange_messages

if TYPE_CHECKING:
    from ..tracing.traced_call import TracedCall

T = TypeVar("T")


class BaseExplorer(ExploredApp):
    """An attached app to send to; an `Explorer` without replays, experiments and files."""

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
        return _checked(*self._send(spec, sending, body=record_body(spec, source, self.settings.body_bytes)), sending)

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
        body = record_body(spec, source, self.settings.body_bytes)

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
        return self._traces.begin() if is_traced else None

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
        sees_state: bool = True,
    ) -> tuple[Exchange, BaseException | None]:
        """
        Send a request without recording it.

        ``signs`` adds the user's credentials, and ``sees_state`` lets the exchange have the changes of the app's state.
        """
        self._check_open()
        check_auth(options.get("auth"))
        check_debug(options.get("debug"))
        if options.get("profile"):
            from ..tracing.profiler import check_profile

            check_profile(trace=options.get("trace"))
        if recorded is None and signs:
            spec = self._signed(spec, options)
        if body is None:
            record_body(spec, None, self.settings.body_bytes)
        status = self.lifespan.status
        dispatch = Dispatch(
            client=self.client,
            spec=spec,
            places=self.state.places if sees_state else dict,
            next_name=next_name,
            kept_in=self._store.reference,
            traces=self._traces,
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

    def _seconds(self, timeout: float | None) -> float | None:
        return self.settings.timeout_s if timeout is UNSET else timeout


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
