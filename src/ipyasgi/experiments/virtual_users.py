"""`Crowd`: virtual users as tasks on the app's loop. What they do is counted here, on that loop's thread."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import anyio
import anyio.lowlevel

from ..client.httpx import httpx
from ..client.options import CallOptions
from ..engine.call import thread_limiter
from ..engine.http_cycle import HttpCycle
from ..engine.jobs import is_cancellation
from ..engine.loops import Loop
from .load_step import HeldLine, LoadStep
from .prepared import PreparedRequest, QuietObserver

OpenCall = Callable[[httpx.Request, CallOptions], HttpCycle]
_OPTIONS = CallOptions(raise_server_exceptions=False, stream=False, observe=QuietObserver)
_MOST_KEPT = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedRequest:
    """A failed request: what was sent, and its call, which has ended."""

    prepared: PreparedRequest
    request: httpx.Request
    cycle: HttpCycle
    sent_at: datetime
    elapsed_ns: int


class Crowd:
    """
    Users who send requests one after the other until the time is up.

    :param requests: each user begins at another one
    :param seconds: after them no request is sent
    :param timeout_s: seconds for the requests without a response then; None for no limit
    :ivar failures: the first ones
    """

    def __init__(
        self,
        requests: Sequence[PreparedRequest],
        open_call: OpenCall,
        *,
        users: int,
        seconds: float,
        timeout_s: float | None,
    ) -> None:
        self._requests = requests
        self._open_call = open_call
        self._users = users
        self._seconds = seconds
        self._timeout_s = timeout_s
        self._stopped = False
        self._began_ns = 0
        self._until_ns = 0
        self._ended_ns = 0
        self._latencies_ns: list[int] = []
        self._failed = 0
        self._under_way = 0
        self._waiting = 0
        self._cut = 0
        self._held: dict[str, list[int]] = {}
        self._waiting_for_thread = 0
        self._threads: Any = None
        self.failures: list[FailedRequest] = []

    async def run(self) -> None:
        """Run all users to their end."""
        self._began_ns = time.perf_counter_ns()
        self._until_ns = self._began_ns + round(self._seconds * 1e9)
        self._threads = thread_limiter()
        async with anyio.create_task_group() as group:
            with anyio.CancelScope() as users:
                async with anyio.create_task_group() as crowd:
                    group.start_soon(self._end, users)
                    for number in range(self._users):
                        crowd.start_soon(self._behave, number)
            group.cancel_scope.cancel()
        self._ended_ns = time.perf_counter_ns()

    def stop(self) -> None:
        """Let each user send no further request; callable from any thread."""
        self._stopped = True

    def place(self, loop: Loop) -> str:
        """Return the line that holds the loop now, if one has been seen."""
        held = loop.present.held
        return held.read().held_at if held is not None and held.began_ns else ""

    def step(self) -> LoadStep:
        """Return what was counted, once all users have ended."""
        held = [
            HeldLine(place=place, requests=len(times), longest_ns=max(times), total_ns=sum(times))
            for place, times in self._held.items()
        ]
        return LoadStep(
            users=self._users,
            duration_ns=self._ended_ns - self._began_ns,
            latencies_ns=tuple(self._latencies_ns),
            failed=self._failed,
            waiting=self._waiting,
            cut=self._cut,
            held=tuple(sorted(held, key=lambda one: -one.total_ns)),
            waiting_for_thread=self._waiting_for_thread,
            threads=int(self._threads.total_tokens) if self._waiting_for_thread else 0,
        )

    async def _end(self, users: anyio.CancelScope) -> None:
        """When the time is up, count who waits for a response; after the timeout cancel them."""
        await anyio.sleep(self._seconds)
        self._waiting = self._under_way
        if self._timeout_s is not None:
            await anyio.sleep(self._timeout_s)
            self._cut = self._under_way
            users.cancel()

    async def _behave(self, number: int) -> None:
        ready_ns = self._began_ns  # not when its task first runs: waiting for a turn counts, as it does behind a socket
        while ready_ns < self._until_ns and not self._stopped:
            self._under_way += 1
            try:
                await self._send(self._requests[number % len(self._requests)], ready_ns)
            finally:
                self._under_way -= 1
            number += 1
            ready_ns = time.perf_counter_ns()
            await anyio.lowlevel.checkpoint()

    async def _send(self, prepared: PreparedRequest, ready_ns: int) -> None:
        sent_at = datetime.now().astimezone()
        request = prepared.build(_OPTIONS, self._timeout_s)
        cycle = self._open_call(request, _OPTIONS)
        await cycle.run_here()
        self._look_at_threads()
        elapsed_ns = time.perf_counter_ns() - ready_ns
        if self._is_cut(cycle):
            return
        self._latencies_ns.append(elapsed_ns)
        run = cycle.run
        if run is not None and run.held_by:
            self._held.setdefault(run.held_at, []).append(run.held_ns)
        if cycle.exception is not None or cycle.status is None or cycle.status >= 500:
            self._failed += 1
            if len(self.failures) < _MOST_KEPT:
                self.failures.append(
                    FailedRequest(
                        prepared=prepared, request=request, cycle=cycle, sent_at=sent_at, elapsed_ns=elapsed_ns
                    )
                )

    def _look_at_threads(self) -> None:
        """Note how many requests wait for a worker thread, as a request ends: its thread is the next one's."""
        self._waiting_for_thread = max(self._waiting_for_thread, self._threads.statistics().tasks_waiting)

    def _is_cut(self, cycle: HttpCycle) -> bool:
        return self._stopped or is_cancellation(cycle.exception)
