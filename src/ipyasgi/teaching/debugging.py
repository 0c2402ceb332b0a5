"""The exercises of notebook 12: a body in pieces, a store that is closed in any case, a limit for slow clients."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from typing import Any

from .. import Faults
from .trial import Wrong, ask, expect, expect_function, expect_status, open_explorer, require, run, show

Message = dict[str, Any]


def check_read_body(read_body: Callable[..., Any]) -> str:
    """12-1: the bytes of all messages, and None for a client that leaves."""
    expect_function(read_body)
    half: Message = {"type": "http.request", "body": b"hello ", "more_body": True}
    rest: Message = {"type": "http.request", "body": b"tea", "more_body": False}
    gone: Message = {"type": "http.disconnect"}
    cases: Sequence[tuple[str, Sequence[Message], bytes | None]] = [
        ("one message", [rest], b"tea"),
        ("two messages", [half, rest], b"hello tea"),
        ("three messages, one of them empty", [half, {**half, "body": b""}, rest], b"hello tea"),
        ("a message without `body` and `more_body`", [{"type": "http.request"}], b""),
        ("a client that leaves at once", [gone], None),
        ("a client that leaves in the middle", [half, gone], None),
    ]
    for case, messages, wanted in cases:
        found, read = _read(read_body, messages)
        if case == "one message":
            require(found)
        expect(found == wanted, f"of {case} it returns {show(found)}, not {show(wanted)}")
        look = "`receive` waits for the client to leave if nothing else comes"
        expect(read == len(messages), f"of {case} it calls `receive` {read} times, not {len(messages)}", look)
    return "the whole body, in as many messages as it comes"


def _read(read_body: Callable[..., Any], messages: Sequence[Message]) -> tuple[Any, int]:
    """Return what the reader's function returns, and how many messages it has received; `Wrong` if it wants more."""
    read = 0

    async def receive() -> Message:
        nonlocal read
        if read == len(messages):
            raise Wrong("it calls `receive` again after the last message", "what does `more_body` say?")
        read += 1
        return messages[read - 1]

    return run(read_body, receive), read


class _Store:
    """A store that knows how often it was opened and closed, and has rows only in between."""

    def __init__(self, rows: Sequence[bytes]) -> None:
        self._rows = rows
        self.opened = 0
        self.closed = 0

    @property
    def rows(self) -> Iterator[bytes]:
        for row in self._rows:
            if self.opened <= self.closed:
                raise Wrong("it reads a row while the store is closed")
            yield row

    def open(self) -> None:
        self.opened += 1

    def close(self) -> None:
        self.closed += 1


class _Export:
    """An app that sends what the reader's generator yields; if the client leaves it closes it, as a framework does."""

    def __init__(self, read_store: Callable[..., Any], store: _Store, *, leaves: bool) -> None:
        self.read_store = read_store
        self.store = store
        self.leaves = leaves

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        rows = self.read_store(self.store)
        if not isinstance(rows, AsyncGenerator):
            raise Wrong(f"it returns {show(rows)}, not an async generator", "`async def` with `yield`")
        await send({"type": "http.response.start", "status": 200, "headers": []})
        try:
            async for row in rows:
                if row is not ...:
                    await send({"type": "http.response.body", "body": row, "more_body": True})
                if self.leaves:
                    break
        finally:
            await rows.aclose()
        await send({"type": "http.response.body"})


def check_read_store(read_store: Callable[..., Any]) -> str:
    """12-2: the store is closed after the last row, and if the client leaves."""
    expect_function(read_store)
    rows = [b"row %d " % number for number in range(4)]
    for case, leaves in (("a client that stays", False), ("a client that leaves", True)):
        store = _Store(rows)
        with open_explorer(_Export(read_store, store, leaves=leaves), lifespan="off") as explorer:
            content = require(ask(explorer, "GET", "/").content or None, "the generator yields nothing")
            wanted = b"".join(rows[:1] if leaves else rows)
            expect(content == wanted, f"{case} receives {show(content)}")
        expect(store.opened == 1, f"with {case}, `open` was called {store.opened} times, not once")
        look = "which lines run when a generator is closed at its `yield`?"
        expect(store.closed == 1, f"with {case}, `close` was called {store.closed} times, not once", look)
    return "it is closed in any case"


def check_impatient(app: Any) -> str:
    """12-3: the length of the body, and 408 after a second."""
    with open_explorer(app) as explorer:
        for size in (0, 9):
            for split in (0, 4):
                exchange = ask(explorer, "POST", "/", content=b"x" * size, faults=Faults(split=split))
                case = f"with {size} bytes{f' in messages of {split}' if split else ''}"
                expect_status(exchange, 200, case)
                expect(exchange.text == str(size), f"POST / {case} returns {show(exchange.text)}, not '{size}'")
        for case, faults in (
            ("from a client that needs a minute", Faults(slow_up_s=60.0)),
            ("from a client that sends a byte every 0.4 seconds", Faults(slow_up_s=0.4, split=1)),
        ):
            slow = explorer.post("/", content=b"black tea", faults=faults, raise_exceptions=False, timeout=10.0)
            expect_status(slow, 408, case, "how long may it wait for the whole body?")
    return "it waits, but not forever"


CHECKS = {"12-1": check_read_body, "12-2": check_read_store, "12-3": check_impatient}
