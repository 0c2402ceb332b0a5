"""Makes a frozen `Trace` of what a `Tracer` has collected: on one clock, with findings, all texts masked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from ..engine.runs import HttpRun, Run
from ..records.record import Endpoint
from ..records.redaction import MASK, Redactor
from ..records.settings import Settings
from .call_errors import mask_error
from .commands import mask_command
from .crossings import read_layers
from .dependencies import read_dependencies
from .findings import find_problems, find_slow_dependencies, find_slow_layers
from .statements import mask_parameters, mask_statement
from .trace import Call, Dependency, Trace
from .tracer import OpenCall, Tracer

T = TypeVar("T")
_SHORTEST, _MOST_SECRETS = 6, 20  # a shorter one, such as a cookie, is part of too many other values


def freeze_trace(
    tracer: Tracer,
    run: Run,
    settings: Settings,
    watched: Iterable[str],
    not_watched: Iterable[str],
    endpoint: Endpoint | None,
) -> Trace:
    """
    Return the trace of a run, and empty its tracer.

    :param endpoint: the endpoint that the app's router named, if any
    """
    tracer.close()
    redactor = settings.redactor
    calls = sorted((call for call in tuple(tracer.calls) if call.began_ns), key=lambda call: call.began_ns)
    http = run if isinstance(run, HttpRun) else None
    layers = _or_nothing(
        tracer,
        lambda: read_layers(tracer.app, http, tracer.crossings, tracer.clock, endpoint) if http is not None else (),
    )
    dependencies = _or_nothing(tracer, lambda: read_dependencies(tracer.dependencies, run, redactor))
    secrets = _sent_secrets(run, redactor)
    findings = (
        *find_slow_layers(layers, run.duration_ns),
        *find_slow_dependencies(dependencies, run.duration_ns),
        *find_problems(calls, redactor),
    )
    trace = Trace(
        calls=tuple(_without(_frozen(call, run, redactor), secrets) for call in calls),
        layers=layers,
        dependencies=tuple(_without_inside(one, secrets) for one in dependencies),
        findings=findings,
        watched=tuple(watched),
        not_watched=tuple(not_watched),
        duration_ns=run.duration_ns,
        first_byte_ns=http.first_byte_ns if http is not None else None,
        response_end_ns=http.response_end_ns if http is not None else None,
        missing=tracer.missing,
        settings=settings,
    )
    tracer.clear()
    return trace


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
    statement = _hide(call.statement, secrets) if call.kind == "cache" else call.statement
    parameters, error = _hide(call.parameters, secrets), _hide(call.error, secrets)
    return replace(call, statement=statement, parameters=parameters, error=error)


def _without_inside(one: Dependency, secrets: tuple[str, ...]) -> Dependency:
    inside = tuple(_without_inside(inner, secrets) for inner in one.inside)
    return replace(one, value=_hide(one.value, secrets), error=_hide(one.error, secrets), inside=inside)


def _hide(text: str, secrets: tuple[str, ...]) -> str:
    for secret in secrets:
        text = text.replace(secret, MASK)
    return text


def _or_nothing(tracer: Tracer, read: Callable[[], tuple[T, ...]]) -> tuple[T, ...]:
    """Return what can be read; nothing after an error of ours, because the exchange is shown in any case."""
    try:
        return read()
    except Exception:
        tracer.missing += 1
        return ()


def _statement(call: OpenCall, redactor: Redactor) -> str:
    mask = mask_command if call.kind == "cache" else mask_statement
    return mask(call.statement, redactor) if call.statement else ""


def _frozen(call: OpenCall, run: Run, redactor: Redactor) -> Call:
    began_ns = max(call.began_ns - run.began_ns, 0)
    ended_ns = run.duration_ns if call.ended_ns is None else call.ended_ns - run.began_ns
    return Call(
        kind=call.kind,
        library=call.library,
        statement=_statement(call, redactor),
        method=call.method,
        url=redactor.url(call.url),
        parameters=mask_parameters(call.statement, call.parameters, redactor),
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
