"""`WebSocketConsole`: a WebSocket held open in the notebook: what is said in both directions, and a field for more."""

from __future__ import annotations

import functools
import threading
from collections.abc import Sequence
from typing import Any

import ipywidgets

from ...engine.runs import WebSocketRun
from ...explorer.events import ExplorerEvent
from ...explorer.explorer import Explorer
from ...explorer.websocket_session import SocketMessage, WebSocketSession
from ...protocol.errors import RequestError
from ...routes.routes import PATH_PLACE
from ...views.run import view_run
from ...views.tabs import view_nothing
from ...views.view import View, one_line
from ..comm_writer import CommWriter
from ..panel import Panel
from .message_input import read_headers, read_message, read_subprotocols
from .message_row import line_of, row_of, whole_of
from .page import ConsolePage

KEEP_ROWS = 6000
"""Rows the page can look back on; older ones are counted. All the kernel holds are in `WebSocketConsole.messages`."""

_GONE = 1001


class WebSocketConsole(Panel):
    """
    Connect, speak, listen, disconnect, connect again; the kernel stays free meanwhile.

    :param explorer: the attached app
    :param path: of the socket; by default the app's first WebSocket route
    """

    def __init__(self, explorer: Explorer, path: str = "", *, writer: CommWriter | None = None) -> None:
        super().__init__(explorer, writer=writer)
        assert self._writer is not None
        self.conversation: WebSocketSession | None = None
        paths = self._paths()
        self.path = path or next(iter(paths), "/ws")
        self._headers: list[tuple[str, str]] = []
        self._subprotocols: list[str] = []
        self._turns = self._rows = 0
        self._rows_from = 1
        self._row_turn = threading.Lock()
        self.page = self.hold(ConsolePage(paths=paths, path=self._shown_path(), talk=self._talk()))
        self.rows_channel = self._writer.attach(self.page, keep_rows=KEEP_ROWS)
        self.record = self.hold(ipywidgets.HTML(_dom_classes=("ipyasgi-answer", "ipyasgi-socket-record")))
        self.children = (self.notice, self.page, self.record)
        self.page.on_msg(self._hear_page)

    # -- from any thread -------------------------------------------------------------------------------------

    @property
    def messages(self) -> tuple[SocketMessage, ...]:
        """What was said in the present conversation, or the last; of a long one the newest ten thousand messages."""
        return self.conversation.messages if self.conversation is not None else ()

    @property
    def run(self) -> WebSocketRun | None:
        """The record of the last conversation, once it has ended."""
        return self.conversation.run if self.conversation is not None else None

    def connect(
        self,
        path: str = "",
        *,
        headers: Sequence[tuple[str, str]] | None = None,
        subprotocols: Sequence[str] | None = None,
    ) -> WebSocketSession:
        """
        Connect and return at once, perhaps before the app has accepted; what is sent until then waits.

        A conversation under way is disconnected. Path, headers and subprotocols are by default those of the last time.

        Raises `RequestError` for a path that is none or has a place to be filled, `LoopError` where all is closed.
        """
        path = path or self.path
        place = PATH_PLACE.search(path.partition("?")[0])
        if place is not None:
            raise RequestError(f"{place[1]} needs a value: write it in the path {path}")
        with self._lock:
            self.path = path
            self._headers = list(headers) if headers is not None else self._headers
            self._subprotocols = list(subprotocols) if subprotocols is not None else self._subprotocols
            before, turn = self.conversation, self._turns + 1
            if before is not None:
                before.disconnect(_GONE, "connecting anew")
            self._turns = turn
            with self._row_turn:
                self._rows_from = self._rows + 1
            conversation = self.conversation = self.explorer.websocket(
                path,
                headers=self._headers or None,
                subprotocols=self._subprotocols or None,
                on_message=functools.partial(self._said, turn),
                on_change=functools.partial(self._changed, turn),
            )
        self.soon(self._paint, turn, conversation)
        return conversation

    def offer(self, path: str) -> None:
        """Put a path into the field, where nothing is connected."""
        if self.conversation is None or self.conversation.status == "ended":
            self.path = path
            self.rows_channel.state(path=self._shown_path())

    def send_text(self, text: str) -> None:
        """Send a text; raises `RequestError` where nothing is connected."""
        self._open().send_text(text)

    def send_json(self, value: Any) -> None:
        """Send a value as compact JSON, as a text; as `send_text`."""
        self._open().send_json(value)

    def send_bytes(self, data: bytes) -> None:
        """Send bytes; as `send_text`."""
        self._open().send_bytes(data)

    def disconnect(self, code: int = 1000, reason: str = "") -> None:
        """Tell the app that you are gone, let it clean up, then cancel it. Returns at once."""
        if self.conversation is not None:
            self.conversation.disconnect(code, reason)

    def view(self) -> View:
        """Return the record of the last conversation; while one is under way, that it is."""
        if self.run is not None:
            return view_run(self.run, self.explorer.settings)
        return view_nothing(f"WebSocket {self._shown_path()}: {self._talk()['text']}")

    def take_event(self, event: ExplorerEvent) -> None:
        if event.kind == "app":
            self.rows_channel.state(paths=self._paths())

    def end(self) -> None:
        self.disconnect(_GONE, "the console is closed")
        self.rows_channel.close()

    # -- what the page says ----------------------------------------------------------------------------------

    def _hear_page(self, _page: object, content: Any, _buffers: object) -> None:
        match content:
            case {"ask": "connect", "path": str(path), "headers": str(headers), "subprotocols": str(subprotocols)}:
                self.soon(self._connect_from_page, path, headers, subprotocols)
            case {"ask": "send", "kind": str(kind), "text": str(text)}:
                self.soon(self._send_from_page, kind, text)
            case {"ask": "disconnect", "code": int(code), "reason": str(reason)}:
                self.soon(self.disconnect, code, reason)
            case {"ask": "load", "number": int(number)}:
                self.soon(self._load, number)

    def _connect_from_page(self, path: str, headers: str, subprotocols: str) -> None:
        self.show_notice()
        shown = path.strip()
        # What the page was told masked is what it says; the kernel has the whole.
        path = self.path if shown == self._shown_path() else shown
        if not path:
            raise RequestError("the path is missing: a WebSocket route of the app, such as /ws")
        self.connect(path, headers=read_headers(headers), subprotocols=read_subprotocols(subprotocols))

    def _send_from_page(self, kind: str, text: str) -> None:
        self.show_notice()
        message = read_message(kind, text)
        self.send_text(message) if isinstance(message, str) else self.send_bytes(message)

    def _load(self, number: int) -> None:
        found = next((one for one in self.messages if one.number == number), None)
        if found is None:
            self.rows_channel.state(loaded={"number": number, "gone": "the kernel no longer holds this message"})
            return
        content, is_text = whole_of(found, self.explorer.settings.redactor)
        self.rows_channel.state(
            loaded={"number": number, "offer": self.rows_channel.body(content).as_dict(), "is_text": is_text}
        )

    # -- what the conversation says, on whichever thread -------------------------------------------------------

    def _said(self, turn: int, message: SocketMessage) -> None:
        if turn == self._turns:
            self._put(row_of(message, self.explorer.settings.redactor))

    def _changed(self, turn: int, conversation: WebSocketSession) -> None:
        at_ms = conversation.elapsed_ns / 1e6
        if turn == self._turns and conversation.status == "open":
            chosen = f", subprotocol {conversation.subprotocol}" if conversation.subprotocol else ""
            self._put(line_of("info", f"accepted by the app{chosen}", at_ms))
        if turn == self._turns and conversation.status == "ended":
            self._put(line_of("error" if conversation.exception is not None else "info", conversation.ending, at_ms))
        self.soon(self._paint, turn, conversation)

    def _put(self, row: dict[str, Any]) -> None:
        with self._row_turn:
            self._rows += 1
            self.rows_channel.put(row)

    # -- painting, on the panel's thread ---------------------------------------------------------------------

    def _paint(self, turn: int, conversation: WebSocketSession) -> None:
        if turn != self._turns or conversation is not self.conversation:
            return
        self.rows_channel.state(path=self._shown_path(), talk=self._talk())
        run = conversation.run
        html = view_run(run, self.explorer.settings).html if run is not None else ""
        self.rows_channel.state(self.record, value=html)
        if conversation.exception is not None and run is None:  # never reached the app: no record tells
            self.show_failure(conversation.exception)

    def _talk(self) -> dict[str, Any]:
        conversation = self.conversation
        common = {"turn": self._turns, "rows_from": self._rows_from}
        if conversation is None:
            return {**common, "status": "idle", "text": "not connected", "tone": "", "elapsed_ms": 0.0}
        status = conversation.status
        words = {"connecting": "waiting for the app to accept", "open": "open", "closing": "closing"}
        text = words.get(status) or one_line(conversation.ending, 200)
        if status == "open" and conversation.subprotocol:
            text += f", subprotocol {one_line(conversation.subprotocol, 60)}"
        tone = "bad" if conversation.exception is not None else {"open": "good", "ended": ""}.get(status, "busy")
        elapsed_ms = round(conversation.elapsed_ns / 1e6)
        return {**common, "status": status, "text": text, "tone": tone, "elapsed_ms": elapsed_ms}

    def _open(self) -> WebSocketSession:
        if self.conversation is None:
            raise RequestError("nothing is connected: connect first")
        return self.conversation

    def _paths(self) -> list[str]:
        return [route.path for route in self.explorer.routes.values() if route.kind == "websocket"]

    def _shown_path(self) -> str:
        return self.explorer.settings.redactor.url(self.path)
