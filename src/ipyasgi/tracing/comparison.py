"""What differs between two traces: the numbers of calls, times that changed much, findings. Pure.

A time of one request says little, and the machine may have changed, so only times that at least doubled or halved, and
by a millisecond or more, count as changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from .shapes import shape_of_call
from .trace import Call, CallKind, Dependency, Finding, Layer, Trace

LEAST_RATIO = 2.0
LEAST_NS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsChange:
    """
    Calls of one shape whose number differs; values in a statement, a URL or a key do not count.

    :ivar text: the statement, the command, or the method and the URL, of the first of them
    """

    kind: CallKind
    text: str
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeChange:
    """
    A layer or a dependency whose time differs much, or that only one of the requests had.

    :ivar before_ns: of a layer alone; of a dependency without what it needs. None if the request did not have it
    """

    kind: Literal["layer", "dependency"]
    name: str
    before_ns: int | None
    after_ns: int | None

    @property
    def ratio(self) -> float | None:
        """The later time divided by the earlier one; None if there is only one."""
        if self.before_ns is None or self.after_ns is None:
            return None
        return self.after_ns / max(self.before_ns, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceComparison:
    """
    The differences between two traces.

    :ivar calls: in the order of the calls, those of the later request first
    :ivar times: the greatest difference first
    :ivar came: findings that only the later request has
    :ivar went: findings that only the earlier request has
    :ivar missing: why they were not compared, or empty
    """

    calls: tuple[CallsChange, ...] = ()
    times: tuple[TimeChange, ...] = ()
    came: tuple[Finding, ...] = ()
    went: tuple[Finding, ...] = ()
    missing: str = ""

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not (self.calls or self.times or self.came or self.went)


def compare_traces(before: Trace | None, after: Trace | None, names: tuple[str, str]) -> TraceComparison | None:
    """Return the differences between the traces of two requests with these names; None if neither was traced."""
    if before is None and after is None:
        return None
    if before is None or after is None:
        name = names[0] if before is None else names[1]
        return TraceComparison(missing=f"{name} was not traced, so there is nothing to compare the trace with")
    came, went = _findings(after, before), _findings(before, after)
    times = [
        *_times("layer", _times_of_layers(before.layers), _times_of_layers(after.layers)),
        *_times("dependency", _times_of(before.dependencies), _times_of(after.dependencies)),
    ]
    times.sort(key=lambda one: -abs((one.after_ns or 0) - (one.before_ns or 0)))
    return TraceComparison(calls=tuple(_calls(before, after)), times=tuple(times), came=came, went=went)


def _calls(before: Trace, after: Trace) -> Iterator[CallsChange]:
    counts = [Counter(map(_shape, trace.calls)) for trace in (before, after)]
    seen: set[tuple[CallKind, str]] = set()
    for call in (*after.calls, *before.calls):
        shape = _shape(call)
        if shape not in seen and counts[0][shape] != counts[1][shape]:
            yield CallsChange(kind=call.kind, text=call.text, before=counts[0][shape], after=counts[1][shape])
        seen.add(shape)


def _shape(call: Call) -> tuple[CallKind, str]:
    return call.kind, shape_of_call(call)


def _times(kind: Literal["layer", "dependency"], before: dict[str, int], after: dict[str, int]) -> Iterator[TimeChange]:
    for name in dict.fromkeys((*after, *before)):
        old, new = before.get(name), after.get(name)
        if old is None or new is None or _is_much(old, new):
            yield TimeChange(kind=kind, name=name, before_ns=old, after_ns=new)


def _is_much(before_ns: int, after_ns: int) -> bool:
    less, more = sorted((before_ns, after_ns))
    return more - less >= LEAST_NS and more >= less * LEAST_RATIO


def _times_of_layers(layers: Iterable[Layer]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for layer in layers:
        found[layer.name] += layer.own_ns
    return found


def _times_of(dependencies: Iterable[Dependency]) -> dict[str, int]:
    """Return the time of each function that was called, however often."""
    found: Counter[str] = Counter()
    for one in dependencies:
        if one.reached and not one.cached:
            found[one.function or one.name] += one.total_ns
        found.update(_times_of(one.inside))
    return found


def _findings(these: Trace, others: Trace) -> tuple[Finding, ...]:
    """Return the findings of one trace that the other one does not have at the same place."""
    known = {(one.kind, one.place) for one in others.findings}
    return tuple(one for one in these.findings if (one.kind, one.place) not in known)
