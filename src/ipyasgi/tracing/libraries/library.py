"""`Library`, and `watch`: the replacement of a library's function, which records a call around it.

The replacement calls the original function with the same arguments, and returns or raises what that does.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any

from ..trace import CallKind
from ..tracer import OpenCall, current_tracer

Wrap = Callable[[Any], Any]
"""Returns the replacement of a function; called once for each function, and the replacement is used again."""
Target = tuple[Any, str, Wrap]
"""A module or class, the name of a function in it, and its wrapper."""
Describe = Callable[..., OpenCall | None]
"""Returns a call from the arguments; None for one that is not recorded."""
Finish = Callable[[OpenCall, Any, Any], None]
"""Adds what the result shows; takes the call, the result and the positional arguments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """
    One library.

    :ivar name: as users know it, with a remark on what is watched
    :ivar module: the module whose import makes it worth watching
    :ivar targets: yields what to replace; called when the module was imported
    :ivar makes_calls: whether it calls databases or servers, so that its name is of interest
    """

    name: str
    module: str
    targets: Callable[[], Iterator[Target]]
    makes_calls: bool = True


@dataclass(frozen=True, slots=True)
class _Recorder:
    """
    Records the calls of one function; no error of it reaches the app.

    :ivar awaited: whether the event loop may run something else until it returns
    """

    kind: CallKind
    describe: Describe
    finish: Finish
    awaited: bool

    def begin(self, args: Any, kwargs: Any) -> OpenCall | None:
        tracer = current_tracer(self.kind)
        if tracer is None:
            return None
        try:
            call = self.describe(*args, **kwargs)
            return None if call is None else tracer.begin(call, is_async=self.awaited)
        except Exception:  # the app goes on
            tracer.missing += 1
            return None

    def end(self, call: OpenCall, result: Any, args: Any) -> None:
        try:
            self.finish(call, result, args)
        except Exception:  # the app goes on; the call is recorded without its result
            return


def watch(before: Any, describe: Describe, finish: Finish, *, kind: CallKind = "sql") -> Any:
    """
    Return a function that records a call around the original one, which may be a coroutine or a generator function.

    Within another call of the same kind nothing is recorded, because one library may be built on another.
    """
    is_coroutine, is_generator = inspect.iscoroutinefunction(before), inspect.isgeneratorfunction(before)
    recorder = _Recorder(kind, describe, finish, awaited=is_coroutine or is_generator)
    if is_coroutine:
        return _watch_coroutine(before, recorder)
    if is_generator:
        return _watch_generator(before, recorder)

    @functools.wraps(before)
    def watched(*args: Any, **kwargs: Any) -> Any:
        call = recorder.begin(args, kwargs)
        if call is None:
            return before(*args, **kwargs)
        with call:
            result = before(*args, **kwargs)
        recorder.end(call, result, args)
        return result

    return watched


def _watch_coroutine(before: Any, recorder: _Recorder) -> Any:
    @functools.wraps(before)
    async def watched(*args: Any, **kwargs: Any) -> Any:
        call = recorder.begin(args, kwargs)
        if call is None:
            return await before(*args, **kwargs)
        with call:
            result = await before(*args, **kwargs)
        recorder.end(call, result, args)
        return result

    return watched


def _watch_generator(before: Any, recorder: _Recorder) -> Any:
    @functools.wraps(before)
    def watched(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        call = recorder.begin(args, kwargs)
        if call is None:
            return (yield from before(*args, **kwargs))
        with call:
            result = yield from before(*args, **kwargs)
        recorder.end(call, result, args)
        return result

    return watched


def watch_by(describe: Describe, finish: Finish, *, kind: CallKind = "sql") -> Wrap:
    """Return the wrapper of a `Target` that is made by `watch`."""
    return functools.partial(watch, describe=describe, finish=finish, kind=kind)


def classes_below(base: type) -> Iterator[type]:
    """Yield a class and all classes that inherit from it, each once."""
    waiting, seen = [base], set()
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            yield one
            waiting += type.__subclasses__(one)


def add_rows(call: OpenCall, cursor: Any) -> None:
    """Add the number of rows that a cursor of the DB-API reports."""
    count = getattr(cursor, "rowcount", -1)
    call.rows = count if type(count) is int and count >= 0 else None


def add_no_result(call: OpenCall, result: Any, args: Any) -> None:
    """Add nothing: the result shows nothing that a trace has room for."""
