"""Helpers of the checks: run the reader's app with deadlines, look at what it did, and say what is wrong.

What two notebooks' checks share lives here; no exercise does.
"""

from __future__ import annotations

import reprlib
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import anyio.from_thread

from .. import Exchange, Explorer, Settings
from ..errors import NotAnAppError

REQUEST_S = 3.0
"""How long the reader's app may take for one request, or for its startup."""

_REPR = reprlib.Repr()
_REPR.maxstring = _REPR.maxother = 60
_REPR.maxdict = _REPR.maxlist = _REPR.maxtuple = 6


class Wrong(Exception):
    """
    The answer does something else.

    :ivar what: what it does, in a sentence without a full stop at its end
    :ivar look: where to look, as a question or a hint; never the solution
    """

    def __init__(self, what: str, look: str = "") -> None:
        self.what = what
        self.look = look
        super().__init__(what)


class Missing(Exception):
    """There is no answer yet; its text says what is missing."""


def expect(holds: Any, what: str, look: str = "") -> None:
    """Raise `Wrong` unless ``holds``."""
    if not holds:
        raise Wrong(what, look)


def expect_function(answer: Any) -> None:
    """Raise `Wrong` unless the answer can be called."""
    expect(callable(answer), f"your answer should be a function, not {show(answer)}")


def require(value: Any, what: str = "the function returns nothing") -> Any:
    """Return a value; raises `Missing` for None."""
    if value is None:
        raise Missing(what)
    return value


def reject_all_but_http(scope: Any) -> None:
    """Raise for any other scope, which is how an app of the checks says that it has no lifespan."""
    if scope["type"] != "http":
        raise ValueError(f"this app does not support {scope['type']!r}")


def open_explorer(app: Any, **options: Any) -> Explorer:
    """
    Return an explorer to enter with ``with``: everything the app does is recorded, and every wait has a deadline.

    :param options: as for `ipyasgi.Explorer`
    Raises `Wrong` where the answer is not an app. A startup that fails is in its ``lifespan.status``.
    """
    try:
        return Explorer(app, settings=Settings(timeout_s=REQUEST_S, lifespan_timeout_s=REQUEST_S), **options)
    except NotAnAppError as exc:
        raise Wrong(
            f"your answer, a value of type `{type(app).__name__}`, is not an ASGI app",
            "an app is called with `scope, receive, send`, and awaited",
        ) from exc


def ask(explorer: Explorer, method: str, path: str, **request: Any) -> Exchange:
    """
    Send a request and return the exchange, with a response that the app itself sent.

    :param request: ``params``, ``headers``, ``json``, ``content``, as for `ipyasgi.Explorer.request`
    Raises what the app raised, `Missing` where it sent nothing at all, `Wrong` where it violated the protocol.
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


def ask_in_pieces(explorer: Explorer, method: str, path: str, pieces: Iterable[bytes]) -> bytes:
    """Send a request whose body comes as one message for each piece, and return the body of the response."""
    response = explorer.client.request(method, path, content=iter(pieces), timeout=REQUEST_S)
    return response.content


def run(func: Callable[..., Awaitable[Any]], *args: Any) -> Any:
    """
    Run the reader's async function and return its value. Only inside a check, whose deadline it has.

    Raises `Wrong` where it is not an async function.
    """
    expect_function(func)
    made = func(*args)
    expect(hasattr(made, "__await__"), f"the function returned {show(made)} at once", "does it begin with `async def`?")

    async def wait() -> Any:
        return await made

    return anyio.from_thread.run(wait)


def expect_status(exchange: Exchange, status: int, case: str = "", look: str = "") -> None:
    """
    Raise `Wrong` unless the response has this status.

    :param case: what was special about the request, such as ``with the token 't-ben'``
    """
    expect(exchange.status_code == status, f"{_name(exchange, case)} returns {exchange.outcome}, not {status}", look)


def expect_json(exchange: Exchange, wanted: Any, case: str = "", look: str = "", status: int = 200) -> None:
    """Raise `Wrong` unless the response has this status and this JSON."""
    expect_status(exchange, status, case, look)
    found = read_json(exchange)
    expect(found == wanted, f"{_name(exchange, case)} returns {show(found)}", look)


def expect_handled(exchange: Exchange, case: str = "", look: str = "") -> None:
    """Raise `Wrong` where the app raised an exception instead of sending a response."""
    expect(exchange.exception is None, f"{_name(exchange, case)} raises {exchange.exception_name}", look)


def read_json(exchange: Exchange) -> Any:
    """Return the response's body from JSON; `Wrong` where it is not JSON."""
    try:
        return exchange.json()
    except ValueError as exc:
        raise Wrong(f"the body of {_name(exchange)} is not JSON: {show(exchange.content)}") from exc


def _name(exchange: Exchange, case: str = "") -> str:
    line = f"{exchange.spec.method} {exchange.spec.path}"
    return f"{line} {case}" if case else line


def show(value: Any) -> str:
    """Return a value as Python writes it, cut, without control characters."""
    return _printable(_REPR.repr(value), 120)


def describe(exc: BaseException) -> str:
    """Return an exception as the last line of a traceback, cut."""
    try:
        words = str(exc)
    except BaseException:  # the reader's own __str__
        words = ""
    return _printable(f"{type(exc).__name__}: {words}" if words else type(exc).__name__, 300)


def _printable(text: str, limit: int) -> str:
    seen = "".join(one if one.isprintable() else " " for one in text[: limit + 1])
    return seen if len(seen) <= limit else seen[: limit - 1] + "…"
