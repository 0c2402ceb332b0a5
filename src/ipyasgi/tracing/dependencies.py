"""The dependencies that FastAPI solves for a request, as a tree; nothing of the app is changed for it.

FastAPI's ``solve_dependencies`` calls itself for each dependency, then calls the dependency, and goes on to the next
one. So a dependency ran from the end of its own call of that function until the next step of the one outside.
"""

from __future__ import annotations

import functools
import inspect
import sys
import time
import types
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from ..engine.runs import Run
from ..engine.source_location import place_of
from ..records.attributes import classes_of, name_of
from ..records.exception_text import short_text_of
from ..records.redaction import Redactor
from ..records.secret_rules import MASK
from ..records.state import take_brief_picture
from .callables import short_name
from .libraries import Library, Target
from .steps import begin_step
from .trace import Dependency, DependencyKind, Step, Thread
from .tracer import Tracer, current_tracer

MOST_DEPENDENCIES = 500  # of one request
_VALUE_CHARS = 200


@dataclass(slots=True, kw_only=True)
class OpenDependency:
    """
    A dependency while it is solved; the outermost one is the endpoint.

    :ivar call: what is called for it; of one that `hold_dependencies` returns its name, line and kind
    :ivar began_ns: when its function was called, on the clock of `time.perf_counter_ns`; None if it was not
    :ivar value: the text of its value
    :ivar may_be_secret: whether it is a text or a number, which is secret if the name is; an object is not
    :ivar thread: where it was called; None for where FastAPI calls one of its kind
    :ivar cleanup_began_ns: when a generator went on after its value was used, on the clock of ``began_ns``
    :ivar cleanup_ns: how long a generator took after its value was used; None if that was not seen
    """

    name: str
    call: Any
    thread: Thread | None = None
    cleanup_began_ns: int = 0
    cleanup_ns: int | None = None
    cached: bool = False
    began_ns: int | None = None
    ended_ns: int | None = None
    value: str = ""
    may_be_secret: bool = False
    error: str = ""
    inside: list[OpenDependency] = field(default_factory=list)

    def step(self) -> None:
        """Note that the last dependency inside has ended, because the next step begins."""
        if self.inside and self.inside[-1].ended_ns is None:
            self.inside[-1].ended_ns = time.perf_counter_ns()


_PRESENT: ContextVar[OpenDependency | None] = ContextVar("ipyasgi_dependency", default=None)


def _enter(tracer: Tracer, dependant: Any) -> OpenDependency | None:
    """Note that FastAPI solves what a dependency needs; None if it is not noted."""
    try:
        outer = _PRESENT.get()
        if outer is not None:
            outer.step()
        found = _open(dependant)
        if outer is None:
            tracer.dependencies.append(found)
        elif tracer.count_dependency(MOST_DEPENDENCIES):
            key = (id(dependant.call), _scopes_of(dependant) if dependant.security_scopes_param_name else ())
            found.cached = dependant.use_cache and key in tracer.solved
            tracer.solved.add(key)
            outer.inside.append(found)
        return found
    except Exception:  # the app goes on; another version of FastAPI
        tracer.missing += 1
        return None


def _scopes_of(dependant: Any) -> tuple[str, ...]:
    """Return the scopes of OAuth2 that a dependency gets: with others its value is another one."""
    names = ("own_oauth_scopes", "parent_oauth_scopes", "security_scopes")  # the last one is that of FastAPI 0.115
    return tuple(scope for name in names for scope in getattr(dependant, name, None) or ())


def _open(dependant: Any) -> OpenDependency:
    return OpenDependency(name=dependant.name or "", call=dependant.call)


def _leave(tracer: Tracer, one: OpenDependency, dependant: Any, result: Any, exception: BaseException | None) -> None:
    """Note what FastAPI found: the values of the dependencies inside, or the exception of one of them."""
    try:
        one.step()
        if exception is None:
            for inner in one.inside:
                if inner.name in result.values:
                    note_value(inner, result.values[inner.name])
            if not result.errors:
                one.began_ns = time.perf_counter_ns()
            return
        last = one.inside[-1] if one.inside else None
        if last is not None and last.began_ns is not None and not any(inner.error for inner in last.inside):
            last.error = short_text_of(exception)
        one.inside += [_open(other) for other in dependant.dependencies[len(one.inside) :]]
    except Exception:  # the app goes on; another version of FastAPI
        tracer.missing += 1


def note_value(one: OpenDependency, value: Any) -> None:
    """Note a short text of a dependency's value; that of a security scheme is masked."""
    picture = take_brief_picture(value)
    one.value = picture.text
    of_scheme = str(type(one.call).__module__).startswith("fastapi.security")
    one.may_be_secret = picture.form == "plain" and not of_scheme
    if of_scheme and value is not None:
        one.value = MASK


def _watch_solving(before: Any) -> Any:
    @functools.wraps(before)
    async def solve_dependencies(*args: Any, **kwargs: Any) -> Any:
        tracer, dependant = current_tracer(), kwargs.get("dependant")
        one = _enter(tracer, dependant) if tracer is not None and tracer.running and dependant is not None else None
        if tracer is None or one is None:
            return await before(*args, **kwargs)
        token = _PRESENT.set(one)
        try:
            result = await before(*args, **kwargs)
        except BaseException as exc:
            _leave(tracer, one, dependant, None, exc)
            raise
        finally:
            _PRESENT.reset(token)
        _leave(tracer, one, dependant, result, None)
        return result

    return solve_dependencies


def _watch_parameters(before: Any) -> Any:
    """Return a function that notes the end of the last dependency: FastAPI reads the parameters after it."""

    @functools.wraps(before)
    def request_params_to_args(*args: Any, **kwargs: Any) -> Any:
        one = _PRESENT.get()
        if one is None:
            return before(*args, **kwargs)
        one.step()
        step = begin_step("validate") if args and args[0] else None
        if step is None:
            return before(*args, **kwargs)
        with step:
            return before(*args, **kwargs)

    return request_params_to_args


class _TimedContext:
    """Stands for the context manager that FastAPI makes of a generator, and notes how long its end takes."""

    def __init__(self, before: Any, one: OpenDependency) -> None:
        self._before = before
        self._one = one

    async def __aenter__(self) -> Any:
        return await self._before.__aenter__()

    async def __aexit__(self, *raised: Any) -> Any:
        began_ns = time.perf_counter_ns()
        try:
            return await self._before.__aexit__(*raised)
        finally:
            self._one.cleanup_began_ns, self._one.cleanup_ns = began_ns, time.perf_counter_ns() - began_ns


def _timed(context: Any) -> Any:
    """Return a context manager that is timed, if a dependency is solved at present."""
    outer = _PRESENT.get()
    return _TimedContext(context, outer.inside[-1]) if outer is not None and outer.inside else context


def _watch_generators(before: Any) -> Any:
    """Return ``contextmanager_in_threadpool``, which FastAPI calls for a generator."""
    return functools.wraps(before)(lambda *args, **kwargs: _timed(before(*args, **kwargs)))


def _watch_async_generators(before: Any) -> Any:
    """Return ``asynccontextmanager``, which FastAPI calls for an async generator."""

    @functools.wraps(before)
    def asynccontextmanager(function: Any) -> Any:
        make = before(function)
        return functools.wraps(make)(lambda *args, **kwargs: _timed(make(*args, **kwargs)))

    return asynccontextmanager


def _targets() -> Iterator[Target]:
    utils, routing = sys.modules["fastapi.dependencies.utils"], sys.modules["fastapi.routing"]
    for module in (utils, routing):
        if hasattr(module, "solve_dependencies"):
            yield module, "solve_dependencies", _watch_solving
    if hasattr(utils, "request_params_to_args"):
        yield utils, "request_params_to_args", _watch_parameters
    if hasattr(utils, "asynccontextmanager") and hasattr(utils, "contextmanager_in_threadpool"):
        yield utils, "asynccontextmanager", _watch_async_generators
        yield utils, "contextmanager_in_threadpool", _watch_generators


FASTAPI = Library(name="FastAPI", module="fastapi.routing", targets=_targets, makes_calls=False)


def hold_dependencies(outermost: Iterable[OpenDependency]) -> tuple[OpenDependency, ...]:
    """Return a copy of the trees of the endpoint's dependencies, each with the description of what it calls."""
    return tuple(_hold(inner) for one in outermost for inner in one.inside)


def _hold(one: OpenDependency) -> OpenDependency:
    return OpenDependency(  # not by `replace`, which takes three times as long
        name=one.name,
        call=_describe(one.call),
        thread=one.thread,
        cleanup_began_ns=one.cleanup_began_ns,
        cleanup_ns=one.cleanup_ns,
        cached=one.cached,
        began_ns=one.began_ns,
        ended_ns=one.ended_ns,
        value=one.value,
        may_be_secret=one.may_be_secret,
        error=one.error,
        inside=[_hold(inner) for inner in one.inside],
    )


def read_dependencies(held: Iterable[OpenDependency], run: Run, redactor: Redactor) -> tuple[Dependency, ...]:
    """Return the trees of the endpoint's dependencies, their values masked."""
    return tuple(_read(one, run, redactor) for one in held)


def _read(one: OpenDependency, run: Run, redactor: Redactor) -> Dependency:
    function, source, kind = one.call
    began_ns = one.began_ns if one.began_ns is not None else run.began_ns
    ended_ns = began_ns if one.began_ns is None else one.ended_ns or run.began_ns + run.duration_ns
    names = (one.name, function)
    hide = one.may_be_secret and any(name and redactor.is_secret_value(name, one.value, "body") for name in names)
    value = MASK if hide else redactor.text(one.value)
    return Dependency(
        name=one.name,
        function=function,
        source=source,
        kind=kind,
        thread=one.thread or ("event loop" if kind.startswith("async") else "worker thread"),
        began_ns=max(began_ns - run.began_ns, 0),
        total_ns=max(ended_ns - began_ns, 0),
        value=value if len(value) <= _VALUE_CHARS else value[: _VALUE_CHARS - 1] + "…",
        cached=one.cached,
        reached=one.began_ns is not None,
        error=redactor.text(one.error),
        cleanup_began_ns=max(one.cleanup_began_ns - run.began_ns, 0),
        cleanup_ns=one.cleanup_ns,
        inside=tuple(_read(inner, run, redactor) for inner in one.inside),
    )


def read_cleanups(dependencies: Iterable[Dependency]) -> Iterator[Step]:
    """Yield what dependencies did after their ``yield`` as steps, those inside another one after it."""
    for one in dependencies:
        if one.cleanup_ns and one.cleanup_began_ns:
            name = f"clean up {one.name or one.function}"
            began_ns, total_ns = one.cleanup_began_ns, one.cleanup_ns
            yield Step(kind="cleanup", name=name, source=one.source, began_ns=began_ns, total_ns=total_ns)
        yield from read_cleanups(one.inside if not one.cached else ())


def _describe(call: Any) -> tuple[str, str, DependencyKind]:
    """Return the name, the line and the kind of a function, a class, or an object that can be called."""
    while isinstance(call, functools.partial):
        call = call.func
    kind: DependencyKind
    if type(call) is types.FunctionType and not hasattr(call, "__wrapped__"):  # most are, and a request is waiting
        own = call.__code__
        name = short_name(call.__qualname__)
        return name, place_of(own.co_filename, own.co_firstlineno), _KINDS[own.co_flags & _GENERATOR_FLAGS]
    if isinstance(call, type):
        function = call.__dict__.get("__init__")
        name, kind = name_of(call), "class"
    else:
        is_function = inspect.isfunction(call) or inspect.ismethod(call)
        function = (
            call
            if is_function
            else next((one.__dict__["__call__"] for one in classes_of(type(call)) if "__call__" in one.__dict__), None)
        )
        name = short_name(call.__qualname__) if is_function else name_of(type(call))
        kind = _kind_of(function)
    code = getattr(inspect.unwrap(function) if function is not None else None, "__code__", None)
    return name, place_of(code.co_filename, code.co_firstlineno) if code is not None else "", kind


_KINDS: dict[int, DependencyKind] = {
    0: "def",
    inspect.CO_GENERATOR: "yield",
    inspect.CO_COROUTINE: "async def",
    inspect.CO_ASYNC_GENERATOR: "async yield",
}
_GENERATOR_FLAGS = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR


def _kind_of(function: Any) -> DependencyKind:
    plain = inspect.unwrap(function) if function is not None else None
    if inspect.isasyncgenfunction(plain):
        return "async yield"
    if inspect.isgeneratorfunction(plain):
        return "yield"
    return "async def" if inspect.iscoroutinefunction(plain) else "def"
