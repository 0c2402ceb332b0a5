"""The requests of exchanges as they were sent: with the cookies that the client's jar added. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ..record import Record
from ..requests import RequestSpec


def read_sent(exchanges: Iterable[Record], *, with_jar: bool = False) -> tuple[RequestSpec, ...]:
    """
    Return the request of each exchange, with the cookies that were sent though the request did not name them.

    :param with_jar: who sends these keeps cookies, so those that an earlier one of them brought are left out
    """
    found = []
    brought: set[str] = set()
    for exchange in exchanges:
        found.append(_with_cookies(exchange, brought if with_jar else set()))
        answers = [*(one.response for one in exchange.previous), exchange.response]
        brought |= {name for answer in answers if answer is not None for name in answer.cookies}
    return tuple(found)


def _with_cookies(exchange: Record, known: set[str]) -> RequestSpec:
    spec = exchange.spec
    first = exchange.previous[0] if exchange.previous else exchange
    sent = first.request.headers.get("cookie", "")
    if not sent or spec.header("cookie"):
        return spec
    cookies = [pair for pair in sent.split("; ") if pair.partition("=")[0] not in known]
    if not cookies:
        return spec
    return replace(spec, headers=(*spec.headers, (b"cookie", "; ".join(cookies).encode("latin-1", "replace"))))
