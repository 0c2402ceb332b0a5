"""Clients of HTTP: httpx, httpx2, requests, aiohttp."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from ..statements import MOST_CHARS
from ..tracer import OpenCall
from .library import Library, Target, watch_by


def _sending(library: str, module: str, *classes: str) -> Library:
    """Return a library whose clients have a method ``send`` that takes a request with method and URL."""

    def describe(client: Any, request: Any, *_: Any, **__: Any) -> OpenCall:
        return OpenCall(kind="http", library=library, method=str(request.method), url=str(request.url)[:MOST_CHARS])

    def finish(call: OpenCall, response: Any, args: Any) -> None:
        call.status = response.status_code

    def targets() -> Iterator[Target]:
        for name in classes:
            owner = getattr(sys.modules[module], name, None)
            if owner is not None and "send" in vars(owner):
                yield owner, "send", watch_by(describe, finish, kind="http")

    return Library(name=library, module=module, targets=targets)


def _aiohttp() -> Iterator[Target]:
    """Yield the method that all requests of a session go through; it follows redirects by itself."""

    def describe(session: Any, method: str, url: Any, *, params: Any = None, **_: Any) -> OpenCall:
        full = session._build_url(url)
        if params:
            full = full.update_query(params)
        return OpenCall(kind="http", library="aiohttp", method=method.upper(), url=str(full)[:MOST_CHARS])

    def finish(call: OpenCall, response: Any, args: Any) -> None:
        call.status = response.status

    owner = sys.modules["aiohttp.client"].ClientSession
    if "_request" in vars(owner):
        yield owner, "_request", watch_by(describe, finish, kind="http")


HTTP = (
    _sending("httpx", "httpx", "Client", "AsyncClient"),
    _sending("httpx2", "httpx2", "Client", "AsyncClient"),
    _sending("requests", "requests.sessions", "Session"),
    Library(name="aiohttp", module="aiohttp.client", targets=_aiohttp),
)
