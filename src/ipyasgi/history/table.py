"""A table of exchanges: one row of plain values for each, and as a ``pandas.DataFrame``."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import Any

from ..client.app_runner import sent_path
from ..client.response import BoundedResponse, kept_content
from ..records.record import Record


def to_rows(exchanges: Iterable[Record]) -> list[dict[str, Any]]:
    """Return a row for each exchange, secrets in paths and queries masked as in its display."""
    return [_row(one) for one in exchanges]


def to_frame(rows: list[dict[str, Any]]) -> Any:
    """Return rows as a DataFrame; raises ``ImportError`` that says what to install."""
    try:
        pandas = importlib.import_module("pandas")
    except ImportError:
        raise ImportError("to_dataframe() needs pandas: install it, or give to_dicts() to another library") from None
    return pandas.DataFrame(rows, columns=list(_COLUMNS))


_COLUMNS = (
    *(
        "name",
        "sent_at",
        "method",
        "path",
        "query",
        "status",
        "outcome",
        "ms",
        "background_ms",
        "held_ms",
        "bytes",
        "media_type",
    ),
    *("exception", "errors", "violations", "replay_of"),
)


def _row(exchange: Record) -> dict[str, Any]:
    redactor, response, run = exchange.settings.redactor, exchange.response, exchange.run
    background_ns = run.background_ns if run is not None else 0
    query = exchange.request.url.query.decode("ascii", "replace")
    values = (
        exchange.name,
        exchange.sent_at,
        exchange.request.method,
        redactor.url(sent_path(exchange.request).decode("ascii", "replace")),
        redactor.query(query),
        response.status_code if response is not None else None,
        redactor.text(exchange.outcome),
        round((exchange.elapsed_ns - background_ns) / 1e6, 3),
        round(background_ns / 1e6, 3),
        round(exchange.held_ns / 1e6, 3),
        response.size_bytes if isinstance(response, BoundedResponse) else len(kept_content(response)),
        response.headers.get("content-type", "").partition(";")[0] if response is not None else "",
        exchange.exception_name,
        len(exchange.errors),
        len(exchange.violations),
        exchange.replay_of,
    )
    return dict(zip(_COLUMNS, values, strict=True))
