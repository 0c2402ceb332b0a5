"""Sends a request without an `Explorer`, and writes the body of its response as it comes: what a pipe is for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..client.options import OPTIONS, CallOptions
from ..client.testclient import TestClient
from ..engine.call import AppCall
from ..records.requests import RequestSpec, build_request
from ..records.settings import CLIENT_ADDRESS, Settings
from ..shown import visible
from . import statuses
from .opened import OpenedApp, is_event_stream
from .output import Output, say


def send_plain(
    opened: OpenedApp, spec: RequestSpec, options: Mapping[str, Any], settings: Settings, output: Output
) -> int:
    """
    Send a request, write its body, and return the exit status; a status of 400 or above is said, too.

    The timeout is for each wait for the app, and for none after an event stream has begun. Raises what the app raises.
    """
    client = TestClient(
        opened.app,
        settings.base_url,
        lifespan="auto" if opened.starts else "off",
        client=CLIENT_ADDRESS,
        timeout=settings.lifespan_timeout_s,
    )
    calls: list[AppCall] = []
    with client:
        timeout_s = options.get("timeout", settings.timeout_s)
        request = build_request(client, spec, content=spec.body or None, timeout=timeout_s)
        request.extensions[OPTIONS] = CallOptions(on_call=calls.append)
        response = client.send(request, stream=True, follow_redirects=options.get("follow_redirects", True))
        try:
            if is_event_stream(response.headers.get("content-type", "")):
                calls[-1].has_limits = False
            for chunk in response.iter_bytes():
                output.write(chunk)
                if output.is_left:
                    break
        finally:
            response.close()
    if response.status_code >= 400:
        say(visible(f"{response.status_code} {response.reason_phrase}".rstrip()))
    return statuses.of_response(response.status_code)
