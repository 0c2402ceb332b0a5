"""`Profile`: in which functions one request spent its time, as frozen values; made from samples of its own stacks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..engine.source_location import owner_of, place_of
from ..records.settings import Settings
from ..shown import Shown

Sample = tuple[str, Sequence[str], float]
"""The thread, the stack as pyinstrument writes it, outermost first, and the seconds until the next sample."""

_AWAIT = "[await]"
_AROUND = frozenset({"Python", "ipyasgi", "anyio", "trio", "outcome", "uvloop", "pyinstrument"})
"""The owners of the frames below the app's: the loop, the thread, this package."""
_MOST_FRAMES, _MOST_DEPTH = 2_000, 60
_LEAST_SHARE = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileFrame:
    """
    A function, or several of one package that call each other, and the time that was spent in it.

    :ivar name: of the function; of a package, its function that the app called
    :ivar source: ``file:line`` of one of the app's own functions, else empty
    :ivar package: that brings it, such as ``sqlalchemy`` or ``Python``; empty for the app's own
    :ivar total_ns: nanoseconds, those of the frames inside included
    :ivar own_ns: nanoseconds of it alone
    :ivar waits: whether it is an ``await``, in which other tasks could run
    """

    name: str
    source: str = ""
    package: str = ""
    total_ns: int
    own_ns: int
    waits: bool = False
    inside: tuple[ProfileFrame, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Profile(Shown):
    """
    The profile of one request.

    :ivar threads: a frame for the event loop, and one for the worker threads if functions ran in them; what they have
        inside is the app's
    :ivar samples: the number of samples
    :ivar interval_ns: nanoseconds from one sample to the next, if the app calls functions as often
    :ivar notes: what could not be sampled
    :ivar settings: determine how it is shown
    """

    threads: tuple[ProfileFrame, ...] = ()
    samples: int = 0
    interval_ns: int = 1_000_000
    notes: tuple[str, ...] = ()
    settings: Settings = field(default_factory=Settings)

    def to_speedscope(self) -> str:
        """Return the profile as the JSON of https://www.speedscope.app, which opens it as a file."""
        frames: dict[tuple[str, str], int] = {}
        profiles = []
        for thread in self.threads:
            samples, weights = [], []
            for stack, own_ns in _stacks(thread, (_index(thread, frames),), frames):
                samples.append(list(stack))
                weights.append(own_ns)
            profiles.append(
                {
                    "type": "sampled",
                    "name": thread.name,
                    "unit": "nanoseconds",
                    "startValue": 0,
                    "endValue": thread.total_ns,
                    "samples": samples,
                    "weights": weights,
                }
            )
        shared = [{"name": name, **({"file": file} if file else {})} for name, file in frames]
        document = {
            "$schema": "https://www.speedscope.app/file-format-schema.json",
            "exporter": "ipyasgi",
            "shared": {"frames": shared},
            "profiles": profiles,
        }
        return json.dumps(document, ensure_ascii=False)

    def __repr__(self) -> str:
        return f"<Profile: {self.samples} samples>"


def _stacks(
    frame: ProfileFrame, stack: tuple[int, ...], frames: dict[tuple[str, str], int]
) -> Iterator[tuple[tuple[int, ...], int]]:
    if frame.own_ns:
        yield stack, frame.own_ns
    for inner in frame.inside:
        yield from _stacks(inner, (*stack, _index(inner, frames)), frames)


def _index(frame: ProfileFrame, frames: dict[tuple[str, str], int]) -> int:
    name = f"{frame.name} ({frame.package})" if frame.package else frame.name
    return frames.setdefault((name, frame.source), len(frames))


@dataclass(slots=True)
class _Node:
    """A frame while samples are added."""

    own_s: float = 0.0
    total_s: float = 0.0
    inside: dict[_Key, _Node] = field(default_factory=dict)


_Key = tuple[str, str, str]  # name, source, package


def build_profile(samples: Iterable[Sample], interval_ns: int, notes: Iterable[str], settings: Settings) -> Profile:
    """Return the profile of these samples: framework frames folded, the rarest left to the frame around them."""
    threads: dict[str, _Node] = {}
    count = nodes = 0
    for thread, stack, seconds in samples:
        count += 1
        node = threads.setdefault(thread, _Node())
        node.total_s += seconds
        for key in _fold(stack)[:_MOST_DEPTH]:
            if key not in node.inside:
                if nodes >= _MOST_FRAMES:
                    break
                nodes += 1
                node.inside[key] = _Node()
            node = node.inside[key]
            node.total_s += seconds
        node.own_s += seconds
    frames = [_freeze((name, "", ""), node, node.total_s * _LEAST_SHARE) for name, node in sorted(threads.items())]
    return Profile(threads=tuple(frames), samples=count, interval_ns=interval_ns, notes=tuple(notes), settings=settings)


def _freeze(key: _Key, node: _Node, least_s: float) -> ProfileFrame:
    kept = [one for one in node.inside.items() if one[1].total_s >= least_s]
    kept.sort(key=lambda one: -one[1].total_s)
    inside = tuple(_freeze(name, inner, least_s) for name, inner in kept)
    name, source, package = key
    total_ns = round(node.total_s * 1e9)
    return ProfileFrame(
        name=name,
        source=source,
        package=package,
        total_ns=total_ns,
        own_ns=max(total_ns - sum(one.total_ns for one in inside), 0),
        waits=name == "await",
        inside=inside,
    )


def _fold(stack: Sequence[str]) -> list[_Key]:
    """Return a stack without what is around the app; of the functions of a package that call each other, the first."""
    found: list[_Key] = []
    packages: set[str] = set()  # since the app's last own frame
    python: _Key | None = None  # of the standard library, which is shown only as the last one
    for identifier in stack:
        if identifier == _AWAIT:
            called = [python] if python is not None and found and not found[-1][2] else []
            return [*found, *called, ("await", "", "")]
        name, filename, line = _read(identifier)
        owner = "Python" if filename.startswith("<built-in") else owner_of(filename)
        if filename == "<thread>" or (owner in _AROUND and (owner != "Python" or not found)):
            continue
        if not owner:
            found.append((name, place_of(filename, line), ""))
            packages, python = set(), None
        elif owner == "Python":
            python = python or (name, "", owner)
        elif owner not in packages:
            packages.add(owner)
            python = None
            found.append(("" if name.rpartition(".")[2].startswith("_") else name, "", owner))
    return [*found, python] if python is not None and found else found


def _read(identifier: str) -> tuple[str, str, int]:
    """Return the name with its class, the file and the line of a frame of pyinstrument."""
    name, filename, rest = (*identifier.split("\x00", 2), "", "0")[:3]
    line, *attributes = rest.split("\x01")
    kind: Any = next((one[1:] for one in attributes if one.startswith("c")), "")
    return f"{kind}.{name}" if kind else name, filename, int(line) if line.isdigit() else 0
