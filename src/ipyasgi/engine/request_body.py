"""Request bodies in chunks, from the caller's iterators, and the `BodyReader` that reads one for a call of the app.

A body is read on the app's loop, but the caller's iterator runs in a thread or on the caller's own loop, and in the
caller's context, so that its output does not count as the app's.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import contextvars
import threading
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Generator, Iterable, Iterator
from typing import Any, Protocol

import anyio
import anyio.lowlevel

from ..protocol.errors import LoopError, RequestError
from .jobs import Job, await_future, is_cancellation
from .loops import Loop
from .strategy import run_in_thread

PIECE_BYTES = 64 * 1024
"""The longest body of one ``http.request`` message, as in servers, which send what one read of the socket returned."""

CLOSE_GRACE_S = 1.0
"""How long an unfinished asynchronous body may take to close."""

_END = object()


class RequestBody(Protocol):
    """A request body in chunks. Both methods are awaited on the app's loop, one call at a time."""

    async def read(self) -> bytes:
        """Return the next chunk, of any length; empty at the end, after which it is not called again."""

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
    :param reader: the app's loop, on which the body is read
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
            self._job.future.add_done_callback(lambda _: self._reader.call_soon(self._end))
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
            begun.append(self._within)  # after the first request for a chunk: until then the body may be sent again
            while piece := await _pull(iterator):
                self._reader.call_soon(self._deliver, piece)
                await self._until_asked()
        finally:
            for each in begun:
                if isinstance(each, AsyncGenerator):
                    with anyio.move_on_after(CLOSE_GRACE_S, shield=True), contextlib.suppress(Exception):
                        await each.aclose()

    async def _until_asked(self) -> None:
        while not self._due:
            self._asked = anyio.Event()
            await self._asked.wait()
        self._due -= 1


class BodyReader:
    """
    Reads a `RequestBody` for one call of the app: nothing before the app requests it, then at most one item ahead.

    Runs on the app's loop. A separate task reads the items, so that an app that cancels its ``receive()`` loses none.

    :param on_broken: called once with the exception that the body raised
    :ivar piece_bytes: the longest chunk
    """

    def __init__(self, body: RequestBody, loop: Loop, on_broken: Callable[[BaseException], object]) -> None:
        self.piece_bytes = PIECE_BYTES
        self._body = body
        self._loop = loop
        self._on_broken = on_broken
        self._item = memoryview(b"")
        self._read_to_end = False
        self._over = False
        self._begun = False
        self._wanted = False
        self._scope: anyio.CancelScope | None = None
        self._asked: anyio.Event | None = None
        self._changed: anyio.Event | None = None

    async def next_piece(self) -> bytes | None:
        """
        Return the next chunk of the body, no longer than ``piece_bytes``.

        Several tasks may wait at once; each chunk goes to one of them. Returns one empty chunk at the end, then None;
        also None after an exception of the body or `stop`.
        """
        await anyio.lowlevel.checkpoint()  # before a chunk is removed, so that a cancelled receive() loses none
        while not self._over:
            if self._item:
                piece, rest = bytes(self._item[: self.piece_bytes]), self._item[self.piece_bytes :]
                self._item = rest or memoryview(b"")  # an empty slice would keep the whole item alive
                return piece
            if self._read_to_end:
                self.stop()
                return b""
            self._ask()
            if self._changed is None:
                self._changed = anyio.Event()
            await self._changed.wait()
        return None

    def stop(self) -> None:
        """Stop reading: wake the tasks that wait for a chunk, and close the body."""
        if self._over:
            return
        self._over = True
        self._notify()
        if self._scope is not None:
            self._scope.cancel()
        if not self._begun:  # the task also closes the body
            with contextlib.suppress(LoopError):  # the loop is ending
                self._begin()

    def _ask(self) -> None:
        self._wanted = True
        if not self._begun:
            self._begin()
        elif self._asked is not None:
            self._asked.set()

    def _begin(self) -> None:
        self._begun = True
        self._loop.spawn(self._serve)

    async def _serve(self) -> None:
        try:
            with anyio.CancelScope() as self._scope:
                while not (self._over or self._read_to_end):
                    await self._serve_one()
        except BaseException as exc:
            if is_cancellation(exc) or isinstance(exc, GeneratorExit):  # the loop is ending
                raise
            if not self._over:
                self._over = True
                self._on_broken(exc)
                self._notify()
        with contextlib.suppress(Exception):  # a failure to close does not affect the call
            await self._body.close()

    async def _serve_one(self) -> None:
        if not self._wanted:
            self._asked = anyio.Event()
            await self._asked.wait()
        item = await self._body.read()
        self._wanted = False
        self._item, self._read_to_end = memoryview(item), not item
        self._notify()

    def _notify(self) -> None:
        changed, self._changed = self._changed, None
        if changed is not None:
            changed.set()


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
    """Return an exception that can be raised inside a task, which would treat a cancellation as its own."""
    if not is_cancellation(raised):
        return raised
    foreign = concurrent.futures.CancelledError()
    foreign.__cause__ = raised
    return foreign
