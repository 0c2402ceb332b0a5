"""`CallAuth`: an auth flow whose own requests, such as one for a token, are part of the call they are made for."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import AsyncGenerator, Generator, Iterator

from .httpx import httpx
from .options import OPTIONS, options_of


class CallAuth(httpx.Auth):
    """
    Sends what another flow sends, and hands the options of the call on to what the flow asks for itself.

    So one deadline counts for all of it, the host is checked, and who cancels the call cancels these too. What
    belongs to the one request only stays with it: its scope, and that it opens a WebSocket.

    :param auth: the flow
    :param request: the call's own request, with its options
    """

    def __init__(self, auth: httpx.Auth, request: httpx.Request) -> None:
        self._auth = auth
        self._given = options_of(request)
        self._options = dataclasses.replace(self._given, scope=None, websocket=False)
        self._timeout = request.extensions.get("timeout")

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """As the other flow's."""
        flow = self._auth.sync_auth_flow(request)
        try:
            asked = next(flow)
            while True:
                with self._in_call(asked):
                    response = yield asked
                asked = flow.send(response)
        except StopIteration:
            return
        finally:
            flow.close()

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """As the other flow's."""
        flow = self._auth.async_auth_flow(request)
        try:
            asked = await anext(flow)
            while True:
                with self._in_call(asked):
                    response = yield asked
                asked = await flow.asend(response)
        except StopAsyncIteration:
            return
        finally:
            await flow.aclose()

    @contextlib.contextmanager
    def _in_call(self, asked: httpx.Request) -> Iterator[None]:
        """Give a request of the flow's own what the call has, while it is sent: the flow may send it in another too."""
        before = asked.extensions
        if before.get(OPTIONS) is not self._given:  # made without the client, so it has none of its timeouts either
            asked.extensions = {"timeout": self._timeout or {}, **before, OPTIONS: self._options}
        try:
            yield
        finally:
            asked.extensions = before
