"""`WebSocketConsole`: an open WebSocket in the notebook: the messages in both directions, and a field to send more."""

from __future__ import annotations

import base64
import binascii
import functools
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import traitlets

from ..engine.runs import WebSocketRun
from ..explorer.events import ExplorerEvent
from ..explorer.explorer import Explorer
from ..explorer.websocket_session import SocketMessage, WebSocketSession
from ..protocol.errors import RequestError
from ..records.redaction import Redactor
from ..routes.path_template import PathTemplate
from ..routes.route import Input, Route
from ..routes.routes import Routes
from ..views.run import view_run
from ..views.tabs import view_nothing
from ..views.view import View, one_line
from .comm_writer import CommWriter
from .panel import Markup, Panel, Part, read_bundle, read_style

KEEP_ROWS = 6000
"""Rows that the page can show; older ones are counted. `WebSocketConsole.messages` has all messages in the kernel."""

ROW_CHARS = 1000
"""Characters of a message in its row; a longer one is fetched in full on request."""
_ROW_BYTES = 32
_WHO = {"receive": "you", "send": "app"}
_GONE = 1001


class ConsolePage(Part):
    """
    The address, the messages, and the fields. No trait contains typed text, as headers may contain secrets.

    :ivar path: the address, masked: a path or a template; ``routes`` are the app's WebSocket routes (`page_routes`)
    :ivar addressed: whether the address is that of a form beside the console
    :ivar kind: how messages are written: as ``text``, ``json``, ``hex`` or ``base64``
    :ivar session: status of the session, its text and tone, and the number of its first row
    :ivar loaded: a message that the page requested: its number, and an offer or the reason for none

    The page sends ``{ask: "connect", path, values, headers, subprotocols}``, with ``values`` those of parameters, by
    keys such as ``path.room``, ``{ask: "send", kind, text}``, ``{ask: "disconnect", code, reason}`` and
    ``{ask: "load", number}``.
    """

    _esm = read_bundle("websocket_console")
    _css = read_style("live_rows", "json_tree", "response_viewer", "websocket_console")
    routes: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)
    path = traitlets.Unicode().tag(sync=True)
    addressed = traitlets.Bool().tag(sync=True)
    kind = traitlets.Unicode("text").tag(sync=True)
    session: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)
    loaded: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)


class WebSocketConsole(Panel):
    """
    Connect, send, receive and disconnect, without blocking the kernel.

    :param path: of the WebSocket; by default the app's first WebSocket route
    :param addressed: the address is only set by `offer`, and not typed into the console
    :param routes: the app's routes; by default they are read
    :ivar path: of the present or last session, before the first the one to connect to
    """

    def __init__(
        self,
        explorer: Explorer,
        path: str = "",
        *,
        writer: CommWriter | None = None,
        addressed: bool = False,
        routes: Routes | None = None,
    ) -> None:
        super().__init__(explorer, writer=writer)
        self.conversation: WebSocketSession | None = None
        self._routes = _sockets_of(explorer.routes if routes is None else routes)
        self.path = self._address = path or next((route.path for route in self._routes), "/ws")
        self._kinds: dict[str, str] = {}  # chosen by the user, by route
        self._headers: list[tuple[str, str]] = []
        self._subprotocols: list[str] = []
        self._turns = 0
        self._rows_from = 1
        self.page = self.hold(
            ConsolePage(
                routes=page_routes(self._routes, explorer.settings.redactor),
                path=self._shown_path(),
                addressed=addressed,
                kind=self._kind(),
                session=self._session_state(),
            )
        )
        self.rows_channel = self._writer.attach(self.page, keep_rows=KEEP_ROWS)
        self.record = self.hold(Markup(_dom_classes=("ipyasgi-answer", "ipyasgi-socket-record")))
        self.children = (self.notice, self.page, self.record)

    # -- from any thread -------------------------------------------------------------------------------------

    @property
    def messages(self) -> tuple[SocketMessage, ...]:
        """The messages of the present or last session; of a long one the newest ten thousand."""
        return self.conversation.messages if self.conversation is not None else ()

    @property
    def run(self) -> WebSocketRun | None:
        """The record of the last session, once it has ended."""
        return self.conversation.run if self.conversation is not None else None

    def connect(
        self,
        path: str = "",
        *,
        headers: Sequence[tuple[str, str]] | None = None,
        subprotocols: Sequence[str] | None = None,
    ) -> WebSocketSession:
        """
        Disconnect an open session, connect, and return at once; messages wait until the app has accepted.

        Path, headers and subprotocols default to those of the last session.

        Raises `RequestError` for an invalid path, or one with a missing value, `LoopError` if the explorer is closed.
        """
        path = path or self.path
        names = PathTemplate(path).names
        if names:
            raise RequestError(f"{names[0]} is required: the path is {path}")
        with self._lock:
            if path != self.path:
                self.path = self._address = path
            self._headers = list(headers) if headers is not None else self._headers
            self._subprotocols = list(subprotocols) if subprotocols is not None else self._subprotocols
            before, turn = self.conversation, self._turns + 1
            if before is not None:
                before.disconnect(_GONE, "connecting anew")
            self._turns = turn
            self._rows_from = self.rows_channel.last + 1
            conversation = self.conversation = self.explorer.websocket(
                path,
                headers=self._headers or None,
                subprotocols=self._subprotocols or None,
                on_message=functools.partial(self._take_message, turn),
                on_change=functools.partial(self._take_change, turn),
            )
        self.soon(self._paint, turn, conversation)
        return conversation

    def offer(self, path: str) -> None:
        """Set the address of the next session."""
        self._address = path
        self._routes = _sockets_of(self.explorer.routes)
        if self.conversation is None or self.conversation.status == "ended":
            self.path = path
        self.rows_channel.state(path=self._shown_path(), kind=self._kind())

    def send_text(self, text: str) -> None:
        """Send a text; raises `RequestError` if not connected."""
        self._open().send_text(text)

    def send_json(self, value: Any) -> None:
        """Send a value as compact JSON text; see `send_text`."""
        self._open().send_json(value)

    def send_bytes(self, data: bytes) -> None:
        """Send bytes; see `send_text`."""
        self._open().send_bytes(data)

    def disconnect(self, code: int = 1000, reason: str = "") -> None:
        """Send ``websocket.disconnect``, let the app clean up, then cancel it; return at once."""
        if self.conversation is not None:
            self.conversation.disconnect(code, reason)

    def view(self) -> View:
        """Return the record of the last session, or the status of an open one."""
        if self.run is not None:
            return view_run(self.run, self.explorer.settings)
        return view_nothing(f"WebSocket {self._shown_path()}: {self._session_state()['text']}")

    def take_event(self, event: ExplorerEvent) -> None:
        if event.kind == "app":
            self._routes = _sockets_of(self.explorer.routes)
            self.rows_channel.state(routes=page_routes(self._routes, self.explorer.settings.redactor))

    def end(self) -> None:
        self.disconnect(_GONE, "the console is closed")
        self.rows_channel.close()

    def hear_page(self, content: Any, buffers: Any) -> None:
        match content:
            case {"ask": "connect", "path": str(path), "headers": str(headers), "subprotocols": str(subprotocols)}:
                self.show_notice()
                # The page has the path masked, the kernel the original.
                address = self._address if path.strip() == self._shown_path() else path.strip()
                if not address:
                    raise RequestError("The path is missing. Enter a WebSocket route of the app, such as /ws.")
                names = [name for one in subprotocols.split(",") if (name := one.strip())]
                values = content.get("values")
                self._routes = _sockets_of(self.explorer.routes)
                target = fill_address(address, values if isinstance(values, dict) else {})
                self.connect(target, headers=read_headers(headers), subprotocols=names)
                self._address = address
                self.rows_channel.state(path=self._shown_path(), kind=self._kind())
            case {"ask": "send", "kind": str(kind), "text": str(text)}:
                self.show_notice()
                self._kinds[self._route_path()] = kind
                message = read_message(kind, text)
                self.send_text(message) if isinstance(message, str) else self.send_bytes(message)
            case {"ask": "disconnect", "code": int(code), "reason": str(reason)}:
                self.disconnect(code, reason)
            case {"ask": "load", "number": int(number)}:
                self._load(number)

    def _load(self, number: int) -> None:
        found = next((one for one in self.messages if one.number == number), None)
        if found is None:
            self.rows_channel.state(loaded={"number": number, "gone": "The kernel no longer holds this message"})
            return
        content, is_text = whole_of(found, self.explorer.settings.redactor)
        self.rows_channel.state(loaded={"number": number, "offer": self.rows_channel.body(content), "is_text": is_text})

    # -- callbacks of the session, on any thread ---------------------------------------------------------------

    def _take_message(self, turn: int, message: SocketMessage) -> None:
        if turn == self._turns:
            self.rows_channel.put(row_of(message, self.explorer.settings.redactor))

    def _take_change(self, turn: int, conversation: WebSocketSession) -> None:
        at_ms = conversation.elapsed_ns / 1e6
        if turn == self._turns and conversation.status == "open":
            chosen = f", subprotocol {conversation.subprotocol}" if conversation.subprotocol else ""
            self.rows_channel.put(line_of("info", f"accepted by the app{chosen}", at_ms))
        if turn == self._turns and conversation.status == "ended":
            kind = "info" if conversation.exception is None else "error"
            ending = self.explorer.settings.redactor.text(conversation.ending)
            self.rows_channel.put(line_of(kind, ending, at_ms))
        self.soon(self._paint, turn, conversation)

    # -- painting, on the panel's thread ---------------------------------------------------------------------

    def _paint(self, turn: int, conversation: WebSocketSession) -> None:
        if turn != self._turns or conversation is not self.conversation:
            return
        self.rows_channel.state(path=self._shown_path(), session=self._session_state())
        run = conversation.run
        html = view_run(run, self.explorer.settings).html if run is not None else ""
        self.rows_channel.state(self.record, value=html)
        if conversation.exception is not None and run is None:  # it did not reach the app, so there is no record
            self.show_failure(conversation.exception)

    def _session_state(self) -> dict[str, Any]:
        conversation = self.conversation
        common = {"turn": self._turns, "rows_from": self._rows_from}
        if conversation is None:
            return {**common, "status": "idle", "text": "Not connected", "tone": "", "elapsed_ms": 0.0}
        status = conversation.status
        texts = {"connecting": "Waiting for the app to accept", "open": "Open", "closing": "Closing"}
        ending = one_line(self.explorer.settings.redactor.text(conversation.ending), 200)
        text = texts.get(status) or ending[:1].upper() + ending[1:]
        if status == "open" and conversation.subprotocol:
            text += f", subprotocol {one_line(conversation.subprotocol, 60)}"
        tone = "bad" if conversation.exception is not None else {"open": "good", "ended": ""}.get(status, "busy")
        elapsed_ms = round(conversation.elapsed_ns / 1e6)
        return {**common, "status": status, "text": text, "tone": tone, "elapsed_ms": elapsed_ms}

    def _open(self) -> WebSocketSession:
        if self.conversation is None:
            raise RequestError("Not connected. Connect first.")
        return self.conversation

    def _route(self) -> Route | None:
        path = self._address.partition("?")[0]
        found = (one for one in self._routes if path == one.path or PathTemplate(one.path).match(path) is not None)
        return next(found, None)

    def _route_path(self) -> str:
        route = self._route()
        return route.path if route is not None else self._address

    def _kind(self) -> str:
        """Return how messages to the address are written: as the last one, at first as the endpoint reads them."""
        route = self._route()
        by_endpoint = "json" if route is not None and route.reads_json else "text"
        return self._kinds.get(self._route_path(), by_endpoint)

    def _shown_path(self) -> str:
        return self.explorer.settings.redactor.url(self._address)


def _sockets_of(routes: Routes) -> list[Route]:
    return [route for route in routes.values() if route.kind == "websocket"]


def page_routes(routes: Iterable[Route], redactor: Redactor) -> list[dict[str, Any]]:
    """Return routes for the page, each with its path and its parameters: place, name, type, required, secret."""

    def parameter(one: Input) -> dict[str, Any]:
        secret = redactor.is_secret(one.name, "query")
        return {"place": one.place, "name": one.name, "type": one.type, "required": one.required, "secret": secret}

    return [{"path": route.path, "parameters": list(map(parameter, route.own_inputs))} for route in routes]


def fill_address(address: str, values: Mapping[str, Any]) -> str:
    """Return an address with values of parameters, ``path.room`` and ``query.name``; empty ones are left out."""
    given = {str(key): value for key, value in values.items() if isinstance(value, str) and value}
    template = PathTemplate(address)
    names = {name: given.get(f"path.{name}", "") for name in template.names}
    if missing := next((name for name, value in names.items() if not value), ""):
        raise RequestError(f"{missing} is required")
    query = urlencode([(key.removeprefix("query."), one) for key, one in given.items() if key.startswith("query.")])
    path = template.fill(names)
    return path + ("&" if "?" in path else "?") + query if query else path


def read_message(kind: str, text: str) -> str | bytes:
    """Return the message of an input of kind ``text``, ``json``, ``hex`` or ``base64``; raises `RequestError`."""
    if kind == "json":
        try:
            value = json.loads(text)
        except json.JSONDecodeError as exc:
            raise RequestError(f"Not JSON at line {exc.lineno}, column {exc.colno}: {exc.msg}") from None
        except RecursionError:
            raise RequestError("Nested too deeply. Send it as text.") from None
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    if kind == "hex":
        try:
            return bytes.fromhex(text.replace("0x", " ").replace(",", " "))
        except ValueError:
            raise RequestError("Not hex. Write two digits for each byte, such as 0a ff.") from None
    if kind == "base64":
        try:
            return base64.b64decode("".join(text.split()), validate=True)
        except (binascii.Error, ValueError):
            raise RequestError("Not base64. Use the characters A-Z a-z 0-9 + / and = at the end.") from None
    return text


def read_headers(text: str) -> list[tuple[str, str]]:
    """Return the headers of lines such as ``X-Token: abc``; raises `RequestError` for an invalid line."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            raise RequestError(f"Line {number} of the headers is invalid. Write Name: value.")
        found.append((name.strip(), value.strip()))
    return found


def row_of(message: SocketMessage, redactor: Redactor) -> dict[str, Any]:
    """Return a message as a row; ``whole`` is whether the row contains all of it."""
    payload = message.payload
    if isinstance(payload, str):
        # Masked before it is cut: a secret without its end might not be recognized.
        masked = redactor.text(payload[: 4 * ROW_CHARS])
        text, is_whole = one_line(masked, ROW_CHARS), len(payload) <= 4 * ROW_CHARS and len(masked) <= ROW_CHARS
        is_whole = is_whole and not any(one in masked for one in "\r\n\t")  # the row shows signs in their place
    else:
        text, is_whole = payload[:_ROW_BYTES].hex(" "), len(payload) <= _ROW_BYTES
    kind = "" if isinstance(payload, str) else " bytes"
    return {
        "at_ms": message.at_ns / 1e6,
        "kind": message.direction,
        "label": _WHO[message.direction] + kind,
        "text": text if is_whole or isinstance(payload, str) else f"{text} …",
        "bytes": message.size_bytes,
        "message": message.number,
        "whole": is_whole,
    }


def whole_of(message: SocketMessage, redactor: Redactor) -> tuple[bytes, bool]:
    """Return the content of a message, text masked and in UTF-8, and whether it is text."""
    payload = message.payload
    if not isinstance(payload, str):
        return payload, False
    is_json = payload.lstrip()[:1] in ("{", "[")
    masked = redactor.json_text(payload) if is_json else redactor.text(payload)
    return masked.encode("utf-8", "replace"), True


def line_of(kind: str, text: str, at_ms: float) -> dict[str, Any]:
    """Return a text about the session as a row of kind ``info`` or ``error``."""
    return {"at_ms": at_ms, "kind": kind, "text": one_line(text, ROW_CHARS)}
