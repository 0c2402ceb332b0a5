"""Starlette's own tests, with our client in the place of theirs, on asyncio and trio, with httpx2 and httpx.

The source archive is downloaded through whatever package index pip is set to, checked, and kept in pytest's cache;
nothing of it is in this repository.
"""

import ensurepip
import hashlib
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

VERSION = "1.10.0"
SHA256 = "b8399098d4c1e3522734f7235dc79b1fc967f96cf139c81e0fa30479e0685f9b"

# What fails with our client and passes with theirs, or fails with both, and why.
_EACH_BARE_REQUEST_HAS_ITS_OWN_LOOP = "bare clients share one loop here (architecture, decision 14)"
_A_TIMEOUT_IS_DEPRECATED = "timeouts work here, so there is nothing to warn of"
_ROOT_MAY_READ_EVERYTHING = "root may read a directory that nobody may read; fails with their client too"
EXPECTED = {
    "test_testclient.test_use_testclient_as_contextmanager[asyncio]": _EACH_BARE_REQUEST_HAS_ITS_OWN_LOOP,
    "test_testclient.test_use_testclient_as_contextmanager[trio]": _EACH_BARE_REQUEST_HAS_ITS_OWN_LOOP,
    "test_testclient.test_timeout_deprecation": _A_TIMEOUT_IS_DEPRECATED,
}
EXPECTED_AS_ROOT = {
    "test_staticfiles.test_staticfiles_with_invalid_dir_permissions_returns_401[asyncio]": _ROOT_MAY_READ_EVERYTHING,
    "test_staticfiles.test_staticfiles_with_invalid_dir_permissions_returns_401[trio]": _ROOT_MAY_READ_EVERYTHING,
}


def pip() -> list[str]:
    """Return the command of pip: the environment's own, else the one that Python carries."""
    own = [sys.executable, "-m", "pip"]
    if subprocess.run([*own, "--version"], capture_output=True, check=False, timeout=60).returncode == 0:
        return own
    carried = sorted(Path(ensurepip.__file__).parent.glob("_bundled/pip-*.whl"))
    return [sys.executable, str(carried[-1] / "pip")] if carried else own


def is_the_archive(archive: Path) -> bool:
    return archive.exists() and hashlib.sha256(archive.read_bytes()).hexdigest() == SHA256


@pytest.fixture(scope="module")
def suite(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the unpacked source archive."""
    cache = getattr(request.config, "cache", None)
    kept = Path(cache.mkdir("starlette")) if cache is not None else Path(tempfile.gettempdir(), "ipyasgi-starlette")
    archive = kept / f"starlette-{VERSION}.tar.gz"
    if not is_the_archive(archive):
        download = [
            *pip(),
            "download",
            f"starlette=={VERSION}",
            "--no-deps",
            "--no-binary",
            "starlette",
            "-d",
            str(kept),
        ]
        told = subprocess.run(download, capture_output=True, text=True, check=False, timeout=240)
        if not is_the_archive(archive):
            reason = f"NOT TESTED AGAINST STARLETTE'S SUITE: its archive cannot be downloaded: {told.stderr[-300:]}"
            if os.environ.get("CI") == "true":
                pytest.fail(reason)
            pytest.skip(reason)
    directory = tmp_path_factory.mktemp("starlette")
    with tarfile.open(archive) as packed:
        packed.extractall(directory, filter="data")
    return directory / f"starlette-{VERSION}"


def run(suite: Path, httpx: str, report: Path) -> ElementTree.Element:
    """Run the suite with our client, and return the root of its report."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    here = str(Path(__file__).parent)
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [here, environment.get("PYTHONPATH")]))
    environment["IPYASGI_HTTPX"] = httpx
    command = [sys.executable, "-m", "pytest", "tests", "-q", "-p", "no:cacheprovider", "-p", "substitute"]
    told = subprocess.run(
        [*command, "--timeout", "30", f"--junitxml={report}", "-o", "junit_family=xunit2"],
        cwd=suite,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
    )
    assert told.returncode in (0, 1), told.stdout[-3000:] + told.stderr[-3000:]
    return ElementTree.parse(report).getroot()


@pytest.mark.conformance
@pytest.mark.slow
@pytest.mark.timeout(450)
@pytest.mark.parametrize("httpx", ["httpx2", "httpx"])
def test_starlettes_own_tests_pass(suite: Path, httpx: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What passes with Starlette's client passes with ours, but for a few tests that are named, with the reason."""
    report = run(suite, httpx, tmp_path / "report.xml")
    cases = list(report.iter("testcase"))
    failed = {
        f"{case.get('classname', '').removeprefix('tests.')}.{case.get('name')}"
        for case in cases
        if case.find("failure") is not None or case.find("error") is not None
    }
    skipped = sum(case.find("skipped") is not None for case in cases)
    with capsys.disabled():
        print(
            f"\nstarlette {VERSION} with {httpx}: {len(cases) - skipped - len(failed)} passed, "
            f"{skipped} skipped or expected to fail, {len(failed)} failed of {len(cases)}"
        )
        for name in sorted(failed):
            print(f"  {name}: {({**EXPECTED, **EXPECTED_AS_ROOT}).get(name, 'UNEXPECTED')}")
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    assert failed == set(EXPECTED) | (set(EXPECTED_AS_ROOT) if is_root else set())
    assert len(cases) > 1000
