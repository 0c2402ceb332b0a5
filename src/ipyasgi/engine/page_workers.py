"""Worker threads of anyio in a browser's page, where no thread can start: each function runs in a turn of the loop.

FastAPI and Starlette run ``def`` endpoints in such threads. The limit of threads, cancellation and
``anyio.from_thread`` are as elsewhere; only a function that computes holds the page. This patches anyio, because anyio
has no other way to replace its threads. ``asyncio.to_thread`` needs nothing: Pyodide runs the function at once.
"""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Callable
from contextvars import Context, ContextVar, copy_context
from typing import Any

from . import page
from .jobs import await_future

_SCOPE: ContextVar[Any] = ContextVar("ipyasgi_worker_scope", default=None)
"""The cancel scope of a worker's function."""


@functools.cache
def use_page_workers() -> None:
    """Replace anyio's worker threads of the asyncio backend, once for the process."""
    from anyio._backends._asyncio import AsyncIOBackend
    from anyio._core._eventloop import threadlocals

    patched: Any = AsyncIOBackend
    patched.run_sync_in_worker_thread = classmethod(_run_in_turn)
    patched.run_async_from_thread = classmethod(_run_async)
    patched.run_sync_from_thread = classmethod(_run_sync)
    check: Callable[[], None] = AsyncIOBackend.check_cancelled

    def check_cancelled(backend: Any) -> None:
        threadlocals.current_cancel_scope = _SCOPE.get()
        check()

    patched.check_cancelled = classmethod(check_cancelled)
    threads: Any = threading.Thread
    start = threads.start

    def start_thread(thread: threading.Thread) -> None:
        # At the end of a request asgiref, and so Django, starts one to wait for those of its executor. There are none.
        if getattr(getattr(thread, "_target", None), "__module__", "") == "asgiref.sync":
            page.start_turn(thread.run)
        else:
            start(thread)

    threads.start = start_thread


async def _run_in_turn(
    backend: Any, func: Callable[..., Any], args: Any, abandon_on_cancel: bool = False, limiter: Any = None
) -> Any:
    """Do what ``AsyncIOBackend.run_sync_in_worker_thread`` does."""
    from anyio import CancelScope
    from anyio._core._eventloop import threadlocals
    from anyio.lowlevel import current_token

    await backend.checkpoint()
    # `anyio.from_thread` looks for it; all turns have the same thread, and the same loop.
    threadlocals.current_token = current_token()

    def work(scope: Any) -> Any:
        _SCOPE.set(scope)
        page.IN_WORKER.set(True)
        _claim(None)
        return func(*args)

    async with limiter or backend.current_default_thread_limiter():
        with CancelScope(shield=not abandon_on_cancel) as scope:
            around = getattr(scope, "_parent_scope", None)
            return await await_future(page.start_turn(work, scope if abandon_on_cancel or around is None else around))


def _run_async(backend: Any, func: Callable[..., Any], args: Any, token: Any = None) -> Any:
    return _on_loop().run(page.run_coroutine, func(*args))


def _run_sync(backend: Any, func: Callable[..., Any], args: Any, token: Any = None) -> Any:
    return _on_loop().run(func, *args)


def _on_loop() -> Context:
    """Return the context for what a worker asks the loop to run."""
    context = copy_context()
    context.run(page.IN_WORKER.set, False)
    context.run(_claim, "asyncio")
    return context


def _claim(library: str | None) -> None:
    """Set sniffio's current async library in this context, if sniffio is imported."""
    sniffio = sys.modules.get("sniffio")
    if sniffio is not None:
        sniffio.current_async_library_cvar.set(library)
