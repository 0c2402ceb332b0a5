"""Makes new loops and threads; the only module that chooses their kind.

A platform without threads needs a module with a subclass of `Loop`, and another `DEFAULT` here; callers do not depend
on the kind of loop.
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
"""The kind of loop that `make_loop` and `run_in_thread` use."""


def make_loop(
    *, backend: Backend = "asyncio", backend_options: dict[str, Any] | None = None, name: str = "ipyasgi-loop"
) -> Loop:
    """
    Return a new running loop; its arguments are those of `ipyasgi.BackgroundLoop`.

    Raises `LoopError` for a backend that is not installed, or invalid options.
    """
    return DEFAULT(backend=backend, backend_options=backend_options, name=name)


def run_in_thread(func: Callable[[Unpack[Ts]], T], *args: *Ts) -> concurrent.futures.Future[T]:
    """
    Run a function that may block on a new thread, and return the future of its value.

    A coroutine waits for it with `ipyasgi.engine.jobs.await_future`, a thread with `Loop.wait_future`. Unlike anyio's
    workers it starts even when the caller is cancelled, and does not count towards the app's thread limit.
    """
    return DEFAULT.run_in_thread(func, *args)
