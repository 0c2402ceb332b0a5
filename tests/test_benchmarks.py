"""The benchmarks, on very few requests: that they still run, not how fast."""

import importlib.util
import shutil
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest


def load(repository: Path, name: str) -> ModuleType:
    """Load a benchmark, which has no suffix."""
    path = repository / "tests" / "benchmarks" / name
    spec = importlib.util.spec_from_loader(f"benchmark_{name}", SourceFileLoader(f"benchmark_{name}", str(path)))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.ROUNDS, module.GETS = 1, 2
    return module


@pytest.fixture
def benchmark(repository: Path) -> ModuleType:
    """Load ``tests/benchmarks/run`` with the smallest amounts of work."""
    module = load(repository, "run")
    module.CHUNKS, module.ECHOES, module.CROWD = 3, 3, 2
    return module


def test_every_comparison_of_clients_prints_its_row(benchmark: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    """Each comparison reaches into internals of the engine or of Starlette, and prints one row."""
    benchmark.compare_clients()
    rows = capsys.readouterr().out.strip().splitlines()
    assert len(rows) == 7
    assert all(row.count("|") == 7 for row in rows)


def test_every_comparison_of_tracing_prints_its_row(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each comparison of a traced request with one that is not traced prints one row."""
    load(repository, "tracing").main()
    rows = capsys.readouterr().out.strip().splitlines()
    assert len(rows) == 9
    assert all(row.count("|") == 8 for row in rows)


def test_the_experiments_print_their_rows(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The cost of the held time reaches into the engine, and prints a row, as the comparisons of equal apps do."""
    load(repository, "experiments").print_experiments()
    rows = capsys.readouterr().out.strip().splitlines()
    assert len(rows) == 4
    assert all(row.count("|") == 4 for row in rows)


@pytest.mark.nightly
@pytest.mark.timeout(300)
def test_every_comparison_of_the_shell_prints_its_row(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each app has a row for a pipe and one for the display, and its request has been sent."""
    benchmark = load(repository, "shell")
    benchmark.main()
    rows = capsys.readouterr().out.strip().splitlines()
    assert len(rows) == 6
    assert all(row.count("|") == 7 for row in rows)


@pytest.mark.nightly
@pytest.mark.timeout(300)
def test_every_comparison_of_load_prints_its_row(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Our load and wrk, before the same app, have a row for each endpoint and number of users; without wrk one line."""
    benchmark = load(repository, "load")
    benchmark.SECONDS, benchmark.USERS = 1, (1, 4)
    benchmark.main()
    rows = capsys.readouterr().out.strip().splitlines()
    if shutil.which("wrk") is None:
        assert rows == ["wrk is not installed: apt-get install wrk"]
        return
    assert len(rows) == 2 + 2 * len(benchmark.PATHS)
    assert all(row.count("|") == 9 for row in rows)


@pytest.mark.nightly
@pytest.mark.timeout(300)
def test_every_comparison_of_fuzzing_prints_its_row(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Cases are counted for each second and for each second of CPU time, with our transport and with schemathesis'."""
    pytest.importorskip("schemathesis.engine", reason="schemathesis is not installed: it comes with the extra `fuzz`")
    benchmark = load(repository, "fuzz")
    benchmark.SECONDS = 5.0
    benchmark.main()
    rows = capsys.readouterr().out.strip().splitlines()
    assert len(rows) == 4
    assert all(row.count("|") == 6 for row in rows)
