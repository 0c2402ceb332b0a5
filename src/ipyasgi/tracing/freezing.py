"""Keeps what a `Tracer` has collected, and makes a frozen `Trace` of it: on one clock, with findings, all texts masked.

Keeping it is part of each traced request, and has to be quick. The rest is done at the first look.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TypeVar

from ..engine.runs import HttpRun, Run
from ..records.output import OutputLine
from ..records.record import Endpoint
from ..records.redaction import Redactor
from ..records.secret_rules import MASK
from ..records.settings import Settings
from ..routes.routes import read_endpoint
from .call_errors import mask_error
from .commands import mask_command
from .crossed_layers import read_layers
from .crossings import Boundary
from .dependencies import OpenDependency, hold_dependencies, read_cleanups, read_dependencies
from .findings import (
    find_blocking,
    find_problems,
    find_slow_dependencies,
    find_slow_layers,
    find_slow_responses,
    find_waits,
)
from .loop_watch import Hold
from .middleware_row import MiddlewareRow
from .statements import mask_statement, mask_values, names_secret
from .steps import OpenStep, hold_steps, read_steps
from .trace import Call, CallKind, Dependency, Finding, Step, Trace, TraceRecord
from .tracer import OpenCall, Tracer

T = TypeVar("T")
_RECORD_BYTES, _SPAN_BYTES = 2_000, 1_500
_SHORTEST, _MOST_SECRETS = 6, 20  # a shorter one, such as a cookie, is part of too many other values


def record_trace(
    tracer: Tracer,
    run: Run,
    root: MiddlewareRow,
    watched: Iterable[str],
    not_watched: Iterable[str],
    endpoint: Endpoint | None,
    output: tuple[OutputLine, ...] = (),
) -> TraceRecord:
    """
    Return what a tracer has collected during a run, with nothing that the app may still change, and empty the tracer.

    :param root: describes the app itself
    :param endpoint: the endpoint that the app's router named, if any
    """
    tracer.close()
    seen = _Seen(
        run=run,
        root=root,
        calls=tuple(sorted(map(_hold, filter(_BEGAN, tuple(tracer.calls))), key=_BEGAN)),
        boundaries=tuple(one.boundary for one in tracer.crossings),
        own_ns=tracer.clock.own_ns,
        endpoint=endpoint or (read_endpoint(tracer.crossings[-1].live_scope) if tracer.crossings else None),
        dependencies=hold_dependencies(tracer.dependencies),
        steps=hold_steps(tracer),
        holds=tuple(replace(one) for one in tracer.holds),
        output=output,
        watched=tuple(watched),
        not_watched=tuple(not_watched),
        missing=tracer.missing,
    )
    tracer.clear()
    texts = sum([len(one.statement) + len(one.url) for one in seen.calls])
    texts += sum([len(text) for one in seen.calls for _, text in one.parameters])
    spans = len(seen.calls) + len(seen.boundaries) + len(seen.dependencies) + len(seen.steps)
    return TraceRecord(seen.build, _RECORD_BYTES + _SPAN_BYTES * spans + 2 * texts)


_BEGAN = attrgetter("began_ns")


def _hold(call: OpenCall) -> OpenCall:
    """Return a call that does not change any more: one that has not ended may do so at any time."""
    return call if call.ended_ns is not None else replace(call, token=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What was collected; see `record_trace`."""

    run: Run
    root: MiddlewareRow
    calls: tuple[OpenCall, ...]
    boundaries: tuple[Boundary, ...]
    own_ns: Mapping[int, int]
    endpoint: Endpoint | None
    dependencies: tuple[OpenDependency, ...]
    steps: tuple[OpenStep, ...]
    holds: tuple[Hold, ...]
    output: tuple[OutputLine, ...]
    watched: tuple[str, ...]
    not_watched: tuple[str, ...]
    missing: int

    def build(self, settings: Settings) -> Trace:
        """Return the trace: with findings, and with secrets masked as the settings say."""
        run, redactor, calls = self.run, settings.redactor, self.calls
        http = run if isinstance(run, HttpRun) else None
        layers = _or_nothing(lambda: read_layers(self.root, run, self.boundaries, self.own_ns, self.endpoint))
        dependencies = _or_nothing(lambda: read_dependencies(self.dependencies, run, redactor))
        steps = _or_nothing(lambda: read_steps(self.steps, run, redactor))
        secrets = _sent_secrets(run, redactor)
        end_ns = run.began_ns + run.duration_ns
        masked = functools.cache(lambda kind, statement: _mask(kind, statement, redactor))  # most send one repeatedly
        shown = _or_nothing(lambda: tuple(_without(_frozen(call, run, redactor, masked), secrets) for call in calls))
        frozen = shown or ()
        finders: list[Callable[[], tuple[Finding, ...]]] = [
            lambda: find_blocking(calls, self.holds, end_ns),
            lambda: find_waits((one for one in self.steps if one.kind == "thread"), end_ns),
        ]
        if http is not None:  # a conversation waits for its client, and may send one query for each message
            finders += [
                lambda: find_slow_responses(steps or (), frozen, run.duration_ns),
                lambda: find_slow_layers(layers or (), run.duration_ns),
                lambda: find_slow_dependencies(dependencies or (), run.duration_ns),
                lambda: find_problems(calls, redactor),
            ]
        found = [_or_nothing(find) for find in finders]
        findings = [one for some in found for one in some or ()]
        return Trace(
            calls=frozen,
            layers=layers or (),
            dependencies=tuple(_without_inside(one, secrets) for one in dependencies or ()),
            steps=tuple(_without_in_step(one, secrets) for one in _in_order(steps or (), dependencies or ())),
            messages=run.events,
            output=self.output,
            findings=tuple(replace(one, text=_hide(one.text, secrets)) for one in findings),
            watched=self.watched,
            not_watched=self.not_watched,
            duration_ns=run.duration_ns,
            first_byte_ns=http.first_byte_ns if http is not None else None,
            response_end_ns=http.response_end_ns if http is not None else None,
            missing=self.missing + [layers, dependencies, steps, *found].count(None) + len(calls) * (shown is None),
            settings=settings,
        )


def _in_order(steps: Iterable[Step], dependencies: Iterable[Dependency]) -> list[Step]:
    """Return the steps and what dependencies did after their ``yield``, as they began."""
    return sorted((*steps, *read_cleanups(dependencies)), key=_BEGAN)


def _sent_secrets(run: Run, redactor: Redactor) -> tuple[str, ...]:
    """Return the secrets of the request's headers: an app passes them on under other names, such as ``user``."""
    found = set()
    headers = _or_empty(run.scope.get("headers"))
    for name, value in headers:
        text = value.decode("latin-1")
        spans = redactor.header_spans(name.decode("latin-1"), text)
        found |= {text[span.start : span.end] for span in spans}
    return tuple(sorted((one for one in found if len(one) >= _SHORTEST), key=len, reverse=True))[:_MOST_SECRETS]


def _or_empty(headers: object) -> tuple[tuple[bytes, bytes], ...]:
    return headers if isinstance(headers, tuple) else ()


def _without(call: Call, secrets: tuple[str, ...]) -> Call:
    if not secrets:
        return call
    statement, url = _hide(call.statement, secrets), _hide(call.url, secrets)
    parameters, error = _hide(call.parameters, secrets), _hide(call.error, secrets)
    return replace(call, statement=statement, url=url, parameters=parameters, error=error)


def _without_in_step(step: Step, secrets: tuple[str, ...]) -> Step:
    if not secrets:
        return step
    return replace(step, detail=_hide(step.detail, secrets), error=_hide(step.error, secrets))


def _without_inside(one: Dependency, secrets: tuple[str, ...]) -> Dependency:
    if not secrets:
        return one
    inside = tuple(_without_inside(inner, secrets) for inner in one.inside)
    return replace(one, value=_hide(one.value, secrets), error=_hide(one.error, secrets), inside=inside)


def _hide(text: str, secrets: tuple[str, ...]) -> str:
    for secret in secrets:
        text = text.replace(secret, MASK)
    return text


def _or_nothing(read: Callable[[], tuple[T, ...]]) -> tuple[T, ...] | None:
    """Return what can be read; None after an error of ours, because the exchange is shown in any case."""
    try:
        return read()
    except Exception:
        return None


def _mask(kind: CallKind, statement: str, redactor: Redactor) -> tuple[str, bool]:
    """Return a statement as it is shown, and whether its values are secret."""
    mask = mask_command if kind == "cache" else mask_statement
    return mask(statement, redactor) if statement else "", names_secret(statement, redactor)


def _frozen(call: OpenCall, run: Run, redactor: Redactor, masked: Callable[[CallKind, str], tuple[str, bool]]) -> Call:
    statement, secret = masked(call.kind, call.statement)
    began_ns = max(call.began_ns - run.began_ns, 0)
    ended_ns = run.duration_ns if call.ended_ns is None else call.ended_ns - run.began_ns
    return Call(
        kind=call.kind,
        library=call.library,
        statement=statement,
        method=call.method,
        url=redactor.url(call.url) if call.url else "",
        parameters=mask_values(call.parameters, redactor, secret=secret),
        began_ns=began_ns,
        total_ns=max(ended_ns - began_ns, 0),
        place=call.place,
        function=call.function,
        thread=call.thread,
        rows=call.rows,
        status=call.status,
        error=mask_error(call.error, call.statement, call.parameters, redactor),
        ended=call.ended_ns is not None,
    )
