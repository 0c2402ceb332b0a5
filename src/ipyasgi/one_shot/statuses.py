"""The exit statuses of a command that sends."""

from __future__ import annotations

from ..protocol.errors import AppNotFoundError, CallError

USAGE = 2
FAILED = 70
"""The app raised, could not start, or did not answer in time; ``EX_SOFTWARE`` of ``sysexits.h``."""
INTERRUPTED = 130
"""Ctrl-C has ended it, as shells have it."""


def of_response(status: int) -> int:
    """Return 0 for a status below 400, else the number of its class."""
    return 0 if status < 400 else 4 if status < 500 else 5


def of_call_error(error: CallError) -> int:
    """Return the exit status for a call that could not be made: it was wrong, or the import of the app has raised."""
    return FAILED if isinstance(error, AppNotFoundError) and error.__cause__ is not None else USAGE
