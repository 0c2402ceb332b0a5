"""Queries of SQLAlchemy's ORM, of the newest version and of 1.4, each in an interpreter of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

OLD = ("sqlalchemy==1.4.54", "aiosqlite==0.20.0")


pytestmark = [pytest.mark.nightly, pytest.mark.timeout(300)]  # it may install


@pytest.fixture(params=["newest", "1.4"])
def found(request: pytest.FixtureRequest, tmp_path: Path, repository: Path) -> dict[str, Any]:
    """Give what the traces of `sqlalchemy_books` have, with one version of SQLAlchemy."""
    path = [str(repository / "src"), *filter(None, [os.environ.get("PYTHONPATH")])]
    if request.param == "1.4":
        packages = tmp_path / "site-packages"  # from which no line is the app's
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(packages), *OLD]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"pip could not install {OLD[0]}: {done.stderr[-300:]}")
        path.insert(0, str(packages))
    script = Path(__file__).with_name("sqlalchemy_books.py")
    done = subprocess.run(
        [sys.executable, script],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path)},
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["version"].startswith("1.4.") == (request.param == "1.4")
    return found


def test_n_plus_one(found: dict[str, Any]) -> None:
    """Each statement is recorded once, with rows and line, and a query for each row is found: sync and async."""
    for name in ("loop", "loop_async"):
        trace = found[f"/{name}"]
        for call in trace["calls"]:
            print("SQLAlchemy", found["version"], *(call[part] for part in ("text", "parameters", "rows", "place")))
        assert {(call["library"], call["function"]) for call in trace["calls"]} == {("SQLAlchemy", name)}
        (finding,) = [one for one in trace["findings"] if one["kind"] in ("n+1", "repeated query")]
        assert (finding["kind"], finding["count"]) == ("n+1", 3)
        assert "sqlalchemy_books.py:" in finding["place"]
    statements = [call["text"].split()[0] for call in found["/loop"]["calls"]]
    assert statements == ["SELECT"] * 4
    inserts = [call for call in found["/loop_async"]["calls"] if call["text"].startswith("INSERT")]
    assert [call["rows"] for call in inserts] == [3, 3]
    assert all(call["parameters"].endswith("… 3 sets in all") for call in inserts)
