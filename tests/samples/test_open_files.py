"""What the samples do where a file that something still has open cannot be deleted, as on Windows."""

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

from ipyasgi import TestClient
from ipyasgi.samples.clinic import app as clinic
from ipyasgi.samples.shop import app as shop


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Give the directory of temporary files, in which no file can be deleted."""

    def refuse(path: str, **more: object) -> None:
        raise PermissionError(
            13, "The process cannot access the file because it is being used by another process", path
        )

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(os, "unlink", refuse)
    return tmp_path


@pytest.mark.parametrize("app", [shop, clinic], ids=["shop", "clinic"])
def test_a_database_that_is_open_elsewhere_stays(app: Any, kept: Path) -> None:
    """The app shuts down as usual; its temporary database is left behind."""
    with TestClient(app) as client:  # which raises what a shutdown raises
        assert client.get("/docs").status_code in (200, 404)
    assert [path.suffix for path in kept.rglob("*.sqlite3")] == [".sqlite3"]
