"""`Faults`: what a bad network or client does to one request. `FaultyCycle`: the call of the app that has them."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, fields
from typing import Any

import anyio

from ..protocol.errors import RequestError
from ..protocol.types import Message
from .http_cycle import HttpCycle
from .request_body import PIECE_BYTES

_MOST_PARTS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Faults:
    """
    What a bad network or client does to one request; the app gets what a server would pass to it.

    :ivar split: the request's body comes in messages of at most so many bytes; 0 for one message. A body that would
        make more than 10,000 comes in 10,000
    :ivar slow_up_s: seconds before each message of the request's body
    :ivar slow_down_s: seconds that the client takes for each message of the response's body, while the app waits
    :ivar leave_after: the client leaves after so many messages of the response's body, unless the response is complete:
        the app receives ``http.disconnect``, and what it sends then is lost. 0: it leaves after its request. None: it
        stays
    :ivar lose: names of request headers that do not arrive

    Raises `RequestError` for a value that is not possible.
    """

    split: int = 0
    slow_up_s: float = 0.0
    slow_down_s: float = 0.0
    leave_after: int | None = None
    lose: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        lose: Any = self.lose
        object.__setattr__(self, "lose", (lose,) if isinstance(lose, str) else tuple(lose))
        for name in ("split", "leave_after"):
            count = getattr(self, name)
            if count is not None and (type(count) is not int or count < 0):
                raise RequestError(f"Faults({name}={count!r}): give a number from 0")
        for name in ("slow_up_s", "slow_down_s"):
            seconds = getattr(self, name)
            if not isinstance(seconds, int | float) or not 0 <= seconds < math.inf:
                raise RequestError(f"Faults({name}={seconds!r}): give seconds, such as 0.02")
        if not all(isinstance(name, str) and name for name in self.lose):
            raise RequestError(f"Faults(lose={self.lose!r}): give names of headers")

    def given(self) -> dict[str, Any]:
        """Return the fields that differ from their defaults."""
        return {one.name: value for one in fields(self) if (value := getattr(self, one.name)) != one.default}

    def __repr__(self) -> str:
        return f"Faults({', '.join(f'{name}={value!r}' for name, value in self.given().items())})"

    def __str__(self) -> str:
        """``split 3 B, slow up 20 ms, leave after 3, lose X-Key``."""
        units = {"split": " B", "leave_after": ""}
        parts = []
        for name, value in self.given().items():
            label = name.removesuffix("_s").replace("_", " ")
            shown = ", ".join(value) if name == "lose" else f"{value}{units[name]}" if name in units else _time(value)
            parts.append(f"{label} {shown}")
        return ", ".join(parts)


def _time(seconds: float) -> str:
    return f"{seconds * 1e3:g} ms" if seconds < 1 else f"{seconds:g} s"


class FaultyCycle(HttpCycle):
    """
    One request with `Faults`; the other arguments are those of `HttpCycle`.

    :ivar left: whether the client has left before the end of the response
    """

    def __init__(self, *args: Any, faults: Faults, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.left = False
        self._faults = faults
        self._sent_pieces = 0
        size_bytes = max(faults.split or len(self._body), math.ceil(len(self._body) / _MOST_PARTS), 1)
        starts = range(0, max(len(self._body), 1), size_bytes)
        self._parts = deque(self._body[start : start + size_bytes] for start in starts)
        if self._body_reader is not None:
            self._parts.clear()
            self._body_reader.piece_bytes = min(faults.split or PIECE_BYTES, PIECE_BYTES)

    @property
    def cut_off(self) -> bool:
        return super().cut_off and not self._ended_after_leaving

    @property
    def _ended_after_leaving(self) -> bool:
        return self.left and self.outcome == "returned"

    async def _run(self) -> None:
        if not self._body and self._body_reader is None:  # all of the request is there
            self._leave_if_due()
        await super()._run()

    async def _receive(self) -> Message:
        if self._parts:
            await self._pause_up()
        if not self._parts or self._disconnected:  # also if another task has received the last part meanwhile
            return await super()._receive()
        self._mark_message()
        part = self._parts.popleft()
        self._body_given = not self._parts
        if self._body_given:
            self._leave_if_due()
        return {"type": "http.request", "body": part, "more_body": bool(self._parts)}

    async def _next_piece(self, reader: Any) -> bytes | None:
        await self._pause_up()
        piece = await super()._next_piece(reader)
        if not piece:
            self._leave_if_due()
        return piece

    async def _send_body(self, message: Message) -> None:
        if self._faults.slow_down_s and not self._disconnected:
            await anyio.sleep(self._faults.slow_down_s)
            self._mark_message()
        await super()._send_body(message)
        self._sent_pieces += 1
        self._leave_if_due()

    def _on_end(self) -> None:
        if not self._ended_after_leaving:  # else the app need not end its response
            super()._on_end()

    async def _pause_up(self) -> None:
        if self._faults.slow_up_s and not self._disconnected:
            self._awaiting_body += 1  # as while the app waits for the client
            self._last_message_s = math.inf
            try:
                await anyio.sleep(self._faults.slow_up_s)
            finally:
                self._awaiting_body -= 1
                self._mark_message()

    def _leave_if_due(self) -> None:
        if self._disconnected or self._faults.leave_after is None or self._sent_pieces < self._faults.leave_after:
            return
        self.left = True
        if self.recording is not None:
            self._cut_ns = self.recording.elapsed_ns()
        self._disconnect()
