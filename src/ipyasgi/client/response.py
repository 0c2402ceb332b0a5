"""`AppResponse`: an ``httpx.Response`` with the record of its call; and the builder of responses from calls.

The record is stored in ``response.extensions``, under the names below; like all extensions it is not pickled.
"""

from __future__ import annotations

import concurrent.futures
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..engine.call import reraise
from ..engine.extensions import ServerPush
from ..engine.http_cycle import HttpCycle
from ..protocol.errors import EventStreamError, ProtocolError
from ..protocol.violations import Violation
from .httpx import httpx
from .options import CallDefaults, CallOptions

if TYPE_CHECKING:
    from ..engine.runs import HttpRun
    from ..protocol.event_stream import EventStreamDecoder, ServerSentEvent

RUN = "ipyasgi.run"
VIOLATIONS = "ipyasgi.violations"
DEBUG = "http.response.debug"
TRAILERS = "http.response.trailers"
EARLY_HINTS = "http.response.early_hint"
PUSHES = "http.response.push"


class AppResponse(httpx.Response):
    """A response of the app with the record of its call; otherwise an unchanged ``httpx.Response``."""

    @property
    def run(self) -> HttpRun | None:
        """The record of the call, if enabled and the call has ended; else None."""
        run: HttpRun | None = self.extensions.get(RUN)
        return run

    @property
    def violations(self) -> tuple[Violation, ...]:
        """The app's violations of the specification so far."""
        return tuple(self.extensions.get(VIOLATIONS, ()))

    @property
    def early_hints(self) -> tuple[str, ...]:
        """The ``Link`` values of the app's early hints so far."""
        links: list[bytes] = self.extensions.get(EARLY_HINTS, [])
        return tuple(link.decode("latin-1") for link in links)

    @property
    def pushes(self) -> tuple[ServerPush, ...]:
        """The server pushes that the app has requested so far."""
        return tuple(self.extensions.get(PUSHES, ()))

    @property
    def trailers(self) -> httpx.Headers:
        """The trailers received so far; empty if the app announced none."""
        return httpx.Headers(self.extensions.get(TRAILERS, []))

    @property
    def template(self) -> Any:
        """The template that the app rendered, from its debug message; ``AttributeError`` if it sent none."""
        return self._debug_info("template")

    @property
    def context(self) -> Any:
        """The context of the rendered template, from the app's debug message; ``AttributeError`` if it sent none."""
        return self._debug_info("context")

    def iter_sse(self) -> Iterator[ServerSentEvent]:
        """
        Yield the server-sent events of the response, while it is streamed or after it was read.

        Raises `EventStreamError` if it is not an event stream, or for an event longer than the limit.
        """
        decoder = self._event_stream_decoder()
        for chunk in self.iter_bytes():
            yield from decoder.feed(chunk)
        decoder.finish()

    async def aiter_sse(self) -> AsyncIterator[ServerSentEvent]:
        """Asynchronous `iter_sse`."""
        decoder = self._event_stream_decoder()
        async for chunk in self.aiter_bytes():
            for event in decoder.feed(chunk):
                yield event
        decoder.finish()

    def _event_stream_decoder(self) -> EventStreamDecoder:
        from ..protocol.event_stream import EventStreamDecoder  # here, because few clients need it

        media_type = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != "text/event-stream":
            found = f"is {media_type!r}" if media_type else "has no content type"
            raise EventStreamError(
                f"the response {found}, not 'text/event-stream' (status {self.status_code}): "
                "read it with .text, .json() or iter_bytes()"
            )
        return EventStreamDecoder()

    def _debug_info(self, name: str) -> Any:
        # Read at each access, because a streamed response may send it after its start.
        info = self.extensions.get(DEBUG)
        if not isinstance(info, Mapping) or name not in info:
            raise AttributeError(f"the app sent no {name!r} with this response", name=name, obj=self)
        return info[name]


class ResponseBuilder:
    """
    Builds the response of a call, and decides which outcome of the call is raised to the caller instead.

    :param defaults: the client's options
    :param options: the request's options
    """

    def __init__(self, defaults: CallDefaults, options: CallOptions) -> None:
        self._defaults = defaults
        self._options = options

    def raise_errors(self, call: HttpCycle, *, left_early: bool = False) -> None:
        """
        Raise the exception of the request's own body or of the app, or the app's first violation, as configured.

        :param left_early: the reader closed the response early, so a ``ClientDisconnect`` of the app is not raised
        """
        if call.source_error is not None:
            raise call.source_error
        if call.exception is not None and self._raises(call.exception):
            if not (left_early and type(call.exception).__name__ == "ClientDisconnect"):
                reraise(call.exception)
        elif self._defaults.is_strict(self._options) and call.violations:
            raise call.violations[0].error()

    def build(self, request: httpx.Request, cycle: HttpCycle) -> httpx.Response:
        """Return the response of a call whose body is complete; without a response, raise or return a bare 500."""
        if cycle.status is None:
            self._raise_missing(cycle)
            cycle.status, content = 500, b""
        else:
            self.raise_errors(cycle)
            content = cycle.content()
        return build_response(request, cycle, httpx.ByteStream(content))

    def _raise_missing(self, cycle: HttpCycle) -> None:
        """Raise the reason why a call ended without a response, as configured."""
        if cycle.source_error is not None:
            raise cycle.source_error
        if cycle.exception is not None and self._raises(cycle.exception):
            reraise(cycle.exception)
        if cycle.cut_off:
            raise concurrent.futures.CancelledError
        if self._defaults.raises(self._options):
            raise ProtocolError("TestClient did not receive any response.", rule="http.no-response")
        self.raise_errors(cycle)

    def _raises(self, exception: BaseException) -> bool:
        # On the caller's own loop an interrupt may reach the app first, but it is meant for the caller.
        return self._defaults.raises(self._options) or isinstance(exception, KeyboardInterrupt)


def build_response(request: httpx.Request, cycle: HttpCycle, stream: Any) -> AppResponse:
    """Return the response of a call that has sent its start; its extensions are updated while the call continues."""
    assert cycle.status is not None
    response = AppResponse(cycle.status, headers=cycle.headers, stream=stream, request=request)
    fill_extensions(response.extensions, cycle)
    return response


def fill_extensions(extensions: dict[str, Any], cycle: HttpCycle) -> None:
    """Store the record of the call so far; its lists grow while the call continues."""
    extensions[VIOLATIONS] = cycle.violations
    if cycle.trailers is not None:
        extensions[TRAILERS] = cycle.trailers
    if cycle.debug_info is not None:
        extensions[DEBUG] = cycle.debug_info
    if cycle.early_hints:
        extensions[EARLY_HINTS] = cycle.early_hints
    if cycle.pushes:
        extensions[PUSHES] = cycle.pushes
    if cycle.run is not None:
        extensions[RUN] = cycle.run
