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

from typing import TYPE_CHECKING

from ..lazy_names import names_of

if TYPE_CHECKING:
    from .comparison import CallsChange as CallsChange
    from .comparison import TimeChange as TimeChange
    from .comparison import TraceComparison as TraceComparison
    from .layers import Middleware as Middleware
    from .middleware_row import MiddlewareRow as MiddlewareRow
    from .profile import Profile as Profile
    from .profile import ProfileFrame as ProfileFrame
    from .trace import Call as Call
    from .trace import Dependency as Dependency
    from .trace import Finding as Finding
    from .trace import Layer as Layer
    from .trace import Step as Step
    from .trace import Trace as Trace

_MODULES = {
    "Call": ".trace",
    "CallsChange": ".comparison",
    "Dependency": ".trace",
    "Finding": ".trace",
    "Layer": ".trace",
    "Middleware": ".layers",
    "MiddlewareRow": ".middleware_row",
    "Profile": ".profile",
    "ProfileFrame": ".profile",
    "Step": ".trace",
    "TimeChange": ".comparison",
    "Trace": ".trace",
    "TraceComparison": ".comparison",
}

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

__getattr__ = names_of(__name__, _MODULES)
