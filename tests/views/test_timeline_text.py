"""A timeline in a terminal."""

from ipyasgi.views.timeline_text import timeline_lines

from .test_timeline import timeline_of

_START = {"type": "http.response.start", "status": 200}


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
