"""The tests of FastAPI's tutorial, whose apps are its documentation's, with our client in the place of theirs."""

from collections import Counter
from pathlib import Path

import pytest

from .suites import Suite, passed

FASTAPI = Suite(
    name="fastapi",
    version="0.165.0",
    sha256="dd94d4128319c1e1d50535ab023ab698f850a4d2822f0e181747b46f4ff3c0ab",
    tests="tests/test_tutorial",
    plugins=("stand_ins",),
)
CHAPTERS = (
    "test_background_tasks",
    "test_bigger_applications",
    "test_body",
    "test_cookie_params",
    "test_custom_response",
    "test_dependencies",
    "test_events",
    "test_first_steps",
    "test_handling_errors",
    "test_middleware",
    "test_request_files",
    "test_request_forms",
    "test_security",
    "test_server_sent_events",
    "test_stream_data",
    "test_sub_applications",
    "test_testing",
    "test_testing_dependencies",
    "test_websockets",
)
"""Chapters that must have tests that pass; all others are run too, as far as what they need is installed."""


@pytest.mark.conformance
@pytest.mark.slow
@pytest.mark.timeout(850)
def test_the_tutorials_own_tests_pass(
    tmp_path: Path, pytestconfig: pytest.Config, capsys: pytest.CaptureFixture[str]
) -> None:
    """What passes with FastAPI's client, which is Starlette's, passes with ours."""
    folder = FASTAPI.unpack(pytestconfig, tmp_path)
    ours = FASTAPI.run(folder, httpx="httpx2", plugins=("substitute",))
    stock = FASTAPI.find_stock(pytestconfig, folder, httpx="httpx2", ours=ours, expected=set())
    chapters = Counter(name.split(".")[1] for name in passed(ours))
    lost = passed(stock) - passed(ours)
    with capsys.disabled():
        print(
            f"\nfastapi {FASTAPI.version}, tutorial: {len(passed(ours))} passed with our client, {len(passed(stock))} "
            f"with theirs, in {len(chapters)} chapters; {sum(each == 'failed' for each in stock.values())} could not "
            f"run with either (not installed: jwt, dirty_equals and others)"
        )
        for name in sorted(lost):
            print(f"  {name}: UNEXPECTED")
    assert lost == set()
    assert [chapter for chapter in CHAPTERS if not chapters[chapter]] == []
    assert len(passed(ours)) > 1000
