"""`BodyReader`: reads the request body of one call in pieces, at the pace of the app. No ASGI messages here."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import anyio
import anyio.lowlevel

from ..protocol.errors import LoopError
from .jobs import is_cancellation
from .loops import Loop
from .request_body import RequestBody

PIECE_BYTES = 64 * 1024
"""The longest body of one ``http.request`` message, as in servers, which send what one read of the socket returned."""


class BodyReader:
    """
    Reads a `RequestBody` for one call of the app: nothing before the app asks, and then at most one item ahead.

    Runs on the app's loop. A separate task reads the items, so that an app that cancels its ``receive()`` loses none.

    :param on_broken: called once with the exception that the body raised
    """

    def __init__(self, body: RequestBody, loop: Loop, on_broken: Callable[[BaseException], object]) -> None:
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
        Return the next piece of the body, no longer than `PIECE_BYTES`.

        Several tasks may ask at once; each piece goes to one of them. Empty at the end, once; after that None, as after
        an exception of the body or `stop`.
        """
        await anyio.lowlevel.checkpoint()  # before a piece is taken, so that a cancelled receive() loses none
        while not self._over:
            if self._item:
                return self._cut()
            if self._read_to_end:
                self.stop()
                return b""
            self._ask()
            if self._changed is None:
                self._changed = anyio.Event()
            await self._changed.wait()
        return None

    def _cut(self) -> bytes:
        piece, rest = bytes(self._item[:PIECE_BYTES]), self._item[PIECE_BYTES:]
        self._item = rest or memoryview(b"")  # an empty slice would keep the whole item alive
        return piece

    def stop(self) -> None:
        """Stop reading: wake the tasks that wait for a piece, and close the body."""
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
