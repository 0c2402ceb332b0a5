"""Where a coroutine waits, in words."""

import anyio

from ipyasgi.engine.loops import Backend
from ipyasgi.engine.stacks import describe_frames, describe_place, read_frames


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
    assert place.startswith("engine/test_stacks.py:")
    assert place.endswith(" in acquire, awaiting sleep_forever")


def test_no_coroutine_has_no_place() -> None:
    """A call that has ended, or has not begun, waits nowhere."""
    assert (read_frames(None), describe_place([])) == ([], "")


def test_a_coroutine_that_has_not_begun() -> None:
    """A coroutine that was never awaited stands at its first line and awaits nothing."""
    coroutine = view(Pool())
    assert describe_place(read_frames(coroutine)).endswith(" in view")
    coroutine.close()
