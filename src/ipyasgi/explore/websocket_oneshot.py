"""One WebSocket conversation: say everything, listen until it is quiet, hand back the record. Shows nothing.

`TalkMembers` is what an explorer has of it.
"""

from __future__ import annotations

import contextlib
import math
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, cast

from ..client.disconnects import WebSocketDisconnect
from ..client.options import OPTIONS, CallOptions
from ..client.testclient import TestClient
from ..engine.inbox import SLICE_S
from ..engine.runs import Event, Run, WebSocketRun
from ..protocol.errors import RequestError
from .websocket_session import Conversation, Conversations
from .settings import Settings
from .call_recorder import CallWatch, Places

_UNSET: Any = object()

WAIT_S = 1.0
"""How long the app may be silent before the conversation is over."""


class TalkWatch(CallWatch):
    """Watches a conversation, and knows how long it has been quiet."""

    def __init__(self, places: Places) -> None:
        super().__init__(places)
        self._over = threading.Event()
        self._heard_s = time.monotonic()

    def message(self, event: Event) -> None:
        super().message(event)
        self._heard_s = time.monotonic()
        if event.type == "websocket.close":
            self._over.set()

    def closed(self, run: Run) -> None:
        super().closed(run)
        self._over.set()

    def wait_quiet(self, wait_s: float, until_s: float) -> None:
        """Wait on the caller's thread until nothing came for ``wait_s``, the app has closed, or it is ``until_s``."""
        while (left_s := min(self._heard_s + wait_s, until_s) - time.monotonic()) > 0:
            if self._over.wait(min(left_s, SLICE_S)):
                return


def talk(
    client: TestClient,
    places: Places,
    path: str,
    messages: Sequence[str | bytes],
    *,
    headers: Any = None,
    params: Any = None,
    subprotocols: Sequence[str] | None = None,
    wait_s: float = WAIT_S,
    timeout: float | None = None,
    keep: Callable[[WebSocketRun | None], object] = lambda run: None,
) -> WebSocketRun:
    """
    Hold one conversation through a client; everything else as for `TalkMembers.talk`.

    :param keep: given the record, also where the app's exception goes on to the caller
    """
    check_socket_path(path)
    watch = TalkWatch(places)
    until_s = math.inf if timeout is None else time.monotonic() + timeout
    session = client.websocket_connect(
        path,
        list(subprotocols) if subprotocols else None,
        headers=headers,
        params=params,
        timeout=timeout,
        extensions={OPTIONS: CallOptions(observe=lambda: watch)},
    )
    try:
        with contextlib.suppress(WebSocketDisconnect), session:
            for message in messages:
                session.send_text(message) if isinstance(message, str) else session.send_bytes(message)
            watch.wait_quiet(wait_s, until_s)
    finally:
        keep(cast("WebSocketRun | None", watch.told))
    if watch.run is None:
        raise RequestError(f"{path} was not reached: there is no record of the WebSocket")
    return cast(WebSocketRun, watch.told)


class TalkMembers(ABC):
    """What an explorer does with WebSockets; mixed into `Explorer`."""

    client: TestClient
    settings: Settings
    state: Any
    conversations: Conversations

    def talk(
        self,
        path: str,
        *messages: str | bytes,
        headers: Any = None,
        params: Any = None,
        subprotocols: Sequence[str] | None = None,
        wait_s: float = WAIT_S,
        timeout: float | None = _UNSET,
    ) -> WebSocketRun:
        """
        Open a WebSocket, send the messages, listen until the app is silent or closes, and return the record.

        A handshake that the app denies, and a connection that it closes, are in the record and are not raised. What
        the app raised and caught itself is the record's ``exception``.

        :param messages: texts and bytes, each sent as a frame of its kind
        :param wait_s: how long the app may be silent before the conversation is over
        :param timeout: seconds for all of it, None for as long as the app talks; the setting ``timeout_s`` by default
        Raises what the app raised, `DeadlineError` where the handshake is not answered, `RequestError`, `LoopError`.
        """
        self._check_open()
        return talk(
            self.client,
            self.state.places,
            path,
            messages,
            headers=headers,
            params=params,
            subprotocols=subprotocols,
            wait_s=wait_s,
            timeout=self.settings.timeout_s if timeout is _UNSET else timeout,
            keep=self.conversations.keep,
        )

    def converse(
        self, path: str, *, timeout: float | None = _UNSET, subprotocols: Sequence[str] | None = None, **options: Any
    ) -> Conversation:
        """
        Open a WebSocket that stays open while you go on, and return it at once, perhaps before the app has accepted.

        Its record is in `conversations` once it has ended. Closing the explorer, or putting another app in the place
        of this one, disconnects it.

        :param timeout: seconds for the handshake; the setting ``timeout_s`` by default
        :param options: ``headers`` and ``params`` as for `talk`; ``on_message`` and ``on_change`` of `Conversation`
        Raises `RequestError` for a path that is none, `LoopError` where the explorer is closed.
        """
        self._check_open()
        check_socket_path(path)
        conversation = Conversation(
            cast(Any, self),
            path,
            places=self.state.places,
            subprotocols=subprotocols,
            timeout_s=self.settings.timeout_s if timeout is _UNSET else timeout,
            on_end=self.conversations.ended,
            **options,
        )
        self.conversations.opened(conversation)
        return conversation

    @abstractmethod
    def _check_open(self) -> None:
        """Raise `LoopError` where the explorer is closed."""


def check_socket_path(path: str) -> None:
    """Raise `RequestError` where the path is neither ``/...`` nor an absolute ``ws`` URL."""
    if not path.startswith(("/", "ws://", "wss://")):
        raise RequestError(f"the path {path!r} does not begin with '/': write '/{path}'")
