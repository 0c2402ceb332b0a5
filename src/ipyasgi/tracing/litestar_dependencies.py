"""The dependencies that Litestar resolves for a request, as a tree; nothing of the app is changed for it.

Litestar resolves each key once: ``resolve_dependency`` reads the input of a dependency, calls its ``Provide``, and
stores the value under the key. What is needed a second time has the same value.
"""

from __future__ import annotations

import functools
import sys
import time
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from ..records.attributes import instance_dict
from ..records.exception_text import short_text_of
from .dependencies import MOST_DEPENDENCIES, OpenDependency, note_value
from .libraries import Library, Target
from .trace import Thread
from .tracer import Tracer, current_tracer

_DEEPEST = 20


@dataclass(slots=True, kw_only=True)
class _Handler(OpenDependency):
    """
    The handler, outside all dependencies.

    :ivar by_key: the dependencies by the key under which Litestar stores the value; the first one is called
    :ivar by_generator: those with more to do after the handler, by the identity of the generator
    """

    by_key: dict[str, list[OpenDependency]] = field(default_factory=dict)
    by_generator: dict[int, OpenDependency] = field(default_factory=dict)


_PRESENT: ContextVar[tuple[_Handler, str] | None] = ContextVar("ipyasgi_litestar_dependency", default=None)


def _open(tracer: Tracer, model: Any, connection: Any) -> None:
    """Note which dependencies a handler needs, before any is resolved."""
    handler = connection.scope.get("route_handler")
    every = {one.key: one for batch in model.dependency_batches for one in batch}
    wanted = [name for name in getattr(getattr(handler, "signature_model", None), "_fields", ()) if name in every]
    nested = {inner.key for one in every.values() for inner in one.dependencies}
    root = _Handler(name="", call=None)
    root.inside = list(_nest(tracer, root, [every[key] for key in wanted or sorted(set(every) - nested)], 0))
    tracer.dependencies.append(root)


def _nest(tracer: Tracer, root: _Handler, containers: Iterable[Any], depth: int) -> Iterator[OpenDependency]:
    for one in containers:
        if depth > _DEEPEST or not tracer.count_dependency(MOST_DEPENDENCIES):
            return
        call = one.provide.dependency
        if type(call).__name__ == "AsyncCallable":  # a function that runs in a worker thread
            call = instance_dict(call).get("func", call)
        thread: Thread = "worker thread" if one.provide.sync_to_thread else "event loop"
        known = root.by_key.setdefault(one.key, [])
        found = OpenDependency(name=one.key, call=call, thread=thread, cached=bool(known))
        known.append(found)
        if not found.cached:
            found.inside = list(_nest(tracer, root, one.dependencies, depth + 1))
        yield found


def _begin(provide: Any) -> OpenDependency | None:
    """Note that a dependency is called; its input is valid."""
    present = _PRESENT.get()
    if present is None:
        return None
    root, key = present
    for one in root.by_key.get(key, ()):
        one.cached = one.cached or bool(provide.use_cache and type(provide.value).__name__ != "_EmptyEnum")
        one.began_ns = time.perf_counter_ns()
    return next(iter(root.by_key.get(key, ())), None)


def _end(root: _Handler, key: str, values: Any, exception: BaseException | None) -> None:
    """Note the value of a dependency, or its exception."""
    ended_ns = time.perf_counter_ns()
    for one in root.by_key.get(key, ()):
        if one.began_ns is None:
            continue
        one.ended_ns = one.began_ns if one.cached else ended_ns
        if exception is None:
            note_value(one, values[key])
        elif not one.cached:
            one.error = short_text_of(exception)


def _tracer() -> Tracer | None:
    tracer = current_tracer()
    return tracer if tracer is not None and tracer.running else None


def _watch_all(before: Any) -> Any:
    @functools.wraps(before)
    async def resolve_dependencies(model: Any, connection: Any, *args: Any, **kwargs: Any) -> Any:
        tracer = _tracer()
        if tracer is not None:
            try:
                _open(tracer, model, connection)
            except Exception:  # the app goes on; another version of Litestar
                tracer.missing += 1
        return await before(model, connection, *args, **kwargs)

    return resolve_dependencies


def _watch_one(before: Any) -> Any:
    @functools.wraps(before)
    async def resolve_dependency(dependency: Any, connection: Any, values: Any, *args: Any, **kwargs: Any) -> Any:
        tracer = _tracer()
        root = tracer.dependencies[-1] if tracer is not None and tracer.dependencies else None
        if tracer is None or not isinstance(root, _Handler):
            return await before(dependency, connection, values, *args, **kwargs)
        key, exception = dependency.key, None
        token = _PRESENT.set((root, key))
        try:
            return await before(dependency, connection, values, *args, **kwargs)
        except BaseException as exc:
            exception = exc
            raise
        finally:
            _PRESENT.reset(token)
            try:
                _end(root, key, values, exception)
            except Exception:  # the app goes on; another version of Litestar
                tracer.missing += 1

    return resolve_dependency


def _watch_call(before: Any) -> Any:
    @functools.wraps(before)
    async def __call__(provide: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N807  (it stands for that method)
        try:
            _begin(provide)
        except Exception:  # the app goes on; another version of Litestar
            tracer = _tracer()
            if tracer is not None:
                tracer.missing += 1
        return await before(provide, *args, **kwargs)

    return __call__


# -- what a generator does after the handler -----------------------------------------------------------------------


def _watch_generators(before: Any) -> Any:
    @functools.wraps(before)
    def add(group: Any, generator: Any) -> Any:
        present = _PRESENT.get()
        if present is not None and present[0].by_key.get(present[1]):
            present[0].by_generator[id(generator)] = present[0].by_key[present[1]][0]
        return before(group, generator)

    return add


def _of_generator(generator: Any) -> OpenDependency | None:
    tracer = _tracer()
    roots = [one for one in tracer.dependencies if isinstance(one, _Handler)] if tracer is not None else []
    return next((root.by_generator[id(generator)] for root in roots if id(generator) in root.by_generator), None)


def _watch_async_end(before: Any) -> Any:
    @functools.wraps(before)
    async def async_next(generator: Any, *args: Any) -> Any:
        one, began_ns = _of_generator(generator), time.perf_counter_ns()
        try:
            return await before(generator, *args)
        finally:
            if one is not None:
                one.cleanup_began_ns, one.cleanup_ns = began_ns, time.perf_counter_ns() - began_ns

    return async_next


def _watch_end(before: Any) -> Any:
    """Return a function that makes Litestar's step to the end of a generator async, in a worker thread."""

    @functools.wraps(before)
    def ensure_async_callable(step: Any) -> Any:
        made = before(step)
        names = getattr(getattr(step, "__code__", None), "co_freevars", ())
        if "generator" not in names:
            return made
        one = _of_generator(step.__closure__[names.index("generator")].cell_contents)
        if one is None:
            return made

        async def timed() -> Any:
            began_ns = time.perf_counter_ns()
            try:
                return await made()
            finally:
                one.cleanup_began_ns, one.cleanup_ns = began_ns, time.perf_counter_ns() - began_ns

        return timed

    return ensure_async_callable


def _targets() -> Iterator[Target]:
    model, cleanup = sys.modules["litestar._kwargs.kwargs_model"], sys.modules["litestar._kwargs.cleanup"]
    yield model.KwargsModel, "resolve_dependencies", _watch_all
    yield model, "resolve_dependency", _watch_one
    yield sys.modules["litestar.di"].Provide, "__call__", _watch_call
    yield cleanup.DependencyCleanupGroup, "add", _watch_generators
    yield cleanup, "async_next", _watch_async_end
    yield cleanup, "ensure_async_callable", _watch_end


LITESTAR = Library(name="Litestar", module="litestar._kwargs.kwargs_model", targets=_targets, makes_calls=False)
