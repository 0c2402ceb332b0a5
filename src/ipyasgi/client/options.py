"""What can be asked of a call: by its client for all of them (`CallDefaults`), by one request (`CallOptions`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..engine.call import AppCall
from ..engine.call_handle import Deadline
from .httpx import httpx

if TYPE_CHECKING:
    from ..engine.observer import Observer, ObserverFactory

OPTIONS = "ipyasgi.options"
"""Key in ``request.extensions`` for the `CallOptions` of one request."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)  # each method made takes a moment of our import
class CallOptions:
    """
    What one request wants other than its client; None means as the client.

    Hand them over as ``client.get("/", extensions={"ipyasgi.options": CallOptions(strict=True)})``.

    :ivar raise_server_exceptions: whether what the app raises is raised at the caller
    :ivar strict: whether the app's first violation of the protocol is raised at the caller
    :ivar total_timeout_s: seconds for a whole buffered call, redirects and an auth flow's own requests included
    :ivar scope: merged into the scope after the client's own
    :ivar observe: makes the observer of the call
    :ivar on_call: given the call as soon as it exists, so that another thread can cancel it
    :ivar stream: hand the body over as the app sends it; the client fills this in, as it does the next three
    :ivar whole: when ``total_timeout_s`` is over; httpx hands it on to each redirect, `CallAuth` to the others
    :ivar host: the host of the client's ``base_url``
    :ivar websocket: hand a WebSocket's session over as `ipyasgi.client.websocket.WebSocketOpened`
    """

    raise_server_exceptions: bool | None = None
    strict: bool | None = None
    total_timeout_s: float | None = None
    scope: Mapping[str, Any] | None = None
    observe: ObserverFactory | None = None
    on_call: Callable[[AppCall], object] | None = None
    stream: bool = True
    whole: Deadline | None = None
    host: str = ""
    websocket: bool = False


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class CallDefaults:
    """What a client wants for every request; the arguments of `ipyasgi.TestClient`, under the same names."""

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
        """Tell whether what the app raises is raised at the caller."""
        wanted = options.raise_server_exceptions
        return self.raise_server_exceptions if wanted is None else wanted

    def is_strict(self, options: CallOptions) -> bool:
        """Tell whether the app's first violation is raised at the caller."""
        return self.strict if options.strict is None else options.strict

    def total_s(self, options: CallOptions) -> float | None:
        """Return the seconds for a whole buffered call."""
        return self.total_timeout_s if options.total_timeout_s is None else options.total_timeout_s

    def whole(self, options: CallOptions) -> Deadline | None:
        """Return when the whole of a call must be there; a request that no client's ``send`` marked has its own."""
        return options.whole or Deadline.after(self.total_s(options))

    def observer(self, options: CallOptions) -> Observer | None:
        """Return the observer of one call."""
        observe = options.observe or self.observe
        return None if observe is None else observe()


STREAMED = CallOptions(stream=True)
BUFFERED = CallOptions(stream=False)


def options_of(request: httpx.Request) -> CallOptions:
    """Return what the request wants."""
    options: CallOptions = request.extensions.get(OPTIONS, STREAMED)
    return options
