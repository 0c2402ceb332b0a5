"""What the app printed, logged and warned during one call.

A context variable assigns output to calls: it is set inside the app's task and copied to worker threads and background
tasks, so concurrent calls do not mix. Output is still written to its usual stream as well, unless `HeldOutput` holds it
back because the display of the exchange shows it. ``sys.stdout``,
``sys.stderr``, ``Logger.callHandlers``, ``Handler.handle`` and ``warnings.showwarning`` are wrapped while an explorer
is open. A log record is output if a handler accepts it, or if there are no handlers: the app decides what it says.

In the same context ``input()`` and ``breakpoint()`` are errors, because they would wait for a user who waits for the
app, unless the request has a `Console`, or a debugger is attached to stop at the breakpoint.
"""

from __future__ import annotations

import builtins
import contextlib
import logging
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextvars import ContextVar, Token
from dataclasses import dataclass, replace
from typing import Any, Literal

from ..engine.deadline_clock import debugger_is_attached
from ..engine.fork_guard import renew_in_child
from ..protocol.errors import AppInteractionError
from .console import Console, stop_in_debugger

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
    :ivar written: whether it was written to ``sys.stdout`` or ``sys.stderr`` too, and not held back
    """

    source: Source
    text: str
    at_ns: int
    label: str = ""
    written: bool = False


class HeldOutput:
    """
    Holds back what the apps write to streams during the calls that begin within ``with``, until `drop` or `release`.

    What is raised within ``with`` releases it, and so do more than `MAX_CHARS` characters: no display shows so much.
    """

    def __init__(self) -> None:
        self._pieces: list[tuple[Any, str]] = []
        self._chars = 0
        self._holds = True
        self._lock = threading.RLock()  # what the garbage collector frees inside `keep` may write too

    def __enter__(self) -> None:
        self._token = _HELD.set(self)

    def __exit__(self, *raised: object) -> None:
        _HELD.reset(self._token)
        if raised[0] is not None:
            self.release()

    def keep(self, stream: Any, text: str) -> bool:
        """Hold back a text for a stream; return False if it has to be written."""
        with self._lock:
            self._chars += len(text)
            if self._holds and self._chars <= MAX_CHARS:
                self._pieces.append((stream, text))
                return True
        self.release()
        return False

    def drop(self) -> None:
        """Forget what was held back; later output is written."""
        with self._lock:
            self._holds, self._pieces = False, []

    def release(self) -> None:
        """Write what was held back, and from now on hold nothing back."""
        with self._lock:
            pieces = self._pieces
            self._holds, self._pieces = False, []
        for stream, text in pieces:
            stream.write(text)


class UnwrittenOutput(HeldOutput):
    """Forgets what the apps write to streams in calls that begin within `around`; after `drop` it is written again."""

    def keep(self, stream: Any, text: str) -> bool:
        """Return True, so that the text is not written; False after `drop`."""
        return self._holds

    @contextlib.contextmanager
    def around(self) -> Iterator[None]:
        """Forget the output of the calls that begin within ``with``; several threads may be within."""
        token = _HELD.set(self)
        try:
            yield
        finally:
            _HELD.reset(token)


_HELD: ContextVar[HeldOutput | None] = ContextVar("ipyasgi_held_output", default=None)


class Sink:
    """
    Collects the output of one call, from any thread: from all code inside ``with`` and in copies of its context.

    :ivar console: asks the user for the app; None if the request has none
    :ivar logged: the last exception logged as an error; Quart, Falcon and Django catch exceptions and log them
    :ivar held: holds back the output of this call, or None
    """

    def __init__(self, console: Console | None = None) -> None:
        self.console = console
        self.held = _HELD.get()
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

    def add(self, source: Source, text: str, label: str = "", *, written: bool) -> None:
        """Add one chunk; after `MAX_CHARS` characters in total nothing is added."""
        at_ns = time.perf_counter_ns() - self._zero_ns
        with self._lock:
            text = text[: max(MAX_CHARS - self._chars, 0)]
            self._chars += len(text)
            last = self._lines[-1] if self._lines else None
            if not text:
                return
            if last is not None and last.source == source in _STREAMS and not last.text.endswith("\n"):
                self._lines[-1] = replace(last, text=last.text + text, written=last.written and written)
            else:
                self._lines.append(OutputLine(source=source, text=text, at_ns=at_ns, label=label, written=written))

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
            logged = _LOGGED.get()
            kept = sink.held is not None and sink.held.keep(self._stream, text)
            if logged is None:
                sink.add(self._source, text, written=not kept)
            else:  # by a handler, perhaps one with a `handle` of its own
                logged.passed = True
                logged.written = not kept
            if kept:
                return len(text)
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
                self._undo = [
                    _tap_stream("stdout"),
                    _tap_stream("stderr"),
                    _tap_logger(),
                    _tap_handlers(),
                    _tap_warnings(),
                ]
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


def replace_attribute(holder: Any, name: str, make: Callable[[Any], Any]) -> Callable[[], None]:
    """Replace an attribute by its wrapper; return a function that restores it unless it was replaced again."""
    before = getattr(holder, name)
    wrapper = make(before)
    setattr(holder, name, wrapper)

    def undo() -> None:
        if getattr(holder, name) is wrapper:
            setattr(holder, name, before)

    return undo


def _tap_stream(name: Literal["stdout", "stderr"]) -> Callable[[], None]:
    return replace_attribute(sys, name, lambda before: _Tee(before, name))


class _Guard:
    """Wraps a function that waits for the user; raises an error if the app calls it and there is no user to ask."""

    def __init__(self, before: Callable[..., Any], call: str) -> None:
        self._before = before
        self._call = call

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        sink = _SINK.get()
        if sink is None:
            return self._before(*args, **kwargs)
        console, is_breakpoint = sink.console, self._call == _BREAKPOINT
        if is_breakpoint and debugger_is_attached():
            return stop_in_debugger(sys._getframe(1))
        if console is None:
            raise AppInteractionError(self._call)
        if is_breakpoint:
            stream = sys.stdout._stream if type(sys.stdout) is _Tee else sys.stdout  # not the app's output
            return console.stop(sys._getframe(1), stream, lambda: _SINK.get() is sink)
        return console.input(self._before, *args)


_BREAKPOINT = "breakpoint()"
_INTERACTIVE = ((builtins, "input", "input()"), (sys, "breakpointhook", _BREAKPOINT))


def _guard(holder: Any, name: str, call: str) -> Callable[[], None]:
    return replace_attribute(holder, name, lambda before: _Guard(before, call))


class _Logged:
    """One log record, or a warning, on its way to its handlers; what they write meanwhile is the same line again."""

    def __init__(self, record: logging.LogRecord | None = None) -> None:
        self.record = record
        self.passed = False
        self.written = False


_LOGGED: ContextVar[_Logged | None] = ContextVar("ipyasgi_logged", default=None)
_OUR_CLIENT: ContextVar[bool] = ContextVar("ipyasgi_our_client", default=False)
_CLIENT_LOGGERS = ("httpx", "httpx2", "httpcore", "httpcore2")


class OurClient:
    """Within ``with``, log records of the HTTP client are dropped, but not those of a client that the app uses."""

    __slots__ = ("_token",)

    def __enter__(self) -> None:
        self._token = _OUR_CLIENT.set(True)

    def __exit__(self, *raised: object) -> None:
        _OUR_CLIENT.reset(self._token)


def _tap_logger() -> Callable[[], None]:
    # Not the record factory, which also makes records that a filter drops, and copies of records for formatters. Not
    # a handler: one on the root logger would disable logging.basicConfig and the handler of last resort.
    def make(before: Callable[[logging.Logger, logging.LogRecord], None]) -> Callable[..., None]:
        def call_handlers(logger: logging.Logger, record: logging.LogRecord) -> None:
            sink, outer = _SINK.get(), _LOGGED.get()
            if sink is None:
                if not (_OUR_CLIENT.get() and record.name.partition(".")[0] in _CLIENT_LOGGERS):
                    before(logger, record)
                return
            if outer is not None and outer.record is record:  # another extension has wrapped an older wrapper of ours
                before(logger, record)
                return
            logged = _Logged(record)
            token = _LOGGED.set(logged)
            try:
                before(logger, record)
            finally:
                _LOGGED.reset(token)
                if logged.passed or not logger.hasHandlers():
                    label = f"{record.levelname} {record.name}"
                    sink.add("log", _message(record), label, written=logged.written)
                if record.levelno >= logging.ERROR and record.exc_info and record.exc_info[1] is not None:
                    sink.logged = record.exc_info[1]

        return call_handlers

    return replace_attribute(logging.Logger, "callHandlers", make)


def _tap_handlers() -> Callable[[], None]:
    def make(before: Callable[[logging.Handler, logging.LogRecord], Any]) -> Callable[..., Any]:
        def handle(handler: logging.Handler, record: logging.LogRecord) -> Any:
            passed = before(handler, record)
            logged = _LOGGED.get()
            if passed and logged is not None:
                logged.passed = True
                logged.written = logged.written or _is_under_tap(getattr(handler, "stream", None))
            return passed

        return handle

    return replace_attribute(logging.Handler, "handle", make)


def _is_under_tap(stream: Any) -> bool:
    """Return whether a stream is a standard one before it was wrapped: a handler that is older than the app has it."""
    return stream is not None and any(type(tee) is _Tee and tee._stream is stream for tee in (sys.stdout, sys.stderr))


def _tap_warnings() -> Callable[[], None]:
    before: Any = warnings.showwarning

    def show(message: Any, category: Any, *args: Any, **kwargs: Any) -> None:
        sink, logged = _SINK.get(), _Logged()
        token = _LOGGED.set(logged)
        try:
            before(message, category, *args, **kwargs)
        finally:
            _LOGGED.reset(token)
            if sink is not None:
                sink.add("warning", str(message), category.__name__, written=logged.written)

    return replace_attribute(warnings, "showwarning", lambda _: show)


def _message(record: logging.LogRecord) -> str:
    try:
        text = _event(record.msg) if type(record.msg) is dict else record.getMessage()
    except Exception as exc:
        text = f"{record.msg!r} (its arguments do not fit: {exc})"
    return "\n".join([text, *filter(None, [record.exc_text, record.stack_info])])  # exc_text: a handler's traceback


def _event(fields: dict[Any, Any]) -> str:
    """Return the dict that structlog logs as ``event name=value``."""
    named = [f"{name}={value!r}" for name, value in fields.items() if name != "event" and str(name)[:1] != "_"]
    return " ".join([str(fields["event"]), *named]) if "event" in fields else str(fields)


OUTPUT_TAPS = OutputTaps()
