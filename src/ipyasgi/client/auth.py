"""`CallAuth`: makes the extra requests of an auth flow, such as one for a token, part of the call that needs them."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import AsyncGenerator, Generator, Iterator

from .httpx import httpx
from .options import OPTIONS, options_of


class CallAuth(httpx.Auth):
    """
    Wraps an auth flow and passes the options of the call to the flow's own requests.

    So one deadline covers all of them, their host is checked, and cancelling the call cancels them too. Its scope, and
    the option to open a WebSocket, apply only to the call's own request.

    :param auth: the wrapped flow
    :param request: the call's own request, with its options
    """

    def __init__(self, auth: httpx.Auth, request: httpx.Request) -> None:
        self._auth = auth
        self._given = options_of(request)
        self._options = dataclasses.replace(self._given, scope=None, websocket=False)
        self._timeout = request.extensions.get("timeout")

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Run the wrapped flow."""
        flow = self._auth.sync_auth_flow(request)
        try:
            outgoing = next(flow)
            while True:
                with self._in_call(outgoing):
                    response = yield outgoing
                outgoing = flow.send(response)
        except StopIteration:
            return
        finally:
            flow.close()

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Run the wrapped flow."""
        flow = self._auth.async_auth_flow(request)
        try:
            outgoing = await anext(flow)
            while True:
                with self._in_call(outgoing):
                    response = yield outgoing
                outgoing = await flow.asend(response)
        except StopAsyncIteration:
            return
        finally:
            await flow.aclose()

    @contextlib.contextmanager
    def _in_call(self, request: httpx.Request) -> Iterator[None]:
        """Set the call's options on a request while it is sent; the flow may reuse the request for other calls."""
        before = request.extensions
        if before.get(OPTIONS) is not self._given:  # not made by the client, so its timeouts are missing too
            request.extensions = {"timeout": self._timeout or {}, **before, OPTIONS: self._options}
        try:
            yield
        finally:
            request.extensions = before
