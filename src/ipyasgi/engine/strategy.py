"""Which loops and threads this platform has: the only module that chooses, and the only way to a new one.

A platform without threads takes one more module with a subclass of `Loop` and another `DEFAULT` here; no caller asks
which kind of loop it has.
"""

from __future__ import annotations

import concurrent.futures
from collections.abc import Callable
from typing import Any, TypeVar, TypeVarTuple, Unpack

from .background_loop import BackgroundLoop
from .loops import Backend, Loop

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

DEFAULT = BackgroundLoop
"""The kind of loop that `make_loop` makes, and that `run_in_thread` asks."""


def make_loop(
    *, backend: Backend = "asyncio", backend_options: dict[str, Any] | None = None, name: str = "ipyasgi-loop"
) -> Loop:
    """
    Return a new running loop; its arguments are those of `ipyasgi.BackgroundLoop`.

    Raises `LoopError` for a backend that is not installed, or options that it does not take.
    """
    return DEFAULT(backend=backend, backend_options=backend_options, name=name)


def run_in_thread(func: Callable[[Unpack[Ts]], T], *args: *Ts) -> concurrent.futures.Future[T]:
    """
    Run a function that may block on a thread of its own, and return the future of its value.

    A coroutine waits for it with `ipyasgi.engine.jobs.await_future`, a thread with `Loop.wait_future`. Unlike anyio's
    workers it begins whatever else is cancelled, and needs no free place in a limit that the app's own threads may
    have used up.
    """
    return DEFAULT.run_in_thread(func, *args)
