"""The view of a profile."""

import pytest

from ipyasgi import Settings
from ipyasgi.tracing import Profile, ProfileFrame
from ipyasgi.views.profile import WIDTH, show_profile, view_profile

from .conftest import Markup
from .hostile import HOSTILE

MS = 1_000_000


def frame(name: str, ms: float, *inside: ProfileFrame, **more: str) -> ProfileFrame:
    own = int(ms * MS) - sum(one.total_ns for one in inside)
    return ProfileFrame(name=name, total_ns=int(ms * MS), own_ns=own, inside=inside, **more)


PROFILE = Profile(
    threads=(
        frame("event loop", 40, frame("", 40, frame("await", 40), package="starlette")),
        frame(
            "worker threads",
            40,
            frame("books", 38, frame("execute", 8, package="sqlalchemy"), source="shop.py:7"),
        ),
    ),
    samples=80,
)


def test_as_text() -> None:
    """Each frame is a line with its time and its share of its thread, deeper ones further right."""
    assert [line.rstrip() for line in view_profile(PROFILE, Settings()).text.splitlines()] == [
        "Profile",
        "  event loop 40.0 ms, worker threads 40.0 ms; 80 samples",
        f"   40.0 ms 100%  {20 * '█'}  event loop",
        f"   40.0 ms 100%  {20 * '█'}    starlette",
        f"   40.0 ms 100%  {20 * '█'}      await",
        f"   40.0 ms 100%  {20 * '█'}  worker threads",
        f"   38.0 ms  95%  {19 * '█'}     books() shop.py:7",
        f"   8.00 ms  20%  {4 * '█'}{16 * ' '}      sqlalchemy execute",
    ]


def test_as_html() -> None:
    """The drawing is well formed, has a name and titles, stays within its width, and needs no style sheet."""
    markup = Markup(view_profile(PROFILE, Settings()).html)
    assert markup.wrong == []
    drawn = [attributes for tag, attributes in markup.elements if tag == "rect"]
    assert len(drawn) == 6
    assert all(float(one["x"]) >= 0 and float(one["x"]) + float(one["width"]) <= WIDTH + 1 for one in drawn)
    assert all(one["fill"] for one in drawn)
    assert "books() shop.py:7: 38.0 ms, 95%, 30.0 ms by itself" in markup.text


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names(text: str) -> None:
    """Whatever a function and a package are called is text."""
    profile = Profile(threads=(frame("event loop", 5, frame(text, 5, source=text), frame(text, 5, package=text)),))
    view = view_profile(profile, Settings())
    assert Markup(view.html).wrong == []
    assert len(view.text.splitlines()) == 5


def test_large_and_empty() -> None:
    """A profile of thousands of frames is bounded; one without samples is a line."""
    deep = frame("f", 1)
    for _ in range(100):
        deep = frame("f" * 500, 1, deep)
    wide = frame("loop", 2_000, *(frame(f"f{number}", 1) for number in range(2_000)))
    for profile in (Profile(threads=(deep,)), Profile(threads=(wide,))):
        shown = show_profile(profile)
        assert len(shown.frames) <= 800
        assert len(view_profile(profile, Settings()).html) < 400_000
    assert show_profile(Profile(threads=(deep,))).left_out
    assert view_profile(Profile(), Settings()).text.splitlines() == ["Profile", "  0 samples"]
