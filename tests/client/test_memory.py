"""What passes through the client does not stay: a stream of any length takes the memory of a few chunks."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ipyasgi.engine.loops import Backend

SIZE_MIB = 1024
ALLOWED_RISE_MIB = 30


def pass_through(way: str, backend: Backend) -> Any:
    """Move the stream in a process of its own; return what that process measured."""
    script = Path(__file__).with_name("passing_through.py")
    told = subprocess.run(
        [sys.executable, str(script), way, backend, str(SIZE_MIB)], capture_output=True, text=True, timeout=100
    )
    assert told.returncode == 0, told.stderr[-2000:]
    return json.loads(told.stdout)


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize("way", ["response", "request"])
def test_a_long_stream_takes_little_memory(way: str, backend: Backend) -> None:
    """A GiB of response, or of request body from a generator, raises the peak of the process by 30 MiB at most."""
    told = pass_through(way, backend)
    assert told["moved_bytes"] == SIZE_MIB * 1024**2
    assert told["risen_bytes"] <= ALLOWED_RISE_MIB * 1024**2
