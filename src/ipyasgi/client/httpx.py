"""Selects httpx or httpx2. The only module that imports them; errors that need their classes live here too.

``IPYASGI_HTTPX=httpx`` or ``httpx2`` decides; else httpx2 if it is installed, as in Starlette's client, else httpx.
Both have the same interface here, so types are written against httpx.
"""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING

from ..protocol.errors import CallError, DeadlineError

if TYPE_CHECKING:
    import httpx
else:

    def _chosen():
        wanted = os.environ.get("IPYASGI_HTTPX", "")
        if wanted not in ("", "httpx", "httpx2"):
            raise CallError(f"IPYASGI_HTTPX is {wanted!r}: set it to 'httpx' or 'httpx2', or unset it")
        if wanted:
            return importlib.import_module(wanted)
        try:
            return importlib.import_module("httpx2")
        except ModuleNotFoundError:
            return importlib.import_module("httpx")

    httpx = _chosen()


class AppReadTimeout(DeadlineError, httpx.ReadTimeout):
    """A deadline on the app's response passed; is an ``httpx.ReadTimeout``, ``TimeoutError`` and `DeadlineError`."""

    def __init__(self, error: DeadlineError, request: httpx.Request) -> None:
        DeadlineError.__init__(self, error.waited_for, error.timeout_s, error.stack, error.place, error.so_far)
        self.request = request


__all__ = ["AppReadTimeout", "httpx"]
