"""Type aliases of ASGI: scope, message, receive, send, app. Types only: no function, no default, no check."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Literal

Headers = tuple[tuple[bytes, bytes], ...]
"""Header fields as sent: ``(name, value)`` byte pairs, names lower-case, in order, with repeats."""

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

Kind = Literal["http", "websocket", "lifespan"]
Direction = Literal["receive", "send"]
"""Direction of a message as the app sees it: it awaits ``receive()`` and awaits ``send(message)``."""
