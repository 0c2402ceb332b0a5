"""From a call that has ended or started its response to an ``httpx.Response``, or to the exception raised instead."""

from __future__ import annotations

import concurrent.futures
from typing import Any

from ..engine.call import reraise
from ..engine.http_cycle import HttpCycle
from ..protocol.errors import ProtocolError
from .httpx import httpx
from .options import CallDefaults, CallOptions
from .response import DEBUG, EARLY_HINTS, PUSHES, RUN, TRAILERS, VIOLATIONS, AppResponse


class ResponseBuilder:
    """
    Builds the response of a call, and decides which outcome of the call is raised to the caller instead.

    :param defaults: the client's options
    :param options: the request's own
    """

    def __init__(self, defaults: CallDefaults, options: CallOptions) -> None:
        self._defaults = defaults
        self._options = options

    def raise_errors(self, call: HttpCycle, *, spare: bool = False) -> None:
        """
        Raise what the request's own body raised, what the app raised, or its first violation, where it is wanted.

        :param spare: the reader left early: the `ClientDisconnect` that some apps raise then is no error
        """
        if call.source_error is not None:
            raise call.source_error
        if call.exception is not None and self._raises(call.exception):
            if not (spare and is_disconnect(call.exception)):
                reraise(call.exception)
        elif self._defaults.is_strict(self._options) and call.violations:
            raise call.violations[0].error()

    def build(self, request: httpx.Request, cycle: HttpCycle) -> httpx.Response:
        """Return the response of a call whose body is all there."""
        if cycle.status is not None:
            self.raise_errors(cycle)
            return build_response(request, cycle, httpx.ByteStream(cycle.content()))
        return self.build_empty(request, cycle)

    def build_empty(self, request: httpx.Request, cycle: HttpCycle) -> httpx.Response:
        """Return the bare 500 of a call that ended without a response, where nothing is to be raised."""
        if cycle.source_error is not None:
            raise cycle.source_error
        if cycle.exception is not None and self._raises(cycle.exception):
            reraise(cycle.exception)
        if cycle.cut_off:
            raise concurrent.futures.CancelledError
        if self._defaults.raises(self._options):
            raise ProtocolError("TestClient did not receive any response.", rule="http.no-response")
        self.raise_errors(cycle)
        cycle.status = 500
        return build_response(request, cycle, httpx.ByteStream(b""))

    def _raises(self, exception: BaseException) -> bool:
        # On the caller's own loop an interrupt may hit the app, and is the caller's all the same.
        return self._defaults.raises(self._options) or isinstance(exception, KeyboardInterrupt)


def build_response(request: httpx.Request, cycle: HttpCycle, stream: Any) -> AppResponse:
    """Return the response of a call that has sent its start; what comes later shows itself in its extensions."""
    assert cycle.status is not None
    response = AppResponse(cycle.status, headers=cycle.headers, stream=stream, request=request)
    fill_extensions(response.extensions, cycle)
    return response


def fill_extensions(extensions: dict[str, Any], cycle: HttpCycle) -> None:
    """Write down what the call has left beside its response so far; lists go on growing by themselves."""
    extensions[VIOLATIONS] = cycle.violations
    if cycle.trailers is not None:
        extensions[TRAILERS] = cycle.trailers
    if cycle.debug_info is not None:
        extensions[DEBUG] = cycle.debug_info
    if cycle.early_hints:
        extensions[EARLY_HINTS] = cycle.early_hints
    if cycle.pushes:
        extensions[PUSHES] = cycle.pushes
    if cycle.run is not None:
        extensions[RUN] = cycle.run


def is_disconnect(exc: BaseException) -> bool:
    """Tell whether the app merely said that its reader had left."""
    return type(exc).__name__ == "ClientDisconnect"
