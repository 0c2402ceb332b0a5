"""`HeldTime`: the longest stretch for which one call of the app held the event loop. Changes nothing that the app sees.

The call's coroutine, and those of the tasks that it starts, are driven step by step, so each time is exact: from the
moment the loop resumes a coroutine to the moment it gives the loop back. On trio, which reports its steps, nothing is
driven; in a browser's page, only the call's own coroutine. `HeldWatch` looks from the thread that waits which line
runs; that measures nothing. A page has no such thread: only the lines that call `time.sleep` are known.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import sys
import threading
import time
from collections import Counter
from collections.abc import Coroutine, Iterator
from contextvars import ContextVar
from types import FrameType
from typing import Any, Literal, NamedTuple

from ..protocol.exception_parts import traceback_of
from . import page
from .loops import Present
from .source_location import describe_frames, owner_of

HeldBy = Literal["computing", "waiting", ""]
HELD_NS = 20_000_000
"""The shortest stretch whose line is named: shorter ones are what frameworks do."""
LOOK_S = 0.01
_RELIEF_S = 0.25  # between two looks at whether a thread still looks
_ABSENT_NS = 100_000_000  # since the last look of a thread whose call has ended
_YOUNG_NS = 5_000_000  # a stretch that has just begun: the next look comes before `HELD_NS`
_COMPUTING = 0.2  # of a stretch: other processes take their part of the processor; a sleep takes about 0.01
_MOST_FRAMES = 300
_TYPED = ("<ipython-input", "<stdin>", "<string>")


class Held(NamedTuple):
    """
    The longest stretch of one call.

    :ivar held_ns: its nanoseconds
    :ivar held_at: the app's own line in it, ``shop/api.py:42 in block``; empty below `HELD_NS`, or if none was seen
    :ivar held_by: whether its thread was ``computing`` or ``waiting``; empty below `HELD_NS`, while it still runs, and
        in a browser's page, which has no clock for that
    """

    held_ns: int = 0
    held_at: str = ""
    held_by: HeldBy = ""


_NOT_HELD = Held()
_NOTHING_SEEN: tuple[int, Counter[str]] = (0, Counter())


class HeldTime:
    """
    The stretches of one call, written on the loop's thread.

    :param present: what the loop runs now
    :ivar longest: the longest that has ended
    :ivar began_ns: when the present one began, by `time.perf_counter_ns`; 0 between two
    :ivar thread: the number of the loop's thread
    :ivar seen: the beginning of the stretch that was looked at last, and its lines
    """

    __slots__ = ("_longest_ns", "_present", "began_ns", "longest", "seen", "thread")

    def __init__(self, present: Present) -> None:
        self._present = present
        self.longest = _NOT_HELD
        self.began_ns = 0
        self.thread = 0
        self.seen = _NOTHING_SEEN
        self._longest_ns = 0  # also in `longest`, which is slower to read

    async def run(self, coroutine: Coroutine[Any, Any, Any], backend: str) -> None:
        """
        Await the call's coroutine, and measure it and the tasks that are started meanwhile.

        Afterwards an asyncio loop has the task factory that it had.
        """
        self.thread = threading.get_ident()
        self._present.mark()
        token = _HELD.set(self)
        try:
            if backend == "trio":
                await _run_on_trio(self, coroutine)
                return
            if page.IN_PAGE:  # with a task factory, Pyodide's loop fails to make tasks on Python 3.14
                page.watch_sleep(_note_sleep)
                await MeasuredCoroutine(coroutine, self)
                return
            loop = asyncio.get_running_loop()
            found: Any = loop.get_task_factory()
            factory = found if type(found) is _TaskFactory else _TaskFactory(found)
            if factory is not found:
                loop.set_task_factory(factory)
            factory.calls += 1
            try:
                await MeasuredCoroutine(coroutine, self)
            finally:
                factory.calls -= 1
                found = loop.get_task_factory()
                if not factory.calls and found is factory:
                    loop.set_task_factory(factory.before)
        finally:
            try:  # noqa: SIM105  (suppress takes longer, in each request)
                _HELD.reset(token)
            except ValueError:  # left in another context than it was entered in
                pass

    def begin(self) -> None:
        """Note that the loop resumes a coroutine."""
        self._present.held = self
        self.began_ns = time.perf_counter_ns()

    def end(self) -> None:
        """Note that it gives the loop back."""
        began, self.began_ns = self.began_ns, 0
        took = time.perf_counter_ns() - began
        if took > self._longest_ns:
            self._longest_ns = took
        if took < HELD_NS:
            self._present.short_ns += took
            return
        computed = self._present.computed_ns()
        if took == self._longest_ns:
            self.longest = Held(took, self._place(began), _held_by(computed, took))

    def note(self, began_ns: int, place: str, looks: int = 1) -> None:
        """Note the app's own line, if any, that was seen in the stretch that began then."""
        if self.seen[0] != began_ns:
            self.seen = began_ns, Counter()
        if place:
            self.seen[1][place] += looks

    def read(self) -> Held:
        """Return the longest stretch, the present one included, from any thread."""
        began = self.began_ns
        present_ns = time.perf_counter_ns() - began if began else 0
        if present_ns > max(self._longest_ns, HELD_NS):
            return Held(present_ns, self._place(began))
        return self.longest if self.longest.held_ns == self._longest_ns else Held(self._longest_ns)

    def _place(self, began_ns: int) -> str:
        stretch, lines = self.seen
        return lines.most_common(1)[0][0] if stretch == began_ns and lines else ""


_HELD: ContextVar[HeldTime | None] = ContextVar("ipyasgi_held", default=None)


def _held_by(computed_ns: int | None, took_ns: int) -> HeldBy:
    if computed_ns is None:
        return ""
    return "computing" if computed_ns >= took_ns * _COMPUTING else "waiting"


class MeasuredCoroutine(Coroutine[Any, Any, Any]):
    """
    A coroutine whose steps are measured; in all else it is the one that it drives.

    :param coroutine: a coroutine that has not begun
    """

    __slots__ = ("__weakref__", "_held", "coroutine")

    def __init__(self, coroutine: Coroutine[Any, Any, Any], held: HeldTime) -> None:
        self.coroutine = coroutine
        self._held = held

    def send(self, value: Any = None) -> Any:
        held = self._held
        if held.began_ns:  # inside a step of another task of this call, as an eager task is
            return self.coroutine.send(value)
        held._present.held = held  # as `begin` does, without a call, in each step of each request
        held.began_ns = time.perf_counter_ns()
        try:
            return self.coroutine.send(value)
        except StopIteration:
            raise
        except BaseException as exc:
            _without_this_frame(exc)
            raise
        finally:
            held.end()

    def throw(self, *raised: Any) -> Any:
        held = self._held
        if held.began_ns:
            return self.coroutine.throw(*raised)
        held.begin()
        try:
            return self.coroutine.throw(*raised)
        except StopIteration:
            raise
        except BaseException as exc:
            _without_this_frame(exc)
            raise
        finally:
            held.end()

    __next__ = send

    def close(self) -> None:
        self.coroutine.close()

    def __iter__(self) -> Iterator[Any]:
        return self

    def __await__(self) -> Any:
        return self

    def __getattr__(self, name: str) -> Any:  # cr_frame, cr_await, cr_running, __qualname__
        return getattr(self.coroutine, name)

    def __repr__(self) -> str:
        return repr(self.coroutine)


def _without_this_frame(exc: BaseException) -> None:
    """Remove the innermost caller's frame, ours, from the traceback of an exception that it raises again."""
    found = traceback_of(exc)
    if found is not None:
        BaseException.with_traceback(exc, found.tb_next)


class _TaskFactory:
    """Makes the tasks of a loop while calls are measured on it: those that a measured call starts are measured too."""

    def __init__(self, before: Any) -> None:
        self.before = before
        self.calls = 0

    def __call__(self, loop: Any, coroutine: Any, **kwargs: Any) -> Any:
        context = kwargs.get("context")
        held = _HELD.get() if context is None else context.get(_HELD)
        if held is not None and type(coroutine) is not MeasuredCoroutine and asyncio.iscoroutine(coroutine):
            coroutine = MeasuredCoroutine(coroutine, held)
        if self.before is not None:
            return self.before(loop, coroutine, **kwargs)
        return asyncio.Task(coroutine, loop=loop, **kwargs)


async def _run_on_trio(held: HeldTime, coroutine: Coroutine[Any, Any, Any]) -> None:
    import trio  # it is there: it runs this coroutine

    class Steps(trio.abc.Instrument):
        def before_task_step(self, task: Any) -> None:
            if task.context.get(_HELD) is held:
                held.begin()

        def after_task_step(self, task: Any) -> None:
            if held.began_ns and task.context.get(_HELD) is held:
                held.end()

    steps = Steps()
    trio.lowlevel.add_instrument(steps)
    held.begin()
    try:
        await coroutine
    finally:
        if held.began_ns:
            held.end()
        with contextlib.suppress(KeyError):
            trio.lowlevel.remove_instrument(steps)


class HeldWatch:
    """
    Looks now and then which line of the app holds a loop, from a thread that waits for a call.

    Of the threads that wait for calls on the loop, one looks, for all of these calls; the others look after it.

    :param present: what the loop runs now
    """

    def __init__(self, present: Present) -> None:
        self._present = present
        self._thread = 0  # that looks, until then by `time.perf_counter_ns`
        self._until_ns = 0

    @property
    def every_s(self) -> float:
        """Seconds until the next look of the present thread; infinite in a browser's page, the only thread."""
        if page.IN_PAGE:
            return math.inf
        thread, now_ns = threading.get_ident(), time.perf_counter_ns()
        if self._thread != thread and now_ns < self._until_ns:
            return _RELIEF_S
        self._thread, self._until_ns = thread, now_ns + _ABSENT_NS
        return LOOK_S

    def look(self) -> None:
        """Note the app's own line, if the present stretch is not a short one."""
        held = self._present.held
        began = held.began_ns if held is not None else 0
        if held is None or not began or time.perf_counter_ns() - began < _YOUNG_NS:
            return
        if threading.get_ident() == held.thread:
            return
        held.note(began, _own_line(sys._current_frames().get(held.thread)))


def watch_of(present: Present) -> HeldWatch:
    """Return the watch of a loop."""
    if present.watch is None:
        present.watch = HeldWatch(present)
    return present.watch


def _note_sleep(frame: FrameType, began_ns: int, ended_ns: int) -> None:
    """Note the line of the app that slept on a page's loop, the more the longer it slept."""
    held = _HELD.get()
    if held is not None and held.began_ns:
        held.note(held.began_ns, _own_line(frame), ended_ns - began_ns)


def _own_line(frame: Any) -> str:
    """Return the innermost line of the app's own code in a stack; empty without one."""
    for _ in range(_MOST_FRAMES):
        if frame is None:
            break
        filename = frame.f_code.co_filename
        written = filename.startswith("<") and not filename.startswith(_TYPED)  # by a library, as dataclasses do
        if not (written or owner_of(filename) or frame.f_code.co_qualname.startswith("__create_fn__")):
            return describe_frames([frame])[0]
        frame = frame.f_back
    return ""
