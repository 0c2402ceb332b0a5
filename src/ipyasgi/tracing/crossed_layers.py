"""`read_layers`: the layers that a request went through, made of what passed their boundaries. Pure."""

from __future__ import annotations

import contextlib
import operator
import zlib
from collections.abc import Iterator, Mapping, Sequence

from ..engine.runs import HttpRun, Run
from ..records.exception_text import name_of
from ..records.record import Endpoint
from .crossings import MOST_CHANGES, Boundary, PartBoundary, compare_headers, pairs_of
from .middleware_row import MiddlewareRow
from .trace import Layer

_ROUTERS = frozenset({"Router", "APIRouter", "HTTPRoute.handle", "WebSocketRoute.handle"})


def read_layers(
    root: MiddlewareRow, run: Run, inside: Sequence[Boundary], own_ns: Mapping[int, int], endpoint: Endpoint | None
) -> tuple[Layer, ...]:
    """
    Return the layers that a request went through, the app itself first; () if it is the only one.

    :param root: describes the app itself
    :param inside: the boundaries of the layers inside it, by number less one
    :param own_ns: how long each layer had the clock, by number
    """
    if not inside:
        return ()
    boundaries = [_outermost(root, run), *inside]
    depths = [0]
    children: list[list[Boundary]] = [[] for _ in boundaries]
    for one in inside:
        children[one.parent].append(one)
        depths.append(depths[one.parent] + 1)
    found = []
    waiting = [boundaries[0]]
    while waiting:  # each layer before those inside it
        boundary = waiting.pop()
        within = children[boundary.number]
        waiting += reversed(within)
        inner = next((one for one in within if not isinstance(one, PartBoundary) or not one.hook), None)
        part = boundary if isinstance(boundary, PartBoundary) else None
        name, source, package = boundary.row.name, boundary.row.source, boundary.row.package
        handler = endpoint if inner is None and name in _ROUTERS else None
        if handler is not None and handler.handler == name:
            handler = None  # a mounted router
        if part is not None:
            handler = part.endpoint
        if handler is not None:
            name, source, package = f"{name} → {handler.handler.rpartition('<locals>.')[2]}()", handler.source, ""
        began_ns = max(boundary.began_ns - run.began_ns, 0)
        ended_ns = run.duration_ns if boundary.ended_ns is None else boundary.ended_ns - run.began_ns
        found.append(
            Layer(
                name=name,
                source=source,
                package=package,
                hook=part.hook if part is not None else "",
                depth=depths[boundary.number],
                began_ns=began_ns,
                total_ns=max(ended_ns - began_ns, 0),
                own_ns=own_ns.get(boundary.number, 0),
                with_endpoint=handler is not None or (part is not None and part.is_endpoint),
                changed=_changed(boundary, inner, within)[:MOST_CHANGES],
                responded=_responded(boundary, within, boundaries[0].status),
                caught=_caught(boundary, inner, within),
                raised=_raised(boundary, inner),
            )
        )
    return tuple(found)


def _changed(boundary: Boundary, inner: Boundary | None, within: Sequence[Boundary]) -> tuple[str, ...]:
    """Return what a layer changed by itself, not by a hook; an ASGI app and a part that is none are not compared."""
    if isinstance(boundary, PartBoundary) and boundary.hook:
        return boundary.changed
    if inner is None or isinstance(boundary, PartBoundary) != isinstance(inner, PartBoundary):
        return ()
    by_hooks = {change for one in within if isinstance(one, PartBoundary) for change in one.changed}
    return tuple(change for change in _changes(boundary, inner) if change not in by_hooks)


def _responded(boundary: Boundary, within: Sequence[Boundary], status: int | None) -> int | None:
    """Return the status that a layer sent by itself: no layer inside it began a response."""
    if any(one.status is not None or (isinstance(one, PartBoundary) and one.responded) for one in within):
        return None
    if boundary.status is None and isinstance(boundary, PartBoundary):
        return status if boundary.responded else None
    return boundary.status


def _caught(boundary: Boundary, inner: Boundary | None, within: Sequence[Boundary]) -> str:
    """Return the exception that a layer did not let through, and that no hook of it has caught."""
    if isinstance(boundary, PartBoundary) and boundary.caught:
        return boundary.caught
    if inner is None or boundary.raised or any(isinstance(one, PartBoundary) and one.caught for one in within):
        return ""
    return inner.raised


def _raised(boundary: Boundary, inner: Boundary | None) -> str:
    """Return the exception that a layer raised by itself."""
    raised = boundary.raised or (boundary.converted if isinstance(boundary, PartBoundary) else "")
    return raised if inner is None or inner.raised != raised else ""


def _outermost(row: MiddlewareRow, run: Run) -> Boundary:
    """Return the boundary of the app itself, as the run has it; a checksum only of a body that was kept whole."""
    raised = name_of(run.exception) if run.exception is not None else ""
    found = Boundary(number=0, parent=0, row=row, began_ns=run.began_ns, raised=raised)
    for event in run.events:
        if event.direction == "send":
            with contextlib.suppress(Exception):  # a message that its judge rejects
                found.note(event.message, zlib.crc32)
    sent_bytes = sum(event.body_bytes for event in run.events if event.direction == "send")
    if isinstance(run, HttpRun):
        sent_bytes = run.body_bytes
    if sent_bytes != found.body_bytes or run.events_dropped:
        found.body_bytes, found.checksum = sent_bytes, -1
    return found


def _changes(outer: Boundary, inner: Boundary) -> Iterator[str]:
    """Yield what a layer changed: in the request for the layer inside it, and in the response of that layer."""
    yield from inner.requested
    if outer.status is None or inner.status is None:
        return
    if outer.status != inner.status:
        yield f"status {inner.status} → {outer.status}"
    if len(inner.headers) != len(outer.headers) or not all(map(operator.is_, inner.headers, outer.headers)):
        for name, sign in compare_headers(pairs_of(inner.headers), pairs_of(outer.headers)):
            yield f"{sign}{name}"
    if outer.body_bytes != inner.body_bytes:
        yield f"body {inner.body_bytes:,} → {outer.body_bytes:,} B"
    elif -1 not in (outer.checksum, inner.checksum) and outer.checksum != inner.checksum:
        yield "body changed"
