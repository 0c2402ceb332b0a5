"""Options of every call of a client (`CallDefaults`), and of one request (`CallOptions`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..engine.call import AppCall
from ..engine.call_handle import Deadline
from .httpx import httpx

if TYPE_CHECKING:
    from ..engine.faults import Faults
    from ..engine.recording import Observer, ObserverFactory

OPTIONS = "ipyasgi.options"
"""Key in ``request.extensions`` for the `CallOptions` of one request."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)  # generating methods would slow down the import
class CallOptions:
    """
    Options of one request that differ from its client's; None means the client's value.

    Pass them as ``client.get("/", extensions={"ipyasgi.options": CallOptions(strict=True)})``.

    :ivar raise_server_exceptions: whether the app's exceptions are raised to the caller
    :ivar strict: whether the app's first violation of the protocol is raised to the caller
    :ivar total_timeout_s: seconds for a whole buffered call, redirects and an auth flow's own requests included
    :ivar scope: merged into the scope after the client's own
    :ivar observe: makes the observer of the call
    :ivar on_call: called with the call when it begins, so that another thread can cancel it
    :ivar on_request: called with each request of the call before its ``on_call``, also of redirects and an auth flow
    :ivar faults: `Faults`: what a bad network or client does to the request
    :ivar keep_bytes: the longest response body that a `TestClient` keeps whole, decoded; None for no limit
    :ivar stream: return the body as the app sends it; set by the client, as are the next three
    :ivar total_deadline: when ``total_timeout_s`` ends; httpx copies it to redirects, `CallAuth` to other requests
    :ivar host: the host of the client's ``base_url``
    :ivar websocket: return a WebSocket's session by raising `ipyasgi.client.websocket_end.WebSocketOpened`
    """

    raise_server_exceptions: bool | None = None
    strict: bool | None = None
    total_timeout_s: float | None = None
    scope: Mapping[str, Any] | None = None
    observe: ObserverFactory | None = None
    on_call: Callable[[AppCall], object] | None = None
    on_request: Callable[[httpx.Request], object] | None = None
    faults: Faults | None = None
    keep_bytes: int | None = None
    stream: bool = True
    total_deadline: Deadline | None = None
    host: str = ""
    websocket: bool = False


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class CallDefaults:
    """Options of a client for every request: the arguments of `ipyasgi.TestClient`, under the same names."""

    raise_server_exceptions: bool = True
    strict: bool = False
    total_timeout_s: float | None = None
    wait_background: bool = True
    foreign_hosts: bool = True
    root_path: str = ""
    client: tuple[str, int] | None = ("testclient", 50000)
    http_version: str = "1.1"
    tls: Mapping[str, Any] | None = None
    scope: Mapping[str, Any] = field(default_factory=dict)
    extensions: tuple[str, ...] = ()
    record: bool = False
    observe: ObserverFactory | None = None

    def raises(self, options: CallOptions) -> bool:
        """Return whether the app's exceptions are raised to the caller."""
        wanted = options.raise_server_exceptions
        return self.raise_server_exceptions if wanted is None else wanted

    def is_strict(self, options: CallOptions) -> bool:
        """Return whether the app's first violation is raised to the caller."""
        return self.strict if options.strict is None else options.strict

    def total_s(self, options: CallOptions) -> float | None:
        """Return the seconds for a whole buffered call."""
        return self.total_timeout_s if options.total_timeout_s is None else options.total_timeout_s

    def total_deadline(self, options: CallOptions) -> Deadline | None:
        """Return the deadline of a whole call; a request not sent by the client's ``send`` gets its own."""
        return options.total_deadline or Deadline.after(self.total_s(options))

    def observer(self, options: CallOptions) -> Observer | None:
        """Return the observer of one call."""
        observe = options.observe or self.observe
        return None if observe is None else observe()


STREAMED = CallOptions(stream=True)
BUFFERED = CallOptions(stream=False)


def options_of(request: httpx.Request) -> CallOptions:
    """Return the options of a request."""
    options: CallOptions = request.extensions.get(OPTIONS, STREAMED)
    return options
