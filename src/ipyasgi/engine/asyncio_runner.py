"""Makes an asyncio loop, runs it on the calling thread and closes it. No ASGI and no threads here.

A separate module so that ``import ipyasgi.testclient`` does not import asyncio, which would add a sixth to the time of
importing httpx.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import anyio.lowlevel

from ..protocol.errors import LoopError

Opened = Callable[[asyncio.AbstractEventLoop, Callable[[], object]], object]


def run_asyncio(options: dict[str, Any], name: str, opened: Opened) -> None:
    """
    Make a loop and run it on this thread until it is stopped; then cancel its tasks and close it.

    :param options: ``debug``, ``loop_factory`` and ``use_uvloop``, as in ``anyio.run``
    :param name: the main task's name
    :param opened: called once on the running loop, with the loop and the function that stops it

    Raises `LoopError` for invalid options.
    """

    async def main() -> None:
        await anyio.lowlevel.checkpoint()  # imports anyio's backend now, not during the first call
        stop = asyncio.Event()
        opened(loop, stop.set)
        await stop.wait()

    loop = _make_loop(options)
    try:
        asyncio.set_event_loop(loop)
        _run_to_end(loop, loop.create_task(main(), name=name))
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        if tasks:
            _run_to_end(loop, loop.create_task(asyncio.wait(tasks, timeout=1.0)))
        _run_to_end(loop, loop.create_task(loop.shutdown_asyncgens()))
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def _make_loop(options: dict[str, Any]) -> asyncio.AbstractEventLoop:
    options = dict(options)
    factory = options.pop("loop_factory", None)
    if options.pop("use_uvloop", False):
        import uvloop  # an optional dependency

        factory = uvloop.new_event_loop
    debug = options.pop("debug", None)
    if options:
        raise LoopError(f"unknown backend options {sorted(options)}: use debug, loop_factory and use_uvloop")
    loop: asyncio.AbstractEventLoop = factory() if factory is not None else asyncio.new_event_loop()
    if not isinstance(loop, asyncio.AbstractEventLoop):
        raise LoopError(f"loop_factory returned {type(loop).__name__}: return an asyncio event loop")
    if debug is not None:
        loop.set_debug(debug)
    return loop


def _run_to_end(loop: asyncio.AbstractEventLoop, task: asyncio.Task[Any]) -> None:
    while not task.done():
        try:
            loop.run_until_complete(task)
        except (SystemExit, KeyboardInterrupt):  # raised in a task of the app: continue
            continue
        except RuntimeError:  # the app called loop.stop(): continue, if the loop can
            if loop.is_closed() or loop.is_running():
                raise
