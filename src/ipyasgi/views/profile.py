"""The functions in which a request spent its time: a flame graph, and a tree for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..records.settings import Settings
from ..tracing.profile import Profile, ProfileFrame
from .figures import count_of, time_of
from .view import View, build_view, one_line, shows

WIDTH, ROW_HEIGHT = 720, 17
_LEAST_WIDTH = 1.6
_CHAR = 6.1
_DEPTH, _FRAMES = 40, 800
_TEXT_ROWS, _TEXT_SHARE = 40, 0.01
_COLUMNS = 20
_COLOURS = {"own": "#c8751177", "library": "#2f86d655", "python": "#8885", "await": "#8882", "thread": "#8883"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameShown:
    """
    A frame for text and templates.

    :ivar label: the text inside its rectangle, cut to its width
    :ivar title: the whole text with its times
    :ivar share: of the time of its thread
    :ivar x: of its left edge, like ``y`` and ``width`` in the drawing
    """

    name: str
    label: str
    title: str
    took: str
    share: float
    depth: int
    x: float
    y: float
    width: float
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileShown:
    """
    A profile for text and templates.

    :ivar about: ``event loop 42.0 ms, worker threads 21.2 ms; 61 samples``
    :ivar frames: each before those inside it
    :ivar left_out: a note about frames that are not shown, or empty
    """

    about: str
    frames: tuple[FrameShown, ...]
    height: int
    left_out: str
    notes: tuple[str, ...]


def profile_data(profile: Profile, settings: Settings) -> dict[str, Any]:
    """Return ``samples, interval_ms, threads, notes``; a frame has ``name, source, package, ms, own_ms, inside``."""
    return {
        "samples": profile.samples,
        "interval_ms": profile.interval_ns / 1e6,
        "threads": [_frame_data(frame) for frame in profile.threads],
        "notes": list(profile.notes),
    }


def _frame_data(frame: ProfileFrame) -> dict[str, Any]:
    return {
        "name": frame.name,
        "source": frame.source,
        "package": frame.package,
        "ms": round(frame.total_ns / 1e6, 3),
        "own_ms": round(frame.own_ns / 1e6, 3),
        "inside": [_frame_data(inner) for inner in frame.inside],
    }


@shows(Profile, profile_data)
def view_profile(profile: Profile, settings: Settings) -> View:
    """Return the view of a profile."""
    shown = show_profile(profile)
    return build_view("\n".join(["Profile", *profile_lines(shown)]), "profile.html", profile=shown)


def show_profile(profile: Profile) -> ProfileShown:
    """Return the profile for display."""
    whole_ns = sum(thread.total_ns for thread in profile.threads)
    frames: list[FrameShown] = []
    x = 0.0
    for thread in profile.threads:
        _draw(thread, x, 0, (thread.total_ns, whole_ns), frames)
        x += thread.total_ns / max(whole_ns, 1) * WIDTH
    threads = ", ".join(f"{thread.name} {time_of(thread.total_ns)}" for thread in profile.threads)
    depth = max((one.depth for one in frames), default=0)
    return ProfileShown(
        about="; ".join(filter(None, [threads, count_of(profile.samples, "sample")])),
        frames=tuple(frames),
        height=(depth + 1) * ROW_HEIGHT + 2,
        left_out="to_speedscope() has all frames" if len(frames) >= _FRAMES or depth >= _DEPTH else "",
        notes=tuple(one_line(note) for note in profile.notes),
    )


def _draw(frame: ProfileFrame, x: float, depth: int, of_ns: tuple[int, int], frames: list[FrameShown]) -> None:
    """Add a frame and those inside it; ``of_ns`` are the times of its thread, and of all threads."""
    thread_ns, whole_ns = of_ns
    width = frame.total_ns / max(whole_ns, 1) * WIDTH
    if len(frames) >= _FRAMES or depth > _DEPTH or width < _LEAST_WIDTH:
        return
    name = one_line(_name_of(frame), 120)
    share = frame.total_ns / max(thread_ns, 1)
    own = f", {time_of(frame.own_ns)} by itself" if frame.inside and frame.own_ns else ""
    fits = int((width - 6) / _CHAR)
    frames.append(
        FrameShown(
            name=name,
            label=name if len(name) <= fits else f"{name[: fits - 1]}…" if fits > 3 else "",
            title=f"{name}: {time_of(frame.total_ns)}, {share:.0%}{own}",
            took=time_of(frame.total_ns),
            share=share,
            depth=depth,
            x=round(x, 1),
            y=depth * ROW_HEIGHT + 1,
            width=round(max(width - 0.6, 1.0), 1),
            colour=_COLOURS[_colour_of(frame, depth)],
        )
    )
    for inner in frame.inside:
        _draw(inner, x, depth + 1, of_ns, frames)
        x += inner.total_ns / max(whole_ns, 1) * WIDTH


def _name_of(frame: ProfileFrame) -> str:
    if frame.package:
        return f"{frame.package} {frame.name}".rstrip()
    call = "" if frame.name.endswith(">") else "()"  # <genexpr>
    return f"{frame.name}{call} {frame.source}" if frame.source else frame.name


def _colour_of(frame: ProfileFrame, depth: int) -> str:
    if depth == 0:
        return "thread"
    if frame.waits:
        return "await"
    return "own" if not frame.package else "python" if frame.package == "Python" else "library"


def profile_lines(shown: ProfileShown) -> Iterator[str]:
    """Yield a line for each frame that has a hundredth of the time, for a terminal and for tests."""
    yield f"  {shown.about}"
    for note in shown.notes:
        yield f"  note: {note}"
    rows = [one for one in shown.frames if one.share >= _TEXT_SHARE]
    for one in rows[:_TEXT_ROWS]:
        bar = "█" * round(one.share * _COLUMNS)
        indent = "  " * min(one.depth, 20)
        yield f"  {one.took:>8} {one.share:>4.0%}  {bar or '▏':<{_COLUMNS}}  {indent}{one_line(one.name, 80)}"
    if len(rows) > _TEXT_ROWS:
        yield f"  … {count_of(len(rows) - _TEXT_ROWS, 'more row')}"
