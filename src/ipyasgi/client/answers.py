"""From a call that has answered to an ``httpx.Response``, or to what is raised instead. For both transports."""

from __future__ import annotations

import concurrent.futures
from typing import Any

from ..engine.call import AppCall, reraise
from ..engine.http_cycle import HttpCycle
from ..protocol.errors import ProtocolError
from .httpx import httpx
from .options import CallDefaults, CallOptions

RUN = "ipyasgi.run"
"""Key in ``response.extensions`` for the `ipyasgi.HttpRun` of a call that was recorded."""
VIOLATIONS = "ipyasgi.violations"
"""Key in ``response.extensions`` for the list of the app's violations of the protocol."""


class Judge:
    """
    Says what of a call's outcome is raised at its caller.

    :param defaults: the client's wishes
    :param options: the request's own
    """

    def __init__(self, defaults: CallDefaults, options: CallOptions) -> None:
        self._defaults = defaults
        self._options = options

    def raise_faults(self, call: AppCall, *, spare: bool = False) -> None:
        """
        Raise what the app raised, else its first violation, where the caller wants to know.

        :param spare: the reader left early, and an app that merely says so has done nothing wrong
        """
        if call.exception is not None and self._raises(call.exception):
            if not (spare and is_disconnect(call.exception)):
                reraise(call.exception)
        elif self._defaults.is_strict(self._options) and call.violations:
            raise call.violations[0].error()

    def answer(self, request: httpx.Request, cycle: HttpCycle) -> httpx.Response:
        """Return the response of a call whose body is all there."""
        if cycle.status is not None:
            self.raise_faults(cycle)
            return build_response(request, cycle, httpx.ByteStream(cycle.content()))
        return self.answer_nothing(request, cycle)

    def answer_nothing(self, request: httpx.Request, cycle: HttpCycle) -> httpx.Response:
        """Return the bare 500 of a call that ended without a response, where nothing is to be raised."""
        if cycle.exception is not None and self._raises(cycle.exception):
            reraise(cycle.exception)
        if cycle.cut_off:
            raise concurrent.futures.CancelledError
        if self._defaults.raises(self._options):
            raise ProtocolError("TestClient did not receive any response.", rule="http.no-response")
        self.raise_faults(cycle)
        cycle.status = 500
        return build_response(request, cycle, httpx.ByteStream(b""))

    def _raises(self, exception: BaseException) -> bool:
        # On the caller's own loop an interrupt may hit the app, and is the caller's all the same.
        return self._defaults.raises(self._options) or isinstance(exception, KeyboardInterrupt)


def build_response(request: httpx.Request, cycle: HttpCycle, stream: Any) -> httpx.Response:
    """Return the response of a call that has sent its start."""
    assert cycle.status is not None
    response = httpx.Response(cycle.status, headers=cycle.headers, stream=stream, request=request)
    if cycle.trailers is not None:
        response.extensions["http.response.trailers"] = cycle.trailers
    if cycle.debug_info is not None:
        response.extensions["http.response.debug"] = cycle.debug_info
        for name in ("template", "context"):
            if name in cycle.debug_info:
                setattr(response, name, cycle.debug_info[name])
    response.extensions[VIOLATIONS] = cycle.violations
    if cycle.run is not None:
        response.extensions[RUN] = cycle.run
    return response


def is_disconnect(exc: BaseException) -> bool:
    """Tell whether the app merely said that its reader had left."""
    return type(exc).__name__ == "ClientDisconnect"
