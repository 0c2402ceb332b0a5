"""Finds problems in one request: N+1, the same query sent twice, what is slow, and what others wait for. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Protocol

from ..records.redaction import Redactor
from .commands import mask_command, shape_of_command
from .middleware_row import FRAMEWORKS
from .statements import Parameters, flat, mask_statement, reads, shape_of, shape_of_url, uses_table
from .trace import Call, CallKind, Dependency, Finding, Layer, Step

N_PLUS_ONE = 3
"""The least number of calls of one shape from one place that are a finding."""
SLOW_NS = 50_000_000
"""The least time of a layer alone that is a finding, if it is also more than half of the request's."""
_LOOPS: dict[CallKind, tuple[str, str]] = {
    "sql": ("query", "Load all rows with one query: a join, WHERE … IN (…), or eager loading such as selectinload."),
    "http": ("request", "Ask for all of them in one request, or send the requests at the same time."),
    "cache": ("command", "Send one command for all keys, such as MGET, or send the commands in a pipeline."),
}
"""What a call is called in the finding of a loop, and the remedy."""
HELD_NS = 100_000_000
"""The least time that the event loop was held that is a finding."""
HELD_BY_CALLS_NS = 50_000_000
"""The same of the calls that one line does not await."""
LEAST_LOOKS = 2
_TEXT_CHARS = 90
_COLUMNS = re.compile(r"\Aselect\s.*?\sfrom\s+", re.IGNORECASE | re.DOTALL)
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
    blocks: bool


class Held(Protocol):
    """A time in which the event loop was held."""

    began_ns: int
    ended_ns: int | None
    place: str
    function: str
    looks: int


class Job(Protocol):
    """A function for which no worker thread was free."""

    name: str
    source: str
    began_ns: int
    started_ns: int | None
    ended_ns: int | None


def find_problems(calls: Sequence[Seen], redactor: Redactor) -> tuple[Finding, ...]:
    """Return the findings about calls, the most costly first."""
    found = [*_find_loops(calls, redactor), *_find_repeats(calls, redactor)]
    found.sort(key=lambda one: -one[0])
    return tuple(finding for _, finding in found[:_MOST])


def find_slow_layers(layers: Sequence[Layer], duration_ns: int) -> tuple[Finding, ...]:
    """
    Return a finding for a layer that has most of the time for itself.

    Not for a layer that contains the endpoint, and not for a framework's own, because its first request imports.
    """
    inner = [
        layer
        for number, layer in enumerate(layers)
        if number
        and layer.package not in FRAMEWORKS
        and not layer.with_endpoint
        and (layer.hook or any(one.depth > layer.depth for one in layers))
    ]
    return tuple(
        Finding(
            kind="slow layer",
            text=f"Slow layer: {layer.name}{f' at {layer.source}' if layer.source else ''} takes "
            f"{layer.own_ns / 1e6:.0f} of {duration_ns / 1e6:.0f} ms by itself.",
            place=layer.source,
            remedy="Look at what it waits for; every request that passes it takes as long.",
        )
        for layer in inner
        if layer.own_ns >= SLOW_NS and layer.own_ns * 2 > duration_ns
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


def find_blocking(calls: Iterable[Seen], holds: Iterable[Held], end_ns: int) -> tuple[Finding, ...]:
    """Return a finding for each line that held the event loop: by calls that it does not await, or by itself."""
    blocked: dict[tuple[str, str], list[int]] = {}
    for call in calls:
        if call.blocks and call.place:
            blocked.setdefault((call.place, call.function), []).append((call.ended_ns or end_ns) - call.began_ns)
    calling = {place for (place, _), took in blocked.items() if sum(took) >= HELD_BY_CALLS_NS}
    found = [_blocking(place, function, took, HELD_BY_CALLS_NS) for (place, function), took in blocked.items()]
    held: dict[tuple[str, str], list[int]] = {}
    for hold in holds:
        if hold.looks >= LEAST_LOOKS and hold.place not in calling:
            held.setdefault((hold.place, hold.function), []).append((hold.ended_ns or end_ns) - hold.began_ns)
    found += [_blocking(place, function, took, HELD_NS) for (place, function), took in held.items()]
    return tuple(one for one in found if one is not None)


def _blocking(place: str, function: str, took_ns: Sequence[int], least_ns: int) -> Finding | None:
    total_ns = sum(took_ns)
    if total_ns < least_ns:
        return None
    where = f"{function}() at {place}" if function else place
    return Finding(
        kind="blocked loop",
        text=f"Blocked loop: {where} holds the event loop for {total_ns / 1e6:.0f} ms, and no other request goes on.",
        place=place,
        remedy="Await an asynchronous library there, or make the function a def, which runs in a worker thread.",
        count=len(took_ns),
    )


def find_waits(jobs: Iterable[Job], end_ns: int) -> tuple[Finding, ...]:
    """Return a finding for a function that had to wait for a worker thread, because all of them were busy."""
    found = []
    for job in jobs:
        waited_ns = (job.started_ns or job.ended_ns or end_ns) - job.began_ns
        if waited_ns >= SLOW_NS:
            where = f"{job.name}(){f' at {job.source}' if job.source else ''}"
            found.append(
                Finding(
                    kind="waited for a thread",
                    text=f"Waited for a thread: {where} waits {waited_ns / 1e6:.0f} ms: all worker threads are busy.",
                    place=job.source,
                    remedy="Make what runs in threads async def where it can be awaited, or raise total_tokens of "
                    "anyio's thread limiter at startup.",
                )
            )
    return tuple(found[:_MOST])


def find_slow_responses(steps: Iterable[Step], calls: Sequence[Call], duration_ns: int) -> tuple[Finding, ...]:
    """Return a finding if FastAPI takes most of the time to build the response, much more than the calls."""
    steps = tuple(steps)
    took_ns = sum(one.total_ns for one in steps if one.kind == "serialize")
    calls_ns = sum(call.total_ns for call in calls)
    if took_ns < SLOW_NS or took_ns * 2 <= duration_ns or took_ns <= 2 * calls_ns:
        return ()
    endpoint = next((one for one in steps if one.kind == "endpoint"), None)
    where = f" of {endpoint.name}(){f' at {endpoint.source}' if endpoint.source else ''}" if endpoint else ""
    beside = f", its {len(calls)} calls {calls_ns / 1e6:.0f} ms" if calls else ""
    return (
        Finding(
            kind="slow response",
            text=f"Slow response: building the response{where} takes {took_ns / 1e6:.0f} of "
            f"{duration_ns / 1e6:.0f} ms{beside}.",
            place=endpoint.source if endpoint else "",
            remedy="Return fewer rows or fields, in pages, or a Response whose JSON is made already.",
        ),
    )


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
    repeated: dict[tuple[str, tuple[str, ...]], list[list[Seen]]] = {}  # by what a finding shows
    for (_, statement, _), group in groups.items():
        if len(group) > 1:
            places = tuple(dict.fromkeys(map(_origin, group)))
            repeated.setdefault((statement, places), []).append(group)
    for (_, places), found in repeated.items():
        where = places[0] if len(places) == 1 else f"{places[0]} and {places[1]}"
        send = "sends" if len(places) == 1 else "send"
        count = sum(map(len, found))
        times = "twice" if count == 2 else f"{count} times"
        again = f"the same query with the same values {times}"
        if len(found) > 1:
            again = f"{count} queries where {len(found)} would do, because their values repeat"
        yield (
            sum(_took(group[1:]) for group in found),
            Finding(
                kind="repeated query",
                text=f"Repeated query: {where} {send} {again}: {_text(found[0][0], redactor)}.",
                place=found[0][-1].place,
                remedy="Keep the first result and use it again.",
                count=count,
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
        if len(text) > _TEXT_CHARS:  # long lists of columns look alike
            text = _COLUMNS.sub("SELECT … FROM ", text)
    return text if len(text) <= _TEXT_CHARS else text[: _TEXT_CHARS - 1] + "…"
