"""Interrupts at random moments, often two, of whatever an explorer does; `test_interrupts` has those at each line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROMPT_S = 5.0
"""Ten times what a person waits, because a busy machine is slow."""


@pytest.mark.timeout(400)
@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.nightly)])
def test_random_interrupts(seed: int, request: pytest.FixtureRequest) -> None:
    """The prompt comes back, the explorer can be used in the next cell, and nothing is left open."""
    interrupts = 1000 if request.config.getoption("--nightly") else 50
    script = Path(__file__).with_name("interrupt_fuzz.py")
    done = subprocess.run(
        [sys.executable, script, str(seed), str(interrupts)], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    report = json.loads(done.stdout)
    print(report)
    assert report["found"] == {}
    assert report["worst_s"] < PROMPT_S
    assert report["after"] == report["before"]
    assert report["interrupts"] == interrupts
