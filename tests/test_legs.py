"""The legs that `tests/run` splits the suite into."""

import subprocess
import sys
from pathlib import Path

import pytest

from . import legs


def result(name: str, status: int, *lines: str) -> legs.Result:
    """Return what became of a leg that printed these lines."""
    return legs.Result(name=name, took_s=1.0, status=status, lines=list(lines))


def test_every_folder_with_tests_is_in_one_leg(repository: Path) -> None:
    """A leg with folders has them to itself but for the smoke leg; the others leave just these out."""
    named = [folder for leg in legs.LEGS if leg.name != "smoke" for folder in leg.folders]
    assert len(named) == len(set(named))
    assert all((repository / "tests" / folder).is_dir() for folder in named)
    assert set(legs.EVERYTHING) == {leg.name for leg in legs.LEGS} - {"smoke"} | {"linters"}
    for name in ("plain", "serial"):
        command = legs.build_command(name, nightly=False, coverage=False)
        assert {each for each in command if each.startswith("--ignore")} == {f"--ignore=tests/{each}" for each in named}
    plain, serial = (next(leg for leg in legs.LEGS if leg.name == name) for name in ("plain", "serial"))
    assert plain.marks == f"not ({serial.marks})"


@pytest.mark.parametrize(
    ("results", "more_errors", "status", "closing"),
    [
        ([result("plain", 0, "== 7 passed, 1 skipped in 2.50s ==")], 0, 0, "7 passed, 1 skipped"),
        (
            [
                result("plain", 0, "= 7 passed, 3 deselected in 2.50s ="),
                result("kernel", 1, "FAILED a.py::b", "= 2 failed, 1 passed in 99.10s (0:01:39) ="),
            ],
            0, 1, "2 failed, 8 passed, 3 deselected",
        ),
        ([result("plain", 0, "= 7 passed in 2s ="), result("linters", 2, "FAILED mypy")], 0, 1, "7 passed, 2 errors"),
        ([result("plain", 0, "= 7 passed in 2s =")], 1, 1, "7 passed, 1 error"),
        ([result("plain", 3, "INTERNALERROR> in 2s of work =")], 0, 1, "1 error"),
        ([result("smoke", 5, "= 9 deselected in 2.00s =")], 0, 1, "9 deselected, 1 error"),
    ],
    ids=["green", "failed", "linters", "coverage", "crashed", "empty"],
)  # fmt: skip
def test_the_last_line_is_the_sum(
    capsys: pytest.CaptureFixture[str], results: list[legs.Result], more_errors: int, status: int, closing: str
) -> None:
    """What failed anywhere is said again, counted in a closing line as pytest's, and is the exit status."""
    assert legs.close(results, 61.5, more_errors) == status
    printed = capsys.readouterr().out
    assert f"= {closing} in 61.50s (0:01:01) =" in printed.splitlines()[-1]
    for line in ("FAILED a.py::b", "FAILED mypy"):
        assert (line in printed.splitlines()) is any(line in each.lines for each in results)


def test_a_part_that_is_none_is_an_error(repository: Path) -> None:
    """A leg that does not exist is named, with those that do, and nothing runs."""
    command = [sys.executable, "tests/legs.py", "--all", "kernels"]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout) == (2, "")
    assert "no such part: kernels; there are browser, plain" in done.stderr
