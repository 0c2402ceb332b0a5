"""The view of a load."""

import pytest

from ipyasgi import Settings
from ipyasgi.experiments import HeldLine, Load, LoadStep
from ipyasgi.views.load import view_load

from .conftest import Markup
from .hostile import HOSTILE

MS = 1_000_000


def step(users: int, *latencies_ms: float, **more: object) -> LoadStep:
    return LoadStep(
        users=users,
        duration_ns=1000 * MS,
        latencies_ns=tuple(int(one * MS) for one in latencies_ms),
        **more,  # type: ignore[arg-type]
    )


LINE = HeldLine(place="shop/api.py:42 in block", requests=3, longest_ns=51 * MS, total_ns=900 * MS)
SHORT = HeldLine(place="shop/api.py:7 in quick", requests=1, longest_ns=19 * MS, total_ns=19 * MS)
LOAD = Load(
    steps=(
        step(1, 20, 20, 20, 20),
        step(16, *([80] * 8), failed=3, waiting=16, held=(LINE, SHORT), waiting_for_thread=24, threads=40),
    ),
    kept=("r4", "r5", "r6"),
)


def test_as_text() -> None:
    """A line for each number of users, with what held the loop below it, then the notes."""
    assert [line.rstrip() for line in view_load(LOAD, Settings()).text.splitlines()] == [
        "Load: 1 request, 12 responses",
        "   users  responses/s       p50       p95       p99  failed  waiting",
        f"       1          4.0   20.0 ms   20.0 ms   20.0 ms                   {12 * '█'}",
        f"      16          8.0   80.0 ms   80.0 ms   80.0 ms       3       16  {24 * '█'}",
        "          the event loop: held 92%, at shop/api.py:42 in block, up to 51.0 ms",
        "          the worker threads: all 40 were taken, up to 24 requests waited for a thread at once",
        "  note: 3 responses failed: r4 to r6 in the history",
    ]


def test_as_html() -> None:
    """Both drawings are well formed, have a point for each step, and need no style sheet."""
    markup = Markup(view_load(LOAD, Settings()).html)
    assert markup.wrong == []
    points = [attributes for tag, attributes in markup.elements if tag == "rect"]
    assert len(points) == 6  # throughput, p50 and p95 of two steps
    assert all(one["fill"] and 0 <= float(one["y"] or -9) <= 160 for one in points)
    assert "held 92%, at shop/api.py:42 in block" in markup.text
    assert "all 40 were taken, up to 24 requests waited for a thread" in markup.text


def test_without_a_response() -> None:
    """An app that hangs has no latencies, and the note says what was cancelled."""
    hung = Load(steps=(step(2, waiting=2, cut=2),))
    view = view_load(hung, Settings())
    assert "–" in view.text
    assert view.text.endswith(
        "note: 2 requests had no response within the timeout and were cancelled, so the load ended"
    )
    assert Markup(view.html).wrong == []
    assert Markup(view_load(Load(steps=()), Settings()).html).wrong == []


def test_data() -> None:
    """The plain data has all figures."""
    first, second = LOAD.to_dict()["steps"]
    assert (first["users"], first["responses"], first["per_s"], first["p95_ms"]) == (1, 4, 4.0, 20.0)
    assert (first["waiting_for_thread"], second["waiting_for_thread"], second["threads"]) == (0, 24, 40)
    assert second["held"][0] == {
        "place": "shop/api.py:42 in block",
        "requests": 3,
        "longest_ms": 51.0,
        "total_ms": 900.0,
    }


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_places(text: str) -> None:
    """Whatever a function is called is text."""
    line = HeldLine(place=text, requests=1, longest_ns=900 * MS, total_ns=900 * MS)
    view = view_load(Load(steps=(step(1, 1, held=(line,)),)), Settings())
    assert Markup(view.html).wrong == []
    assert len(view.text.splitlines()) == 4
