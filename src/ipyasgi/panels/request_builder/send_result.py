"""How a request of a panel ended, in words for its one line. Pure."""

from __future__ import annotations

import concurrent.futures
import json
from dataclasses import dataclass

from ...explorer.pending import PendingExchange
from ...history.exchange import Exchange
from ...openapi.validation_errors import read_validation_errors
from ...views.figures import time_of
from .draft import Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class SendResult:
    """
    :ivar text: one line
    :ivar tone: ``good``, ``bad`` or empty
    """

    text: str
    tone: str = ""


def outcome_of(done: PendingExchange, exchange: Exchange | None, elapsed_ms: float, *, cancelled: bool) -> SendResult:
    """
    Return how it ended.

    :param exchange: what was recorded of it, if anything was
    :param cancelled: whether the person asked for the end
    """
    raised = done.exception
    if exchange is None:
        return SendResult(text="not sent", tone="bad")  # what ended it is shown beside
    if cancelled and isinstance(raised, concurrent.futures.CancelledError):
        return SendResult(text=f"{exchange.name}  cancelled after {time_of(elapsed_ms * 1e6)}")
    text = f"{exchange.name}  {exchange.outcome}  {time_of(exchange.elapsed_ns)}"
    return SendResult(text=text, tone="good" if exchange.ok else "bad")


def field_errors_of(exchange: Exchange, draft: Draft) -> list[list[str]]:
    """Return what an answer of 4xx says is wrong, each with the address of its field and where it is from."""
    response = exchange.response
    if response is None or not 400 <= response.status_code < 500:
        return []
    found = read_validation_errors(_try_json(response.text), _try_json(draft.body or ""))
    return [[one.where, one.text, str(response.status_code)] for one in found]


def _try_json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
