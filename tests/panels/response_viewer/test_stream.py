"""A streamed response as rows: events, lines, chunks, however they are cut, masked and bounded."""

from typing import Any

import pytest

from ipyasgi.panels.response_viewer.stream import ROW_CHARS, StreamRows
from ipyasgi.records import Event
from ipyasgi.records.redaction import Redactor


def rows(kind: str, *chunks: bytes, show_secrets: bool = False, kept: int = 1 << 20) -> list[dict[str, Any]]:
    """Return the rows of a response of these chunks."""
    start = {"type": "http.response.start", "status": 200, "headers": [(b"Content-Type", kind.encode()), "no pair"]}
    start["headers"] = start["headers"][:1]
    bodies = [
        {"type": "http.response.body", "body": chunk[:kept], "more_body": n < len(chunks)}
        for n, chunk in enumerate(chunks, 1)
    ]
    stream, found = StreamRows(Redactor(show=show_secrets)), []
    sizes = [0, *map(len, chunks)]
    for n, (message, size) in enumerate(zip([start, *bodies], sizes, strict=True)):
        found += stream.feed(Event(direction="send", message=message, at_ns=n * 1_000_000, body_bytes=size))
    return found


@pytest.mark.parametrize("step", [1, 7, 1000])
def test_events_are_rows_however_they_are_cut(step: int) -> None:
    """Type and id are the label; an event that has not ended is none yet."""
    whole = b"event: tick\nid: 7\ndata: a\ndata: b\n\ndata: plain\n\ndata: half"
    chunks = [whole[at : at + step] for at in range(0, len(whole), step)]
    found = rows("text/event-stream; charset=utf-8", *chunks)
    assert [(row["label"], row["text"]) for row in found] == [("tick 7", "a↵b"), ("message 7", "plain")]


@pytest.mark.parametrize("step", [1, 5, 1000])
def test_lines_are_rows_however_they_are_cut(step: int) -> None:
    """Empty lines are none, the last one needs no end."""
    whole = b'{"a": 1}\r\n\n\x1e{"a": "\xc3\xa9"}\n{"a": 3}'
    chunks = [whole[at : at + step] for at in range(0, len(whole), step)]
    assert [row["text"] for row in rows("application/x-ndjson", *chunks)] == ['{"a": 1}', '{"a": "é"}', '{"a": 3}']


def test_anything_else_is_chunks() -> None:
    """Text as text with its controls made visible, other bytes as hex, an empty last chunk as nothing."""
    found = rows("text/plain", b"\x1b[31mred", b"\xff\x00" * 30, b"")
    assert [row["text"] for row in found] == ["␛[31mred", f"bytes {'ff 00 ' * 12}…"]
    assert [row["bytes"] for row in found] == [8, 60]


def test_secrets_are_masked_and_long_rows_cut() -> None:
    """As in the views; also where the value begins after what a row shows."""
    secret = b"data: token=s3cret\n\n"
    assert rows("text/event-stream", secret)[0]["text"] == "token=•••"
    assert rows("text/event-stream", secret, show_secrets=True)[0]["text"] == "token=s3cret"
    assert len(rows("text/plain", b"x" * 50_000)[0]["text"]) == ROW_CHARS


def test_what_is_not_kept_of_a_stream_is_said() -> None:
    """Where the recording holds less than the app sent, the rows end with a reason instead of with nonsense."""
    found = rows("application/x-ndjson", b"{}\n", b"{}\n" * 10, b"{}\n", kept=6)
    assert [row["kind"] for row in found] == ["send", "info"]
    assert "1 MB" in found[-1]["text"]


def test_an_event_that_never_ends_is_an_error() -> None:
    """Hostile input ends in words."""
    found = rows("text/event-stream", *[b"data: " + b"x" * 9_000_000] * 2, kept=10_000_000)
    assert [row["kind"] for row in found] == ["error"]
