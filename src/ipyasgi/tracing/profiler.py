"""`RequestProfiler`: samples the stacks of one request with pyinstrument, in the threads in which its code runs.

A sampler in another thread would be wrong: it gets the interpreter where the app gives it away, and so it sees little
but those places. pyinstrument samples inside the thread, as functions are called.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import functools
import importlib
import sys
from collections.abc import Callable, Iterator
from contextvars import ContextVar, Token
from typing import Any

from ..engine import page
from ..protocol.errors import RequestError
from ..records.settings import Settings
from .libraries import Library, Target
from .profile import Profile, Sample, build_profile
from .taps import TraceTaps

INTERVAL_S = 0.001


def check_profile(*, trace: bool | None) -> None:
    """Raise `RequestError` if pyinstrument is not installed, or a trace is wanted too."""
    if trace:
        raise RequestError("a trace takes time that a profile would show: send the request twice, with one of them")
    try:
        importlib.import_module("pyinstrument")  # not first in the app's task, whose time it would take
    except ImportError:
        raise RequestError(f"a profile needs {page.missing('pyinstrument', 'profile')}") from None


class RequestProfiler:
    """
    The samples of one call of the app, of the code inside ``with`` and of the jobs that it gives to worker threads.

    An error of pyinstrument never reaches the app; it becomes a note of the profile.
    """

    def __init__(self) -> None:
        self._token: Token[RequestProfiler | None] | None = None
        self._samples: list[Sample] = []  # `extend` needs no lock
        self._notes: list[str] = []
        self._open = True
        self._sampler: Any = None

    def __enter__(self) -> None:
        self._token = _PROFILER.set(self)
        self._sampler = self._start("enabled")

    def __exit__(self, *raised: object) -> None:
        self._stop(self._sampler, "event loop")
        self._open = False
        if self._token is not None:
            with contextlib.suppress(ValueError):  # left in another context than it was entered in
                _PROFILER.reset(self._token)

    def run(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Call a function in a worker thread, and sample it."""
        sampler = self._start("disabled") if self._open else None
        try:
            return function(*args, **kwargs)
        finally:
            self._stop(sampler, "worker threads")

    def freeze(self, settings: Settings) -> Profile:
        """Return the profile, and drop the samples: a thread that outlives the call may keep this object."""
        samples, self._samples, self._open = self._samples, [], False
        return build_profile(samples, round(INTERVAL_S * 1e9), dict.fromkeys(self._notes), settings)

    def _start(self, mode: str) -> Any:
        try:
            profiler = importlib.import_module("pyinstrument").Profiler(interval=INTERVAL_S, async_mode=mode)
            sampler = importlib.import_module("pyinstrument.stack_sampler").get_stack_sampler()
            sampler.has_warned_about_timing_overhead = True  # it would print the warning as the app's output
            profiler.start()
        except Exception as exc:  # the app goes on
            self._notes.append(f"not sampled: {exc}")
            return None
        return profiler

    def _stop(self, sampler: Any, thread: str) -> None:
        if sampler is None:
            return
        try:
            records = sampler.stop().frame_records
        except Exception as exc:  # the app goes on
            self._notes.append(f"not sampled: {exc}")
            return
        if self._open:
            self._samples.extend((thread, stack, seconds) for stack, seconds in records)


_PROFILER: ContextVar[RequestProfiler | None] = ContextVar("ipyasgi_profiler", default=None)


def _watch_workers(before: Any) -> Any:
    @functools.wraps(before)
    async def run_sync(func: Any, *args: Any, **kwargs: Any) -> Any:
        profiler = _PROFILER.get()
        if profiler is None:
            return await before(func, *args, **kwargs)
        return await before(functools.partial(profiler.run, func), *args, **kwargs)

    return run_sync


def _watch_executors(before: Any) -> Any:
    @functools.wraps(before)
    def submit(self: Any, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
        profiler = _PROFILER.get()
        if profiler is None:
            return before(self, fn, *args, **kwargs)
        return before(self, profiler.run, fn, *args, **kwargs)

    return submit


def _targets() -> Iterator[Target]:
    yield sys.modules["anyio.to_thread"], "run_sync", _watch_workers
    yield concurrent.futures.ThreadPoolExecutor, "submit", _watch_executors


# Like TRACE_TAPS: what it replaces belongs to the process.
PROFILE_TAPS = TraceTaps(
    (Library(name="worker threads", module="anyio.to_thread", targets=_targets, makes_calls=False),)
)
