"""What a WebSocket session raises: `WebSocketDisconnect` and `WebSocketDenialResponse`.

Where Starlette is imported already, what is raised is caught by ``except starlette.websockets.WebSocketDisconnect``
too: a class of both bases, made when it is needed. Starlette is never imported from here.
"""

from __future__ import annotations

import functools
import sys
from typing import Any, cast

from .httpx import httpx


class WebSocketDisconnect(Exception):
    """
    The app closed the connection, or ended without closing it.

    :ivar code: the close code of RFC 6455, section 7.4; 1006 where the app sent none
    :ivar reason: the app's words
    """

    def __init__(self, code: int = 1000, reason: str | None = None) -> None:
        super().__init__(code, reason or "")
        self.code = code
        self.reason = reason or ""

    def __str__(self) -> str:
        return f"code {self.code}: {self.reason}" if self.reason else f"code {self.code}"

    def __reduce__(self) -> tuple[Any, ...]:
        return build_disconnect, (self.code, self.reason)


class WebSocketDenialResponse(httpx.Response, WebSocketDisconnect):  # type: ignore[misc]  # both know __setstate__
    """The app answered the handshake with an HTTP response; it is that response, raised. Its ``code`` is 1006."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        httpx.Response.__init__(self, *args, **kwargs)
        self.code = 1006
        self.reason = f"{self.status_code} {self.reason_phrase}"

    def __reduce__(self) -> tuple[Any, ...]:
        return _revive_denial, (self.__getstate__(),)

    def __str__(self) -> str:
        return f"the app denied the WebSocket with {self.reason}"


def build_disconnect(code: int, reason: str | None) -> WebSocketDisconnect:
    """Return the exception for a connection that the app has ended."""
    return cast(WebSocketDisconnect, _joined(WebSocketDisconnect, _starlettes())(code, reason))


def build_denial(status: int, headers: Any, body: bytes) -> WebSocketDenialResponse:
    """Return the exception for a handshake that the app answered with a response."""
    denial = _joined(WebSocketDenialResponse, _starlettes())
    return cast(WebSocketDenialResponse, denial(status_code=status, headers=headers, content=body))


def _revive_denial(state: dict[str, Any]) -> WebSocketDenialResponse:
    denial: WebSocketDenialResponse = _joined(WebSocketDenialResponse, _starlettes())(state["status_code"])
    denial.__setstate__(state)
    return denial


def _starlettes() -> Any:
    return getattr(sys.modules.get("starlette.websockets"), "WebSocketDisconnect", None)


@functools.cache
def _joined(ours: Any, theirs: Any) -> Any:
    if theirs is None:
        return ours
    return type(ours.__name__, (ours, theirs), {"__module__": ours.__module__, "__doc__": ours.__doc__})
