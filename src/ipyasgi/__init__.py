"""
Explore an ASGI app from IPython and Jupyter: call it, watch every message, step its lifespan.

These names are imported at the first use (PEP 562), so that ``import ipyasgi`` imports neither httpx, IPython nor
ipywidgets. More public names are in `ipyasgi.records`, `ipyasgi.routes`, `ipyasgi.formats`, `ipyasgi.openapi`,
`ipyasgi.history`, `ipyasgi.explorer`, `ipyasgi.panels`, `ipyasgi.errors` and `ipyasgi.testclient`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .client.asyncclient import AsyncTestClient as AsyncTestClient
    from .client.options import CallOptions as CallOptions
    from .client.testclient import TestClient as TestClient
    from .engine.background_loop import BackgroundLoop as BackgroundLoop
    from .engine.faults import Faults as Faults
    from .engine.kernel_loop import KernelLoop as KernelLoop
    from .explorer.explorer import Explorer as Explorer
    from .formats import import_requests as import_requests
    from .history.exchange import Exchange as Exchange
    from .history.exchange import Exchanges as Exchanges
    from .history.history import History as History
    from .protocol.errors import IpyasgiError as IpyasgiError
    from .records.requests import RequestSpec as RequestSpec
    from .records.settings import Settings as Settings
    from .routes.route import Route as Route

__version__ = "0.2.0.dev0"

_MODULES = {
    "AsyncTestClient": "client.asyncclient",
    "BackgroundLoop": "engine.background_loop",
    "CallOptions": "client.options",
    "Exchange": "history.exchange",
    "Exchanges": "history.exchange",
    "Explorer": "explorer.explorer",
    "Faults": "engine.faults",
    "History": "history.history",
    "IpyasgiError": "protocol.errors",
    "KernelLoop": "engine.kernel_loop",
    "RequestSpec": "records.requests",
    "Route": "routes.route",
    "Settings": "records.settings",
    "TestClient": "client.testclient",
    "import_requests": "formats",
}

__all__ = sorted([*_MODULES, "__version__", "load_ipython_extension", "unload_ipython_extension"])


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'ipyasgi' has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_MODULES[name]}", __name__), name)


def __dir__() -> list[str]:
    return list(__all__)


def load_ipython_extension(shell: Any) -> None:
    """``%load_ext ipyasgi``: register ``%asgi`` and ``%%asgi``."""
    importlib.import_module(".notebook", __name__).load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """``%unload_ext ipyasgi``: undo ``%load_ext ipyasgi``."""
    importlib.import_module(".notebook", __name__).unload(shell)
