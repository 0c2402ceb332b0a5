"""The steps of a request that are neither a layer, a dependency nor a call: FastAPI's own, and work in the background.

They are watched as the calls of libraries are: functions are replaced while requests are traced. Spans of OpenTelemetry
are in `telemetry`.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import sys
import time
import types
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from ..engine.runs import Run
from ..engine.source_location import place_of
from ..records.attributes import name_of
from ..records.exception_text import short_text_of
from ..records.redaction import Redactor
from ..records.secret_rules import MASK
from .callables import short_name
from .libraries import Library, Target
from .place import forget_place, is_of_app, keep_place
from .trace import Step, StepKind
from .tracer import Tracer, current_tracer

_SAME_NS = 200_000
"""Validations with less time in between are one: FastAPI validates the path, the query and headers one by one."""


@dataclass(slots=True, kw_only=True)
class OpenStep:
    """
    A step while it runs: recorded by the end of ``with``, which changes no exception.

    :ivar began_ns: on the clock of `time.perf_counter_ns`, like the others
    :ivar started_ns: when a worker thread began it; None for a step on the event loop, or that waits for a thread
    :ivar key: identifies a span, like ``parent``, that of the span around it
    :ivar attributes: of a span, unmasked
    """

    kind: StepKind | Literal["thread"]
    name: str = ""
    source: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    error: str = ""
    threaded: bool = False
    began_ns: int = 0
    started_ns: int | None = None
    ended_ns: int | None = None
    key: int = 0
    parent: int = 0

    def __enter__(self) -> OpenStep:
        self.began_ns = time.perf_counter_ns()
        return self

    def __exit__(self, kind: object, exception: BaseException | None, traceback: object) -> None:
        self.ended_ns = time.perf_counter_ns()
        if exception is not None:
            self.error = short_text_of(exception)


def begin_step(kind: StepKind | Literal["thread"], function: Any = None) -> OpenStep | None:
    """
    Add a step of the present request; None if it is not recorded.

    :param function: what runs in it
    """
    tracer = current_tracer()
    if tracer is None:
        return None
    try:
        name, source, threaded = _describe(function) if function is not None else ("", "", False)
        step = OpenStep(kind=kind, name=name, source=source, threaded=threaded)
        return step if tracer.add_step(step) else None
    except Exception:  # the app goes on
        tracer.missing += 1
        return None


def _describe(function: Any) -> tuple[str, str, bool]:
    """Return the name of a function, its line, and whether it is a ``def``, which runs in a worker thread."""
    function = _own_function(function)
    if type(function) is types.FunctionType and not hasattr(function, "__wrapped__"):  # most are
        code = function.__code__
        name = short_name(function.__qualname__)
        is_async = bool(code.co_flags & inspect.CO_COROUTINE)
        return name, place_of(code.co_filename, code.co_firstlineno), not is_async
    plain = inspect.unwrap(function)
    is_function = inspect.isfunction(plain) or inspect.ismethod(plain)
    name = short_name(plain.__qualname__) if is_function else name_of(type(plain))
    called = plain if is_function else type(plain).__call__
    source = place_of(plain.__code__.co_filename, plain.__code__.co_firstlineno) if is_function else ""
    return name, source, not inspect.iscoroutinefunction(called)


def _own_function(function: Any) -> Any:
    """Return the app's own function that another one is only a cover for: a partial, or one that gets it to call."""
    given: list[Any] = []
    while isinstance(function, functools.partial):
        given += [one for one in (*function.args, *function.keywords.values()) if inspect.isfunction(one)]
        function = function.func
    if inspect.ismethod(function) and isinstance(function.__self__, contextlib.ContextDecorator):
        given.append(getattr(function.__self__, "func", None))  # of a dependency with a yield
    if given and not (inspect.isfunction(function) and is_of_app(function.__code__.co_filename)):
        own = (one for one in given if inspect.isfunction(one) and is_of_app(one.__code__.co_filename))
        return next(own, function)
    return function


def _around(kind: StepKind, function_of: Callable[..., Any] = lambda *_, **__: None) -> Callable[[Any], Any]:
    """Return what wraps a coroutine function so that its call is a step."""

    def wrap(before: Any) -> Any:
        @functools.wraps(before)
        async def watched(*args: Any, **kwargs: Any) -> Any:
            step = begin_step(kind, function_of(*args, **kwargs))
            if step is None:
                return await before(*args, **kwargs)
            with step:
                return await before(*args, **kwargs)

        return watched

    return wrap


def _endpoint_of(*_: Any, dependant: Any = None, **__: Any) -> Any:
    return getattr(dependant, "call", None)


def _task_of(task: Any) -> Any:
    return None if hasattr(task, "tasks") else getattr(task, "func", None)


def _in_thread(before: Any) -> Any:
    """Return anyio's function that runs another one in a thread; if all are busy, it notes its wait for one."""

    async def wait(step: OpenStep, func: Any, *args: Any, **kwargs: Any) -> Any:
        def started(*inner: Any) -> Any:
            step.started_ns = time.perf_counter_ns()
            return func(*inner)

        with step:
            return await before(started, *args, **kwargs)

    @functools.wraps(before)
    async def run_sync(func: Any, *args: Any, **kwargs: Any) -> Any:
        tracer = current_tracer()
        if tracer is None:
            return await before(func, *args, **kwargs)
        is_waiting = _is_exhausted(tracer, kwargs.get("limiter"))
        step = begin_step("thread", func) if is_waiting else None
        kept = keep_place()
        try:
            if step is not None:
                return await wait(step, func, *args, **kwargs)
            return await before(func, *args, **kwargs)
        finally:
            forget_place(kept)

    return run_sync


def _is_exhausted(tracer: Tracer, limiter: Any) -> bool:
    """Return whether all threads are busy, so that a new job has to wait."""
    try:
        if limiter is None:
            if tracer.limiter is None:
                tracer.limiter = sys.modules["anyio.to_thread"].current_default_thread_limiter()
            limiter = tracer.limiter
        return bool(limiter.available_tokens <= 0)
    except Exception:  # the app goes on
        return False


def _fastapi() -> Iterator[Target]:
    routing, utils = sys.modules["fastapi.routing"], sys.modules["fastapi.dependencies.utils"]
    if hasattr(routing, "run_endpoint_function"):
        yield routing, "run_endpoint_function", _around("endpoint", _endpoint_of)
    if hasattr(routing, "serialize_response"):
        yield routing, "serialize_response", _around("serialize")
    if hasattr(utils, "request_body_to_args"):
        yield utils, "request_body_to_args", _around("validate")


def _background() -> Iterator[Target]:
    yield sys.modules["starlette.background"].BackgroundTask, "__call__", _around("background", _task_of)


def _threads() -> Iterator[Target]:
    yield sys.modules["anyio.to_thread"], "run_sync", _in_thread


STEPS = (
    Library(name="FastAPI's steps", module="fastapi.routing", targets=_fastapi, makes_calls=False),
    Library(name="Starlette's background", module="starlette.background", targets=_background, makes_calls=False),
    Library(name="anyio's threads", module="anyio.to_thread", targets=_threads, makes_calls=False),
)


def hold_steps(tracer: Tracer) -> tuple[OpenStep, ...]:
    """Return the steps as they are now; what has not ended may change at any time."""
    steps = [one if one.ended_ns is not None else replace(one) for one in tuple(tracer.steps) if one.began_ns]
    return tuple(sorted(steps, key=lambda one: one.began_ns))


def read_steps(steps: Iterable[OpenStep], run: Run, redactor: Redactor) -> tuple[Step, ...]:
    """Return the steps that are shown, validations next to each other as one; jobs of threads are not."""
    found: list[Step] = []
    depths: dict[int, int] = {}
    last_end_ns = 0
    for one in steps:
        if one.kind == "thread" or (one.kind == "background" and not one.name):
            continue
        began_ns = max(one.began_ns - run.began_ns, 0)
        ended_ns = run.duration_ns if one.ended_ns is None else one.ended_ns - run.began_ns
        depths[one.key] = depths.get(one.parent, -1) + 1 if one.parent else 0
        last = found[-1] if found else None
        if last is not None and one.kind == last.kind == "validate" and began_ns - last_end_ns <= _SAME_NS:
            found[-1] = replace(last, total_ns=max(ended_ns - last.began_ns, 0), error=last.error or one.error)
        else:
            found.append(
                Step(
                    kind=one.kind,
                    name=redactor.text(one.name),
                    source=one.source,
                    depth=depths[one.key],
                    began_ns=began_ns,
                    total_ns=max(ended_ns - began_ns, 0),
                    thread="worker thread" if one.threaded else "event loop",
                    detail=_describe_attributes(one.attributes, redactor),
                    error=redactor.text(one.error),
                )
            )
        last_end_ns = ended_ns
    return tuple(found)


def _describe_attributes(attributes: Iterable[tuple[str, str]], redactor: Redactor) -> str:
    shown = ((name, MASK if redactor.is_secret_value(name, text, "body") else text) for name, text in attributes)
    return redactor.text(", ".join(f"{name}={text}" for name, text in shown))
