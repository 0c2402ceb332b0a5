"""Recognises the response of an app that rejects the host of a request, such as Django's ``ALLOWED_HOSTS``."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..client.httpx import httpx
from ..client.response import kept_content
from ..records.output import OutputLine
from ..shown import hint

_STATUSES = (400, 403, 421)
_READ_BYTES = 64 * 1024
# Each alternative is bounded, so that the search is linear.
_REJECTED = re.compile(
    rb"(?:invalid|untrusted|disallowed|forbidden|unknown|unrecognized|bad)[ _-](?:http[ _-])?host\b"
    rb"|\bhost\b[^<>\n]{0,80}\b(?:not|isn't|non-local)[ -](?:\w{1,10} )?(?:allowed|trusted|permitted|valid|local)"
    rb"|disallowedhost|allowed_?hosts|trusted_?hosts|non-local ['\"]?host|dns[ -]rebinding",
    re.IGNORECASE,
)


def host_note(response: httpx.Response | None, output: Iterable[OutputLine]) -> tuple[str, ...]:
    """Return a note for the user if an app seems to reject the host, by its response or by what it logged."""
    if response is None or response.status_code not in _STATUSES:
        return ()
    rejected = response.status_code == 421 or _REJECTED.search(kept_content(response)[:_READ_BYTES]) is not None
    if not rejected and not any(_REJECTED.search(line.text[:500].encode(errors="replace")) for line in output):
        return ()
    host = response.request.headers.get("host") or response.request.url.netloc.decode("ascii", "replace")
    how = hint("run %asgi config base_url=http://HOST, or pass base_url= to Explorer", "pass base_url= to Explorer")
    return (f"the app seems to reject the host {host}: to send as a host that it allows, {how}",)
