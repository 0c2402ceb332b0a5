"""`FormSender`: keeps the request that a form is, sends it, and says how that goes. It paints nothing."""

from __future__ import annotations

import concurrent.futures
import threading
from collections.abc import Callable
from typing import Any

from ...engine.pending import Pending
from ...explorer.explorer import Explorer
from ...history.exchange import Exchange
from ...openapi.validation_errors import read_validation_errors
from ...views.figures import time_of
from ..panel import exchange_of
from .draft import Draft
from .files import Files, value_of_name
from .form_request import FormRequest, read_form, try_json
from .operation_form import OperationForm


class FormSender:
    """
    Sends the requests of one form, one at a time.

    :param soon: runs something on the panel's thread
    :param on_run: called with how sending goes, as the page takes it; on the panel's thread
    :param on_begin: called with each request that was sent, likewise
    :param on_exchange: called with each exchange, likewise
    :ivar files: those of the form
    :ivar request: what the form is: read once for each message of the page, and sent as it is
    """

    def __init__(
        self,
        explorer: Explorer,
        *,
        soon: Callable[..., None],
        on_run: Callable[[dict[str, Any]], object],
        on_begin: Callable[[Pending[Exchange]], object],
        on_exchange: Callable[[Exchange], object],
    ) -> None:
        self.files = Files(value_of_name)
        self.request = FormRequest(draft=Draft())
        self._explorer = explorer
        self._soon = soon
        self._on_run = on_run
        self._on_begin = on_begin
        self._on_exchange = on_exchange
        self._lock = threading.Lock()
        self._pending: Pending[Exchange] | None = None
        self._turns = 0

    def read(self, draft: Draft, sheet: OperationForm | None) -> FormRequest:
        """Return the request that a form is now; on any thread."""
        return read_form(draft, sheet, self.files, self._explorer.credentials, self._explorer.settings.redactor)

    def send(self, request: FormRequest) -> Pending[Exchange]:
        """
        Send a request and return at once; what was sent before and is still waited for is cancelled; on any thread.

        Raises `RequestError` where the form cannot be sent, `LoopError` where the explorer is closed.
        """
        spec = request.to_spec()
        with self._lock:
            before = self._pending
            pending = self._pending = self._explorer.submit(
                spec, raise_exceptions=False, on_done=lambda done: self._soon(self._end, done, request.draft)
            )
            self._turns += 1
        if before is not None:
            before.cancel()
        self._soon(self._begin, pending)
        return pending

    def cancel(self) -> None:
        """Disconnect the request that waits, if one does; on any thread."""
        pending = self._pending
        if pending is not None:
            pending.cancel()
            self._soon(self._say_wait, pending, "cancelling")

    def refuse(self, reason: str) -> None:
        """Say why the form was not sent."""
        self._turns += 1
        pending = self._pending
        waits = {} if pending is None else {"busy": True, "elapsed_ms": pending.elapsed_s * 1e3}
        self._on_run(self.run(text=f"not sent: {reason}", tone="bad", refused=True, **waits))

    def end(self) -> None:
        """Cancel what waits, and say nothing more of it."""
        with self._lock:
            pending, self._pending = self._pending, None
        if pending is not None:
            pending.cancel()

    def run(self, *, text: str, tone: str = "", **more: Any) -> dict[str, Any]:
        """Return how sending goes, as the page takes it."""
        idle = {"busy": False, "elapsed_ms": 0.0, "refused": False, "errors": [], "beside": False}
        return {**idle, "turn": self._turns, "text": text, "tone": tone, **more}

    def _begin(self, pending: Pending[Exchange]) -> None:
        if pending is self._pending:
            self._say_wait(pending, "waiting for the app")
            self._on_begin(pending)

    def _say_wait(self, pending: Pending[Exchange], text: str) -> None:
        if pending is self._pending:
            self._on_run(self.run(busy=True, elapsed_ms=pending.elapsed_s * 1e3, text=text, beside=True))

    def _end(self, done: Pending[Exchange], draft: Draft) -> None:
        with self._lock:
            if self._pending is not done:
                return  # an older one, cancelled by a newer
            self._pending = None
        exchange = exchange_of(done, self._explorer)
        if exchange is None:
            self._on_run(self.run(text="not sent", tone="bad"))  # what ended it is shown beside
            return
        if done.cancelled and isinstance(done.exception, concurrent.futures.CancelledError):
            tone, text = "", f"{exchange.name}  cancelled after {time_of(done.elapsed_s * 1e9)}"
        else:
            tone = "good" if exchange.ok else "bad"
            text = f"{exchange.name}  {exchange.outcome}  {time_of(exchange.elapsed_ns)}"
        errors = _field_errors_of(exchange, draft)
        self._on_run(self.run(text=text, tone=tone, errors=errors, beside=True))
        self._on_exchange(exchange)


def _field_errors_of(exchange: Exchange, draft: Draft) -> list[list[str]]:
    """Return what a response of 4xx says is wrong, each with the address of its field and where it is from."""
    response = exchange.response
    if response is None or not 400 <= response.status_code < 500:
        return []
    found = read_validation_errors(try_json(response.text), try_json(draft.body or ""))
    return [[address, text, str(response.status_code)] for address, text in found]
