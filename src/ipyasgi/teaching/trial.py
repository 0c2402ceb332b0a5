"""What a check uses: run the reader's app with deadlines, look at what it did, and say what is wrong.

Here lives what two notebooks' checks share. A check raises `Wrong`; nothing here knows an exercise.
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
    :ivar look: where to look, as a question or a hint; never the answer
    """

    def __init__(self, what: str, look: str = "") -> None:
        self.what = what
        self.look = look
        super().__init__(what)


class Missing(Exception):
    """
    There is no answer yet.

    :ivar what: what is missing, without the request to write it
    """

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(what)


def expect(holds: Any, what: str, look: str = "") -> None:
    """Raise `Wrong` unless ``holds``."""
    if not holds:
        raise Wrong(what, look)


def refuse_all_but_http(scope: Any) -> None:
    """Raise for another scope: that is how an app of the checks says that it has no lifespan."""
    if scope["type"] != "http":
        raise ValueError(f"this app knows nothing of {scope['type']!r}")


def open_explorer(app: Any, **options: Any) -> Explorer:
    """
    Return an explorer to enter with ``with``: everything the app does is recorded, and every wait has a deadline.

    :param options: as for `ipyasgi.Explorer`
    Raises `Wrong` where the answer is no app. A startup that fails is told by its ``lifespan.status``.
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
    Raises what the app raised, `Missing` where it sent nothing at all, `Wrong` where it broke the protocol.
    """
    exchange = explorer.request(method, path, raise_exceptions=False, **request)
    line = f"{method} {path}"
    sent = [event.type for event in exchange.events if event.direction == "send"]
    if exchange.exception is not None:
        raise exchange.exception
    if not sent:
        raise Missing(f"the app sends nothing in answer to `{line}`")
    if exchange.violations:
        broken = exchange.violations[0]
        raise Wrong(f"{line}: {broken.message}", f"the specification, section “{broken.section}”")
    expect(exchange.answered, f"{line}: the app sent {', '.join(sent)}, and no response came of it")
    return exchange


def ask_in_pieces(explorer: Explorer, method: str, path: str, pieces: Iterable[bytes]) -> bytes:
    """Send a request whose body comes as one message for each piece, and return the body of the response."""
    response = explorer.client.request(method, path, content=iter(pieces), timeout=REQUEST_S)
    return response.content


def run(func: Callable[..., Awaitable[Any]], *args: Any) -> Any:
    """
    Run the reader's async function and return its value. Only inside a check, whose deadline it has.

    Raises `Wrong` where it is no async function.
    """
    expect(callable(func), f"your answer is {show(func)}, and a function was asked for")
    made = func(*args)
    expect(hasattr(made, "__await__"), f"the function returned {show(made)} at once", "does it begin with `async def`?")

    async def wait() -> Any:
        return await made

    return anyio.from_thread.run(wait)


def expect_status(exchange: Exchange, status: int, look: str = "") -> None:
    """Raise `Wrong` unless the app answered with this status."""
    line = f"{exchange.spec.method} {exchange.spec.path}"
    expect(exchange.status_code == status, f"{line} answers {exchange.outcome}, and {status} was asked for", look)


def read_json(exchange: Exchange) -> Any:
    """Return the response's body from JSON; `Wrong` where it is none."""
    try:
        return exchange.json()
    except ValueError as exc:
        line = f"{exchange.spec.method} {exchange.spec.path}"
        raise Wrong(f"the body of {line} is not JSON: {show(exchange.content)}") from exc


def show(value: Any) -> str:
    """Return a value as Python writes it, cut, with nothing in it that acts instead of being seen."""
    return _printable(_REPR.repr(value), 120)


def describe(exc: BaseException) -> str:
    """Return an exception as the last line of a traceback, cut."""
    try:
        words = str(exc)
    except BaseException:  # an answer's own __str__
        words = ""
    return _printable(f"{type(exc).__name__}: {words}" if words else type(exc).__name__, 300)


def _printable(text: str, limit: int) -> str:
    seen = "".join(one if one.isprintable() else " " for one in text[: limit + 1])
    return seen if len(seen) <= limit else seen[: limit - 1] + "…"
