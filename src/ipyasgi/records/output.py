"""What the app printed, logged and warned during one call.

A context variable assigns output to calls: it is set inside the app's task and copied to worker threads and background
tasks, so concurrent calls do not mix. Output is still written to its usual stream as well. ``sys.stdout``,
``sys.stderr``, the log record factory and ``warnings.showwarning`` are wrapped while an explorer is open.

In the same context ``input()`` and ``breakpoint()`` are errors: they would wait for a user who waits for the app.
"""

from __future__ import annotations

import builtins
import contextlib
import logging
import sys
import threading
import time
import warnings
from collections.abc import Callable
from contextvars import ContextVar, Token
from dataclasses import dataclass, replace
from typing import Any, Literal

from ..engine.fork_guard import renew_in_child
from ..protocol.errors import AppInteractionError

MAX_CHARS = 64 * 1024

_STREAMS: tuple[Literal["stdout", "stderr"], ...] = ("stdout", "stderr")
Source = Literal["stdout", "stderr", "log", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputLine:
    """
    One chunk of output.

    :ivar text: the text written; of a log record its message
    :ivar at_ns: nanoseconds since the call began
    :ivar label: the level and logger of a record, the category of a warning
    """

    source: Source
    text: str
    at_ns: int
    label: str = ""


class Sink:
    """
    Collects the output of one call, from any thread: from all code inside ``with`` and in copies of its context.

    :ivar logged: the last exception logged as an error; Quart, Falcon and Django catch exceptions and log them
    """

    def __init__(self) -> None:
        self._lines: list[OutputLine] = []
        self._chars = 0
        self._zero_ns = time.perf_counter_ns()
        self._lock = threading.Lock()
        self._token: Token[Sink | None] | None = None
        self.logged: BaseException | None = None

    # No generator with @contextmanager: it would change the exceptions that pass through it.
    def __enter__(self) -> None:
        OUTPUT_TAPS.renew()
        self._zero_ns = time.perf_counter_ns()
        self._token = _SINK.set(self)

    def __exit__(self, *raised: object) -> None:
        assert self._token is not None
        with contextlib.suppress(ValueError):  # left in another context than it was entered in
            _SINK.reset(self._token)

    def add(self, source: Source, text: str, label: str = "") -> None:
        """Add one chunk; after `MAX_CHARS` characters in total nothing is added."""
        at_ns = time.perf_counter_ns() - self._zero_ns
        with self._lock:
            text = text[: max(MAX_CHARS - self._chars, 0)]
            self._chars += len(text)
            last = self._lines[-1] if self._lines else None
            if not text:
                return
            if last is not None and last.source == source in _STREAMS and not last.text.endswith("\n"):
                self._lines[-1] = replace(last, text=last.text + text)
            else:
                self._lines.append(OutputLine(source=source, text=text, at_ns=at_ns, label=label))

    def lines(self) -> tuple[OutputLine, ...]:
        """Return the output so far."""
        with self._lock:
            return tuple(self._lines)


_SINK: ContextVar[Sink | None] = ContextVar("ipyasgi_output", default=None)


class _Tee:
    """A stream that also writes into the sink of the current context."""

    def __init__(self, stream: Any, source: Source) -> None:
        self._stream = stream
        self._source: Source = source

    def write(self, text: str) -> Any:
        sink = _SINK.get()
        if sink is not None and isinstance(text, str):
            sink.add(self._source, text)
        return self._stream.write(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def __iter__(self) -> Any:
        return iter(self._stream)


class OutputTaps:
    """The wrapped streams and hooks of the process: wrapped for the first user, restored after the last."""

    def __init__(self) -> None:
        self._lock = threading.RLock()  # the garbage collector may call `close` during another call
        renew_in_child(self._renew_lock)
        self._users = 0
        self._undo: list[Callable[[], None]] = []
        self._renewed: list[Callable[[], None]] = []

    def open(self) -> None:
        """Count a new user; wrap everything for the first one."""
        with self._lock:
            self._users += 1
            if self._users == 1:
                self._undo = [_tap_stream("stdout"), _tap_stream("stderr"), _tap_logging(), _tap_warnings()]
                self._undo += [_guard(*function) for function in _INTERACTIVE]

    def _renew_lock(self) -> None:
        self._lock = threading.RLock()  # in a forked child the old one is never released

    def renew(self) -> None:
        """Wrap what has replaced a wrapper since: a capture of one cell's output, a kernel's own ``input``."""
        unguarded = [one for one in _INTERACTIVE if type(getattr(one[0], one[1])) is not _Guard]
        if type(sys.stdout) is _Tee and type(sys.stderr) is _Tee and not unguarded:
            return
        with self._lock:
            if self._users:
                # Only the newest wrappers can still be installed; older captures have restored the original streams.
                self._renewed = [_tap_stream(name) for name in _STREAMS if type(getattr(sys, name)) is not _Tee]
                self._renewed += [_guard(*one) for one in unguarded]

    def close(self) -> None:
        """Remove one user; restore everything after the last one."""
        with self._lock:
            self._users -= 1
            if self._users == 0:
                for undo in (*self._renewed, *self._undo):
                    undo()
                self._undo = self._renewed = []


def _tap(holder: Any, name: str, make: Callable[[Any], Any]) -> Callable[[], None]:
    """Replace an attribute by its wrapper; return a function that restores it unless it was replaced again."""
    before = getattr(holder, name)
    wrapper = make(before)
    setattr(holder, name, wrapper)

    def undo() -> None:
        if getattr(holder, name) is wrapper:
            setattr(holder, name, before)

    return undo


def _tap_stream(name: Literal["stdout", "stderr"]) -> Callable[[], None]:
    return _tap(sys, name, lambda before: _Tee(before, name))


class _Guard:
    """Wraps a function that waits for the user; raises an error if the app calls it."""

    def __init__(self, before: Callable[..., Any], call: str) -> None:
        self._before = before
        self._call = call

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if _SINK.get() is not None:
            raise AppInteractionError(self._call)
        return self._before(*args, **kwargs)


_INTERACTIVE = ((builtins, "input", "input()"), (sys, "breakpointhook", "breakpoint()"))


def _guard(holder: Any, name: str, call: str) -> Callable[[], None]:
    return _tap(holder, name, lambda before: _Guard(before, call))


def _tap_logging() -> Callable[[], None]:
    # Not a handler: one on the root logger would disable logging.basicConfig and the handler of last resort.
    before = logging.getLogRecordFactory()

    def factory(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = before(*args, **kwargs)
        sink = _SINK.get()
        if sink is not None:
            sink.add("log", _message(record), f"{record.levelname} {record.name}")
            if record.levelno >= logging.ERROR and record.exc_info and record.exc_info[1] is not None:
                sink.logged = record.exc_info[1]
        return record

    logging.setLogRecordFactory(factory)

    def undo() -> None:
        if logging.getLogRecordFactory() is factory:
            logging.setLogRecordFactory(before)

    return undo


def _tap_warnings() -> Callable[[], None]:
    before: Any = warnings.showwarning

    def show(message: Any, category: Any, *args: Any, **kwargs: Any) -> None:
        sink = _SINK.get()
        if sink is not None:
            sink.add("warning", str(message), category.__name__)
        before(message, category, *args, **kwargs)

    return _tap(warnings, "showwarning", lambda _: show)


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception as exc:
        return f"{record.msg!r} (its arguments do not fit: {exc})"


OUTPUT_TAPS = OutputTaps()
