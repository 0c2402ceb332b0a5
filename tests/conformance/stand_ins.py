"""A pytest plugin for FastAPI's suite: stands in for the two pytest plugins it wants, as they are when switched off."""

import sys
import types

import pytest

# inline-snapshot rewrites expected values in the source when it is asked to; else a snapshot is the value itself.
inline_snapshot = types.ModuleType("inline_snapshot")
inline_snapshot.snapshot = inline_snapshot.Is = lambda value: value
sys.modules["inline_snapshot"] = inline_snapshot


def pytest_configure(config: pytest.Config) -> None:
    """Know the mark by which pytest-xdist would gather tests on one worker."""
    config.addinivalue_line("markers", "xdist_group(name): run on the same worker")
