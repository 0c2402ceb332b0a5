"""Both clients on a `KernelLoop`: what was made on the caller's loop is used by the app there.

Synchronous calls on a running loop patch asyncio for good, so they are made in processes of their own.
"""

import asyncio
import subprocess
import sys
import textwrap
import threading
from typing import Any

import anyio
import anyio.to_thread
import pytest

from ipyasgi import AsyncTestClient, KernelLoop, TestClient
from ipyasgi.protocol.errors import LoopError

from .conftest import Backend
from .replies import reply, with_lifespan

HEAD = """
import asyncio, os, signal, sys, threading, time
import anyio
from ipyasgi import AsyncTestClient, KernelLoop, TestClient
from ipyasgi.errors import DeadlineError, LoopError

steps = []

async def reply(send, text):
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": text.encode()})

async def hang():
    steps.append("hangs")
    try:
        await asyncio.sleep(30)
    finally:
        steps.append("ended")

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        for phase in ("startup", "shutdown"):
            await receive()
            steps.append(phase)
            await send({"type": f"lifespan.{phase}.complete"})
    elif scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        if scope["path"] == "/hang":
            await hang()
        while (message := await receive())["type"] == "websocket.receive":
            await send({**message, "type": "websocket.send"})
    elif scope["path"] == "/stream":
        await send({"type": "http.response.start", "status": 200})
        for number in range(100):
            await send({"type": "http.response.body", "body": b"x", "more_body": True})
        await send({"type": "http.response.body"})
    elif scope["path"] == "/hang":
        await hang()
    elif scope["path"] == "/hang/later":
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"x", "more_body": True})
        await hang()
    elif scope["path"] == "/block":
        while True:
            time.sleep(0.01)
    elif scope["path"] == "/queue":
        await asked.put("ping")
        async with lock:
            await reply(send, await answers.get())
    else:
        await reply(send, "ok")

def interrupt(after_s=0.2):
    signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Timer(after_s, os.kill, (os.getpid(), signal.SIGINT)).start()
"""


def in_a_process(script: str) -> None:
    """Run a script after `HEAD` in a process of its own, which must end well and say nothing."""
    command = [sys.executable, "-W", "error", "-c", HEAD + textwrap.dedent(script)]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert (answer.returncode, answer.stderr) == (0, "")


def test_what_was_made_on_the_callers_loop() -> None:
    """A queue, a lock and an event that were made on the caller's loop, and used there, work in endpoints."""

    async def main() -> None:
        asked, answers, lock, event = asyncio.Queue[str](), asyncio.Queue[str](), asyncio.Lock(), asyncio.Event()

        async def app(scope: Any, receive: Any, send: Any) -> None:
            await asked.put("ping")
            async with lock:
                event.set()
                await reply(send, await answers.get())

        async def answer() -> None:
            await answers.put(f"{await asked.get()} pong")

        await lock.acquire()
        async with AsyncTestClient(app, loop=KernelLoop(), lifespan="off") as client, asyncio.TaskGroup() as group:
            group.create_task(answer())
            request = group.create_task(client.get("/"))
            await asyncio.sleep(0.02)
            assert not event.is_set()
            lock.release()
            await event.wait()
            assert (await request).json() == "ping pong"
        assert not hasattr(asyncio, "_nest_patched")

    asyncio.run(main())


def test_a_synchronous_client_of_another_thread() -> None:
    """A thread may use a `TestClient` on a loop that runs elsewhere: nothing is patched for it."""

    async def main() -> None:
        def use(loop: KernelLoop) -> Any:
            with TestClient(with_lifespan, loop=loop) as client:
                return client.get("/").json()

        assert await anyio.to_thread.run_sync(use, KernelLoop()) == {"lives": 1}
        assert not hasattr(asyncio, "_nest_patched")

    asyncio.run(main())


def test_a_synchronous_client_on_trios_own_thread() -> None:
    """Where the caller's loop cannot be run inside itself, entering and asking are refused, and the app never runs."""
    ran: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        ran.append(scope["type"])

    async def main() -> None:
        client = TestClient(app, loop=KernelLoop())
        for attempt in (client.__enter__, lambda: client.get("/"), lambda: client.stream("GET", "/").__enter__()):
            with pytest.raises(LoopError, match=r"trio's own thread: use `await` with AsyncTestClient"):
                attempt()
        with pytest.raises(LoopError), client.websocket_connect("/"):
            pass
        await anyio.sleep(0.02)
        assert ran == []

    anyio.run(main, backend="trio")


@pytest.mark.parametrize("caller", ["asyncio", "trio"])
def test_a_loop_that_is_not_the_callers(caller: Backend) -> None:
    """A given loop that does not run raises an error instead of blocking."""
    idle = asyncio.new_event_loop()

    async def main() -> None:
        client = AsyncTestClient(with_lifespan, loop=KernelLoop(idle))
        for asked in (client.get("/"), client.call(anyio.sleep, 0), client.websocket_connect("/").__aenter__()):
            with pytest.raises(LoopError, match="does not run, so awaiting it would never end"):
                await asked
        await client.aclose()

    anyio.run(main, backend=caller)
    idle.close()


def test_a_synchronous_client_on_an_idle_loop() -> None:
    """On a loop that was handed in and is idle everything works, by just running it."""
    idle = asyncio.new_event_loop()
    with TestClient(with_lifespan, loop=KernelLoop(idle)) as client:
        assert client.get("/").json() == {"lives": 1}
        with client.stream("GET", "/") as response:
            assert response.read() == b'{"lives": 1}'
    assert client.life.status == "stopped"
    assert asyncio.all_tasks(idle) == set()
    assert not hasattr(asyncio, "_nest_patched")
    assert threading.current_thread() is threading.main_thread()
    idle.close()


def test_a_synchronous_client_inside_the_running_loop() -> None:
    """Requests, streams, WebSockets, deadlines and the lifespan, called synchronously on the loop that is running."""
    script = """
    async def main():
        global asked, answers, lock
        asked, answers, lock = asyncio.Queue(), asyncio.Queue(), asyncio.Lock()

        async def answer():
            await answers.put(await asked.get() + " pong")

        loop = KernelLoop()
        assert (await AsyncTestClient(app, loop=loop).get("/")).text == "ok"
        assert not hasattr(asyncio, "_nest_patched")
        with TestClient(app, loop=loop) as client:
            assert steps == ["startup"]
            assert asyncio._nest_patched
            assert client.get("/").text == "ok"
            task = asyncio.create_task(answer())
            assert client.get("/queue").text == "ping pong"
            await task
            with client.stream("GET", "/stream") as response:
                assert response.read() == b"x" * 100
            with client.websocket_connect("/") as websocket:
                websocket.send_text("a")
                assert websocket.receive_text() == "a"
            try:
                client.get("/hang", timeout=0.05)
            except DeadlineError as exc:
                assert "awaiting sleep" in str(exc)
            assert steps == ["startup", "hangs", "ended"]
            assert (await AsyncTestClient(app, loop=loop).get("/")).text == "ok"
            assert len(asyncio.all_tasks()) == 2
        assert steps[-1] == "shutdown"
        assert asyncio.all_tasks() == {asyncio.current_task()}
    asyncio.run(main())
    """
    in_a_process(script)


@pytest.mark.serial
def test_interrupts_inside_the_running_loop() -> None:
    """SIGINT in a synchronous call on the running loop, wherever it hits: the caller's, soon, and nothing runs on."""
    script = """
    def read(client):
        with client.stream("GET", "/hang/later") as response:
            response.read()

    def listen(client):
        with client.websocket_connect("/hang") as websocket:
            websocket.receive()

    ways = {
        "get": lambda client: client.get("/hang"),
        "stream": read,
        "websocket": listen,
        "call": lambda client: client.call(hang),
        "block": lambda client: client.get("/block"),
    }

    async def main():
        loop = KernelLoop()
        for raising in (True, False):
            client = TestClient(app, loop=loop, raise_server_exceptions=raising)
            client.get("/")
            for name, way in ways.items():
                steps.clear()
                interrupt()
                began = time.monotonic()
                try:
                    way(client)
                except KeyboardInterrupt:
                    took = time.monotonic() - began
                    assert 0.1 < took < 5, (name, took)
                else:
                    raise AssertionError(f"{name}: no interrupt")
                assert steps == ([] if name == "block" else ["hangs", "ended"]), (name, steps)
                assert asyncio.all_tasks() == {asyncio.current_task()}
                assert client.get("/").text == "ok"
                assert (await AsyncTestClient(app, loop=loop).get("/")).text == "ok"
    asyncio.run(main())
    """
    in_a_process(script)


def test_an_interrupted_startup_inside_the_running_loop() -> None:
    """SIGINT while a synchronous ``with`` starts the app on the running loop ends that life; the next one works."""
    script = """
    ways = [hang]

    async def slow(scope, receive, send):
        if scope["type"] == "lifespan" and ways:
            await receive()
            await ways.pop()()
        await app(scope, receive, send)

    async def main():
        loop = KernelLoop()
        interrupt()
        try:
            with TestClient(slow, loop=loop):
                raise AssertionError("started")
        except KeyboardInterrupt:
            pass
        assert steps == ["hangs", "ended"]
        assert asyncio.all_tasks() == {asyncio.current_task()}
        with TestClient(slow, loop=loop) as client:
            assert client.get("/").text == "ok"
    asyncio.run(main())
    """
    in_a_process(script)
