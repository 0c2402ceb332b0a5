"""Floor 6: what happens inside one request: layers, dependencies, calls of databases and other servers, findings.

A trace is opt-in for each request. `taps` replaces functions of libraries for the first traced request and restores
them after the last one, `layer_taps` does so for the places in which an app holds its layers; one context variable of
`tracer` assigns what they see to requests. No bookkeeping here may change what the app gets: an error in it is counted,
and the app goes on. `freezing` makes the frozen `Trace`.
"""

from __future__ import annotations

from .layers import Middleware
from .middleware_row import MiddlewareRow
from .trace import Call, Dependency, Finding, Layer, Step, Trace

__all__ = ["Call", "Dependency", "Finding", "Layer", "Middleware", "MiddlewareRow", "Step", "Trace"]
