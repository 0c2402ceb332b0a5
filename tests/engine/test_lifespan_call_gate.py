"""The gate that holds an app at each message while it is stepped."""

import anyio
import anyio.lowlevel
import pytest

from ipyasgi.engine.lifespan_call import StepGate
from ipyasgi.engine.loops import Backend


async def settle() -> None:
    for _ in range(5):
        await anyio.lowlevel.checkpoint()


def test_an_open_gate_holds_nobody(backend: Backend) -> None:
    """A gate that was never shut lets everything through."""
    held: list[bool] = []

    async def main() -> None:
        gate = StepGate(lambda: held.append(True))
        with anyio.fail_after(20):
            await gate.arrive("receive", "lifespan.startup")
        assert gate.held_at is None

    anyio.run(main, backend=backend)
    assert held == []


def test_one_pass_is_for_one_message(backend: Backend) -> None:
    """Each pass lets one message through; the next one is held and shown."""
    passed: list[str] = []

    async def app(gate: StepGate) -> None:
        for name in ("first", "second", "third"):
            await gate.arrive("send", name)
            passed.append(name)

    async def main() -> None:
        held: list[bool] = []
        gate = StepGate(lambda: held.append(True))
        gate.let_one_pass()
        async with anyio.create_task_group() as group:
            group.start_soon(app, gate)
            await settle()
            assert (passed, gate.held_at, len(held)) == (["first"], ("send", "second"), 1)
            gate.let_one_pass()
            assert gate.held_at is None
            await settle()
            assert (passed, gate.held_at, len(held)) == (["first", "second"], ("send", "third"), 2)
            gate.open()
        assert (passed, gate.held_at) == (["first", "second", "third"], None)

    anyio.run(main, backend=backend)


@pytest.mark.parametrize("passes", [2, 3])
def test_passes_add_up(backend: Backend, passes: int) -> None:
    """Passes given before the app arrives are kept; opening forgets those that are left."""

    async def main() -> None:
        gate = StepGate(lambda: None)
        for _ in range(passes):
            gate.let_one_pass()
        with anyio.move_on_after(0.05) as scope:
            for _ in range(passes + 1):
                await gate.arrive("send", "x")
        assert scope.cancelled_caught
        gate.open()
        gate.let_one_pass()
        with anyio.fail_after(20):
            await gate.arrive("send", "x")

    anyio.run(main, backend=backend)


def test_two_tasks_are_held_at_once(backend: Backend) -> None:
    """Each held task continues in turn, and when one leaves, the other one is shown."""
    passed: list[str] = []

    async def main() -> None:
        gate = StepGate(lambda: None)
        gate.shut = True

        async def send(name: str) -> None:
            await gate.arrive("send", name)
            passed.append(name)

        async with anyio.create_task_group() as group:
            scope = anyio.CancelScope()

            async def send_until_cancelled() -> None:
                with scope:
                    await send("cancelled")

            group.start_soon(send_until_cancelled)
            await settle()
            group.start_soon(send, "one")
            group.start_soon(send, "two")
            await settle()
            assert gate.held_at == ("send", "cancelled")
            scope.cancel()
            await settle()
            assert gate.held_at is not None
            assert gate.held_at[1] in ("one", "two")
            gate.let_one_pass()
            await settle()
            assert len(passed) == 1
            assert gate.held_at == ("send", "two" if passed == ["one"] else "one")
            with anyio.fail_after(20):
                gate.open()
                await settle()
        assert sorted(passed) == ["one", "two"]
        assert gate.held_at is None

    anyio.run(main, backend=backend)
