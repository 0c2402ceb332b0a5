"""Runs the suite in legs, two at a time: `tests/run` makes the environments and calls this.

A leg is a part of the tests with its own pytest process. Each test is in exactly one leg: that of its folder, else
`serial` or `plain` by its marks.
"""

import argparse
import os
import re
import shlex
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
LANES = 2
LINTERS = (
    "ruff check .",
    "ruff format --check .",
    "mypy",
    "lint-imports --no-cache --no-logo",
    "python tests/words.py",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """
    A part of the tests.

    :ivar folders: where its tests are, below `tests/`; a leg without folders has all the folders of no other leg
    :ivar marks: the expression that its tests' marks fulfil
    """

    name: str
    folders: tuple[str, ...] = ()
    marks: str = ""
    options: tuple[str, ...] = ("-n", "0")


ALONE = "serial or slow or kernel"
LEGS = (
    Leg(name="browser", folders=("browser",), options=("-n", "2", "--dist", "loadfile")),
    Leg(name="kernel", folders=("kernel", "notebooks", "exit"), options=("-n", "2", "--dist", "loadfile")),
    Leg(name="conformance", folders=("conformance", "apps")),
    Leg(name="binder", folders=("binder",)),
    Leg(name="js", folders=("js",)),
    Leg(name="plain", marks=f"not ({ALONE})", options=("-n", "4", "--dist", "worksteal")),
    Leg(name="serial", marks=ALONE),
    Leg(name="smoke", folders=("kernel", "browser"), marks="smoke"),
)

# What each tier runs, the longest first, so that both lanes end at about the same time.
QUICK = ("plain", "linters", "js", "smoke")
EVERYTHING = ("browser", "plain", "kernel", "conformance", "linters", "serial", "js", "binder")


def build_command(name: str, *, nightly: bool, coverage: bool) -> list[str]:
    """Return the command of a leg of tests."""
    leg = next(each for each in LEGS if each.name == name)
    elsewhere = dict.fromkeys(folder for each in LEGS for folder in each.folders)
    places = [f"tests/{folder}" for folder in leg.folders]
    command = [sys.executable, "-m", "pytest", *leg.options]
    command += places or ["tests", *(f"--ignore=tests/{folder}" for folder in elsewhere)]
    command += ["-m", leg.marks] if leg.marks else []
    command += ["--nightly"] if nightly else []
    return command + (["--cov", "--cov-report=", "--cov-fail-under=0"] if coverage else [])


@dataclass(slots=True, kw_only=True)
class Result:
    """What became of a leg."""

    name: str
    took_s: float
    status: int
    lines: list[str]

    @property
    def counts(self) -> Counter[str]:
        """Return how many tests passed, failed and so on, by pytest's closing line; a failed linter is an error."""
        if self.name == "linters":
            return Counter(error=self.status) if self.status else Counter()
        closing = next((line for line in reversed(self.lines) if re.search(r" in [\d.]+s\b.*=$", line)), "")
        counts = Counter({word.removesuffix("s"): int(number) for number, word in re.findall(r"(\d+) (\w+)", closing)
                          if word.removesuffix("s") in KINDS})  # fmt: skip
        if self.status and not counts["failed"] and not counts["error"]:
            counts["error"] += 1
        return counts


KINDS = ("failed", "passed", "skipped", "deselected", "xfailed", "xpassed", "warning", "error")


class Runner:
    """Runs legs and prints their reports one after the other: the first to say something is followed line by line."""

    def __init__(self, *, nightly: bool, coverage: bool) -> None:
        self._nightly = nightly
        self._coverage = coverage
        self._screen = threading.Lock()
        self._processes: set[subprocess.Popen[str]] = set()
        self._stopping = False

    def run(self, names: Sequence[str]) -> list[Result]:
        """Run the legs, two at a time, in this order."""
        with ThreadPoolExecutor(LANES) as lanes:
            try:
                return [each.result() for each in [lanes.submit(self._run_leg, name) for name in names]]
            finally:
                self._stopping = True
                for process in list(self._processes):
                    process.terminate()

    def _run_leg(self, name: str) -> Result:
        began_s = time.monotonic()
        lines: list[str] = []
        shown = 0
        status = 0
        commands = [shlex.split(linter) for linter in LINTERS] if name == "linters" else [self._build_command(name)]
        environment = {**os.environ, "COVERAGE_FILE": str(ROOT / f".coverage.{name}")}
        held = False
        try:
            for command in commands:
                if self._stopping:
                    break
                lines.append(f"---- {name}: {shlex.join(command).removeprefix(sys.executable + ' -m ')}")
                with subprocess.Popen(
                    command, cwd=ROOT, env=environment, text=True, errors="replace",
                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                ) as process:  # fmt: skip
                    self._processes.add(process)
                    assert process.stdout is not None
                    for line in process.stdout:
                        lines.append(line.rstrip("\n"))
                        if held := held or self._screen.acquire(blocking=False):
                            print(*lines[shown:], sep="\n", flush=True)
                            shown = len(lines)
                self._processes.discard(process)
                if process.returncode:
                    status += 1
                    lines += [f"FAILED {shlex.join(command)}"] if name == "linters" else []
            if not held:
                held = self._screen.acquire()
            print(*lines[shown:], sep="\n", flush=True)
        finally:
            if held:
                self._screen.release()
        return Result(name=name, took_s=time.monotonic() - began_s, status=status, lines=lines)

    def _build_command(self, name: str) -> list[str]:
        return build_command(name, nightly=self._nightly, coverage=self._coverage)


def report_coverage() -> int:
    """Print the coverage of all legs together; return 1 where it is below what pyproject.toml asks for."""
    for step in (["combine", "--quiet"], ["report", "--skip-covered"]):
        if subprocess.run([sys.executable, "-m", "coverage", *step], cwd=ROOT, check=False).returncode:
            print("FAILED coverage")
            return 1
    return 0


def close(results: Sequence[Result], took_s: float, more_errors: int) -> int:
    """Print what failed, what each leg took, and a closing line as pytest's own; return the exit status."""
    print("\n" + " legs ".center(100, "="))
    counts = Counter(error=more_errors)
    for result in results:
        counts += result.counts
        said = ", ".join(f"{count} {kind}" for kind, count in result.counts.items() if count) or "no findings"
        print(f"{result.name:12} {result.took_s:6.0f} s  {said}")
    for result in results:
        for line in result.lines:
            if re.match("(FAILED|ERROR) ", line):
                print(line)
    bad = counts["failed"] + counts["error"]
    said = ", ".join(f"{counts[kind]} {kind}{'s' * (kind in ('warning', 'error') and counts[kind] > 1)}"
                     for kind in KINDS if counts[kind])  # fmt: skip
    minutes, seconds = divmod(int(took_s), 60)
    print(f" {said} in {took_s:.2f}s ({minutes // 60}:{minutes % 60:02}:{seconds:02}) ".center(100, "="), flush=True)
    return 1 if bad or any(result.status for result in results) else 0


def main(arguments: Sequence[str]) -> int:
    """Run a tier, or some of its legs."""
    parser = argparse.ArgumentParser(prog="tests/run", allow_abbrev=False)
    tier = parser.add_mutually_exclusive_group()
    tier.add_argument("--all", action="store_true")
    tier.add_argument("--nightly", action="store_true")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(EVERYTHING)}")
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.parts) - set(EVERYTHING):
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(EVERYTHING)}")
    whole = EVERYTHING if chosen.all or chosen.nightly else QUICK
    names = [name for name in EVERYTHING if name in chosen.parts] or whole
    # The threshold is for the whole suite; a part alone would miss it.
    coverage = chosen.nightly and names == whole
    if coverage:
        for old in ROOT.glob(".coverage.*"):
            old.unlink()
    began_s = time.monotonic()
    with suppress(KeyboardInterrupt):
        results = Runner(nightly=chosen.nightly, coverage=coverage).run(names)
        return close(results, time.monotonic() - began_s, report_coverage() if coverage else 0)
    return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
