"""The history as a table, newest last, as in the history itself. Only summaries; an exchange shows itself."""

from __future__ import annotations

from collections.abc import Iterable

from ..history.exchange import Exchange
from ..history.history import History
from ..records.settings import Settings
from .exchange import summarize, summary_line
from .figures import count_of
from .view import View, build_view

_HTML_ROWS, _TEXT_ROWS = 100, 30


def view_history(history: History | Iterable[Exchange], settings: Settings) -> View:
    """Return the newest exchanges as rows; how many older ones there are is said."""
    every = tuple(history)
    rows = [summarize(exchange, settings) for exchange in every[-_HTML_ROWS:]]
    older = len(every) - len(rows)
    title = count_of(len(every), "exchange") if every else "No exchange yet"
    lines = [title]
    if len(every) > _TEXT_ROWS:
        lines.append(f"       … {count_of(len(every) - _TEXT_ROWS, 'older one')}")
    lines += [f"{row.name:>5}  {row.sent_at}  {summary_line(row)}" for row in rows[-_TEXT_ROWS:]]
    if not every:
        lines.append("try: %asgi GET /")
    return build_view("\n".join(lines), "history.html", rows=rows, older=older, title=title)
