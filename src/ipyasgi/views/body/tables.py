"""Bodies as tables: records, CSV, lines of JSON, events of a stream, fields of a form; masked and cut."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl

from ...protocol.errors import EventStreamError
from ...protocol.event_stream import EventStreamDecoder
from ...records.redaction import Redactor
from ..figures import count_of
from .shown import BodyTable

_ROWS, _COLUMNS, _CELL_CHARS = 50, 16, 80
_MEMBERS = 50  # of an object, in which records are looked for
_EVENTS, _DATA_CHARS = 100, 1000
_FORM = re.compile(r"[\w.%+\[\]~*-]++=[^\s<>\"]*+")


def find_records(value: Any, redactor: Redactor) -> BodyTable | None:
    """Return the records of a decoded JSON value, or of the first of its members that has some, as a table."""
    if not isinstance(value, dict):
        return table_of_records(value, redactor)
    for name, member in islice(value.items(), _MEMBERS):
        table = None if redactor.is_secret(name, "body") else table_of_records(member, redactor)
        if table is not None:
            return replace(table, title=_short(redactor.text(name)))
    return None


def table_of_records(value: Any, redactor: Redactor) -> BodyTable | None:
    """Return a decoded JSON value as a table, if it is a list of objects with few names."""
    if not isinstance(value, list) or len(value) < 2 or not all(isinstance(row, dict) and row for row in value):
        return None
    names = list(dict.fromkeys(name for row in value for name in row))
    if len(names) > _COLUMNS:
        return None
    rows = redactor.value(value[:_ROWS])
    return _table(names, ([_cell(row, name, redactor) for name in names] for row in rows), len(value))


def table_of_lines(text: str, redactor: Redactor) -> tuple[BodyTable | None, tuple[str, ...]]:
    """Return lines of JSON as a table, or None if they are not records, and a note on invalid lines."""
    values, wrong = [], []
    for number, line in enumerate(re.split("[\n\x1e]", text), 1):
        if not line.strip("\r \t"):
            continue
        try:
            values.append(json.loads(line))
        except (ValueError, RecursionError):
            wrong.append(number)
    notes = (f"not valid JSON: line {', '.join(map(str, wrong[:5]))}" + (" …" if wrong[5:] else ""),) if wrong else ()
    return table_of_records(values, redactor), notes


def table_of_csv(text: str, redactor: Redactor, *, tabs: bool) -> tuple[BodyTable | None, str]:
    """Return separated values as a table, or None, and the text with secret columns masked."""
    text = redactor.body_text(text, "text/csv")
    delimiter = _delimiter(text, "\t" if tabs else ",")
    try:
        found = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if row]
    except csv.Error:
        return None, text
    if len(found) < 2 or len(found[0]) < 2:
        return None, text
    return _table(found[0], found[1:], len(found) - 1), text


def table_of_form(text: str, redactor: Redactor) -> BodyTable:
    """Return an urlencoded form as names and values."""
    pairs = parse_qsl(redactor.query(text, "body"), keep_blank_values=True)
    return replace(_table(("name", "value"), pairs, len(pairs)), is_form=True)


def is_form(text: str) -> bool:
    """Return whether a text is a urlencoded form, whatever its media type."""
    return _FORM.fullmatch(text) is not None


def table_of_events(content: bytes, redactor: Redactor) -> tuple[BodyTable | None, tuple[str, ...]]:
    """Return an event stream as a row for each event, or None without events, and a note on its end."""
    decoder = EventStreamDecoder()
    try:
        events = decoder.feed(content)
        unended = decoder.finish()
    except EventStreamError as exc:
        return None, (str(exc),)
    notes = ("no blank line after the last event: a browser would ignore the event",) if unended else ()
    if not events:
        return None, notes
    retries = any(event.retry is not None for event in events)
    rows = tuple(
        (
            _short(event.event),
            _short(event.id),
            *(("" if event.retry is None else f"{event.retry} ms",) if retries else ()),
            _short(redactor.text(event.data[: 4 * _DATA_CHARS]), _DATA_CHARS),
        )
        for event in events[:_EVENTS]
    )
    header = ("event", "id", *(("retry",) if retries else ()), "data")
    left_out = count_of(len(events) - _EVENTS, "more event") if len(events) > _EVENTS else ""
    return BodyTable(header=header, rows=rows, left_out=left_out), notes


def _table(header: Sequence[str], rows: Iterable[Iterable[str]], count: int) -> BodyTable:
    more = (("more row", count - _ROWS), ("more column", len(header) - _COLUMNS))
    return BodyTable(
        header=_shorts(header),
        rows=tuple(map(_shorts, islice(rows, _ROWS))),
        left_out=", ".join(count_of(number, noun) for noun, number in more if number > 0),
    )


def _shorts(cells: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(_short, islice(cells, _COLUMNS)))


def _cell(row: dict[str, Any], name: str, redactor: Redactor) -> str:
    if name not in row:
        return ""
    item = row[name]
    text = item if isinstance(item, str) else json.dumps(item, ensure_ascii=False)[: 4 * _CELL_CHARS]
    return redactor.text(text)


def _delimiter(text: str, expected: str) -> str:
    """Return the delimiter that splits the first lines into equally many cells, preferably the expected one."""
    lines = [line for line in text.split("\n", 10)[:10] if line.strip()]

    def even(mark: str) -> bool:
        counts = {len(row) for row in csv.reader(lines, delimiter=mark)}
        return len(counts) == 1 and counts != {1}

    try:
        return next((mark for mark in (expected, ",", ";", "\t", "|") if even(mark)), expected)
    except csv.Error:
        return expected


def _short(text: str, limit: int = _CELL_CHARS) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
