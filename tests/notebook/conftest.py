"""A real IPython shell for the magics, with the extension loaded and taken back."""

from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config


class Shell:
    """Runs cells and hands back their value, what they raised and what they would show."""

    def __init__(self):
        config = Config()
        config.HistoryManager.enabled = False
        config.HistoryAccessor.enabled = False
        self.ip = InteractiveShell(config=config)
        self.ip.displayhook.flush = lambda: None

    def run(self, cell):
        """Return the value of a cell; raise what it raised."""
        result = self.ip.run_cell(cell)
        result.raise_error()
        return result.result

    def error(self, cell):
        """Return what a cell raised."""
        result = self.ip.run_cell(cell)
        return result.error_in_exec or result.error_before_exec

    def shown(self, value):
        """Return the display data of a value by media type."""
        return self.ip.display_formatter.format(value)[0]


@pytest.fixture
def shell():
    """A shell with ``%load_ext ipyasgi`` done and the sample shop as ``app``."""
    shell = Shell()
    shell.run("%load_ext ipyasgi\nfrom ipyasgi.samples.shop import app")
    yield shell
    shell.run("%unload_ext ipyasgi")
    InteractiveShell.clear_instance()


@pytest.fixture
def some_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder with a few files."""
    (tmp_path / "note.txt").write_text("hello", encoding="utf-8")
    (tmp_path / "one.json").write_text('{"a": [1]}', encoding="utf-8")
    (tmp_path / "pic.jpg").write_bytes(b"\xff\xd8")
    (tmp_path / "no extension").write_bytes(b"\x00")
    monkeypatch.chdir(tmp_path)
