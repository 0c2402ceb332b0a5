"""The body of a request from the standard input, if that is a pipe or a file."""

from __future__ import annotations

import os
import select
import stat
import sys
from dataclasses import replace

from ..records.requests import RequestSpec
from .output import say

READ_BY = ("POST", "PUT", "PATCH")
"""The methods whose body is read from the standard input, if they have no other."""
_PATIENCE_S = 3.0


def with_standard_input(spec: RequestSpec) -> RequestSpec:
    """Return a request with the body of the standard input, if it is one of `READ_BY` without a body."""
    if spec.method not in READ_BY or spec.body or not is_pipe_or_file():
        return spec
    body = read_all()
    if not body:
        return spec
    is_json = body.lstrip()[:1] in (b"{", b"[") and not spec.header("content-type")
    added = ((b"content-type", b"application/json"),) if is_json else ()
    return replace(spec, headers=(*spec.headers, *added), body=body)


def is_pipe_or_file() -> bool:
    """Return whether the standard input is a pipe or a file: no terminal, no null device, and not closed."""
    try:
        mode = os.fstat(sys.stdin.fileno()).st_mode
    except (OSError, ValueError, AttributeError):
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISREG(mode)


def read_all() -> bytes:
    """Return what is in the standard input, up to its end; after three seconds without anything, a line says so."""
    if os.name == "posix" and not select.select([sys.stdin], [], [], _PATIENCE_S)[0]:  # of files only there
        say("reading the body from stdin, which is a pipe without an end so far; for no body add < /dev/null")
    return sys.stdin.buffer.read()
