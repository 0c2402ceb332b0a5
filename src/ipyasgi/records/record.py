"""`Record`: one request to the app and its result as values, with the `Endpoint` that handled it."""

from __future__ import annotations

from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Self

from ..client.httpx import httpx
from ..client.response import is_whole, kept_content
from ..engine.faults import Faults
from ..engine.runs import Event, HttpRun, Run
from ..protocol.violations import Violation
from .contract_error import ContractError
from .exception_text import ExceptionText, HandledException, name_of
from .output import OutputLine
from .override import SentOverride
from .requests import RequestSpec
from .settings import Settings
from .state import Change

_ENDED_BY_YOU = {CancelledError: "cancelled", KeyboardInterrupt: "interrupted"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """
    The function that a router chose for a request.

    :ivar handler: its qualified name
    :ivar source: ``file:line``, empty if unknown
    :ivar thread: an ``async def`` runs on the ``event loop``, a ``def`` in a ``worker thread``; empty for a class
    """

    handler: str
    source: str = ""
    thread: Literal["event loop", "worker thread", ""] = ""

    def __str__(self) -> str:
        place = f" ({self.source})" if self.source else ""
        where = {"event loop": " on the event loop", "worker thread": " in a worker thread"}.get(self.thread, "")
        return f"{self.handler}{place}{where}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False, weakref_slot=True)
class Record:
    """
    One request and its result, frozen.

    :ivar name: its name in the history, such as ``r7``
    :ivar spec: the request before the client's defaults; a replay sends it again
    :ivar request: the request as sent
    :ivar response: None if there was none
    :ivar run: all messages with their times; None if the app was not called
    :ivar state_diff: the changes of the app's state and of the lifespan state
    :ivar output: what the app printed, logged and warned
    :ivar endpoint: the function that handled the request; None if no router named it
    :ivar exception: the exception that the app raised or that ended the wait; later released by the history
    :ivar raised: the exception as text, once ``exception`` and its frames were released
    :ivar handled_exception: if the app raised none: the exception it was handling when it sent a status of 500 or more,
        else the last one it logged as an error
    :ivar sent_at: the local time of sending
    :ivar elapsed_ns: nanoseconds from sending to the last byte, background tasks included
    :ivar notes: remarks for the user, such as that it was sent before startup
    :ivar previous: the exchanges of the redirects that led here, oldest first
    :ivar replay_of: the name of the exchange whose request this one sent again, or empty
    :ivar overrides: the dependencies of the app that were overridden
    :ivar faults: `Faults`: what a bad network or client did to the request; None for none
    :ivar masked: what of the request is masked, because it was restored without its secrets: ``url``, ``body``, and
        names of headers, which its ``spec`` lacks
    :ivar settings: the explorer's settings at that time; they determine how it is shown
    """

    name: str
    spec: RequestSpec
    request: httpx.Request
    response: httpx.Response | None
    run: HttpRun | None
    state_diff: tuple[Change, ...] = ()
    output: tuple[OutputLine, ...] = ()
    endpoint: Endpoint | None = None
    exception: BaseException | None = None
    raised: ExceptionText | None = None
    handled_exception: HandledException | None = None
    sent_at: datetime
    elapsed_ns: int
    notes: tuple[str, ...] = ()
    previous: tuple[Self, ...] = ()
    replay_of: str = ""
    overrides: tuple[SentOverride, ...] = ()
    faults: Faults | None = None
    masked: tuple[str, ...] = ()
    settings: Settings = field(default_factory=Settings)

    @property
    def status_code(self) -> int:
        """The status; AttributeError with the reason if there is no response."""
        return self._responded().status_code

    @property
    def reason_phrase(self) -> str:
        """The status in words, such as ``Created``."""
        return self._responded().reason_phrase

    @property
    def headers(self) -> httpx.Headers:
        """The response's headers, unmasked."""
        return self._responded().headers

    @property
    def content(self) -> bytes:
        """The response's body, decoded from its content encoding; raises `BodyLimitError` if it is not kept whole."""
        return self._responded().content

    @property
    def text(self) -> str:
        """The response's body as text."""
        return self._responded().text

    @property
    def call(self) -> Run | None:
        """The record of the app's call, of a request the same as ``run``."""
        return self.run

    @property
    def events(self) -> tuple[Event, ...]:
        """The ASGI messages in order."""
        return self.call.events if self.call is not None else ()

    @property
    def violations(self) -> tuple[Violation, ...]:
        """The app's violations of the ASGI specification."""
        return self.call.violations if self.call is not None else ()

    @property
    def errors(self) -> tuple[ContractError, ...]:
        """What in the response contradicts the app's own document; see `Exchange.errors`."""
        return ()

    @property
    def held_ns(self) -> int:
        """The longest stretch of nanoseconds for which the app held the event loop, so that nothing else went on."""
        return self.call.held_ns if self.call is not None else 0

    @property
    def held_at(self) -> str:
        """
        The app's own line in it, ``shop/api.py:42 in block``.

        Empty below 20 ms, or if none was seen, as on a `KernelLoop`, whose thread is the one that would look.
        """
        return self.call.held_at if self.call is not None else ""

    @property
    def cut_off(self) -> bool:
        """Whether a deadline, a cancellation or an interrupt ended a response that had begun; its beginning is kept."""
        return self.run is not None and self.run.cut_off_ns is not None

    @property
    def answered(self) -> bool:
        """Whether the app itself sent a response; if not, the client may have made one with status 500."""
        return self.response is not None and (self.run is None or self.run.first_byte_ns is not None)

    @property
    def outcome(self) -> str:
        """``"201 Created"``, ``"200 OK, cut off"``, or why there is no response."""
        if self.response is not None:
            status = f"{self.response.status_code} {self.response.reason_phrase}".rstrip()
            return f"{status}, cut off" if self.cut_off else status
        if self.exception is not None and self.ended_by_you:
            return _ENDED_BY_YOU[type(self.exception)]
        return self.exception_name or "no response"

    @property
    def exception_name(self) -> str:
        """The type of ``exception`` without its module, also after its release; empty if there was none."""
        if self.exception is not None:
            return name_of(self.exception)
        return self.raised.name if self.raised is not None else ""

    @property
    def app_exception(self) -> BaseException | None:
        """The exception that the app raised, caught or not, with its frames; None also after its release."""
        if self.handled_exception is not None:
            return self.handled_exception.exception
        return None if self.ended_by_you else self.exception

    @property
    def ended_by_you(self) -> bool:
        """Whether you cancelled or interrupted it; ``exception`` is then not the app's."""
        return type(self.exception) in _ENDED_BY_YOU

    @property
    def ok(self) -> bool:
        """Whether there is a response below 400 and the app raised no exception."""
        return self.response is not None and self.response.status_code < 400 and not self.exception_name

    @property
    def failed(self) -> bool:
        """Whether the app raised, or sent no response or one of 500 or more; False if you ended the request."""
        if self.ended_by_you:
            return False
        return self.response is None or self.response.status_code >= 500 or bool(self.exception_name)

    def _responded(self) -> httpx.Response:
        if self.response is None:
            raise AttributeError(f"{self.name} has no response: {self.outcome}. See its `exception` and `events`.")
        return self.response


def describe_cut(exchange: Record) -> str:
    """Return what is missing of the response's body: it was cut off, or is not kept whole; empty if nothing is."""
    response, run = exchange.response, exchange.run
    if run is None or response is None:
        return ""
    if not is_whole(response):
        if not run.body_sha256:
            return f"the setting body_bytes keeps the first {len(kept_content(response)):,} decoded bytes"
        kept = f"the setting body_bytes keeps the first {len(kept_content(response)):,} of {run.body_bytes:,} bytes"
        return f"{kept}, SHA-256 {run.body_sha256}"
    return f"cut off after {run.cut_off_ns / 1e9:.3g} s" if run.cut_off_ns is not None else ""


def sent_content(exchange: Record) -> bytes:
    """Return the request's body as it was sent, or what is kept of it."""
    try:
        return exchange.request.content
    except httpx.RequestNotRead:  # it was a stream
        return exchange.spec.body
