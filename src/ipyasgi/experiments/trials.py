"""`Trials`: how an experiment sends requests that the history does not record. `Failure`: how a request failed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from ..engine.source_location import owner_of, place_of
from ..history.exchange import Exchange
from ..protocol.errors import RequestError
from ..protocol.exception_parts import traceback_of
from ..records.exception_text import ExceptionText, Frame, name_of
from ..records.requests import RequestSpec
from ..records.settings import Settings
from ..records.state import Picture


class Trials(Protocol):
    """Sends requests to the attached app; only those that it is asked to keep are in the history."""

    @property
    def settings(self) -> Settings:
        """The explorer's settings."""

    @property
    def has_lifespan(self) -> bool:
        """Whether a restart reaches the app: it has a lifespan that was started."""

    def restart(self) -> None:
        """Shut the app down and start it; cookies are those before the first request. Raises its exception."""

    def send(
        self,
        spec: RequestSpec,
        like: Exchange | None = None,
        timeout_s: float | None = None,
        sees_state: bool = True,
    ) -> Exchange:
        """
        Send a request, and return its exchange also after an exception of the app or a deadline.

        What the app prints meanwhile is not written.

        :param like: the exchange whose timeout, `Faults` and following of redirects are used
        :param timeout_s: seconds for it, if it is like no other
        :param sees_state: whether the exchange has the changes of the app's state, which take longer the larger it is
        Raises `LoopError` and ``KeyboardInterrupt``.
        """

    def keep(self, exchange: Exchange) -> Exchange:
        """Name an exchange, add it to the history, and return it."""

    def pictures(self) -> Mapping[str, Picture]:
        """Return the app's state now, by place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """
    How a request failed: two failures are the same if these are equal.

    :ivar error: the type of the app's exception without its module, else the status, such as ``404 Not Found``
    :ivar place: of an exception: the app's innermost line, such as ``shop/api.py:65 in get_item``; may be empty
    """

    error: str
    place: str = ""

    def __str__(self) -> str:
        return f"{self.error} at {self.place}" if self.place else self.error


def read_failure(exchange: Exchange) -> Failure | None:
    """Return how a request failed; None for a response below 400, and for a request that you ended."""
    if exchange.ok or exchange.ended_by_you:
        return None
    handled = exchange.handled_exception if exchange.exception is None and exchange.raised is None else None
    exception = exchange.exception or (handled.exception if handled is not None else None)
    if exception is not None:
        return Failure(error=name_of(exception), place=_innermost_of(exception))
    text = exchange.raised or (handled.raised if handled is not None else None)
    if text is not None:
        return Failure(error=text.name, place=_innermost_in(text))
    return Failure(error=exchange.outcome)


def _innermost_of(exception: BaseException) -> str:
    trace, found = traceback_of(exception), ""
    while trace is not None:
        code = trace.tb_frame.f_code
        if not owner_of(code.co_filename):
            found = f"{place_of(code.co_filename, trace.tb_lineno)} in {code.co_qualname}"
        trace = trace.tb_next
    return found


def _innermost_in(text: ExceptionText) -> str:
    own = [one for one in text.frames if isinstance(one, Frame)]
    return f"{own[-1].place} in {own[-1].function}" if own else ""


def check_seconds(seconds: float) -> None:
    """Raise `RequestError` unless this is a positive number."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds < math.inf:
        raise RequestError(f"seconds must be a positive number, such as 5, and not {seconds!r}")
