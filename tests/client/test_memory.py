"""What passes through the client does not stay: a stream of any length takes the memory of a few chunks."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ipyasgi.engine.loops import Backend

ALLOWED_RISE_MIB = 30


def pass_through(way: str, backend: Backend, size_mib: int) -> Any:
    """Move a stream in a process of its own; return what that process measured."""
    script = Path(__file__).with_name("passing_through.py")
    told = subprocess.run(
        [sys.executable, str(script), way, backend, str(size_mib)], capture_output=True, text=True, timeout=100
    )
    assert told.returncode == 0, told.stderr[-2000:]
    return json.loads(told.stdout)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("size_mib", [128, pytest.param(1024, marks=[pytest.mark.nightly, pytest.mark.slow])])
@pytest.mark.parametrize("way", ["response", "request"])
def test_a_long_stream_takes_little_memory(way: str, backend: Backend, size_mib: int) -> None:
    """A long response, or a request body from a generator, raises the peak of the process by 30 MiB at most."""
    told = pass_through(way, backend, size_mib)
    assert told["moved_bytes"] == size_mib * 1024**2
    assert told["risen_bytes"] <= ALLOWED_RISE_MIB * 1024**2
