"""What the page gets to know of the history. Widget state is saved in notebooks, so secrets stay behind. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...history.exchange import Exchange
from ...protocol.errors import FilterError
from ...records.redaction import MASK
from ...records.settings import Settings
from ...views.exchange import summarize
from ...views.view import one_line


def page_rows(exchanges: Iterable[Exchange], settings: Settings) -> list[dict[str, Any]]:
    """Return exchanges as the table takes them, in the order given."""
    shown = [summarize(exchange, settings) for exchange in exchanges]
    return [
        {
            "name": one.name,
            "method": one_line(one.method, 20),
            "target": one.place,
            "outcome": one_line(one.outcome, 80),
            "elapsed": one.elapsed,
            "size": one.size,
            "at": one.sent_at,
            "marks": [one_line(mark, 80) for mark in one.marks],
            "tone": "good" if one.tone in ("good", "moved") else "bad",
        }
        for one in shown
    ]


def page_filter(text: str, settings: Settings) -> str:
    """Return a filter as the page may keep it: one that names a secret is masked."""
    return MASK if _has_secret(text, settings) else text


def page_mistake(mistake: FilterError, settings: Settings) -> str:
    """Return what is wrong with a filter, without the word where that may hold a secret."""
    if _has_secret(mistake.word, settings):
        return (
            "cannot read the word of the filter that names a secret. Write such as method:POST status:4xx path:/items*"
        )
    return one_line(str(mistake), 400)


def _has_secret(text: str, settings: Settings) -> bool:
    redactor = settings.redactor
    return redactor.is_secret(text) or bool(redactor.spans(text)) or bool(redactor.url_spans(text))
