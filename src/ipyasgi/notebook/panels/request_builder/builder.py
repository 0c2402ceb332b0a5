"""The request builder, put together."""

from __future__ import annotations

from ..panel import Panel


class RequestBuilder(Panel):
    """Build a request, send it, see the answer."""
