"""Where tasks and worker threads are started: their stacks begin anew, often without a line of the app.

``asyncio.gather(*(pool.fetch(…) for …))`` runs nothing but the library's code in each task, and Django's async ORM runs
its queries in a thread. anyio's threads are in `steps`, which also notes how long a job waits for one.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Iterator
from typing import Any

from ..place import forget_place, keep_place
from ..tracer import current_tracer
from .library import Library, Target


def _keep(before: Any) -> Any:
    """Return a function that keeps the place of its caller, for the task or thread that the original one starts."""
    if inspect.iscoroutinefunction(before):

        @functools.wraps(before)
        async def started_async(*args: Any, **kwargs: Any) -> Any:
            if current_tracer() is None:
                return await before(*args, **kwargs)
            kept = keep_place()
            try:
                return await before(*args, **kwargs)
            finally:
                forget_place(kept)

        return started_async

    @functools.wraps(before)
    def started(*args: Any, **kwargs: Any) -> Any:
        if current_tracer() is None:
            return before(*args, **kwargs)
        kept = keep_place()
        try:
            return before(*args, **kwargs)
        finally:
            forget_place(kept)

    return started


def _asyncio() -> Iterator[Target]:
    yield sys.modules["asyncio.base_events"].BaseEventLoop, "create_task", _keep
    yield sys.modules["asyncio"], "to_thread", _keep


def _asgiref() -> Iterator[Target]:
    yield sys.modules["asgiref.sync"].SyncToAsync, "__call__", _keep


PLACES = (
    Library(name="tasks and threads of asyncio", module="asyncio.base_events", targets=_asyncio, makes_calls=False),
    Library(name="threads of asgiref", module="asgiref.sync", targets=_asgiref, makes_calls=False),
)
