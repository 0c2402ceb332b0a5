"""Every app of FastAPI's tutorial: the example of each of its operations, sent as it stands."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from .test_fastapi_tutorial import FASTAPI

_RUN_S = 500
_FORBIDS_EXTRA = "its model forbids every other header, also those that a client always sends; no schema says so"
# Why an example is not accepted, or cannot be made.
EXPECTED = {
    ("docs_src.header_param_models.tutorial002", "GET /items/"): _FORBIDS_EXTRA,
    ("docs_src.header_param_models.tutorial002_non_an", "GET /items/"): _FORBIDS_EXTRA,
    ("docs_src.path_operation_advanced_configuration.tutorial007", "POST /items/"): "a body of YAML is not written",
}


@pytest.mark.conformance
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_examples_are_accepted(tmp_path: Path, pytestconfig: pytest.Config, capsys: pytest.CaptureFixture[str]) -> None:
    """At least 95 of 100 operations take their example; those that do not are named, with the reason."""
    folder = FASTAPI.unpack(pytestconfig, tmp_path)
    told = subprocess.run(
        [sys.executable, str(Path(__file__).parent / "send_examples.py"), "docs_src"],
        cwd=folder,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
        timeout=_RUN_S,
    )
    assert told.returncode == 0, told.stderr[-3000:]
    rows = [json.loads(line[1:]) for line in told.stdout.splitlines() if line.startswith("={")]
    sent = [row for row in rows if row["key"]]
    refused = {(row["module"], row["key"]): row["problem"] for row in sent if row["status"] in (0, 422)}
    apart = [row for row in rows if not row["key"]]
    with capsys.disabled():
        share = 100 * (1 - len(refused) / len(sent))
        statuses = ", ".join(f"{count} × {status or 'not made'}" for status, count in _count(sent))
        print(f"\nfastapi {FASTAPI.version}, docs_src: {len(sent)} operations, {share:.1f} % took their example")
        print(f"  answers: {statuses}; {len(apart)} modules are no apps here (something is not installed)")
        for place, problem in sorted(refused.items()):
            print(f"  {' '.join(place)}: {EXPECTED.get(place, 'UNEXPECTED: ' + problem[:200])}")
    assert len(sent) > 350
    assert share >= 95
    assert set(refused) <= set(EXPECTED)


def _count(rows: list[dict[str, object]]) -> list[tuple[object, int]]:
    return Counter(row["status"] for row in rows).most_common()
