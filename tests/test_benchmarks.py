"""The benchmark of the client, on very few requests: that it still runs, not how fast."""

import importlib.util
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def benchmark(repository: Path) -> ModuleType:
    """Load ``tests/benchmarks/run``, which has no suffix, with the smallest amounts of work."""
    path = repository / "tests" / "benchmarks" / "run"
    spec = importlib.util.spec_from_loader(
        "benchmark_of_the_client", SourceFileLoader("benchmark_of_the_client", str(path))
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.ROUNDS, module.GETS, module.CHUNKS, module.ECHOES, module.CROWD = 1, 2, 3, 3, 2
    return module


def test_every_comparison_of_clients_prints_its_row(benchmark: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    """Each comparison reaches into internals of the engine or of Starlette, and prints one row."""
    benchmark.compare_clients()
    rows = capsys.readouterr().out.strip().splitlines()
    assert len(rows) == 7
    assert all(row.count("|") == 7 for row in rows)
