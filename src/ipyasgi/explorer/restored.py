"""
What restored requests lack: the secrets that were masked in their file.

A masked header is not in the request's spec, and a present header, cookie or credential takes its place. A masked URL
or body cannot be sent again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from ..client.testclient import TestClient
from ..history.exchange import Exchange
from ..protocol.errors import RequestError
from ..records.requests import RequestSpec
from ..shown import hint

Headers = tuple[tuple[bytes, bytes], ...]
Supplies = Callable[[RequestSpec], Collection[str]]
"""Returns the names of the headers that a request would have now, lower-case."""

_PARTS = ("url", "body")
_MOST_NAMES = 6


def present_headers(client: TestClient, signed: RequestSpec) -> Headers:
    """Return the headers that the client would send, with its defaults and cookies; names are lower-case."""
    request = client.build_request(signed.method, "/", headers=list(signed.headers))
    return tuple((name.lower(), value) for name, value in request.headers.raw)


def find_missing(exchanges: Iterable[Exchange], supplies: Supplies) -> Mapping[str, tuple[str, ...]]:
    """
    Return what is missing in the requests of exchanges, by their names: ``url``, ``body`` and names of headers.

    Cookies do not count as missing after an exchange whose response has set some, because it is sent again first.
    """
    found: dict[str, tuple[str, ...]] = {}
    sets_cookies = False
    for exchange in exchanges:
        if exchange.masked:
            supplied = {*supplies(exchange.spec), *(["cookie"] if sets_cookies else [])}
            missing = tuple(part for part in exchange.masked if part in _PARTS or part not in supplied)
            found |= {exchange.name: missing} if missing else {}
        responses = (one.response for one in (*exchange.previous, exchange))
        sets_cookies = sets_cookies or any(one is not None and "set-cookie" in one.headers for one in responses)
    return found


def check_missing(missing: Mapping[str, tuple[str, ...]]) -> None:
    """Raise `RequestError` for the first request in which something is missing."""
    for name, every in missing.items():
        if parts := [part for part in every if part in _PARTS]:
            raise RequestError(
                f"{name} was restored without the secrets of its {' and '.join(parts)}, so it cannot be sent again: "
                f"send it anew, or save it with {hint('--show-secrets', 'show_secrets=True')}"
            )
        settings = f"{hint('%asgi headers', 'explorer.headers')} or {hint('%asgi cookies', 'explorer.cookies')}"
        raise RequestError(
            f"{name} was restored without its {' and '.join(every)}, and no present header, cookie or credential "
            f"takes its place: sign in with {hint('%asgi login', 'explorer.login()')}, set it with {settings}, or save "
            f"it with {hint('--show-secrets', 'show_secrets=True')}"
        )


def note_left_out(missing: Mapping[str, tuple[str, ...]]) -> str:
    """Return which requests were not sent, ``left out: r2 (body), r3 (url): restored without these secrets``."""
    named = [f"{name} ({', '.join(parts)})" for name, parts in missing.items()]
    more = f" and {len(named) - _MOST_NAMES} more" if len(named) > _MOST_NAMES else ""
    return f"left out: {', '.join(named[:_MOST_NAMES])}{more}: restored without these secrets" if named else ""
