"""Server-sent events, decoded from bytes in chunks of any size."""

import random
from collections.abc import Iterable

import pytest

from ipyasgi.protocol.errors import EventStreamError
from ipyasgi.protocol.event_stream import EventStreamDecoder, ServerSentEvent


def decoded(*chunks: bytes) -> list[ServerSentEvent]:
    decoder = EventStreamDecoder()
    return [event for chunk in chunks for event in decoder.feed(chunk)]


def data_of(*chunks: bytes) -> list[str]:
    return [event.data for event in decoded(*chunks)]


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        (b"data: a\n\n", [ServerSentEvent(data="a")]),
        (b"data: a\n\ndata: b\n\n", [ServerSentEvent(data="a"), ServerSentEvent(data="b")]),
        (b"data:a\ndata:  b\ndata\n\n", [ServerSentEvent(data="a\n b\n")]),
        (b"data\n\ndata:\n\ndata: \n\n", [ServerSentEvent()] * 3),
        (b"data\ndata\n\n", [ServerSentEvent(data="\n")]),
        (b"event: add\ndata: 1\n\ndata: 2\n\n", [ServerSentEvent(event="add", data="1"), ServerSentEvent(data="2")]),
        (b"event: add\n\ndata: 2\n\n", [ServerSentEvent(data="2")]),
        (b"event\ndata: 1\n\n", [ServerSentEvent(data="1")]),
        (b": ping\n\ndata: 1\n: ping\ndata: 2\n\n:\n", [ServerSentEvent(data="1\n2")]),
        (b"id: 7\ndata: 1\n\ndata: 2\n\n", [ServerSentEvent(data="1", id="7"), ServerSentEvent(data="2", id="7")]),
        (b"id: 7\n\nid\ndata: 1\n\n", [ServerSentEvent(data="1")]),
        (b"id: 7\n\ndata: 1\n\n", [ServerSentEvent(data="1", id="7")]),
        (b"id: 7\nid: a\0b\ndata: 1\n\n", [ServerSentEvent(data="1", id="7")]),
        (b"retry: 10\ndata: 1\n\ndata: 2\n\n", [ServerSentEvent(data="1", retry=10), ServerSentEvent(data="2")]),
        (b"retry: 10\n\ndata: 1\n\n", [ServerSentEvent(data="1", retry=10)]),
        (b"data : 1\nDATA: 2\n data: 3\nother: 4\nother\ndata: 5\n\n", [ServerSentEvent(data="5")]),
        (b"data: a:b: c\n\n", [ServerSentEvent(data="a:b: c")]),
        ("data: é€𝄞\n\n".encode(), [ServerSentEvent(data="é€𝄞")]),
        (b"data: \xff\xe2\x82\n\n", [ServerSentEvent(data="\N{REPLACEMENT CHARACTER}" * 2)]),
        ("data: a\x0b\x0c\x1c\x85\u2028b\n\n".encode(), [ServerSentEvent(data="a\x0b\x0c\x1c\x85\u2028b")]),
        (b"\n\r\n\r\n\n", []),
        (b"", []),
    ],
)
def test_fields(stream: bytes, events: list[ServerSentEvent]) -> None:
    """Fields are parsed as in the standard, with any line ends."""
    for line_end in (b"\n", b"\r", b"\r\n"):
        assert decoded(stream.replace(b"\r\n", b"\n").replace(b"\n", line_end)) == events


@pytest.mark.parametrize("value", [b"", b"-1", b"1.5", b"+1", b"1 ", b"one", "٣".encode(), "²".encode(), b"9" * 5000])
def test_a_retry_that_is_no_number_is_ignored(value: bytes) -> None:
    """A retry that is not ASCII digits is ignored, of any length; the event is kept."""
    assert decoded(b"retry:" + value + b"\ndata: 1\n\n") == [ServerSentEvent(data="1")]


@pytest.mark.parametrize(
    ("chunks", "data"),
    [
        ([b"\xef\xbb\xbfdata: a\n\n"], ["a"]),
        ([b"\xef", b"\xbb", b"\xbfdata: a\n\n"], ["a"]),
        ([b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\n"], []),
        ([b"data: a\n\n\xef\xbb\xbfdata: b\n\n"], ["a"]),
        ([b"\xef\xbb\xbf\n\xef\xbb\xbfdata: a\n\n"], []),
    ],
)
def test_one_byte_order_mark_at_the_start_is_no_text(chunks: list[bytes], data: list[str]) -> None:
    """Only one byte order mark at the start is removed; a later one is part of its field's name."""
    assert data_of(*chunks) == data


def test_an_event_comes_with_the_end_of_its_blank_line() -> None:
    """An event is returned at the CR of its blank line; an LF after it does not end another line."""
    decoder = EventStreamDecoder()
    assert decoder.feed(b"data: a\r\r") == [ServerSentEvent(data="a")]
    assert decoder.feed(b"") == []
    assert decoder.feed(b"\n") == []
    assert decoder.feed(b"data: b\r") == []
    assert decoder.feed(b"\ndata: c\r\n\r") == [ServerSentEvent(data="b\nc")]
    assert decoder.feed(b"\n\n") == []


@pytest.mark.parametrize(
    ("rest", "dropped"),
    [(b"", False), (b"data: x", True), (b"data: x\n", True), (b": ping\n", False), (b"da", True), (b"id: 3\n", False)],
)
def test_what_no_blank_line_ends_is_dropped(rest: bytes, dropped: bool) -> None:
    """An event without its blank line is dropped, and `finish` returns whether there was one."""
    decoder = EventStreamDecoder()
    assert len(decoder.feed(b"data: a\n\n" + rest)) == 1
    assert decoder.finish() is dropped


def test_any_cut_gives_the_same_events() -> None:
    """The events are the same however the bytes are cut: once, at every byte or at random."""
    stream = (
        "\ufeff: hello\r\nevent: add\r\nid: é1\r\ndata: {\r\ndata: €𝄞}\r\n\r\nretry: 5\rdata: b\r\rdata\n\n"
        "data: \ufeffc\n\r\nid: x\0y\ndata: d\n\n\r\r\ndata: unfinished"
    ).encode() + b"\xff\r\n"
    whole = decoded(stream)
    assert [event.data for event in whole] == ["{\n€𝄞}", "b", "", "\ufeffc", "d"]
    assert decoded(*(stream[at : at + 1] for at in range(len(stream)))) == whole
    for at in range(len(stream)):
        assert decoded(stream[:at], stream[at:]) == whole
    chance = random.Random(7)
    for _ in range(300):
        assert decoded(*_cut(stream, chance)) == whole


def test_random_streams_are_the_same_however_they_are_cut() -> None:
    """Random streams of the relevant tokens give the same events in one chunk and in many."""
    chance = random.Random(11)
    pieces = [
        b"data",
        b"id",
        b"event",
        b"retry",
        b":",
        b" ",
        b"\n",
        b"\r",
        b"\r\n",
        b"\0",
        b"7",
        b"\xef\xbb\xbf",
        b"\xe2",
    ]
    for _ in range(2000):
        stream = b"".join(chance.choices(pieces, k=chance.randrange(30)))
        assert decoded(*_cut(stream, chance)) == decoded(stream)


def _cut(stream: bytes, chance: random.Random) -> Iterable[bytes]:
    while stream:
        size = chance.randrange(9)
        yield stream[:size]
        stream = stream[size:]


# -- bounds -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize("piece", [b"data: x\n", b"x", b"event: x\n", b": no end "])
def test_an_event_without_end_is_refused(size: int, piece: bytes) -> None:
    """An endless event raises an error at the limit, once the events before it were returned."""
    decoder = EventStreamDecoder(limit_bytes=100)
    stream = b"data: before\n\n" + piece * 200
    events = []
    with pytest.raises(EventStreamError, match=r"longer than 100 bytes: end events with a blank line"):
        for at in range(0, len(stream), size):
            events += decoder.feed(stream[at : at + size])
        decoder.finish()
    assert events == [ServerSentEvent(data="before")]
    with pytest.raises(EventStreamError):
        decoder.feed(b"\n\n")


def test_comments_and_short_events_may_go_on_for_ever() -> None:
    """The limit applies to buffered bytes, not to all received bytes."""
    decoder = EventStreamDecoder(limit_bytes=100)
    for _ in range(50):
        assert decoder.feed(b": ping\n") == []
        assert decoder.feed(b"data: " + b"x" * 80 + b"\n: ping\n\n") == [ServerSentEvent(data="x" * 80)]
    decoder = EventStreamDecoder(limit_bytes=86)  # exactly what the one event needs
    assert all(decoder.feed(b"\xef\xbb\xbf: ping\r" if not n else b"\n: ping\r") == [] for n in range(50))
    assert len(decoder.feed(b"data: " + b"x" * 80 + b"\n\n")) == 1
