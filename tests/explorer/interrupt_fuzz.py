"""A program that interrupts 17 operations at random moments, often twice, and prints what it found, as JSON.

``python interrupt_fuzz.py SEED INTERRUPTS``; `test_interrupt_fuzz` runs it, in a process of its own, because an
interrupt that comes late would end the tests' process.
"""

from __future__ import annotations

import asyncio
import collections
import contextlib
import faulthandler
import gc
import json
import os
import queue
import random
import signal
import sys
import threading
import time
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ipyasgi import Explorer
from ipyasgi.formats.http_file import read_http
from ipyasgi.shown import VIEWS
from ipyasgi.testclient import TestClient

STEP_S = 0.01


def app_of(word: bytes) -> Any:
    """Return an app whose lifespan takes its time, with endpoints that are slow, block and stream."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            for step in ("startup", "shutdown"):
                await receive()
                await asyncio.sleep(STEP_S)
                await send({"type": f"lifespan.{step}.complete"})
            return
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            while (message := await receive())["type"] != "websocket.disconnect":
                await send({"type": "websocket.send", "text": message["text"]})
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if scope["path"] == "/slow":
            await asyncio.sleep(0.1)
        if scope["path"] == "/blocks":
            time.sleep(0.05)
        await send({"type": "http.response.body", "body": word})

    return app


APPS = [app_of(b"one"), app_of(b"two")]


def use(client: TestClient) -> None:
    """Start the app, send a request and end it; then close the client, whatever comes."""
    try:
        with client:
            client.get("/")
    finally:
        client.close()


def talk(explorer: Explorer) -> None:
    """Send a message and wait for its echo, in a session."""
    session = explorer.websocket("/ws")
    try:
        session.send_text("a")
        session.wait(0.02)
    finally:
        session.disconnect()


def open_and_close() -> None:
    """Make another explorer and close it, whatever comes."""
    with Explorer(APPS[0]) as other:
        other.get("/")


def step_through(explorer: Explorer) -> None:
    """Run the lifespan to its end, and to its beginning again."""
    explorer.lifespan.shutdown()
    explorer.lifespan.step()
    explorer.lifespan.step()


OPERATIONS: dict[str, Callable[[Explorer], object]] = {
    "get": lambda explorer: explorer.get("/"),
    "get slow": lambda explorer: explorer.get("/slow"),
    "get blocks": lambda explorer: explorer.get("/blocks"),
    "begin": lambda explorer: [explorer.begin("GET", "/slow") for _ in range(5)][-1].result(20),
    "replace": lambda explorer: explorer.replace_app(APPS[explorer.app is APPS[0]]),
    "restart": lambda explorer: explorer.lifespan.restart(),
    "steps": step_through,
    "replay": lambda explorer: explorer.replay(explorer.history[-5:]),
    "recheck": lambda explorer: explorer.recheck(explorer.history[-5:]),
    "websocket": lambda explorer: explorer.websocket_exchange("/ws", "a", "b", wait_s=0.02),
    "websocket session": talk,
    "view": lambda explorer: (VIEWS.view_of(explorer.history), VIEWS.view_of(explorer.history[-1])),
    "export": lambda explorer: (explorer.history[-5:].to_har(), explorer.history[-1].to_pytest()),
    "import": lambda explorer: read_http("GET /\n\n###\n" * 100),
    "close": lambda explorer: explorer.close(),
    "another": lambda explorer: open_and_close(),
    "client": lambda explorer: use(TestClient(APPS[0])),
}


class Interrupter:
    """Sends SIGINT after given delays; it raises ``KeyboardInterrupt`` where `call` is waiting for a function."""

    def __init__(self) -> None:
        self.sent_s: list[float] = []
        self._orders: queue.SimpleQueue[tuple[float, ...]] = queue.SimpleQueue()
        self._done = threading.Semaphore(0)
        signal.signal(signal.SIGINT, self._receive)
        threading.Thread(target=self._run, daemon=True).start()

    def call(self, func: Callable[[], object], delays_s: tuple[float, ...]) -> None:
        """Call a function that is interrupted after each delay, if it is still running; wait for the last one."""
        self.sent_s = []
        self._orders.put(delays_s)
        try:
            self._call(func)
        finally:
            self._done.acquire()

    @staticmethod
    def _call(func: Callable[[], object]) -> None:
        func()

    def _receive(self, number: int, frame: types.FrameType | None) -> None:
        while frame is not None and (frame := frame.f_back) is not None:
            if frame.f_code is Interrupter._call.__code__:
                raise KeyboardInterrupt

    def _run(self) -> None:
        while True:
            for delay_s in self._orders.get():
                time.sleep(delay_s)
                self.sent_s.append(time.monotonic())
                os.kill(os.getpid(), signal.SIGINT)
            self._done.release()


class Fuzz:
    """
    Interrupts one operation after the other, and checks after each that the explorer can be used.

    :ivar found: what was wrong, and how often
    :ivar worst: the longest time from an interrupt to the prompt, and its operation
    """

    def __init__(self, seed: int) -> None:
        self.found: collections.Counter[str] = collections.Counter()
        self.worst: tuple[float, str] = (0.0, "")
        self.raised = 0
        self.operations = 0
        self._random = random.Random(seed)
        self._interrupter = Interrupter()
        self._explorer = Explorer(APPS[0])
        self._explorer.get("/")

    def run(self, interrupts: int) -> None:
        """Run operations until so many were interrupted."""
        while self.raised < interrupts:
            self._interrupt(self._random.choice(list(OPERATIONS)))

    def close(self) -> None:
        """Close the explorer."""
        self._explorer.close()

    def _interrupt(self, name: str) -> None:
        first_s = self._random.random() * self._random.choice([0.0005, 0.005, 0.05, 0.2])
        second = self._random.choice([(), (), (0.0005,), (0.01,), (0.05,)])
        self.operations += 1
        back_s: list[float] = []

        def operate() -> None:
            try:
                OPERATIONS[name](self._explorer)
            finally:
                back_s.append(time.monotonic())

        try:
            self._interrupter.call(operate, (first_s, *second))
        except KeyboardInterrupt:
            self.raised += 1
            if back_s and (sent := [one for one in self._interrupter.sent_s if one < back_s[0]]):
                self.worst = max(self.worst, (back_s[0] - sent[0], name))
        except BaseException as exc:
            self.found[f"{name} raised {type(exc).__name__}: {str(exc)[:200]}"] += 1
        self._use(name)

    def _use(self, name: str) -> None:
        """Use the explorer as a user does in the next cell."""
        try:
            if self._explorer.closed:
                self._explorer = Explorer(APPS[0])
            self._explorer.get("/", timeout=5)  # waits for what the second interrupt left; the status is as it is
            if self._explorer.lifespan.status != "running":
                self._explorer.lifespan.restart(timeout=5)
            text, status = self._explorer.get("/", timeout=5).text, self._explorer.lifespan.status
            if text != ("one" if self._explorer.app is APPS[0] else "two") or status != "running":
                self.found[f"after {name}: the other app answered, or the lifespan is {status}"] += 1
        except BaseException as exc:
            self.found[f"after {name}: {type(exc).__name__}: {str(exc)[:200]}"] += 1
            with contextlib.suppress(BaseException):
                self._explorer.close()
            self._explorer = Explorer(APPS[0])


def count_open() -> dict[str, int]:
    """Return how many threads (of ours) and files of this process are open, once what was dropped is closed."""
    until_s = time.monotonic() + 30
    while time.monotonic() < until_s and [one for one in threading.enumerate() if one.name.startswith("ipyasgi")]:
        gc.collect()
        time.sleep(0.01)
    return {
        "threads": sum(thread.name.startswith("ipyasgi") for thread in threading.enumerate()),
        "files": len(list(Path("/dev/fd").iterdir())),
    }


def main() -> None:
    """Run the fuzz that the arguments ask for."""
    faulthandler.dump_traceback_later(280, exit=True)
    warm_up = Fuzz(0)  # what is opened once and stays
    warm_up.close()
    before = count_open()
    fuzz = Fuzz(int(sys.argv[1]))
    fuzz.run(int(sys.argv[2]))
    fuzz.close()
    print(
        json.dumps(
            {
                "operations": fuzz.operations,
                "interrupts": fuzz.raised,
                "worst_s": fuzz.worst[0],
                "worst": fuzz.worst[1],
                "found": fuzz.found,
                "before": before,
                "after": count_open(),
            }
        )
    )


if __name__ == "__main__":
    main()
