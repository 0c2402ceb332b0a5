"""Whose code a file holds, what its lines are called, and where a coroutine waits."""

import asyncio
import json

import anyio
import pytest

import ipyasgi
from ipyasgi.engine.loops import Backend
from ipyasgi.engine.source_location import describe_frames, describe_place, owner_of, place_of, read_frames
from ipyasgi.samples import shop


@pytest.mark.parametrize(
    ("filename", "owner"),
    [
        (__file__, ""),
        (shop.__file__, ""),
        (ipyasgi.__file__, "ipyasgi"),
        (anyio.__file__, "anyio"),
        (json.__file__, "Python"),
        (asyncio.__file__, "Python"),
        ("<frozen importlib._bootstrap>", "Python"),
        ("<ipython-input-3-abc>", ""),
        ("/tmp/ipykernel_12/345.py", ""),
    ],
)
def test_owners(filename: str, owner: str) -> None:
    """The user's files and our samples are the app's; ours, packages' and Python's are named."""
    assert owner_of(filename) == owner


@pytest.mark.parametrize(
    ("filename", "place"),
    [
        ("/a/b/shop/api.py", "shop/api.py:42"),
        ("C:\\a\\shop\\api.py", "shop/api.py:42"),
        ("api.py", "api.py:42"),
        ("/tmp/ipykernel_12/345.py", "cell:42"),
        ("<ipython-input-3-abc>", "cell:42"),
    ],
)
def test_places(filename: str, place: str) -> None:
    """A line is named by its file and folder, or as a line of a cell."""
    assert place_of(filename, 42) == place


class Pool:
    async def acquire(self) -> None:
        await anyio.sleep_forever()


async def view(pool: Pool) -> None:
    await pool.acquire()


async def ask(coroutine: object) -> tuple[tuple[str, ...], str]:
    frames = read_frames(coroutine)
    return describe_frames(frames), describe_place(frames)


def test_the_place_is_the_innermost_own_line(backend: Backend) -> None:
    """Frames of installed packages and of the standard library are in the stack, but are not where the app waits."""
    found: list[tuple[tuple[str, ...], str]] = []

    async def main() -> None:
        coroutine = view(Pool())

        async def run() -> None:
            await coroutine

        async with anyio.create_task_group() as group:
            group.start_soon(run)
            await anyio.sleep(0.02)
            found.append(await ask(coroutine))
            group.cancel_scope.cancel()

    anyio.run(main, backend=backend)
    ((stack, place),) = found
    assert [line.split(" in ")[1] for line in stack[:3]] == ["view", "acquire", "sleep_forever"]
    assert place.startswith("engine/test_source_location.py:")
    assert place.endswith(" in acquire, awaiting sleep_forever")


def test_no_coroutine_has_no_place() -> None:
    """A call that has ended, or has not begun, waits nowhere."""
    assert (read_frames(None), describe_place([])) == ([], "")


def test_a_coroutine_that_has_not_begun() -> None:
    """A coroutine that was never awaited is at its first line and awaits nothing."""
    coroutine = view(Pool())
    assert describe_place(read_frames(coroutine)).endswith(" in view")
    coroutine.close()
