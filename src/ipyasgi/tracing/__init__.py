"""Floor 6: what happens inside one request: layers, dependencies, calls of databases and servers, findings, a profile.

A trace is opt-in, for a request or by the setting ``trace``. `taps` replaces functions for the first traced request,
and restores them after the last one: those of `libraries`, of FastAPI's and Litestar's dependencies, of
`exception_handlers` and of `steps`. `layer_taps` does so for the places in which an app holds its layers, or its
framework, one of `frameworks`, holds other parts. `telemetry` listens to the app's spans, and `loop_watch` looks what
holds the loop. One context variable of `tracer` assigns what they see to requests. No bookkeeping here may change what
the app gets: an error in it is counted, and the app goes on.

`freezing` keeps what was seen, and makes the frozen `Trace` of it at the first look. `comparison` compares two of them.
`profiler` samples a request for its `Profile`, with functions that are replaced in the same way.
"""

from __future__ import annotations

from .comparison import CallsChange, TimeChange, TraceComparison
from .layers import Middleware
from .middleware_row import MiddlewareRow
from .profile import Profile, ProfileFrame
from .trace import Call, Dependency, Finding, Layer, Step, Trace

__all__ = [
    "Call",
    "CallsChange",
    "Dependency",
    "Finding",
    "Layer",
    "Middleware",
    "MiddlewareRow",
    "Profile",
    "ProfileFrame",
    "Step",
    "TimeChange",
    "Trace",
    "TraceComparison",
]
