"""`Trace`: what happened inside one request, as frozen values. Secrets are masked before a value is made.

`TraceRecord` makes it at the first look, because most traces are never looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from ..engine.runs import Event
from ..records.output import OutputLine
from ..records.settings import Settings
from ..shown import Shown

CallKind = Literal["sql", "http", "cache"]
DependencyKind = Literal["def", "async def", "yield", "async yield", "class"]
Thread = Literal["event loop", "worker thread"]
StepKind = Literal["validate", "endpoint", "serialize", "background", "cleanup", "span"]
FindingKind = Literal[
    "n+1", "repeated query", "slow layer", "slow dependency", "blocked loop", "waited for a thread", "slow response"
]


# The reprs below contain no statements and parameters, because a notebook saves its output.


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Call:
    """
    One call that the app made of a database, a cache or another server.

    :ivar library: through which library, such as ``SQLAlchemy``
    :ivar statement: the SQL, without literals that may be secret; of a cache the command and its key, ``GET user:3``;
        empty for HTTP
    :ivar method: of an HTTP request, like ``url``; else both are empty
    :ivar parameters: the values of the statement, masked and cut: ``id=3, name='Miso'``
    :ivar began_ns: nanoseconds since the app was called, on the clock of the messages
    :ivar total_ns: nanoseconds until the response or the result was there
    :ivar place: the app's own line that made the call or started its task or thread, ``shop/api.py:42``; empty if there
        is none
    :ivar function: the function of that line
    :ivar thread: where it was made, like that of an `Endpoint`
    :ivar rows: the number of rows that the database reported; None if it did not
    :ivar status: the status of an HTTP response; None without one
    :ivar error: the exception that ended the call, ``TypeName: message``, masked; else empty
    :ivar ended: whether the call ended before the request did
    """

    kind: CallKind
    library: str
    statement: str = ""
    method: str = ""
    url: str = ""
    parameters: str = ""
    began_ns: int
    total_ns: int
    place: str = ""
    function: str = ""
    thread: Thread = "event loop"
    rows: int | None = None
    status: int | None = None
    error: str = ""
    ended: bool = True

    @property
    def text(self) -> str:
        """The statement, or the method and the URL."""
        return self.statement or f"{self.method} {self.url}"

    @property
    def origin(self) -> str:
        """The function and the line: ``books() shop/api.py:42``."""
        return f"{self.function}() {self.place}" if self.function else self.place

    def __repr__(self) -> str:
        return f"<Call {self.kind} at {self.began_ns / 1e6:.2f} ms, {self.total_ns / 1e6:.2f} ms>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """
    One layer that the request went through: the app itself, a middleware, a mounted app, the router, a hook.

    :ivar name: of its class or function; of a router also the endpoint's
    :ivar source: the line where it is defined, ``file:line``; empty if unknown
    :ivar package: that brings it, such as ``Starlette``; empty for the app's own
    :ivar hook: as what a framework calls a function for each request, such as ``before_request`` of Quart; else empty
    :ivar depth: 0 for the app itself, 1 for the layer inside it, and so on
    :ivar began_ns: nanoseconds since the app was called, on the clock of the messages
    :ivar total_ns: nanoseconds until it returned, those of the layers inside it included
    :ivar own_ns: nanoseconds of it alone
    :ivar with_endpoint: whether these contain the endpoint, which it calls
    :ivar changed: ``+x-took`` (a header added), ``-server`` (removed), ``vary`` (changed), ``status 404 → 200``,
        ``body 660 → 204 B``, ``scope +user``, ``request +x-id``
    :ivar responded: the status, if it sent the response by itself instead of a layer inside it; else None
    :ivar caught: the exception of the layer inside it that it did not let through; else empty
    :ivar raised: the exception that it raised by itself; else empty
    """

    name: str
    source: str = ""
    package: str = ""
    hook: str = ""
    depth: int = 0
    began_ns: int
    total_ns: int
    own_ns: int
    with_endpoint: bool = False
    changed: tuple[str, ...] = ()
    responded: int | None = None
    caught: str = ""
    raised: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Dependency:
    """
    One dependency of FastAPI or Litestar that the endpoint, or another dependency, needs.

    :ivar name: of the parameter; empty for one that is declared without
    :ivar function: the function, the class, or the class of the object that makes the value
    :ivar source: the line where it is defined, ``file:line``; empty if unknown
    :ivar kind: a ``yield`` has more to do after the request
    :ivar thread: FastAPI runs a ``def`` in a worker thread, Litestar one with ``sync_to_thread``
    :ivar began_ns: nanoseconds since the app was called, on the clock of the messages
    :ivar total_ns: nanoseconds until its value was there, without what it needs itself
    :ivar cleanup_began_ns: when it went on after its ``yield``, on the clock of the messages; 0 if that was not seen
    :ivar cleanup_ns: nanoseconds that a ``yield`` took when its value was no longer needed; None if that was not seen
    :ivar value: as a short text, masked; empty for one without a name
    :ivar cached: whether its value was taken from the request's cache, or from that of Litestar's ``Provide``
    :ivar reached: whether it was called; not after an exception, or if its own input is invalid
    :ivar error: the exception that it raised, ``TypeName: message``, masked; else empty
    :ivar inside: the dependencies that it needs
    """

    name: str
    function: str
    source: str = ""
    kind: DependencyKind = "def"
    thread: Thread = "event loop"
    began_ns: int
    total_ns: int
    cleanup_began_ns: int = 0
    cleanup_ns: int | None = None
    value: str = ""
    cached: bool = False
    reached: bool = True
    error: str = ""
    inside: tuple[Dependency, ...] = ()

    def __repr__(self) -> str:
        return f"<Dependency {self.name or self.function}: {self.total_ns / 1e6:.2f} ms>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Step:
    """
    One step of a request that is neither a layer, a dependency nor a call.

    :ivar kind: ``validate``, ``endpoint`` and ``serialize`` are FastAPI's; ``background`` is work after the response;
        ``cleanup`` is what a dependency does after its ``yield``; ``span`` is one that the app makes itself with
        OpenTelemetry
    :ivar name: of the function, or of the span; empty for FastAPI's own
    :ivar source: the line where the function is defined, ``file:line``; empty if unknown
    :ivar depth: 1 for a span inside another one, and so on
    :ivar began_ns: nanoseconds since the app was called, on the clock of the messages
    :ivar total_ns: nanoseconds until it ended
    :ivar detail: the attributes of a span, masked and cut: ``rows=3, cached=False``
    :ivar error: the exception that ended it, ``TypeName: message``, masked; else empty
    """

    kind: StepKind
    name: str = ""
    source: str = ""
    depth: int = 0
    began_ns: int
    total_ns: int
    thread: Thread = "event loop"
    detail: str = ""
    error: str = ""

    def __repr__(self) -> str:
        return f"<Step {self.kind} at {self.began_ns / 1e6:.2f} ms, {self.total_ns / 1e6:.2f} ms>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """
    A problem that the trace shows.

    :ivar text: one sentence with the place
    :ivar place: the app's own line
    :ivar remedy: what to do about it
    :ivar count: the number of calls
    """

    kind: FindingKind
    text: str
    place: str
    remedy: str
    count: int = 1

    def __str__(self) -> str:
        return f"{self.text} {self.remedy}"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Trace(Shown):
    """
    What happened inside one request.

    :ivar calls: in the order in which they began
    :ivar layers: that the request went through, the app itself first; empty if no layer was found inside it
    :ivar dependencies: of the endpoint, each with those that it needs itself
    :ivar steps: of FastAPI, work in the background, what dependencies do after their ``yield``, and spans that the app
        makes with OpenTelemetry, as they began
    :ivar messages: that the app received and sent, as its exchange has them
    :ivar output: what it printed, logged and warned, as its exchange has it
    :ivar findings: the most costly first
    :ivar watched: the libraries whose calls are in ``calls``
    :ivar not_watched: libraries that the process has imported, and whose calls are not
    :ivar duration_ns: nanoseconds until the app's coroutine ended
    :ivar first_byte_ns: nanoseconds until the app began its response; None if it did not
    :ivar response_end_ns: nanoseconds until the last message of the response; None if it did not end
    :ivar missing: the number of calls that are not in ``calls``: over the limit, or lost to an error of ipyasgi
    :ivar settings: determine how it is shown
    """

    calls: tuple[Call, ...] = ()
    layers: tuple[Layer, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    steps: tuple[Step, ...] = ()
    messages: tuple[Event, ...] = ()
    output: tuple[OutputLine, ...] = ()
    findings: tuple[Finding, ...] = ()
    watched: tuple[str, ...] = ()
    not_watched: tuple[str, ...] = ()
    duration_ns: int = 0
    first_byte_ns: int | None = None
    response_end_ns: int | None = None
    missing: int = 0
    settings: Settings = field(default_factory=Settings)

    def __repr__(self) -> str:
        return f"<Trace: {len(self.calls)} calls, {len(self.layers)} layers, {len(self.findings)} findings>"


class TraceRecord:
    """
    What was collected during one request, of no use to the app, until the first look at its `Trace`.

    :param build: makes the trace from values that no longer change; called once for each settings
    :ivar held_bytes: the memory of the record and of a trace that is made from it, estimated
    """

    __slots__ = ("_build", "_last", "held_bytes")

    def __init__(self, build: Callable[[Settings], Trace], held_bytes: int = 0) -> None:
        self._build = build
        self._last: Trace | None = None
        self.held_bytes = held_bytes

    def read(self, settings: Settings) -> Trace:
        """Return the trace; the settings determine what is masked, and how it is shown."""
        last = self._last
        if last is None or last.settings is not settings:
            self._last = last = self._build(settings)
        return last

    def __repr__(self) -> str:
        return f"<TraceRecord of {self.held_bytes:,} bytes>"
