"""`FakePage`: what a browser's page is to us, on CPython: one loop, one thread, and calls whose frames are set aside.

Each callback of the loop, and the test itself, has a greenlet: a stack of its own, as with JavaScript Promise
Integration. Stands in for the modules ``pyodide.ffi`` and ``js``.
"""

import asyncio
import contextvars
import sys
import threading
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from greenlet import getcurrent, greenlet

from ipyasgi.engine import page, page_workers, strategy
from ipyasgi.engine.page_loop import PageLoop


class _Loop(asyncio.SelectorEventLoop):
    """Runs each callback on a stack of its own, and refuses what Pyodide's ``WebLoop`` refuses."""

    def call_soon(self, callback: Any, *args: Any, context: Any = None) -> Any:
        return super().call_soon(_on_own_stack, self._context(context), callback, args, context=contextvars.Context())

    call_soon_threadsafe = call_soon

    def call_later(self, delay: float, callback: Any, *args: Any, context: Any = None) -> Any:
        if delay < 0:
            raise ValueError("Can't schedule in the past")
        return super().call_later(delay, callback, *args, context=context)

    def call_at(self, when: float, callback: Any, *args: Any, context: Any = None) -> Any:
        return super().call_at(
            when, _on_own_stack, self._context(context), callback, args, context=contextvars.Context()
        )

    def set_task_factory(self, factory: Any) -> None:
        raise AssertionError("Pyodide's loop makes no task with a factory on Python 3.14")

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except BaseException as exc:
            future.set_exception(exc)
        return future

    def switch_soon(self, waiter: greenlet) -> None:
        """Go on with a stack that was set aside."""
        super().call_soon(waiter.switch, context=contextvars.Context())

    def _context(self, given: Any) -> contextvars.Context:
        return given if given is not None else contextvars.copy_context()


def _on_own_stack(context: contextvars.Context, callback: Any, args: Any) -> None:
    greenlet(lambda: context.run(callback, *args)).switch()


class FakePage:
    """
    The page while `open` is entered.

    :ivar has_jspi: whether the browser can set frames aside
    :ivar called_by_javascript: whether the caller is such a function
    :ivar reported: what the loop has reported, as Lite shows it under a cell
    """

    def __init__(self) -> None:
        self.has_jspi = True
        self.called_by_javascript = False
        self.reported: list[Any] = []
        self._loop = _Loop()
        self._loop.set_exception_handler(lambda loop, context: self.reported.append(context))
        self._hub = greenlet(self._loop.run_forever)

    def can_run_sync(self) -> bool:
        return self.has_jspi and not self.called_by_javascript

    def run_sync(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """Return the value of a coroutine, as `pyodide.ffi.run_sync`: the caller's frames are set aside."""
        task = self._loop.create_task(coroutine)
        waiter, current = getcurrent(), asyncio.current_task(self._loop)
        if current is not None:  # in Pyodide each stack has its own
            asyncio.tasks._leave_task(self._loop, current)
        task.add_done_callback(lambda _: self._loop.switch_soon(waiter))
        self._hub.switch()
        if current is not None:
            asyncio.tasks._enter_task(self._loop, current)
        return task.result()

    @contextmanager
    def open(self, monkeypatch: pytest.MonkeyPatch) -> Iterator["FakePage"]:
        """Have a page, without threads, in which the caller is a cell."""

        def refuse(thread: threading.Thread) -> None:
            raise RuntimeError(f"can't start new thread: {thread.name}")

        ffi: Any = ModuleType("pyodide.ffi")
        ffi.can_run_sync, ffi.run_sync = self.can_run_sync, self.run_sync
        js: Any = ModuleType("js")
        js.WebAssembly = SimpleNamespace(Suspending=1)
        self.js = js
        with monkeypatch.context() as patch, _unpatched_anyio():
            for module in (ModuleType("pyodide"), ffi, js):
                patch.setitem(sys.modules, module.__name__, module)
            patch.setattr("ipyasgi.engine.page.IN_PAGE", True)
            patch.setattr(strategy, "DEFAULT", PageLoop)
            patch.setattr(threading.Thread, "start", refuse)
            patch.setattr(time, "sleep", time.sleep)  # `watch_sleep` replaces it
            page.watch_sleep.cache_clear()
            self._loop.switch_soon(getcurrent())
            self._hub.switch()  # so the loop runs, as in a cell
            try:
                yield self
            finally:
                self.run_sync(asyncio.sleep(0))
                self._loop.call_soon(self._loop.stop)
                self._hub.switch()
                self._loop.close()
                page.watch_sleep.cache_clear()


@contextmanager
def _unpatched_anyio() -> Iterator[None]:
    """Give anyio its threads back afterwards."""
    from anyio._backends._asyncio import AsyncIOBackend

    names = ("run_sync_in_worker_thread", "run_async_from_thread", "run_sync_from_thread", "check_cancelled")
    before = {name: vars(AsyncIOBackend)[name] for name in names}
    page_workers.use_page_workers.cache_clear()
    try:
        yield
    finally:
        for name, method in before.items():
            setattr(AsyncIOBackend, name, method)
        page_workers.use_page_workers.cache_clear()
