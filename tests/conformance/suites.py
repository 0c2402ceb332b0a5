"""Somebody else's test suite: its source archive, one run of it, and what became of each test.

The archive is downloaded through whatever package index pip is set to, checked, and kept in pytest's cache; nothing of
it is in this repository. A run has either the stock client or ours, in a process of its own whose working directory is
the unpacked archive, so that it is the archive's own package that is tested. What became of each test with the stock
client is stored in `stock/`, by versions; a run of it is needed only where the stored outcomes do not settle the
matter, and with `--nightly`. Such runs are remembered in pytest's cache, by the versions of all that is installed.
"""

import ensurepip
import hashlib
import json
import os
import platform
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import distributions, version
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

Outcomes = Mapping[str, str]
"""The name of each test, and what became of it: ``passed``, ``failed`` or ``skipped`` (or expected to fail)."""

_HERE = Path(__file__).parent
_RUN_S = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """
    Tests in the source archive of a distribution.

    :ivar tests: the folder to run
    :ivar plugins: modules of this folder that stand in for what the suite wants and we do not install
    """

    name: str
    version: str
    sha256: str
    tests: str = "tests"
    plugins: tuple[str, ...] = ()

    def unpack(self, config: pytest.Config, into: Path) -> Path:
        """Return the folder of the unpacked archive; skip, or under CI fail, where it cannot be had."""
        cache = getattr(config, "cache", None)
        elsewhere = Path(tempfile.gettempdir(), f"ipyasgi-{self.name}")
        kept = Path(cache.mkdir(self.name)) if cache is not None else elsewhere
        archive = kept / f"{self.name}-{self.version}.tar.gz"
        if not self._is_whole(archive):
            wanted = [f"{self.name}=={self.version}", "--no-deps", "--no-binary", self.name, "-d", str(kept)]
            told = subprocess.run(
                [*_pip(), "download", *wanted], capture_output=True, text=True, check=False, timeout=240
            )
            if not self._is_whole(archive):
                reason = f"NOT TESTED AGAINST {self.name}: its archive cannot be downloaded: {told.stderr[-300:]}"
                pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
        with tarfile.open(archive) as packed:
            packed.extractall(into, filter="data")
        return into / f"{self.name}-{self.version}"

    def run(self, folder: Path, *, httpx: str, plugins: tuple[str, ...] = ()) -> Outcomes:
        """Run the tests with that httpx and with further plugins of this folder."""
        environment = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(_HERE), environment.get("PYTHONPATH")]))
        environment["IPYASGI_HTTPX"] = httpx
        if httpx == "httpx":
            plugins = ("only_httpx", *plugins)
        loaded = [argument for plugin in (*self.plugins, *plugins) for argument in ("-p", plugin)]
        report = folder / "report.xml"
        options = ["-q", "--continue-on-collection-errors", "--timeout", "30", f"--junitxml={report}"]
        told = subprocess.run(
            [sys.executable, "-m", "pytest", self.tests, "-p", "no:cacheprovider", *loaded, *options],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=_RUN_S,
        )
        assert told.returncode in (0, 1), told.stdout[-3000:] + told.stderr[-3000:]
        return {_name(case): _outcome(case) for case in ElementTree.parse(report).getroot().iter("testcase")}

    def find_stock(
        self, config: pytest.Config, folder: Path, *, httpx: str, ours: Outcomes, expected: set[str]
    ) -> Outcomes:
        """
        Return what became of the tests with the client they were written for.

        :param expected: names of tests that pass with it and not with ours
        :return: the stored outcomes where they agree with that; else, and with ``--nightly``, those of a run
        """
        stored = self.recall_stock(httpx)
        if not config.getoption("--nightly"):
            if stored is not None and set(stored) == set(ours) and passed(stored) - passed(ours) == expected:
                return stored
            return self.run_stock(config, folder, httpx=httpx)
        stock = self.run_stock(config, folder, httpx=httpx)
        if stored is not None and stored != stock:
            changed = sorted(name for name in {*stored, *stock} if stored.get(name) != stock.get(name))
            pytest.fail(f"{self._stored(httpx).name} is out of date, run tests/conformance/store_stock.py: {changed}")
        return stock

    def recall_stock(self, httpx: str) -> Outcomes | None:
        """Return the stored outcomes of the stock client; None where they are of other versions."""
        kept = json.loads(self._stored(httpx).read_text("utf-8")) if self._stored(httpx).exists() else {}
        if kept.get("versions") != self._versions(httpx):
            return None
        return {name: outcome for outcome in ("passed", "failed", "skipped") for name in kept[outcome]}

    def store_stock(self, httpx: str, outcomes: Outcomes) -> None:
        """Store the outcomes of the stock client, by the versions that are installed."""
        names = {
            outcome: sorted(name for name in outcomes if outcomes[name] == outcome)
            for outcome in ("passed", "failed", "skipped")
        }
        self._stored(httpx).parent.mkdir(exist_ok=True)
        kept = {"versions": self._versions(httpx), **names}
        self._stored(httpx).write_text(json.dumps(kept, indent=0) + "\n", "utf-8")

    def run_stock(self, config: pytest.Config, folder: Path, *, httpx: str) -> Outcomes:
        """Run the tests with the client they were written for, or remember what came of it."""
        cache = getattr(config, "cache", None)
        key, surroundings = f"ipyasgi/stock-{self.name}-{httpx}", self._surroundings()
        kept: Any = cache.get(key, None) if cache is not None else None
        if kept is None or kept["surroundings"] != surroundings:
            kept = {"surroundings": surroundings, "outcomes": self.run(folder, httpx=httpx)}
            if cache is not None:
                cache.set(key, kept)
        return kept["outcomes"]

    def _stored(self, httpx: str) -> Path:
        return _HERE / "stock" / f"{self.name}-{httpx}.json"

    def _versions(self, httpx: str) -> dict[str, str]:
        """Return the versions that stored outcomes are for; other packages may change them, but rarely do."""
        installed = {name: version(name) for name in ("fastapi", "starlette", httpx)}
        return {"suite": self.version, "python": ".".join(platform.python_version_tuple()[:2]), **installed}

    def _is_whole(self, archive: Path) -> bool:
        return archive.exists() and hashlib.sha256(archive.read_bytes()).hexdigest() == self.sha256

    def _surroundings(self) -> str:
        """Name everything that may change what becomes of the stock run."""
        installed = sorted(f"{each.name}=={each.version}" for each in distributions() if each.name != "ipyasgi")
        said = repr((self, sys.version, platform.platform(), is_root(), installed))
        return hashlib.sha256(said.encode()).hexdigest()


def passed(outcomes: Outcomes) -> set[str]:
    """Return the names of the tests that passed."""
    return {name for name, outcome in outcomes.items() if outcome == "passed"}


def backend_of(name: str) -> str:
    """Return which of anyio's backends a test runs on, by its parameters; ``none`` for one that is not told."""
    parameters = name.partition("[")[2].rstrip("]").split("-")
    return next((backend for backend in ("asyncio", "trio") if backend in parameters), "none")


def count_by_backend(names: set[str]) -> Counter[str]:
    """Return how many of the tests run on each backend."""
    return Counter(backend_of(name) for name in names)


def is_root() -> bool:
    """Tell whether the tests run as root, which may read every file."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _pip() -> list[str]:
    """Return the command of pip: the environment's own, else the one that Python carries."""
    own = [sys.executable, "-m", "pip"]
    if subprocess.run([*own, "--version"], capture_output=True, check=False, timeout=60).returncode == 0:
        return own
    carried = sorted(Path(ensurepip.__file__).parent.glob("_bundled/pip-*.whl"))
    return [sys.executable, str(carried[-1] / "pip")] if carried else own


def _name(case: ElementTree.Element) -> str:
    return f"{case.get('classname', '').removeprefix('tests.')}.{case.get('name')}".lstrip(".")


def _outcome(case: ElementTree.Element) -> str:
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    return "skipped" if case.find("skipped") is not None else "passed"
