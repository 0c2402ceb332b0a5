"""`open_lab`: JupyterLab with notebooks in a folder of the reader's, who keeps them. The command line is in `cli`.

No file is written over, and none of the reader's is deleted. What is deleted at the end is the kernel, which is ours.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import logging
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from .protocol.errors import CallError

FOLDER = "ipyasgi-notebooks"
FIRST_NOTEBOOK = "00-start-here.ipynb"
KERNEL = "python3"
"""The name of the kernel in the notebooks, which every Jupyter has: they can be opened, and shared, without us."""
_QUIET = {
    "filters": {"quiet": {"()": f"{__name__}.Quiet"}},
    "handlers": {"console": {"filters": ["quiet"]}},
}
"""The logging of JupyterLab, which imports the filter."""


class Quiet(logging.Filter):
    """Lets the address, once, warnings and errors into the log of JupyterLab, which has 25 lines before it starts."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record is logged."""
        text = str(record.msg)  # not `getMessage`, which raises if the arguments of a record do not fit
        if record.levelno >= logging.WARNING:
            return "To access the server, open this file" not in text  # the address again, twice
        return text.startswith(("http://", "https://"))


@dataclass(frozen=True, slots=True, kw_only=True)
class LabOptions:
    """
    What JupyterLab opens.

    :ivar place: the folder that the command was run in, absolute; it gets the folder of the notebooks
    :ivar line: the ``%asgi attach`` that the kernel runs before the first cell
    :ivar app: the app as the user named it; without one, the bundled notebooks are opened
    :ivar fresh: write new copies into a new folder
    :ivar solutions: with the solutions of the exercises
    """

    place: Path
    line: str
    app: str | None = None
    fresh: bool = False
    solutions: bool = True


def open_lab(options: LabOptions) -> int:
    """
    Write the notebooks that are missing, open JupyterLab on the first one, and return its exit status.

    Raises `CallError` if the notebooks cannot be written.
    """
    notebooks = _bundled(solutions=options.solutions) if options.app is None else _own(options.app, options.line)
    folder, written = _write(notebooks, options.place, fresh=options.fresh)
    where = f"Your notebooks are in {folder}"
    kept = len(written) < len(notebooks)
    print(where + (". Those that were there are unchanged; --fresh writes new copies." if kept else ""), flush=True)
    print("JupyterLab opens in the browser. Ctrl-C ends it.", flush=True)
    # An app finds its files where the command was run, as in a terminal; a notebook of the course finds its own.
    start = None if options.app is None else options.place
    try:
        # Windows deletes no file that JupyterLab has open.
        folder_of_kernel = tempfile.TemporaryDirectory(prefix="ipyasgi-", ignore_cleanup_errors=True)
        with contextlib.suppress(KeyboardInterrupt), folder_of_kernel as own:
            _trust(written)
            share = write_kernel(Path(own), options.line, notebooks=folder, start=start)
            return _run(options.place, folder / next(iter(notebooks)), share)
        return 0
    finally:
        print(where, flush=True)


def _run(place: Path, notebook: Path, share: str) -> int:
    """
    Run JupyterLab until it ends, and return its exit status.

    Ctrl-C in a terminal interrupts JupyterLab as well, which asks whether to stop. Without a terminal perhaps only
    this process was interrupted, so JupyterLab is asked to end.
    """
    options = [
        f"--Application.logging_config={_QUIET!r}",
        f"--ServerApp.root_dir={place}",
        f"--LabApp.default_url=/lab/tree/{notebook.relative_to(place).as_posix()}",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")
    env = {**os.environ, "JUPYTER_PATH": os.pathsep.join(filter(None, [share, os.environ.get("JUPYTER_PATH")]))}
    interrupted = False
    with subprocess.Popen([sys.executable, "-m", "jupyterlab", *options], env=env) as process:
        while True:
            try:
                status = process.wait()
            except KeyboardInterrupt:
                interrupted = True
                if not sys.stdin.isatty():
                    process.terminate()
            else:
                return 0 if interrupted else status


def _write(notebooks: dict[str, dict[str, Any]], place: Path, *, fresh: bool) -> tuple[Path, list[Path]]:
    """Write the notebooks that the folder does not have yet; return the folder, and the files that were written."""
    written = []
    try:
        folder = _make_folder(place, fresh=fresh)
        for name, notebook in notebooks.items():
            with contextlib.suppress(FileExistsError):  # it is the reader's
                _write_new(folder / name, json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")
                written.append(folder / name)
    except OSError as exc:
        raise CallError(f"the notebooks cannot be written: {exc.filename or FOLDER}: {exc.strerror}") from exc
    return folder, written


def _make_folder(place: Path, *, fresh: bool) -> Path:
    """Return the folder of the notebooks; a fresh one is the first of ``FOLDER``, ``FOLDER-2`` … that is not there."""
    folder = place / FOLDER
    if not fresh:
        folder.mkdir(exist_ok=True)
        return folder
    for number in itertools.count(2):
        with contextlib.suppress(FileExistsError):
            folder.mkdir()
            break
        folder = place / f"{FOLDER}-{number}"
    return folder


def _write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet, whole or not at all. Raises `FileExistsError` if it is there."""
    file = path.open("x", encoding="utf-8")
    try:
        with file:
            file.write(text)
    except BaseException:
        path.unlink()
        raise


def _trust(paths: list[Path]) -> None:
    """Sign our own notebooks as ``jupyter trust`` does, with the reader's key; go on if that is not possible."""
    if not paths:
        return
    # In a process of its own, because it reads Jupyter's configuration and opens a database.
    signing = [sys.executable, "-m", "nbformat.sign", *map(str, paths)]
    done = subprocess.run(signing, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        why = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
        print(f"ipyasgi: the notebooks are not signed as trusted: {why}", file=sys.stderr)


def write_kernel(folder: Path, line: str, *, notebooks: Path, start: Path | None = None) -> str:
    """
    Write a kernel that attaches the app before the first cell runs; return its folder for ``JUPYTER_PATH``.

    There it precedes the `KERNEL` of the environment, and has this Python. It attaches the app only to the notebooks
    in their folder: others of the reader's may be opened in the same JupyterLab.

    :param start: the folder that it runs in, by default that of its notebook
    """
    from ipykernel.kernelspec import get_kernel_dict  # it comes with JupyterLab

    share = folder / ".jupyter"
    spec = share / "kernels" / KERNEL / "kernel.json"
    spec.parent.mkdir(parents=True)
    lines = [
        f"if __import__('os').path.realpath('.') == {os.path.realpath(notebooks)!r}:",
        *([f"__import__('os').chdir({str(start)!r})"] if start is not None else []),
        # Not %load_ext: the notebooks do that, and IPython would print that it is "already loaded".
        "__import__('ipyasgi').load_ipython_extension(get_ipython())",
        f"explorer = {line}",
        "app, client = explorer.app, explorer.client",
    ]
    opening = "\n    ".join(lines)
    spec.write_text(json.dumps(get_kernel_dict([f"--IPKernelApp.exec_lines={[opening]!r}"])), encoding="utf-8")
    return str(share)


def _bundled(*, solutions: bool) -> dict[str, dict[str, Any]]:
    """Return the bundled notebooks by file name, the first one first, without what their cells put out."""
    notebooks = {}
    for path in sorted(_folder_of_bundled().glob("*.ipynb")):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        cells = [cell for cell in notebook["cells"] if solutions or "solution" not in cell["metadata"].get("tags", [])]
        for cell in cells:
            if cell["cell_type"] == "code":
                cell |= {"outputs": [], "execution_count": None}
        notebooks[path.name] = {**notebook, "cells": cells}
    return notebooks


def _folder_of_bundled() -> Path:
    package = Path(str(resources.files(__package__)))
    for folder in (package / "_notebooks", package.parents[1] / "notebooks"):
        if (folder / FIRST_NOTEBOOK).is_file():
            return folder
    raise FileNotFoundError("the bundled notebooks are missing: install ipyasgi again")


def _own(app: str, line: str) -> dict[str, dict[str, Any]]:
    """Return the notebook of another app by its file name: one line of Markdown, then the panel."""
    text = (
        f"`{app}` is attached. Press Shift+Enter twice to open its panel. "
        f"(Without `ipyasgi --lab`, run `%cd ..`, `%load_ext ipyasgi` and `{line}` first.)"
    )
    code: dict[str, Any] = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
    cells = [
        {"cell_type": "markdown", "id": "text", "metadata": {}, "source": text},
        {**code, "id": "panel", "source": "%asgi panel"},
    ]
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": KERNEL}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    name = "-".join(re.findall(r"\w+", app))
    return {f"{name}.ipynb": {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}}
