"""A profile of samples: what is folded, what is bounded, and what speedscope reads."""

import json
from pathlib import Path

import anyio
import fastapi
import starlette.routing

from ipyasgi import Settings
from ipyasgi.tracing import Profile, ProfileFrame
from ipyasgi.tracing.profile import Sample, build_profile

STARLETTE, FASTAPI = starlette.routing.__file__, fastapi.__file__
STDLIB, ANYIO = json.__file__, anyio.__file__
THREAD = "MainThread\x00<thread>\x001"


def frame(name: str, filename: str = "shop/api.py", line: int = 7, kind: str = "") -> str:
    attributes = f"\x01c{kind}" if kind else ""
    return f"{name}\x00{filename}\x00{line}{attributes}"


def sample(*stack: str, seconds: float = 0.001, thread: str = "event loop") -> Sample:
    return thread, [THREAD, *stack], seconds


def profile_of(*samples: Sample) -> Profile:
    return build_profile(samples, 1_000_000, (), Settings())


def tree(one: ProfileFrame) -> object:
    name = f"{one.package}:{one.name}" if one.package else one.name
    return {name: [tree(inner) for inner in one.inside]} if one.inside else name


def trees(*samples: Sample) -> list[object]:
    return [tree(thread) for thread in profile_of(*samples).threads]


def test_what_is_around_the_app_is_left_out() -> None:
    """The loop, this package and anyio are not part of the profile."""
    ours = str(Path(__import__("ipyasgi").__file__).parent / "engine" / "call.py")
    stack = (frame("run", STDLIB), frame("_run", ours), frame("run_sync", ANYIO), frame("books"))
    assert trees(sample(*stack)) == [{"event loop": ["books"]}]


def test_packages_are_folded() -> None:
    """Functions of a package that call each other are one frame; the standard library counts only at the end."""
    stack = (
        frame("__call__", FASTAPI),
        frame("__call__", STARLETTE),
        frame("handle", STARLETTE),
        frame("run_endpoint", FASTAPI),
        frame("contextmanager", STDLIB),
        frame("books", kind="Shop"),
        frame("dumps", STDLIB),
        frame("encode", STDLIB),
        frame("isinstance", "<built-in>", 0),
    )
    assert trees(sample(*stack)) == [
        {"event loop": [{"fastapi:": [{"starlette:": [{"Shop.books": ["Python:dumps"]}]}]}]}
    ]


def test_an_await_ends_the_stack() -> None:
    """The time of an `await` is that of the frame that waits, below what the app itself has called."""
    stack = (frame("__call__", STARLETTE), frame("books"), frame("sleep", STDLIB), "[await]")
    found = profile_of(sample(*stack), sample(frame("__call__", STARLETTE), frame("wait", STDLIB), "[await]"))
    assert [tree(thread) for thread in found.threads] == [
        {"event loop": [{"starlette:": [{"books": [{"Python:sleep": ["await"]}]}, "await"]}]}
    ]
    assert found.threads[0].inside[0].inside[1].waits


def test_times() -> None:
    """A frame has the time of its samples, by itself and with those inside; the longest comes first."""
    (thread,) = profile_of(
        sample(frame("books"), seconds=0.002),
        sample(frame("books"), frame("price"), seconds=0.003),
        sample(frame("books"), frame("rate", line=9), seconds=0.004),
    ).threads
    (books,) = thread.inside
    assert (thread.total_ns, thread.own_ns) == (9_000_000, 0)
    assert (books.total_ns, books.own_ns, books.source) == (9_000_000, 2_000_000, "shop/api.py:7")
    assert [(one.name, one.total_ns, one.source) for one in books.inside] == [
        ("rate", 4_000_000, "shop/api.py:9"),
        ("price", 3_000_000, "shop/api.py:7"),
    ]


def count(one: ProfileFrame) -> int:
    return 1 + sum(map(count, one.inside))


def test_bounded() -> None:
    """However many functions there are and however deep they call each other, a profile has a number of frames."""
    many = profile_of(*(sample(frame(f"f{number}"), seconds=1.0) for number in range(10_000)))
    assert count(many.threads[0]) < 2_002
    deep = profile_of(sample(*(frame(f"f{number}") for number in range(500))))
    assert count(deep.threads[0]) < 100
    rare = profile_of(sample(frame("often"), seconds=10), sample(frame("rarely"), seconds=0.001))
    assert [one.name for one in rare.threads[0].inside] == ["often"]
    assert rare.threads[0].own_ns == 1_000_000


def test_speedscope() -> None:
    """The JSON has each frame once, and the weights of a thread add up to its time."""
    profile = profile_of(
        sample(frame("books"), frame("price"), seconds=0.003),
        sample(frame("books"), seconds=0.001),
        sample(frame("price"), thread="worker threads"),
    )
    document = json.loads(profile.to_speedscope())
    names = [one["name"] for one in document["shared"]["frames"]]
    assert names == ["event loop", "books", "price", "worker threads"]
    assert document["shared"]["frames"][1]["file"] == "shop/api.py:7"
    assert [one["name"] for one in document["profiles"]] == ["event loop", "worker threads"]
    for one in document["profiles"]:
        assert sum(one["weights"]) == one["endValue"]
        assert len(one["samples"]) == len(one["weights"])
        assert all(index < len(names) for stack in one["samples"] for index in stack)


def test_frames_of_an_unknown_shape() -> None:
    """Identifiers that cannot be read do not fail."""
    assert len(profile_of(sample("", "x", "a\x00b", "c\x00d\x00e\x01", "\x01")).threads) == 1
