"""Starlette's own tests, with our client in the place of theirs: on asyncio and trio, with httpx2 and with httpx."""

from pathlib import Path

import pytest

from .suites import Suite, backend_of, count_by_backend, passed

STARLETTE = Suite(
    name="starlette", version="1.10.0", sha256="b8399098d4c1e3522734f7235dc79b1fc967f96cf139c81e0fa30479e0685f9b"
)

# What passes with their client and not with ours, and why.
_EACH_BARE_REQUEST_HAS_ITS_OWN_LOOP = "bare clients share one loop here (architecture, decision 14)"
_A_TIMEOUT_IS_DEPRECATED = "timeouts work here, so there is nothing to warn of"
EXPECTED = {
    "test_testclient.test_use_testclient_as_contextmanager[asyncio]": _EACH_BARE_REQUEST_HAS_ITS_OWN_LOOP,
    "test_testclient.test_use_testclient_as_contextmanager[trio]": _EACH_BARE_REQUEST_HAS_ITS_OWN_LOOP,
    "test_testclient.test_timeout_deprecation": _A_TIMEOUT_IS_DEPRECATED,
}
AT_LEAST = {"asyncio": 600, "trio": 600, "none": 100}
"""Fewer tests than that on a backend, and something is wrong with the run itself."""


@pytest.fixture(scope="module")
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the unpacked archive."""
    return STARLETTE.unpack(request.config, tmp_path_factory.mktemp("starlette"))


@pytest.mark.conformance
@pytest.mark.slow
@pytest.mark.timeout(850)
@pytest.mark.parametrize("httpx", ["httpx2", "httpx"])
def test_starlettes_own_tests_pass(
    folder: Path, httpx: str, pytestconfig: pytest.Config, capsys: pytest.CaptureFixture[str]
) -> None:
    """What passes with Starlette's client passes with ours, but for a few tests that are named, with the reason."""
    ours = STARLETTE.run(folder, httpx=httpx, plugins=("substitute",))
    stock = STARLETTE.find_stock(pytestconfig, folder, httpx=httpx, ours=ours, expected=set(EXPECTED))
    lost = passed(stock) - passed(ours)
    with_ours, with_theirs, all_tests = map(count_by_backend, (passed(ours), passed(stock), set(stock)))
    with capsys.disabled():
        print(f"\nstarlette {STARLETTE.version} with {httpx}: passed with our client, with theirs, of all")
        for backend, count in sorted(all_tests.items()):
            print(f"  {backend:8}{with_ours[backend]:5}{with_theirs[backend]:5}{count:5}")
        for name in sorted(lost):
            print(f"  {name}: {EXPECTED.get(name, 'UNEXPECTED')}")
    assert set(ours) == set(stock)
    assert lost == set(EXPECTED)
    for backend, least in AT_LEAST.items():
        missing = sum(backend_of(name) == backend for name in EXPECTED)
        assert with_ours[backend] >= with_theirs[backend] - missing
        assert with_ours[backend] >= least
