"""Which httpx: the only module that imports httpx or httpx2, and the home of errors that need its classes.

``IPYASGI_HTTPX=httpx`` or ``httpx2`` decides; else httpx2 where it is importable, as Starlette's client does,
else httpx. Both have the same interface here, so types are written against httpx.
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
    """A deadline passed on the app's response: ``httpx.ReadTimeout``, ``TimeoutError`` and `DeadlineError` in one."""

    def __init__(self, error: DeadlineError, request: httpx.Request) -> None:
        DeadlineError.__init__(self, error.waited_for, error.timeout_s, error.stack, error.place)
        self.request = request


__all__ = ["AppReadTimeout", "httpx"]
