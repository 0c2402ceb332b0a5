"""The view of a timing."""

import pytest

from ipyasgi import Settings
from ipyasgi.experiments import RatioEstimate, Samples, Timing
from ipyasgi.records.requests import build_spec
from ipyasgi.views.timing import WIDTH, show_timing, view_timing

from .conftest import Markup
from .hostile import HOSTILE

MS = 1_000_000
SPEC = build_spec("GET", "/items")


def samples(name: str, *times_ms: float, status: int = 200) -> Samples:
    return Samples(name=name, times_ns=tuple(int(one * MS) for one in times_ms), statuses={status: len(times_ms)})


ALONE = Timing(spec=SPEC, samples=samples("shop", 1, 1, 1, 2, 4))
AGAINST = Timing(
    spec=SPEC,
    samples=samples("new", 2, 2, 3),
    against=samples("old", 1, 1, 1, status=500),
    estimate=RatioEstimate(ratio=2, interval=(1.8, 2.2), spread=(0.95, 1.04)),
)


def test_as_text() -> None:
    """A line of figures and one of the distribution for each app, then the sentence."""
    assert [line.rstrip() for line in view_timing(ALONE, Settings()).text.splitlines()] == [
        "GET /items  5 requests",
        "          median       p95   fastest   slowest  statuses",
        "  shop   1.00 ms   3.60 ms   1.00 ms   4.00 ms  200 ×5",
        f"  shop  0 {8 * ' '}█{7 * ' '}▃{15 * ' '} 3.00 ms",
    ]
    text = view_timing(AGAINST, Settings()).text
    assert text.splitlines()[0] == "GET /items  3 requests to each app"
    assert "  old   1.00 ms   1.00 ms   1.00 ms   1.00 ms  500 ×3" in text
    assert text.endswith("  new is slower: it takes 2.00 (1.80 to 2.20) of the time of old")


def test_without_a_verdict() -> None:
    """Where the times allow none, the sentence says so, with what chance alone makes."""
    estimate = RatioEstimate(ratio=1.1, interval=(0.95, 1.2), spread=(0.8, 1.1))
    equal = Timing(spec=SPEC, samples=samples("a", 1), against=samples("b", 1), estimate=estimate)
    assert view_timing(equal, Settings()).text.endswith(
        "  No difference can be seen: 1.10 (0.95 to 1.20) of the time of b, where chance alone makes 1.25"
    )


def test_as_html() -> None:
    """The drawing is well formed, has a name, stays within its width, and needs no style sheet."""
    markup = Markup(view_timing(AGAINST, Settings()).html)
    assert markup.wrong == []
    drawn = [attributes for tag, attributes in markup.elements if tag == "rect"]
    assert len(drawn) == 2
    assert all(float(one["x"] or -1) >= 0 and float(one["x"] or 0) + 9 <= WIDTH and one["fill"] for one in drawn)
    assert "new: median 2.00 ms" in markup.text
    assert "new is slower" in markup.text


def test_secrets_and_data() -> None:
    """The target is masked; the plain data has the figures in milliseconds."""
    timing = Timing(spec=build_spec("GET", "/items?token=hunter2"), samples=samples("shop", 1))
    view = view_timing(timing, Settings())
    assert "hunter2" not in view.text + view.html + str(timing.to_dict()) + repr(timing)
    data = AGAINST.to_dict()
    assert (data["median_ms"], data["ratio"], data["interval"], data["verdict"]) == (2.0, 2, [1.8, 2.2], "slower")
    assert data["against"] == {"name": "old", "median_ms": 1.0, "p95_ms": 1.0, "statuses": {"500": 3}}


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names(text: str) -> None:
    """Whatever an app is called is text."""
    timing = Timing(spec=SPEC, samples=samples(text, 1), against=samples(text, 1), estimate=AGAINST.estimate)
    view = view_timing(timing, Settings())
    assert Markup(view.html).wrong == []
    assert len(view.text.splitlines()) == 7


def test_many_times() -> None:
    """A hundred thousand times are as many bars as there are places."""
    many = Timing(spec=SPEC, samples=samples("a", *range(1, 100_000)))
    shown = show_timing(many, Settings())
    assert len(shown.rows[0].bars) == 64
    assert shown.rows[0].beyond == 2000
