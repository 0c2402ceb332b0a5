"""Spans that an app makes with OpenTelemetry, or with Logfire, as steps of its request.

Only an SDK provider that the app has set up is listened to. None is set here, and no library is instrumented: either
would take away the app's own spans. A listener cannot be removed from a provider, so each provider gets one, once;
outside of traced requests it does nothing.
"""

from __future__ import annotations

import functools
import sys
import time
import weakref
from itertools import islice
from typing import Any

from ..engine.source_location import place_of
from ..records.state import take_brief_picture
from .steps import OpenStep
from .tracer import current_tracer

_ATTRIBUTES, _VALUE_CHARS, _NAME_CHARS = 8, 60, 120
_MOST_OPEN = 2_000
_PROVIDERS = 5  # one inside another, as Logfire's is around the SDK's
_OWN = ("fastapi", "starlette")
"""The names of tracers whose spans are steps already."""
_QUIET = ("code.", "logfire.")
"""The attributes in which libraries note what the step has anyway."""


class SpanListeners:
    """The providers that have a listener."""

    def __init__(self) -> None:
        self._listening: weakref.WeakSet[Any] = weakref.WeakSet()

    def listen(self) -> None:
        """Listen to the provider that the app has set up, if it has, once."""
        provider = _find_provider()
        if provider is None or provider in self._listening:
            return
        provider.add_span_processor(_listener_type(sys.modules["opentelemetry.sdk.trace"].SpanProcessor)())
        self._listening.add(provider)


def _find_provider() -> Any:
    """Return the provider of the SDK that the app has set up; None without one. Asking for it could set one."""
    api, sdk = sys.modules.get("opentelemetry.trace"), sys.modules.get("opentelemetry.sdk.trace")
    provider = getattr(api, "_TRACER_PROVIDER", None)
    for _ in range(_PROVIDERS):
        if sdk is None or provider is None or isinstance(provider, sdk.TracerProvider):
            return provider if sdk is not None else None
        provider = getattr(provider, "provider", None)
    return None


@functools.cache
def _listener_type(base: type) -> type:
    """Return a span processor that makes steps of spans; its base class is in a package that may not be installed."""
    waiting: dict[tuple[int, int], tuple[Any, OpenStep]] = {}

    def on_start(self: Any, span: Any, parent_context: Any = None) -> None:
        tracer = current_tracer()
        if tracer is None:
            return
        try:
            step = _open(span)
            if step is not None and tracer.add_step(step) and len(waiting) < _MOST_OPEN:
                waiting[span.context.trace_id, span.context.span_id] = tracer, step
        except Exception:  # the app goes on; another version of OpenTelemetry
            tracer.missing += 1

    def on_end(self: Any, span: Any) -> None:
        if not waiting:
            return
        tracer, step = waiting.pop((span.context.trace_id, span.context.span_id), (None, None))
        if tracer is None or step is None or not tracer.running:
            return
        try:
            _close(step, span)
        except Exception:  # the app goes on; another version of OpenTelemetry
            tracer.missing += 1

    return type("SpanListener", (base,), {"on_start": on_start, "on_end": on_end, "__module__": __name__})


def _open(span: Any) -> OpenStep | None:
    scope = getattr(span, "instrumentation_scope", None)
    if str(getattr(scope, "name", "")).partition(".")[0] in _OWN:
        return None
    parent = span.parent.span_id if span.parent is not None else 0
    name = str(span.name)[:_NAME_CHARS]
    return OpenStep(kind="span", name=name, began_ns=time.perf_counter_ns(), key=span.context.span_id, parent=parent)


def _close(step: OpenStep, span: Any) -> None:
    step.ended_ns = time.perf_counter_ns()
    step.name = str(span.name)[:_NAME_CHARS]  # it may be set later
    attributes = dict(span.attributes or {})
    file, line = attributes.get("code.filepath"), attributes.get("code.lineno")
    if type(file) is str and type(line) is int:  # as Logfire notes it
        step.source = place_of(file, line)
    pairs = islice((pair for pair in attributes.items() if not str(pair[0]).startswith(_QUIET)), _ATTRIBUTES)
    step.attributes = tuple((str(name), take_brief_picture(value).text[:_VALUE_CHARS]) for name, value in pairs)
    if span.status.status_code.name == "ERROR":
        step.error = str(span.status.description or "error")[:_NAME_CHARS]
