"""`PreparedRequest`: a recorded request, ready to be sent many times without being recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Self

from ..client.httpx import httpx
from ..client.options import OPTIONS, CallOptions
from ..engine.runs import Event, HttpRun
from ..history.exchange import Exchange, only_requests
from ..protocol.errors import RequestError
from ..protocol.types import Scope
from ..records.output import HeldOutput, Sink
from ..records.record import sent_content
from ..records.requests import RequestSpec
from ..shown import hint

Present = Callable[[RequestSpec], tuple[tuple[bytes, bytes], ...]]
"""Returns the headers that a request would have now, names lower-case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedRequest:
    """
    A request as it was sent, with its default headers, cookies and credentials.

    :ivar spec: the request before the client's defaults
    :ivar headers: (name, value) byte pairs
    :ivar target: httpx's extension of that name; None for the URL's path
    """

    spec: RequestSpec
    url: httpx.URL
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    target: bytes | None

    @classmethod
    def of(cls, exchange: Exchange, present: Present = lambda spec: ()) -> Self:
        """
        Return the request of an exchange, of a redirected one the first; raises `RequestError` for a partial one.

        :param present: returns the headers that take the place of those that a restored request has masked
        """
        if exchange.spec.is_partial:
            raise RequestError(f"only the beginning of the body of {exchange.name} is kept: send a whole one")
        first = [*exchange.previous, exchange][0]
        request = first.request
        headers = tuple(request.headers.raw)
        if masked := {name.encode("latin-1") for name in first.masked}:
            headers = tuple(pair for pair in headers if pair[0].lower() not in masked)
            headers += tuple(pair for pair in present(first.spec) if pair[0] in masked)
        return cls(
            spec=first.spec,
            url=request.url,
            headers=headers,
            body=sent_content(first),
            target=request.extensions.get("target"),
        )

    def build(self, options: CallOptions, timeout_s: float | None) -> httpx.Request:
        """Return a new request with options of its call; ``timeout_s`` limits the time between two messages."""
        extensions: dict[str, Any] = {OPTIONS: options, "timeout": httpx.Timeout(timeout_s).as_dict()}
        if self.target is not None:
            extensions["target"] = self.target
        return httpx.Request(
            self.spec.method,
            self.url,
            headers=list(self.headers),
            content=self.body or None,
            extensions=extensions,
        )


def prepare(exchanges: Iterable[Exchange], verb: str, present: Present) -> tuple[PreparedRequest, ...]:
    """Return the requests of exchanges; raises `RequestError` if there are none that can be sent again."""
    found = tuple(PreparedRequest.of(one, present) for one in only_requests(exchanges, verb))
    if not found:
        first = hint("%asgi GET /", 'explorer.get("/")')
        raise RequestError(f"no recorded request matches: send one first, such as {first}")
    return found


class QuietObserver:
    """
    Observes a call of which only the record matters, and drops what the app prints: of many requests it fills the cell.

    :ivar run: the record, once the call has ended
    """

    def __init__(self) -> None:
        self.run: HttpRun | None = None

    def opened(self, scope: Scope) -> None:
        """Note nothing."""

    def message(self, event: Event) -> None:
        """Note nothing."""

    def closed(self, run: Any) -> None:
        """Keep the record."""
        self.run = run

    def around(self) -> Sink:
        """Return the context in which the app runs."""
        sink = Sink()
        sink.held = HeldOutput()
        return sink
