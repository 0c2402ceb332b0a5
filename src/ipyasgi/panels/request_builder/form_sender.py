"""`FormSender`: stores the request of a form, sends it, and reports the progress."""

from __future__ import annotations

import concurrent.futures
import threading
from collections.abc import Callable
from typing import Any

from ...client.response import is_whole
from ...engine.pending import Pending
from ...explorer.explorer import Explorer
from ...history.exchange import Exchange
from ...openapi.validation_errors import read_validation_errors
from ...views.exchange import summarize
from ...views.figures import time_of
from ..panel import exchange_of
from .draft import Draft
from .files import Files, value_of_name
from .form_request import FormRequest, read_form, try_json
from .operation_form import OperationForm


class FormSender:
    """
    Sender of one form's requests, one at a time; calls back on the panel's thread.

    :param soon: runs a function on the panel's thread
    :param on_run: called with the progress (`run`)
    :ivar request: built once for each message of the page, and sent unchanged
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

    def read(self, draft: Draft, form: OperationForm | None) -> FormRequest:
        """Return the request of a form; on any thread."""
        return read_form(draft, form, self.files, self._explorer.credentials, self._explorer.settings.redactor)

    def send(self, request: FormRequest) -> Pending[Exchange]:
        """
        Cancel the running request, send another, and return at once; on any thread.

        Raises `RequestError` if the form is incomplete or invalid, `LoopError` if the explorer is closed.
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
        """Cancel the running request; on any thread."""
        pending = self._pending
        if pending is not None:
            pending.cancel()
            self._soon(self._show_wait, pending, "Cancelling")

    def refuse(self, reason: str) -> None:
        """Show why the form was not sent."""
        self._turns += 1
        pending = self._pending
        waits = {} if pending is None else {"busy": True, "elapsed_ms": pending.elapsed_s * 1e3}
        self._on_run(self.run(text=f"Not sent: {reason}", tone="bad", refused=True, **waits))

    def end(self) -> None:
        """Cancel the running request, and ignore its result."""
        with self._lock:
            pending, self._pending = self._pending, None
        if pending is not None:
            pending.cancel()

    def run(self, *, text: str, tone: str = "", **more: Any) -> dict[str, Any]:
        """Return the progress of sending for the page."""
        idle = {"busy": False, "elapsed_ms": 0.0, "refused": False, "errors": [], "beside": False}
        return {**idle, "turn": self._turns, "text": text, "tone": tone, **more}

    def _begin(self, pending: Pending[Exchange]) -> None:
        if pending is self._pending:
            self._show_wait(pending, "Waiting for the app")
            self._on_begin(pending)

    def _show_wait(self, pending: Pending[Exchange], text: str) -> None:
        if pending is self._pending:
            self._on_run(self.run(busy=True, elapsed_ms=pending.elapsed_s * 1e3, text=text, beside=True))

    def _end(self, done: Pending[Exchange], draft: Draft) -> None:
        with self._lock:
            if self._pending is not done:
                return  # replaced by a newer request
            self._pending = None
        exchange = exchange_of(done, self._explorer)
        if exchange is None:
            self._on_run(self.run(text="Not sent", tone="bad"))  # the response viewer shows the error
            return
        if done.cancelled and isinstance(done.exception, concurrent.futures.CancelledError):
            tone, text = "", f"{exchange.name}  cancelled after {time_of(done.elapsed_s * 1e9)}"
        else:
            tone = "good" if exchange.ok else "bad"
            text = f"{exchange.name}  {exchange.outcome}  {summarize(exchange, exchange.settings).times}"
        errors = _field_errors_of(exchange, draft)
        self._on_run(self.run(text=text, tone=tone, errors=errors, beside=True))
        self._on_exchange(exchange)


def _field_errors_of(exchange: Exchange, draft: Draft) -> list[list[str]]:
    """Return the validation errors of a 4xx response: address, text and status."""
    response = exchange.response
    if response is None or not 400 <= response.status_code < 500:
        return []
    found = read_validation_errors(try_json(response.text if is_whole(response) else ""), try_json(draft.body or ""))
    return [[address, text, str(response.status_code)] for address, text in found]
