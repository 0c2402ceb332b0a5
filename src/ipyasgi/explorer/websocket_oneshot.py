"""One WebSocket from its handshake to its end: send the messages, listen until it is quiet, return the record."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from ..client.options import CallOptions
from ..client.testclient import TestClient
from ..client.websocket_end import WebSocketDisconnect
from ..engine.call import AppCall
from ..engine.inbox import NOTHING, Inbox, WaitPlan
from ..engine.loops import Loop
from ..engine.runs import Event, Run, WebSocketRun
from ..protocol.errors import RequestError
from ..records.state import Places
from .call_recorder import CallRecorder
from .websocket_session import connect

WAIT_S = 1.0
"""How long the app may be silent before the exchange of messages is over."""


class QuietRecorder(CallRecorder):
    """Record a WebSocket and how long it has been quiet."""

    def __init__(self, places: Places) -> None:
        super().__init__(places)
        self._over = Inbox()
        self._loop: Loop | None = None
        self._heard_s = time.monotonic()

    def message(self, event: Event) -> None:
        super().message(event)
        self._heard_s = time.monotonic()
        if event.type == "websocket.close":
            self._over.put(None)

    def closed(self, run: Run) -> None:
        super().closed(run)
        self._over.put(None)

    def wait_quiet(self, wait_s: float, until_s: float) -> None:
        """Wait on the caller's thread until nothing came for ``wait_s``, the app has closed, or it is ``until_s``."""
        if self._loop is not None:
            self._loop.wait(self._over, self._wait_quiet(wait_s, until_s))

    def begun(self, call: AppCall) -> None:
        """Take the loop that the call runs on: it knows how to wait for what happens there."""
        self._loop = call.loop

    def _wait_quiet(self, wait_s: float, until_s: float) -> WaitPlan[None]:
        while (left_s := min(self._heard_s + wait_s, until_s) - time.monotonic()) > 0:
            if (yield left_s) is not NOTHING:
                return


def exchange_messages(
    client: TestClient,
    places: Places,
    path: str,
    messages: Sequence[str | bytes],
    *,
    options: Mapping[str, Any],
    subprotocols: Sequence[str] | None = None,
    wait_s: float = WAIT_S,
    timeout: float | None = None,
    keep: Callable[[WebSocketRun | None], object] = lambda run: None,
) -> WebSocketRun:
    """
    Open a WebSocket, send the messages and listen; everything else as for `Explorer.websocket_exchange`.

    :param options: of the handshake: ``headers``, ``params``, ``cookies`` and ``auth``, as in httpx
    :param keep: given the record, also where the app's exception goes on to the caller
    """
    check_socket_path(path)
    recorder = QuietRecorder(places)
    until_s = math.inf if timeout is None else time.monotonic() + timeout
    sending = CallOptions(observe=lambda: recorder, on_call=recorder.begun)
    session = connect(client, path, subprotocols, options, timeout, sending)
    try:
        with contextlib.suppress(WebSocketDisconnect), session:
            for message in messages:
                session.send_text(message) if isinstance(message, str) else session.send_bytes(message)
            recorder.wait_quiet(wait_s, until_s)
    finally:
        keep(cast("WebSocketRun | None", recorder.run_with_exception))
    if recorder.run is None:
        raise RequestError(f"{path} was not reached: there is no record of the WebSocket")
    return cast(WebSocketRun, recorder.run_with_exception)


def check_socket_path(path: str) -> None:
    """Raise `RequestError` where the path is neither ``/...`` nor an absolute ``ws`` URL."""
    if not path.startswith(("/", "ws://", "wss://")):
        raise RequestError(f"the path {path!r} does not begin with '/': write '/{path}'")
