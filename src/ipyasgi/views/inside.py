"""What was seen inside the app, in the view of an exchange: its trace and its profile.

The views of both are imported for an exchange that has one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..history.exchange import Exchange
from ..records.settings import Settings

if TYPE_CHECKING:
    from .profile import ProfileShown
    from .trace import TraceShown


def show_trace_of(exchange: Exchange, settings: Settings) -> TraceShown | None:
    """Return the trace of an exchange for display, None without one."""
    if exchange.trace is None:
        return None
    from .trace import show_trace

    return show_trace(exchange.trace, settings)


def show_profile_of(exchange: Exchange) -> ProfileShown | None:
    """Return the profile of an exchange for display, None without one."""
    if exchange.profile is None:
        return None
    from .profile import show_profile

    return show_profile(exchange.profile)


def marks_inside(exchange: Exchange) -> Iterator[str]:
    """Yield what the summary line of an exchange has of its trace and its profile."""
    if exchange.trace is not None:
        from .trace import trace_marks

        yield from trace_marks(exchange.trace)
    if exchange.profile is not None:
        yield "profiled"


def lines_inside(trace: TraceShown | None, profile: ProfileShown | None) -> Iterator[str]:
    """Yield the lines of both with their titles."""
    if trace is not None:
        from .trace import trace_lines

        yield from ("", "Trace", *trace_lines(trace))
    if profile is not None:
        from .profile import profile_lines

        yield from ("", "Profile", *profile_lines(profile))
