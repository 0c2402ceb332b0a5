"""`AsyncTestClient` and the app's life: entered, left, cancelled at every moment of both."""

import asyncio
import functools
import threading
import time
from typing import Any

import anyio
import anyio.to_thread
import pytest

from ipyasgi import AsyncTestClient, KernelLoop
from ipyasgi.engine import graces
from ipyasgi.protocol.errors import AppExitError, DeadlineError, LifespanError, LifespanStateError, LoopError

from .conftest import MakeAsync, Run
from .replies import becomes_true_async, longest_gap, reply, ticking, who_runs, with_lifespan


class Living:
    """Run until the shutdown, or hang in one phase; log every step."""

    def __init__(self, hangs_in: str = "") -> None:
        self.hangs_in = hangs_in
        self.steps: list[str] = []
        self.alive = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.alive += 1
        try:
            if scope["type"] == "http":
                await anyio.sleep_forever()
            for phase in ("startup", "shutdown"):
                await receive()
                self.steps.append(phase)
                if self.hangs_in == phase:
                    await anyio.sleep_forever()
                await send({"type": f"lifespan.{phase}.complete"})
        finally:
            self.alive -= 1


def all_gone() -> bool:
    return not any(thread.name.startswith("ipyasgi") for thread in threading.enumerate())


# -- one life -------------------------------------------------------------------------------------------------


def test_a_life(run: Run) -> None:
    """The app lives inside ``async with``, again and again, with one state, and ``task`` ends with it."""

    async def main(make: MakeAsync) -> None:
        client = make(with_lifespan)
        with pytest.raises(AttributeError, match="before the first"):
            _ = client.task
        for lives in (1, 2):
            async with client as entered:
                assert entered is client
                assert (await client.get("/")).json() == {"lives": lives}
                assert not client.task.done()
            assert client.life.status == "stopped"
            assert client.task.result(20) is None
        assert client.app_state == {"lives": 2}

    run(main)


def test_entered_again_inside(run: Run) -> None:
    """Only the outermost ``async with`` starts the app and shuts it down; one exit too many is nothing."""

    async def main(make: MakeAsync) -> None:
        async with make(with_lifespan) as client:
            async with client:
                assert (await client.get("/")).json() == {"lives": 1}
            assert client.life.status == "running"
        assert client.life.status == "stopped"
        await client.__aexit__()
        async with client:
            assert (await client.get("/")).json() == {"lives": 2}
        assert client.life.status == "stopped"

    run(main)


@pytest.mark.parametrize("phase", ["startup", "shutdown"])
def test_entered_while_it_changes(run: Run, phase: str) -> None:
    """Entering while another task enters or leaves is an error, and does not affect that task."""

    async def main(make: MakeAsync) -> None:
        app = Living(phase)
        client = make(app)

        async def other() -> None:
            async with client:
                pass

        with anyio.move_on_after(5) as scope:
            async with anyio.create_task_group() as group:
                group.start_soon(other)
                assert await becomes_true_async(lambda: phase in app.steps)
                with pytest.raises(LifespanStateError, match="wait until the other `with`"):
                    await client.__aenter__()
                scope.cancel()
        app.hangs_in = ""
        async with client:
            assert client.life.status == "running"
        assert client.life.status == "stopped"

    run(main)


async def refuse(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "lifespan.startup.failed", "message": "no database"})


async def raise_at_once(scope: Any, receive: Any, send: Any) -> None:
    raise ZeroDivisionError


async def exit_at_startup(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    raise SystemExit(3)


async def refuse_to_stop(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.failed", "message": "still busy"})


@pytest.mark.parametrize(
    ("app", "mode", "raised"),
    [
        (refuse, "on", LifespanError),
        (refuse, "auto", LifespanError),
        (refuse_to_stop, "auto", LifespanError),
        (exit_at_startup, "on", AppExitError),
        (raise_at_once, "on", ZeroDivisionError),
    ],
)
def test_a_life_that_fails(run: Run, app: Any, mode: Any, raised: type[Exception]) -> None:
    """A failed startup or shutdown is raised where it is awaited, and nothing is left open."""

    async def main(make: MakeAsync) -> None:
        client = make(app, lifespan=mode)
        with pytest.raises(raised):
            async with client:
                pass
        assert client.portal is None

    run(main)


@pytest.mark.parametrize("mode", ["auto", "off"])
def test_an_app_without_a_life(run: Run, mode: Any) -> None:
    """An app that knows no lifespan works with ``lifespan="auto"``, and is not asked with ``off``."""
    asked: list[str] = []

    async def app(scope, receive, send):
        asked.append(scope["type"])
        if scope["type"] == "lifespan":
            raise NotImplementedError
        await reply(send)

    async def main(make: MakeAsync) -> None:
        async with make(app, lifespan=mode) as client:
            assert (await client.get("/")).status_code == 200
        assert asked == (["lifespan", "http"] if mode == "auto" else ["http"])

    run(main)


def test_a_lifespan_deadline(run: Run) -> None:
    """The client's deadline counts for startup and shutdown; the error names what did not come."""

    async def main(make: MakeAsync) -> None:
        for phase in ("startup", "shutdown"):
            client = make(Living(phase), timeout=1)
            with pytest.raises(DeadlineError, match=rf"no lifespan\.{phase}\.complete within 1 s"):
                async with client:
                    pass

    run(main)


def test_the_parts_of_a_life(run: Run) -> None:
    """``wait_startup``, ``wait_shutdown`` and ``lifespan`` are there for code that wants them apart."""

    async def main(make: MakeAsync) -> None:
        client = make(with_lifespan)
        await client.wait_startup()
        assert client.life.status == "running"
        await client.wait_shutdown()
        await client.lifespan()
        assert client.app_state == {"lives": 2}

    run(main)


@pytest.mark.parametrize("place", ["asyncio", "trio"], indirect=True)
def test_the_portal(run: Run) -> None:
    """``portal`` is anyio's, into the app's loop, inside ``async with`` and None outside."""

    async def main(make: MakeAsync) -> None:
        client = make(who_runs)
        assert client.portal is None
        async with client:
            inside = await anyio.to_thread.run_sync(client.portal.call, threading.get_ident)
            assert inside == (await client.get("/")).json()
        assert client.portal is None

    run(main)


@pytest.mark.parametrize("place", ["kernel"], indirect=True)
def test_no_portal_into_the_own_loop(run: Run) -> None:
    """A portal into the very loop that would wait for it is refused, and nothing is patched for it."""

    async def main(make: MakeAsync) -> None:
        async with make(who_runs) as client:
            with pytest.raises(LoopError, match="a portal would block this thread"):
                _ = client.portal
            portal = await anyio.to_thread.run_sync(lambda: client.portal)
            assert await anyio.to_thread.run_sync(portal.call, threading.get_ident) == threading.get_ident()
        assert not hasattr(asyncio, "_nest_patched")

    run(main)


# -- cancelled ------------------------------------------------------------------------------------------------


async def enter(make: MakeAsync, app: Living) -> None:
    async with make(app):
        pass


async def stay(make: MakeAsync, app: Living) -> None:
    async with make(app):
        await anyio.sleep_forever()


async def ask(make: MakeAsync, app: Living) -> None:
    async with make(app) as client:
        await client.get("/")


async def only_start(make: MakeAsync, app: Living) -> None:
    client = make(app)
    try:
        await client.wait_startup()
    finally:
        await client.aclose()


async def only_stop(make: MakeAsync, app: Living) -> None:
    client = make(app)
    await client.wait_startup()
    try:
        await client.wait_shutdown()
    finally:
        await client.aclose()


@pytest.mark.serial
@pytest.mark.parametrize(
    ("work", "hangs_in", "steps"),
    [
        (enter, "startup", ["startup"]),
        (enter, "shutdown", ["startup", "shutdown"]),
        (stay, "", ["startup", "shutdown"]),
        (ask, "", ["startup", "shutdown"]),
        (only_start, "startup", ["startup"]),
        (only_stop, "shutdown", ["startup", "shutdown"]),
    ],
)
def test_cancelled_at_a_stage(run: Run, work: Any, hangs_in: str, steps: list[str]) -> None:
    """Cancelled in the startup, in the body, in a request or in the shutdown: the app ends, and its loop and thread."""

    async def main(make: MakeAsync) -> None:
        app = Living(hangs_in)
        async with anyio.create_task_group() as group:
            group.start_soon(work, make, app)
            assert await becomes_true_async(lambda: (hangs_in or "startup") in app.steps)
            await anyio.sleep(0.05)
            group.cancel_scope.cancel()
        assert app.steps == steps
        assert app.alive == 0
        assert await becomes_true_async(all_gone)

    run(main)


@pytest.mark.parametrize("delay_ms", [0, 0.2, 0.5, 1, 1.5, 2, 3, 5])
def test_cancelled_at_any_moment(run: Run, delay_ms: float) -> None:
    """Cancelled a moment after the beginning, wherever that is by then, nothing is left either."""

    async def main(make: MakeAsync) -> None:
        app = Living()
        for work in (enter, stay, ask):
            with anyio.move_on_after(delay_ms / 1000):
                await work(make, app)
            assert app.alive == 0
            assert await becomes_true_async(all_gone)

    run(main)


@pytest.mark.serial
def test_cancelled_before_the_app_began(run: Run) -> None:
    """A startup that begins only after its wait was cancelled is ended as well, and soon."""

    def observe() -> None:
        time.sleep(0.2)  # on the thread that is about to start the app

    async def main(make: MakeAsync) -> None:
        app = Living("startup")
        client = make(app, observe_lifespan=observe)
        with anyio.move_on_after(0.05):
            await client.__aenter__()
        assert app.alive == 0
        assert await becomes_true_async(all_gone)

    run(main)


def test_cancelled_before_the_exit(run: Run) -> None:
    """A scope that was cancelled while the body ended by itself: the exit raises at once, and yet leaves nothing."""

    async def main(make: MakeAsync) -> None:
        app = Living("shutdown")
        with anyio.CancelScope() as scope:
            async with make(app):
                scope.cancel()
        assert app.alive == 0
        assert await becomes_true_async(all_gone)

    run(main)


@pytest.mark.serial
def test_a_cancelled_body_has_a_stubborn_app_ended(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shutdown that a cancelled body still gets has an end, also without a deadline of the client's."""
    monkeypatch.setattr(graces, "CLEANUP_S", 1.0)

    async def main(make: MakeAsync) -> None:
        app = Living("shutdown")
        with anyio.CancelScope() as scope:
            async with make(app):
                scope.cancel()
                await anyio.sleep_forever()
        assert app.steps == ["startup", "shutdown"]
        assert app.alive == 0
        assert await becomes_true_async(all_gone)

    run(main)


@pytest.mark.parametrize("hangs_in", ["startup", "shutdown"])
def test_cancelled_by_asyncio(place: str, hangs_in: str) -> None:
    """``Task.cancel``, as a notebook's interrupt does it, in the startup or the shutdown, leaves nothing."""

    async def main() -> None:
        where: dict[str, Any] = {"loop": KernelLoop()} if place == "kernel" else {"backend": place}
        app = Living(hangs_in)
        task = asyncio.create_task(enter(functools.partial(AsyncTestClient, **where), app))
        assert await becomes_true_async(lambda: hangs_in in app.steps)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert app.alive == 0
        assert await becomes_true_async(all_gone)

    asyncio.run(main())


@pytest.mark.usefixtures("usual_graces")
@pytest.mark.parametrize("place", ["asyncio", "trio"], indirect=True)
def test_a_startup_that_blocks_its_loop(run: Run, may_block: None) -> None:
    """A startup that cannot be cancelled is left to its thread; the caller is back soon, and its loop has ticked on."""
    release = threading.Event()

    async def app(scope, receive, send):
        release.wait(20)

    async def main(make: MakeAsync) -> None:
        began = time.monotonic()
        try:
            async with ticking() as ticks:
                with anyio.move_on_after(1.2):
                    async with make(app):
                        pass
                assert time.monotonic() - began < 10
                assert longest_gap(ticks) < 5
        finally:
            release.set()

    run(main)
