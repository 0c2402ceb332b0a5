"""Messages laid out in time."""

from itertools import pairwise

import pytest

from ipyasgi.records import Event, HttpRun
from ipyasgi.records.redaction import Redactor
from ipyasgi.views.timeline import WIDTH, Timeline, build_timeline, timeline_lines

_START = {"type": "http.response.start", "status": 200, "headers": []}
_BODY = {"type": "http.response.body", "body": b"x", "more_body": True}
_EMPTY = {"type": "http.response.body"}


def run_of(*events: tuple[str, dict, int, int], duration_ms: float = 10, dropped: int = 0) -> HttpRun:
    """Return a run of ``(direction, message, milliseconds, body size)``."""
    return HttpRun(
        kind="http",
        scope={},
        events=tuple(
            Event(direction=direction, message=message, at_ns=int(at * 1e6), body_bytes=size)
            for direction, message, at, size in events
        ),
        events_dropped=dropped,
        started_at_s=0,
        duration_ns=int(duration_ms * 1e6),
        outcome="returned",
        response_end_ns=max((int(at * 1e6) for direction, _, at, _ in events if direction == "send"), default=None),
    )


def timeline_of(*events: tuple[str, dict, int, int], **options: float) -> Timeline:
    """Return the timeline of `run_of`."""
    timeline = build_timeline(run_of(*events, **options), Redactor())
    assert timeline is not None
    return timeline


@pytest.mark.parametrize(
    ("events", "duration_ms", "lively"),
    [
        ([_START, _BODY], 2, False),
        ([_START, _BODY, _EMPTY], 2, False),  # Quart
        ([_START, _BODY], 15, False),  # Django
        ([_START, _BODY], 50, True),
        ([_START, _BODY, _BODY], 2, True),
    ],
    ids=["plain", "with an empty end", "tidying up", "a background task", "pieces"],
)
def test_everyday_life(events: list[dict], duration_ms: float, lively: bool) -> None:
    """A request, a start, a body and the usual additions of frameworks are not drawn in a terminal."""
    sent = [("send", event, 1, len(event.get("body", b""))) for event in events]
    asked = [("receive", {"type": "http.request"}, 0, 0), ("receive", {"type": "http.disconnect"}, 1, 0)]

    assert timeline_of(*asked, *sent, duration_ms=duration_ms).lively is lively


def test_positions_are_to_scale() -> None:
    """A message in the middle of the run is in the middle of its lane, and the bigger body is the taller bar."""
    drawn = timeline_of(
        ("receive", {"type": "http.request"}, 0, 0),
        ("send", _START, 5, 0),
        ("send", {"type": "http.response.body", "body": b"", "more_body": True}, 6, 100),
        ("send", {"type": "http.response.body", "body": b""}, 10, 400),
    )
    first, start, small, big = drawn.marks
    assert (first.lane, start.lane) == ("receive", "send")
    assert start.x == (first.x + big.x) / 2
    assert (first.x, big.x) == (58, 706)  # where the template draws the lanes' ground
    assert start.height < small.height < big.height
    assert drawn.first_byte_x == start.x
    assert drawn.about == "4 messages, first byte after 5.00 ms, 10.0 ms in the app"
    assert [row.detail for row in drawn.rows] == ["last", "200", "more to come", "last"]
    assert [row.size for row in drawn.rows] == ["", "", "100 B", "400 B"]
    assert drawn.ticks[0][1] == "0"


def test_one_message_is_legible() -> None:
    """A run of one message and no length has a mark, a label and an axis."""
    drawn = timeline_of(("receive", {"type": "http.request"}, 0, 0), duration_ms=0)
    assert drawn.marks[0].label == "request"
    assert drawn.ticks
    assert build_timeline(run_of(), Redactor()) is None


def test_thousands_are_put_together() -> None:
    """Five thousand messages become a few hundred bars without a label, and a few rows that say what is left out."""
    body = {"type": "http.response.body", "more_body": True}
    drawn = timeline_of(*[("send", body, n // 500, 10) for n in range(5000)], dropped=7)
    assert len(drawn.marks) <= 160
    assert {mark.label for mark in drawn.marks} == {""}
    assert len(drawn.rows) == 24 + 1 + 6 + 1
    assert drawn.rows[24].detail == "4,970 messages left out here; all are in .events"
    assert drawn.rows[-1].detail == "7 more messages not kept"


def test_labels_do_not_cover_each_other() -> None:
    """A label stands where it has room on its lane, or not at all."""
    crowd = [("send", {"type": "http.response.body", "more_body": True}, n, 7) for n in (0, 0, 1, 9, 9)]
    drawn = timeline_of(*crowd)
    spans = []
    for mark in drawn.marks:
        if mark.label:
            width = len(mark.label) * 6.6
            spans.append(
                (mark.label_x, mark.label_x + width) if mark.anchor == "start" else (mark.label_x - width, mark.label_x)
            )
    spans.sort()
    assert spans
    assert all(end <= begin for (_, end), (begin, _) in pairwise(spans))
    assert spans[0][0] >= 0
    assert spans[-1][1] <= WIDTH


def test_background_work_is_marked() -> None:
    """Time that the app spends after its last message is background work."""
    drawn = timeline_of(("send", _START, 1, 0), ("send", {"type": "http.response.body"}, 2, 1), duration_ms=50)
    assert drawn.background_x is not None
    assert "response complete after 2.00 ms, 50.0 ms in the app" in drawn.about
    at_once = timeline_of(("send", _START, 1, 0), ("send", {"type": "http.response.body"}, 2, 1), duration_ms=2)
    assert at_once.background_x is None


def test_values_of_the_app_are_not_asked_for_their_text() -> None:
    """A status that is not a number is shown as its type; its ``repr`` is never called."""

    class Awful:
        def __repr__(self) -> str:
            raise AssertionError("called")

        __str__ = __repr__

    drawn = timeline_of(("send", {"type": "http.response.start", "status": Awful()}, 1, 0))
    assert drawn.rows[0].detail == "<Awful>"


def test_gaps_are_marked() -> None:
    """The longest times without a message are shown in order; short calls have none, and the end is not one."""
    body = {"type": "http.response.body", "more_body": True}
    drawn = timeline_of(
        *[("send", body, at, 1) for at in (30, 31, 50, 51, 90)],
        duration_ms=200,
    )
    assert [text for _, _, text in drawn.gaps] == ["30.0 ms", "39.0 ms"]
    assert drawn.gaps[0][0] == 58
    assert drawn.gaps[1][1] == drawn.marks[-1].x
    assert timeline_of(("send", body, 0.5, 1), duration_ms=1).gaps == ()


def test_very_short_and_very_long_calls_have_an_axis() -> None:
    """From nanoseconds to days the axis has a few ticks within the drawing."""
    for duration_ms in (0, 1e-6, 0.001, 7, 65_000, 86_400_000):
        drawn = timeline_of(("receive", {"type": "http.request"}, 0, 0), duration_ms=duration_ms)
        assert 1 <= len(drawn.ticks) <= 11
        assert all(58 <= x <= 706 for x, _ in drawn.ticks)


def test_the_rows_of_a_websocket() -> None:
    """Payloads are cut to a line, secrets masked before; closing has its code and reason."""
    drawn = timeline_of(
        ("send", {"type": "websocket.accept", "subprotocol": "chat"}, 0, 0),
        ("receive", {"type": "websocket.receive", "text": '{"token": "s3cret"}\n' + "x" * 999}, 1, 1020),
        ("receive", {"type": "websocket.receive", "bytes": bytes(100), "text": None}, 1, 100),
        ("send", {"type": "websocket.close", "code": 1008, "reason": "not you"}, 2, 0),
    )
    accept, text, content, close = (row.detail for row in drawn.rows)
    assert accept == "subprotocol chat"
    assert text.startswith('{"token": "•••"}↵xxx')
    assert len(text) == 160
    assert content == "bytes " + "00 " * 24 + "…"
    assert close == "1008 not you"


def test_lanes_to_scale() -> None:
    """A message stands where its time is, a bigger one is taller, and the time after the response is dotted."""
    drawn = timeline_of(
        ("receive", {"type": "http.request"}, 0, 0),
        ("send", _START, 50, 0),
        ("send", {"type": "http.response.body"}, 75, 900),
        duration_ms=100,
    )
    about, receive, send, axis, gaps = timeline_lines(drawn)
    assert about == drawn.about
    assert receive[:9].strip() == "receive"
    assert receive[9] == "▃"
    assert (send[9 + 32], send[9 + 48]) == ("▃", "█")
    assert send[9 + 50 :] == "┄" * 15
    assert axis.split() == ["0", "20.0", "ms", "40.0", "ms", "60.0", "ms", "80.0", "ms", "100", "ms"]
    assert gaps.strip() == "no message for 50.0 ms, 25.0 ms"


def test_every_size_is_as_wide() -> None:
    """One message and thousands take the same columns."""
    body = {"type": "http.response.body", "more_body": True}
    for events in ([("send", body, 0, 1)], [("send", body, n / 100, 1) for n in range(5000)]):
        _, receive, send, axis, *_ = timeline_lines(timeline_of(*events, duration_ms=60))
        assert len(receive) == len(send) == 9 + 65
        assert len(axis) < 9 + 65 + 12
