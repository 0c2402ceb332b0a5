"""`AppResponse`: an ``httpx.Response`` that also gives what the call of the app left beside it.

What is kept travels in ``response.extensions``, under the names below; like all extensions it is not pickled.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..engine.extensions import ServerPush
from ..protocol.errors import EventStreamError
from ..protocol.violations import Violation
from .httpx import httpx

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
    """A response of the app, with the record of its call; everything of ``httpx.Response`` is unchanged."""

    @property
    def run(self) -> HttpRun | None:
        """The record of the call, once it has ended, where one is kept."""
        run: HttpRun | None = self.extensions.get(RUN)
        return run

    @property
    def violations(self) -> tuple[Violation, ...]:
        """What the app has done against the specification so far."""
        return tuple(self.extensions.get(VIOLATIONS, ()))

    @property
    def early_hints(self) -> tuple[str, ...]:
        """The ``Link`` values that the app has sent as early hints so far."""
        links: list[bytes] = self.extensions.get(EARLY_HINTS, [])
        return tuple(link.decode("latin-1") for link in links)

    @property
    def pushes(self) -> tuple[ServerPush, ...]:
        """What the app has wanted pushed so far."""
        return tuple(self.extensions.get(PUSHES, ()))

    @property
    def trailers(self) -> httpx.Headers:
        """The trailers, as far as they have come; empty where the app announced none."""
        return httpx.Headers(self.extensions.get(TRAILERS, []))

    @property
    def template(self) -> Any:
        """The template that the app says it has rendered; ``AttributeError`` where it says nothing."""
        return self._debug_info("template")

    @property
    def context(self) -> Any:
        """The context that the app says it has rendered a template with; ``AttributeError`` where it says nothing."""
        return self._debug_info("context")

    def iter_sse(self) -> Iterator[ServerSentEvent]:
        """
        Yield the server-sent events of the response as they come, while it is streamed or after it was read.

        Raises `EventStreamError` where it is no event stream, or holds an event of endless length.
        """
        decoder = self._event_stream_decoder()
        for chunk in self.iter_bytes():
            yield from decoder.feed(chunk)
        decoder.finish()

    async def aiter_sse(self) -> AsyncIterator[ServerSentEvent]:
        """Yield the server-sent events of the response as `iter_sse` does, asynchronously."""
        decoder = self._event_stream_decoder()
        async for chunk in self.aiter_bytes():
            for event in decoder.feed(chunk):
                yield event
        decoder.finish()

    def _event_stream_decoder(self) -> EventStreamDecoder:
        from ..protocol.event_stream import EventStreamDecoder  # here: few need it, and every test run would import it

        media_type = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != "text/event-stream":
            found = f"is {media_type!r}" if media_type else "has no content type"
            raise EventStreamError(
                f"the response {found}, not 'text/event-stream' (status {self.status_code}): "
                "read it with .text, .json() or iter_bytes()"
            )
        return EventStreamDecoder()

    def _debug_info(self, name: str) -> Any:
        # Asked for at each access: a streamed response may send it after its start.
        info = self.extensions.get(DEBUG)
        if not isinstance(info, Mapping) or name not in info:
            raise AttributeError(f"the app sent no {name!r} with this response", name=name, obj=self)
        return info[name]
