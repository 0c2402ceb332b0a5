"""`read_stacks`: the frames of a running call, followed into the tasks and threads that it waits for.

Read from outside, only when a call is late or cut off: nothing is recorded while it runs. Runs no code of the app, and
the frames must not be stored. What has no public interface (a task group's tasks, the future of a worker thread) is
read from frames and attributes of asyncio, anyio and trio; what is not found there ends the stack at the framework's
line.
"""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from types import AsyncGeneratorType, CoroutineType, FrameType, FunctionType, GeneratorType
from typing import Any

from . import page
from .source_location import describe_function, owner_of

_DEEPEST = 200
_TASKS_LIMIT = 100
_SUSPENDED = (CoroutineType, GeneratorType, AsyncGeneratorType)
_WRAPPERS = frozenset(
    {"async_generator_asend", "async_generator_athrow", "anext_awaitable", "coroutine_wrapper", "MeasuredCoroutine"}
)
_LIBRARIES = frozenset({"asyncio", "_asyncio", "anyio", "trio"})


@dataclass(frozen=True, slots=True)
class Stack:
    """
    The frames of one line of execution, innermost last.

    :ivar threaded: whether the innermost frames run in a thread, so that they await nothing
    :ivar worker: the first line of the app's own function that is waited for, if its frames cannot be read: in a
        browser's page those of a worker are set aside
    """

    frames: tuple[FrameType, ...]
    threaded: bool = False
    worker: str = ""


def thread_id() -> int:
    """Return a number that identifies the present thread while it lives."""
    return threading.get_ident()


def read_stacks(coroutine: Any) -> list[Stack]:
    """
    Return where a call is: a stack for each task that it waits for, else one.

    Tasks without a line of the app's own are left out if another has one.
    """
    return _follow(coroutine, (), set()) if coroutine is not None else []


def _follow(awaited: Any, above: tuple[FrameType, ...], seen: set[int]) -> list[Stack]:
    frames, last = _read_chain(awaited)
    if not set(map(id, above)).isdisjoint(map(id, frames)):
        return []  # the task that waits, which is among the tasks of its own scopes
    path = (*above, *frames)
    own = [depth for depth, frame in enumerate(frames) if _is_own(frame)]
    beyond = frames[own[-1] + 1 :] if own else frames
    futures = list(_futures_from(last))
    found = []
    for coroutine in _coroutines_of([*futures, *_tasks_in(beyond)]):
        if id(coroutine) not in seen and len(seen) < _TASKS_LIMIT:
            seen.add(id(coroutine))
            found += [one for one in _follow(coroutine, path, seen) if any(map(_is_own, one.frames[len(path) :]))]
    busy = [one for one in found if not _awaits_receive(one)]
    if found:
        return busy or found
    below = _read_thread(last, frames, futures or _functions_in(beyond))
    return [Stack((*path, *below), threaded=bool(below), worker="" if below else _worker_in(frames))]


def _is_own(frame: FrameType) -> bool:
    return not owner_of(frame.f_code.co_filename)


def _awaits_receive(stack: Stack) -> bool:
    """Return whether a task only waits for the client, as one that listens for a disconnect does."""
    innermost = next(
        (frame for frame in reversed(stack.frames) if owner_of(frame.f_code.co_filename) == "ipyasgi"), None
    )
    return innermost is not None and innermost.f_code.co_name in ("_receive", "tapped_receive")


def _read_chain(awaited: Any) -> tuple[list[FrameType], Any]:
    """Return the frames of a coroutine and of what it awaits, and the last awaitable."""
    frames: list[FrameType] = []
    for _ in range(_DEEPEST):
        if type(awaited).__name__ in _WRAPPERS:  # these have no attribute for what they wrap
            awaited = next((one for one in gc.get_referents(awaited) if isinstance(one, _SUSPENDED)), None)
        frame = _first_of(awaited, "cr_frame", "gi_frame", "ag_frame")
        if frame is not None:
            frames.append(frame)
        following = _first_of(awaited, "cr_await", "gi_yieldfrom", "ag_await")
        if following is None:
            break
        awaited = following
    return frames, awaited


def _first_of(owner: Any, *names: str) -> Any:
    return next((value for name in names if (value := getattr(owner, name, None)) is not None), None)


# -- from an awaitable to other tasks -------------------------------------------------------------------------


def _futures_from(awaitable: Any) -> Iterator[Any]:
    """Yield the future of ``await future``, and those that complete it: of a ``gather``, a ``shield``, an executor."""
    if type(awaitable).__name__ == "FutureIter":
        pending = [one for one in gc.get_referents(awaitable) if _is_future(one)]
    else:  # the frame of a future in Python, which nest-asyncio installs
        frame = _first_of(awaitable, "gi_frame")
        owner = frame.f_locals.get("self") if frame is not None else None
        pending = [owner] if _is_future(owner) else []
    seen: set[int] = set()
    while pending and len(seen) < _TASKS_LIMIT:
        future = pending.pop(0)
        if id(future) in seen:
            continue
        seen.add(id(future))
        yield future
        if not hasattr(future, "get_coro"):
            pending += getattr(future, "_children", ())
            for callback, *_ in getattr(future, "_callbacks", None) or ():
                pending += (cell for cell in _cells_of(callback) if _is_future(cell) or isinstance(cell, Future))


def _is_future(value: object) -> bool:
    return hasattr(type(value), "_asyncio_future_blocking")  # as `asyncio.isfuture`, without the value's own code


def _cells_of(function: object) -> Iterator[object]:
    for cell in getattr(function, "__closure__", None) or () if isinstance(function, FunctionType) else ():
        try:
            yield cell.cell_contents
        except ValueError:  # not assigned yet
            continue


def _tasks_in(frames: Iterable[FrameType]) -> Iterator[Any]:
    """Yield the tasks of task groups and nurseries, and those that ``asyncio.wait`` and ``wait_for`` wait for."""
    for frame in frames:
        for name, value in frame.f_locals.items():
            if isinstance(value, (list, set, frozenset, tuple)):
                yield from sorted((one for one in value if _is_future(one)), key=_age_of) if len(value) < 1000 else ()
            elif name == "fut" and _is_future(value):
                yield value
            elif type(value).__module__.partition(".")[0] in _LIBRARIES and not _is_future(value):
                held = getattr(value, "_nursery", value)
                tasks = getattr(held, "child_tasks", None) or getattr(held, "_tasks", None) or ()
                yield from sorted(tasks, key=_age_of) if isinstance(tasks, (set, frozenset)) else ()


def _age_of(task: Any) -> tuple[int, str]:
    name = task.get_name() if hasattr(task, "get_name") else ""
    return len(name), name  # Task-9 is older than Task-10


def _coroutines_of(tasks: Iterable[Any]) -> Iterator[Any]:
    for task in tasks:
        coroutine = task.get_coro() if hasattr(task, "get_coro") else getattr(task, "coro", None)
        if isinstance(coroutine, _SUSPENDED) or type(coroutine).__name__ in _WRAPPERS:
            yield coroutine


# -- from a task to the thread that it waits for, or runs in --------------------------------------------------


def _functions_in(frames: Iterable[FrameType]) -> list[Any]:
    values = [value for frame in frames for value in frame.f_locals.values()]
    return [value for value in values if isinstance(value, (FunctionType, partial))]


def _read_thread(last: Any, frames: list[FrameType], work: list[Any]) -> list[FrameType]:
    """Return the frames of the thread that runs the coroutine now, or that works on a future or function."""
    if page.IN_PAGE:  # the frames of a call that is set aside must not be read: Pyodide crashed
        return []
    running = getattr(last, "cr_running", False) or getattr(last, "gi_running", False)
    wanted = {id(frames[-1])} if running and frames else {id(one) for one in work}
    if not wanted:
        return []
    for ident, innermost in sys._current_frames().items():
        if ident == threading.get_ident() and not running:
            continue
        stack: list[FrameType] = []
        frame: FrameType | None = innermost
        while frame is not None and len(stack) < 5 * _DEEPEST:
            if id(frame) in wanted or (not running and not _is_own(frame) and _works_on(frame, wanted)):
                if any(map(_is_own, stack)):
                    return stack[::-1]
                break
            stack.append(frame)
            frame = frame.f_back
    return []


def _worker_in(frames: Iterable[FrameType]) -> str:
    """Return the first line of the app's own function that `ipyasgi.engine.page_workers` runs, or nothing."""
    for frame in frames:
        if frame.f_code.co_name == "_run_in_turn" and owner_of(frame.f_code.co_filename) == "ipyasgi":
            work = [frame.f_locals.get("func")]
            for one in work:  # FastAPI gives its own function, and the endpoint as an argument
                if isinstance(one, partial):
                    work += [one.func, *one.args, *one.keywords.values()]
                elif isinstance(one, FunctionType) and not owner_of(one.__code__.co_filename):
                    return describe_function(one)
    return ""


def _works_on(frame: FrameType, wanted: set[int]) -> bool:
    values = list(frame.f_locals.values())
    item = frame.f_locals.get("self")
    if type(item).__module__ == "concurrent.futures.thread":
        values += vars(item).values() if hasattr(item, "__dict__") else ()
    return any(id(value) in wanted for value in values)
