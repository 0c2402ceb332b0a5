"""One asyncio loop, run on the thread that asks for it, from its options to its end. Knows no ASGI and no thread.

A module of its own so that asyncio is imported by the loop that runs on it, as trio is, and not by
``import ipyasgi.testclient``: it would add a sixth to what importing httpx takes.
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
    Make a loop and run it on this thread until it is told to stop; then cancel its tasks and close it.

    :param options: ``debug``, ``loop_factory`` and ``use_uvloop``, as ``anyio.run`` takes them
    :param name: the main task's name
    :param opened: called on the running loop, once, with the loop and the function that stops it

    Raises `LoopError` for options that make no loop.
    """
    loop = _make_loop(options)
    try:
        _serve(loop, name, opened)
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def _make_loop(options: dict[str, Any]) -> asyncio.AbstractEventLoop:
    options = dict(options)
    factory = options.pop("loop_factory", None)
    if options.pop("use_uvloop", False):
        import uvloop  # an optional dependency, imported by who asks for it

        factory = uvloop.new_event_loop
    debug = options.pop("debug", None)
    if options:
        raise LoopError(f"unknown backend options {sorted(options)}: asyncio takes debug, loop_factory, use_uvloop")
    loop: asyncio.AbstractEventLoop = factory() if factory is not None else asyncio.new_event_loop()
    if not isinstance(loop, asyncio.AbstractEventLoop):
        raise LoopError(f"loop_factory gave {type(loop).__name__}, not an asyncio event loop")
    if debug is not None:
        loop.set_debug(debug)
    return loop


def _serve(loop: asyncio.AbstractEventLoop, name: str, opened: Opened) -> None:
    asyncio.set_event_loop(loop)

    async def main() -> None:
        await anyio.lowlevel.checkpoint()  # anyio imports its backend at first use, and no call should pay for it
        stop = asyncio.Event()
        opened(loop, stop.set)
        await stop.wait()

    _run_to_end(loop, loop.create_task(main(), name=name))
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    if tasks:
        _run_to_end(loop, loop.create_task(_wait_a_second(tasks)))
    _run_to_end(loop, loop.create_task(loop.shutdown_asyncgens()))


def _run_to_end(loop: asyncio.AbstractEventLoop, task: asyncio.Task[Any]) -> None:
    while not task.done():
        try:
            loop.run_until_complete(task)
        except (SystemExit, KeyboardInterrupt):  # raised inside some task of the app: go on
            continue
        except RuntimeError:  # loop.stop() called by the app: go on, unless it is the loop that cannot
            if loop.is_closed() or loop.is_running():
                raise


async def _wait_a_second(tasks: set[asyncio.Task[Any]]) -> None:
    await asyncio.wait(tasks, timeout=1.0)
