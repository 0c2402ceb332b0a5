"""The input of the exports: requests with the headers and cookies that the client added. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

from ..client.basetestclient import USER_AGENT
from ..client.httpx import httpx
from ..records.carried import CarriedUse
from ..records.record import Record
from ..records.requests import RequestSpec

LOCAL_URL = "http://localhost:8000"
"""The server that exports send requests to by default: uvicorn's default."""

FindCarried = Callable[[Sequence[Record], Sequence[RequestSpec]], Sequence[Sequence[CarriedUse]]]
"""Returns for each request its values that the response of an earlier exchange contained."""

# Every client makes its own; `read_sent` adds cookies by name.
_MADE_BY_CLIENT = frozenset({b"content-length", b"transfer-encoding", b"cookie"})


def read_sent(exchanges: Iterable[Record], *, with_jar: bool = False) -> tuple[RequestSpec, ...]:
    """
    Return the request of each exchange, with the headers and cookies that the client added.

    :param with_jar: leave out cookies set by an earlier response, because the exported client keeps them
    """
    found = []
    received: set[str] = set()
    for exchange in exchanges:
        added = (*read_defaults(exchange), *_cookies(exchange, received if with_jar else set()))
        found.append(replace(exchange.spec, headers=(*exchange.spec.headers, *added)))
        responses = [*(one.response for one in exchange.previous), exchange.response]
        received |= {name for response in responses if response is not None for name in response.cookies}
    return tuple(found)


def carry_nothing(exchanges: Sequence[Record], specs: Sequence[RequestSpec]) -> Sequence[Sequence[CarriedUse]]:
    """Return no value for any request."""
    return [()] * len(specs)


def place_of(use: CarriedUse, spec: RequestSpec) -> str:
    """Return the place of a carried value in its request: ``path``, ``query cursor`` or ``header authorization``."""
    if use.place == "query":
        return f"query {spec.query[use.index][0]}"
    return f"header {spec.headers[use.index][0].decode('latin-1')}" if use.place == "header" else use.place


def read_defaults(exchange: Record) -> tuple[tuple[bytes, bytes], ...]:
    """
    Return the headers that the explorer's defaults and the client's ``auth`` added, names lower-case.

    Headers that httpx adds to every request are left out, because any client adds its own.
    """
    spec, request = exchange.spec, _first_request(exchange)
    with httpx.Client(transport=httpx.BaseTransport(), trust_env=False, headers={"user-agent": USER_AGENT}) as bare:
        own = {(name.lower(), value) for name, value in bare.build_request(spec.method, request.url).headers.raw}
    named = _MADE_BY_CLIENT | {name for name, _ in spec.headers}
    if "://" in spec.path and httpx.URL(spec.path).userinfo:
        named |= {b"authorization"}  # any client makes it from the URL's user
    sent = ((name.lower(), value) for name, value in request.headers.raw)
    return tuple(pair for pair in sent if pair[0] not in named and pair not in own)


def _cookies(exchange: Record, known: Collection[str]) -> tuple[tuple[bytes, bytes], ...]:
    sent = _first_request(exchange).headers.get("cookie", "")
    if not sent or exchange.spec.header("cookie"):
        return ()
    cookies = [pair for pair in sent.split("; ") if pair.partition("=")[0] not in known]
    return ((b"cookie", "; ".join(cookies).encode("latin-1", "replace")),) if cookies else ()


def _first_request(exchange: Record) -> httpx.Request:
    """Return the first request of the spec's method and path: after those of an auth flow, before redirects."""
    chain: list[Record] = [*exchange.previous, exchange]
    spec, sent = exchange.spec, [one.request for one in chain]
    target = httpx.URL(spec.target).raw_path
    matches = (one for one in sent if one.method == spec.method and one.url.raw_path.endswith(target))
    return next(matches, sent[0])
