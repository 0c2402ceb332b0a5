"""Request bodies in pieces, from the caller's iterators; `ipyasgi.engine.body_reader` reads them.

A body is read on the app's loop, but the caller's iterator runs in a thread or on the caller's own loop, and in the
caller's context, so that its output does not count as the app's.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import contextvars
import threading
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Generator, Iterable, Iterator
from typing import Any, Protocol

import anyio
import anyio.lowlevel

from ..protocol.errors import RequestError
from .jobs import Job, await_future, is_cancellation
from .loops import Loop
from .strategy import run_in_thread

CLOSE_GRACE_S = 1.0
"""How long an unfinished asynchronous body may take to close."""

_END = object()


class RequestBody(Protocol):
    """A request body in pieces. Both methods are awaited on the app's loop, one call at a time."""

    async def read(self) -> bytes:
        """Return the next piece, of any length; empty at the end, after which it is not called again."""

    async def close(self) -> None:
        """Release the rest. Always called once, also after the end and after a `read` that was cancelled or raised."""


class IteratorBody:
    """
    A body from an iterable of bytes-like items; each step runs in a new thread.

    :param iterable: empty items are skipped; a generator is closed if it is not read to its end
    :param within: the source of the iterable's items; a generator is closed too
    """

    def __init__(self, iterable: Iterable[Any], *, within: object = None) -> None:
        self._iterable = iterable
        self._within = within
        self._iterator: Iterator[Any] | None = None
        self._context = contextvars.copy_context()
        # Held by the thread that steps or closes; never waited for, because a step may never end.
        self._step_lock = threading.Lock()
        self._left = False

    async def read(self) -> bytes:
        """Return the next item; raises `RequestError` if it is not bytes-like, and exceptions of the iterator."""
        while True:
            item, raised = await await_future(run_in_thread(self._step))
            if raised is not None:
                raise _presentable(raised)
            if item is _END:
                return b""
            if piece := _as_bytes(item):
                return piece
            await anyio.lowlevel.checkpoint()  # so that an iterator of endless empty items can be cancelled

    async def close(self) -> None:
        self._left = True
        if self._generators():
            await await_future(run_in_thread(self._close_generators))

    # -- in a thread -------------------------------------------------------------------------------------

    def _step(self) -> tuple[Any, BaseException | None]:
        # Exceptions are returned as values, because StopIteration and cancellations have a meaning inside tasks.
        item: Any = None
        raised: BaseException | None = None
        with self._step_lock:
            try:
                if self._iterator is None:
                    self._iterator = self._context.run(iter, self._iterable)
                item = self._context.run(next, self._iterator, _END)
            except BaseException as exc:
                raised = exc
        if self._left:  # the read was cancelled and `close` came during this step
            self._close_generators()
        return item, raised

    def _close_generators(self) -> None:
        if not self._step_lock.acquire(blocking=False):
            return  # the running step closes them
        try:
            for generator in self._generators():
                with contextlib.suppress(Exception):  # the call has ended already
                    self._context.run(generator.close)
        finally:
            self._step_lock.release()

    def _generators(self) -> list[Generator[Any, Any, Any]]:
        # An iterable that has not started is not closed: the request may be sent again, as for a redirect.
        left = (self._iterable,) if self._iterator is None else (self._iterator, self._within)
        return [each for each in left if isinstance(each, Generator)]


class AsyncIteratorBody:
    """
    A body from an asynchronous iterable, which runs in one task on its own loop.

    :param iterable: empty items are skipped; a generator is closed if it is not read to its end
    :param source: the loop of the iterable
    :param reader: the loop of the app, where the body is read
    :param within: the source of the iterable's items; a generator is closed too
    """

    def __init__(self, iterable: AsyncIterable[Any], source: Loop, reader: Loop, *, within: object = None) -> None:
        self._iterable = iterable
        self._within = within
        self._source = source
        self._reader = reader
        self._context = contextvars.copy_context()
        self._job: Job[None] | None = None
        # Used on the source's loop only.
        self._due = 0
        self._asked: anyio.Event | None = None
        # Used on the reader's loop only.
        self._pieces: deque[bytes] = deque()
        self._ended = False
        self._raised: BaseException | None = None
        self._delivered: anyio.Event | None = None

    # -- on the reader's loop ----------------------------------------------------------------------------

    async def read(self) -> bytes:
        """Return the next item; raises `RequestError` if it is not bytes-like, and exceptions of the iterator."""
        if self._job is None:
            self._job = self._context.run(self._source.submit, self._pump)
            self._job.when_done(lambda: self._reader.call_soon(self._end))
        self._source.call_soon(self._ask)
        while not (self._pieces or self._ended):
            self._delivered = anyio.Event()
            await self._delivered.wait()
        if self._pieces:
            return self._pieces.popleft()
        if self._raised is not None:
            raise _presentable(self._raised)
        return b""

    async def close(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def _deliver(self, piece: bytes) -> None:
        self._pieces.append(piece)
        self._notify()

    def _end(self) -> None:
        assert self._job is not None
        self._ended = True
        try:
            self._job.future.result(0)
        except BaseException as exc:  # including the caller's KeyboardInterrupt, which must not end the app's loop
            self._raised = exc
        self._notify()

    def _notify(self) -> None:
        if self._delivered is not None:
            self._delivered.set()

    # -- on the source's loop ----------------------------------------------------------------------------

    def _ask(self) -> None:
        self._due += 1
        if self._asked is not None:
            self._asked.set()

    async def _pump(self) -> None:
        # One task for all steps, because a cancel scope or timeout inside the iterable must be exited by the task that
        # entered it.
        begun: list[object] = []
        try:
            iterator = aiter(self._iterable)
            begun.append(iterator)
            await self._until_asked()
            begun.append(self._within)  # after the first request for a piece: until then the body may be sent again
            while piece := await _pull(iterator):
                self._reader.call_soon(self._deliver, piece)
                await self._until_asked()
        finally:
            for each in begun:
                if isinstance(each, AsyncGenerator):
                    await _close(each)

    async def _until_asked(self) -> None:
        while not self._due:
            self._asked = anyio.Event()
            await self._asked.wait()
        self._due -= 1


async def _close(generator: AsyncGenerator[Any, Any]) -> None:
    with anyio.CancelScope(shield=True), anyio.move_on_after(CLOSE_GRACE_S), contextlib.suppress(Exception):
        await generator.aclose()


async def _pull(iterator: AsyncIterator[Any]) -> bytes:
    async for item in iterator:
        if piece := _as_bytes(item):
            return piece
        await anyio.lowlevel.checkpoint()  # so that an iterable of endless empty items can be cancelled
    return b""


def _as_bytes(item: object) -> bytes:
    if isinstance(item, bytes):
        return item
    if isinstance(item, (bytearray, memoryview)):  # copied, because the buffer may be reused
        return bytes(item)
    advice = "encode it first, such as text.encode()" if isinstance(item, str) else "let it yield bytes"
    raise RequestError(f"the request body yielded an item of type {type(item).__name__}, not bytes: {advice}")


def _presentable(raised: BaseException) -> BaseException:
    """Return an exception that can be raised inside a task, where a cancellation would count as the task's own."""
    if not is_cancellation(raised):
        return raised
    foreign = concurrent.futures.CancelledError()
    foreign.__cause__ = raised
    return foreign
