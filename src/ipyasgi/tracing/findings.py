"""Finds problems in the calls of one request: N+1, and the same query sent twice. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Protocol

from ..records.redaction import Redactor
from .commands import mask_command, shape_of_command
from .statements import Parameters, flat, mask_statement, reads, shape_of, shape_of_url, uses_table
from .trace import CallKind, Dependency, Finding, Layer

N_PLUS_ONE = 3
"""The least number of calls of one shape from one place that are a finding."""
SLOW_NS = 50_000_000
"""The least time of a layer alone that is a finding, if it is also more than half of the request's."""
_FRAMEWORKS = ("FastAPI", "Starlette")  # whose first request imports
_LOOPS: dict[CallKind, tuple[str, str]] = {
    "sql": ("query", "Load all rows with one query: a join, WHERE … IN (…), or eager loading such as selectinload."),
    "http": ("request", "Ask for all of them in one request, or send the requests at the same time."),
    "cache": ("command", "Send one command for all keys, such as MGET, or send the commands in a pipeline."),
}
"""What a call is called in the finding of a loop, and the remedy."""
_TEXT_CHARS = 90
_MOST = 20


class Seen(Protocol):
    """A call, unmasked."""

    kind: CallKind
    statement: str
    method: str
    url: str
    parameters: Parameters
    began_ns: int
    ended_ns: int | None
    place: str
    function: str


def find_problems(calls: Sequence[Seen], redactor: Redactor) -> tuple[Finding, ...]:
    """Return the findings about calls, the most costly first."""
    found = [*_find_loops(calls, redactor), *_find_repeats(calls, redactor)]
    found.sort(key=lambda one: -one[0])
    return tuple(finding for _, finding in found[:_MOST])


def find_slow_layers(layers: Sequence[Layer], duration_ns: int) -> tuple[Finding, ...]:
    """Return a finding for a layer that has most of the time for itself; the innermost one contains the endpoint."""
    inner = [layer for number, layer in enumerate(layers) if number and any(one.depth > layer.depth for one in layers)]
    return tuple(
        Finding(
            kind="slow layer",
            text=f"Slow layer: {layer.name}{f' at {layer.source}' if layer.source else ''} takes "
            f"{layer.own_ns / 1e6:.0f} of {duration_ns / 1e6:.0f} ms by itself.",
            place=layer.source,
            remedy="Look at what it waits for; every request that passes it takes as long.",
        )
        for layer in inner
        if layer.package not in _FRAMEWORKS and layer.own_ns >= SLOW_NS and layer.own_ns * 2 > duration_ns
    )


def find_slow_dependencies(dependencies: Sequence[Dependency], duration_ns: int) -> tuple[Finding, ...]:
    """Return a finding for a dependency that takes most of the time."""
    found: list[Finding] = []
    for one in dependencies:
        if one.total_ns >= SLOW_NS and one.total_ns * 2 > duration_ns:
            found.append(
                Finding(
                    kind="slow dependency",
                    text=f"Slow dependency: {one.function}(){f' at {one.source}' if one.source else ''} takes "
                    f"{one.total_ns / 1e6:.0f} of {duration_ns / 1e6:.0f} ms.",
                    place=one.source,
                    remedy="Look at what it waits for; a value that is the same for all requests can be kept.",
                )
            )
        found += find_slow_dependencies(one.inside, duration_ns)
    return tuple(found)


def _find_loops(calls: Iterable[Seen], redactor: Redactor) -> Iterator[tuple[int, Finding]]:
    """Yield the calls of one shape that one line of the app made again and again with different values."""
    groups: dict[tuple[str, str, str], list[Seen]] = {}
    for call in calls:
        if call.place and (shape := _shape(call)):
            groups.setdefault((call.kind, shape, call.place), []).append(call)
    for group in groups.values():
        first = group[0]
        if len({(one.statement, one.url, one.parameters) for one in group}) < N_PLUS_ONE:
            continue
        if first.kind == "http" and _are_at_once(group):
            continue
        one, remedy = _LOOPS[first.kind]
        yield (
            _took(group),
            Finding(
                kind="n+1",
                text=f"N+1: {_origin(first)} sends the same {one} {len(group)} times with different values: "
                f"{_text(first, redactor)}.",
                place=first.place,
                remedy=remedy,
                count=len(group),
            ),
        )


def _are_at_once(group: Sequence[Seen]) -> bool:
    """Return whether most calls of a group, in the order in which they began, do not wait for the one before."""
    waits = sum(one.ended_ns is not None and one.ended_ns <= later.began_ns for one, later in pairwise(group))
    return waits * 2 < len(group) - 1


def _shape(call: Seen) -> str:
    """Return what calls of one loop have in common; empty if a loop of it is not a finding."""
    if call.kind == "http":
        return shape_of_url(call.url) if call.method in ("GET", "HEAD") else ""
    if call.kind == "cache":
        return shape_of_command(call.statement)
    return shape_of(call.statement) if reads(call.statement) and uses_table(call.statement) else ""


def _find_repeats(calls: Iterable[Seen], redactor: Redactor) -> Iterator[tuple[int, Finding]]:
    """Yield the queries that were sent again with the same values."""
    groups: dict[tuple[int, str, Parameters], list[Seen]] = {}
    changes = 0  # a statement that changes data may change the next result
    for call in calls:
        if call.kind == "sql" and not reads(call.statement):
            changes += 1
        elif call.kind == "sql" and call.place and uses_table(call.statement):
            groups.setdefault((changes, flat(call.statement), call.parameters), []).append(call)
    for group in groups.values():
        if len(group) < 2:
            continue
        times = "twice" if len(group) == 2 else f"{len(group)} times"
        places = list(dict.fromkeys(map(_origin, group)))
        where = places[0] if len(places) == 1 else f"{places[0]} and {places[1]}"
        verb = "sends" if len(places) == 1 else "send"
        yield (
            _took(group[1:]),
            Finding(
                kind="repeated query",
                text=f"Repeated query: {where} {verb} the same query with the same values {times}: "
                f"{_text(group[0], redactor)}.",
                place=group[-1].place,
                remedy="Keep the first result and use it again.",
                count=len(group),
            ),
        )


def _took(calls: Iterable[Seen]) -> int:
    return sum(call.ended_ns - call.began_ns for call in calls if call.ended_ns is not None)


def _origin(call: Seen) -> str:
    return f"{call.function}() at {call.place}" if call.function else call.place


def _text(call: Seen, redactor: Redactor) -> str:
    if call.kind == "http":
        text = f"{call.method} {redactor.url(call.url)}"
    elif call.kind == "cache":
        text = shape_of_command(mask_command(call.statement, redactor))
    else:
        text = mask_statement(call.statement, redactor)
    return text if len(text) <= _TEXT_CHARS else text[: _TEXT_CHARS - 1] + "…"
