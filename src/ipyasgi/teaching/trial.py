"""Helpers of the checks: run the reader's app with deadlines, and raise `Wrong` for wrong results."""

from __future__ import annotations

import reprlib
from collections.abc import Awaitable, Callable
from typing import Any

import anyio.from_thread

from .. import Exchange, Explorer, Settings
from ..errors import NotAnAppError

REQUEST_S = 3.0  # the deadline of one request to the reader's app, and of its startup

_REPR = reprlib.Repr()
_REPR.maxstring = _REPR.maxother = 60
_REPR.maxdict = _REPR.maxlist = _REPR.maxtuple = 6


class Wrong(Exception):
    """
    The solution does something else.

    :ivar message: what it does, as a sentence without a full stop
    :ivar look: where to look, as a question or a hint; never the solution
    """

    def __init__(self, message: str, look: str = "") -> None:
        self.message = message
        self.look = look
        super().__init__(message)


class Missing(Exception):
    """There is no solution yet; the text says what is missing."""


def expect(holds: Any, message: str, look: str = "") -> None:
    """Raise `Wrong` unless ``holds``."""
    if not holds:
        raise Wrong(message, look)


def expect_function(solution: Any) -> None:
    """Raise `Wrong` unless the solution can be called."""
    expect(callable(solution), f"your solution should be a function, not {show(solution)}")


def require(value: Any, message: str = "the function returns nothing") -> Any:
    """Return a value; raises `Missing` for None and for ``...``."""
    if value is None or value is ...:
        raise Missing(message)
    return value


def open_explorer(app: Any, **options: Any) -> Explorer:
    """
    Return an explorer to enter with ``with``, whose waits all have deadlines.

    Raises `Wrong` for a value that is not an app. A startup that fails is in its ``lifespan.status``.
    """
    try:
        return Explorer(app, settings=Settings(timeout_s=REQUEST_S, lifespan_timeout_s=REQUEST_S), **options)
    except NotAnAppError as exc:
        message = f"your solution, a value of type `{type(app).__name__}`, is not an ASGI app"
        raise Wrong(message, "an app is called with `scope, receive, send`, and awaited") from exc


def ask(explorer: Explorer, method: str, path: str, **request: Any) -> Exchange:
    """
    Send a request and return the exchange, with a response that the app itself sent.

    Raises the app's exception, `Missing` if the app sent nothing, and `Wrong` if it violated the protocol.
    """
    exchange = explorer.request(method, path, raise_exceptions=False, **request)
    sent = [event.type for event in exchange.events if event.direction == "send"]
    if exchange.exception is not None:
        raise exchange.exception
    if not sent:
        raise Missing(f"the app sends no response to {method} {path}")
    expect_no_violation(exchange)
    expect(exchange.answered, f"{method} {path}: the app sent {', '.join(sent)}, which is not a whole response")
    return exchange


def expect_no_violation(recorded: Any) -> None:
    """Raise `Wrong` with the first violation of an exchange or a WebSocket session."""
    if recorded.violations:
        first = recorded.violations[0]
        raise Wrong(first.message, f"the ASGI specification, section “{first.section}”")


def run(func: Callable[..., Awaitable[Any]], *args: Any) -> Any:
    """Run the reader's async function, inside a check, and return its value; `Wrong` for any other value."""
    expect_function(func)
    made = func(*args)
    expect(hasattr(made, "__await__"), f"the function returned {show(made)} at once", "does it begin with `async def`?")

    async def wait() -> Any:
        return await made

    return anyio.from_thread.run(wait)


def expect_status(exchange: Exchange, status: int, case: str = "", look: str = "") -> None:
    """Raise `Wrong` unless the response has this status; ``case`` describes the request: ``with the token 't-ben'``."""
    expect(exchange.status_code == status, f"{_name(exchange, case)} returns {exchange.outcome}, not {status}", look)


def expect_content_type(exchange: Exchange, wanted: str, look: str) -> None:
    """Raise `Wrong` unless the response has this content type, with or without parameters."""
    found = exchange.headers.get("content-type", "")
    expect(found.startswith(wanted), f"the content-type is {show(found)}, not {wanted}", look)


def expect_json(exchange: Exchange, wanted: Any, case: str = "", look: str = "", status: int = 200) -> None:
    """Raise `Wrong` unless the response has this status and this JSON."""
    expect_status(exchange, status, case, look)
    found = read_json(exchange)
    expect(found == wanted, f"{_name(exchange, case)} returns {show(found)}", look)


def expect_handled(exchange: Exchange, case: str = "", look: str = "") -> None:
    """Raise `Wrong` if the app raised an exception instead of sending a response."""
    expect(exchange.exception is None, f"{_name(exchange, case)} raises {exchange.exception_name}", look)


def read_json(exchange: Exchange) -> Any:
    """Return the decoded JSON body of the response; `Wrong` if it is not JSON."""
    try:
        return exchange.json()
    except ValueError as exc:
        raise Wrong(f"the body of {_name(exchange)} is not JSON: {show(exchange.content)}") from exc


def _name(exchange: Exchange, case: str = "") -> str:
    return f"{exchange.spec.method} {exchange.spec.path} {case}".rstrip()


def show(value: Any) -> str:
    """Return the repr of a value, cut off, without control characters."""
    return _printable(_REPR.repr(value), 120)


def describe(exc: BaseException) -> str:
    """Return an exception like the last line of a traceback, cut off."""
    try:
        text = str(exc)
    except BaseException:  # the reader's own __str__
        text = ""
    return _printable(f"{type(exc).__name__}: {text}" if text else type(exc).__name__, 300)


def _printable(text: str, limit: int) -> str:
    text = "".join(one if one.isprintable() else " " for one in text[: limit + 1])
    return text if len(text) <= limit else text[: limit - 1] + "…"
