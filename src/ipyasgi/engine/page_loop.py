"""`PageLoop`: the loop of a browser's page, for an app that would have a `BackgroundLoop` where threads can start.

It ends what was begun through it, and leaves the page's loop, on which also the kernel and the panels run, as it is.
What an app itself would run in a worker thread is in `ipyasgi.engine.page_workers`. No ASGI here.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVarTuple, Unpack

from ..protocol.errors import LoopError
from . import page
from .inbox import Inbox, WaitPlan
from .loops import Backend, Loop, claim_context
from .page_workers import use_page_workers

Ts = TypeVarTuple("Ts")


class PageLoop(Loop):
    """
    A part of the page's loop; its arguments are those of `ipyasgi.BackgroundLoop`.

    Raises `LoopError` for trio and for options, which the page's loop does not have.
    """

    closed = False
    run_in_thread = staticmethod(page.start_turn)

    def __init__(
        self, *, backend: Backend = "asyncio", backend_options: dict[str, Any] | None = None, name: str = ""
    ) -> None:
        if backend != "asyncio":
            raise LoopError(f"a browser's page has no {backend}: use the backend 'asyncio'")
        if backend_options:
            raise LoopError("the loop of a browser's page has no options: leave backend_options out")
        super().__init__(backend)
        self.name = name
        self._page_loop = asyncio.get_event_loop()
        self._tasks: set[asyncio.Task[object]] = set()
        self._task_ended = Inbox()
        use_page_workers()

    @property
    def gone(self) -> bool:
        return self.closed and not self._tasks

    def is_own_thread(self) -> bool:
        return False  # a call that waits does not block the loop

    def check_wait(self) -> None:
        page.check_wait()

    def check_portal(self) -> None:
        raise LoopError("a portal would block the browser's page: use `client.call(async_function)`")

    def spawn(self, func: Callable[[Unpack[Ts]], Awaitable[object]], *args: *Ts) -> None:
        if self.closed:
            state = "lost, because an endpoint blocks it" if self.lost else "closed"
            raise LoopError(f"the event loop is {state}: open a new client, or attach the app again")
        context = contextvars.copy_context()
        context.run(claim_context, self.backend)
        task = context.run(self._page_loop.create_task, _run(func, args))
        self._tasks.add(task)
        task.add_done_callback(self._forget)

    def call_soon(self, func: Callable[[Unpack[Ts]], object], *args: *Ts) -> None:
        if not self.closed:
            self._page_loop.call_soon(func, *args)

    def stop_soon(self) -> None:
        if not self.closed:
            self.closed = True
            self._page_loop.call_soon(self._cancel_tasks)  # after what was scheduled before

    def _join(self, timeout_s: float) -> None:
        with contextlib.suppress(LoopError):  # this caller cannot wait
            self.wait(self._task_ended, self._wait_gone(time.monotonic() + timeout_s))

    def _wait_gone(self, until_s: float) -> WaitPlan[None]:
        while not self.gone and (left_s := until_s - time.monotonic()) > 0:
            yield left_s

    def _cancel_tasks(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()

    def _forget(self, task: asyncio.Task[object]) -> None:
        self._tasks.discard(task)
        self._task_ended.put(None)


async def _run(func: Callable[..., Awaitable[object]], args: tuple[Any, ...]) -> None:
    await func(*args)
