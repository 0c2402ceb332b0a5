"""What writers of foreign formats are given: requests as they were sent, with what the client added to them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from ..client.basetestclient import USER_AGENT
from ..client.httpx import httpx
from ..records.record import Record
from ..records.requests import RequestSpec

# Every client makes its own of these; cookies are those of the jar, which are distinguished by their names.
_EVERY_CLIENTS = frozenset({b"content-length", b"transfer-encoding", b"cookie"})


def read_sent(exchanges: Iterable[Record], *, with_jar: bool = False) -> tuple[RequestSpec, ...]:
    """
    Return the request of each exchange, with the headers and cookies that were sent though it did not name them.

    :param with_jar: who sends these keeps cookies, so those that an earlier one of them brought are left out
    """
    found = []
    brought: set[str] = set()
    for exchange in exchanges:
        added = (*read_defaults(exchange), *_cookies(exchange, brought if with_jar else set()))
        found.append(replace(exchange.spec, headers=(*exchange.spec.headers, *added)))
        answers = [*(one.response for one in exchange.previous), exchange.response]
        brought |= {name for answer in answers if answer is not None for name in answer.cookies}
    return tuple(found)


def read_defaults(exchange: Record) -> tuple[tuple[bytes, bytes], ...]:
    """
    Return the default headers that were sent, names lower-case: those of the explorer, and of the client's ``auth``.

    What httpx sends of its own accord is left out, as any client that sends the request again adds its own.
    """
    spec, request = exchange.spec, _first_request(exchange)
    with httpx.Client(transport=httpx.BaseTransport(), trust_env=False, headers={"user-agent": USER_AGENT}) as bare:
        own = {(name.lower(), value) for name, value in bare.build_request(spec.method, request.url).headers.raw}
    named = _EVERY_CLIENTS | {name for name, _ in spec.headers}
    if "://" in spec.path and httpx.URL(spec.path).userinfo:
        named |= {b"authorization"}  # made of the URL's user, by any client
    sent = ((name.lower(), value) for name, value in request.headers.raw)
    return tuple(pair for pair in sent if pair[0] not in named and pair not in own)


def _cookies(exchange: Record, known: Collection[str]) -> tuple[tuple[bytes, bytes], ...]:
    sent = _first_request(exchange).headers.get("cookie", "")
    if not sent or exchange.spec.header("cookie"):
        return ()
    cookies = [pair for pair in sent.split("; ") if pair.partition("=")[0] not in known]
    return ((b"cookie", "; ".join(cookies).encode("latin-1", "replace")),) if cookies else ()


def _first_request(exchange: Record) -> httpx.Request:
    """Return the first of those sent that is what the spec asks for: redirects come after it, an auth flow's before."""
    chain: list[Record] = [*exchange.previous, exchange]
    spec, sent = exchange.spec, [one.request for one in chain]
    wanted = httpx.URL(spec.target).raw_path
    meant = (one for one in sent if one.method == spec.method and one.url.raw_path.endswith(wanted))
    return next(meant, sent[0])
