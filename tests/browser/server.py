"""A JupyterLab server of our own, the kernels it has started ahead, and the notebooks that it serves. No fixture."""

import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

_START_S = 90
# Run by each kernel at its start; leaves no name behind. No display says that the loop was held: on a busy machine any
# app may seem to hold it.
_IMPORTED_AHEAD = """\
[__import__(name) for name in ('fastapi', 'ipywidgets', 'ipyasgi.panels')]
setattr(__import__('ipyasgi.engine.held_time').engine.held_time, 'HELD_NS', 10**18)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A JupyterLab server: its address, its token, the folder it serves and its log."""

    url: str
    token: str
    root: Path
    log: Path


@dataclass(slots=True)
class Kernels:
    """Kernels of one server, each in a folder of its own; one is started ahead, while a test uses the one before."""

    server: Server
    _started: int = 0
    _ahead: tuple[str, Path] | None = None

    def take(self) -> tuple[str, Path]:
        """Return the id of a kernel and the folder that it runs in, and start the next."""
        taken = self._ahead or self._start()
        self._ahead = self._start()
        return taken

    def _start(self) -> tuple[str, Path]:
        self._started += 1
        folder = self.server.root / f"kernel-{self._started}"
        folder.mkdir()
        request = urllib.request.Request(
            f"{self.server.url}/api/kernels?token={self.server.token}",
            data=json.dumps({"name": "python3", "path": folder.name}).encode(),
            method="POST",
        )
        with urllib.request.urlopen(request, timeout=90) as response:
            return json.load(response)["id"], folder


@contextlib.contextmanager
def run_server(root: Path, home: Path) -> Iterator[Server]:
    """Serve the folder ``root``, with settings, runtime files and data in ``home``; yield once the server answers."""
    settings = home / "settings"
    quiet = settings / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    quiet.parent.mkdir(parents=True)
    quiet.write_text('{"checkForUpdates": false, "fetchNews": "false", "doNotDisturbMode": true}', encoding="utf-8")
    startup = home / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "ahead.py").write_text(_IMPORTED_AHEAD, encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Server(url=f"http://127.0.0.1:{port}", token=secrets.token_hex(16), root=root, log=home / "lab.log")
    own = {
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_DATA_DIR": home / "data",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": settings,
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
        "IPYTHONDIR": home / "ipython",
    }
    command = [
        *(sys.executable, "-m", "jupyterlab", "--allow-root", "--no-browser", "--ip=127.0.0.1", f"--port={port}"),
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={root}",
        f"--IdentityProvider.token={server.token}",
        "--LabApp.expose_app_in_browser=True",
        "--JupyterNotebookApp.expose_app_in_browser=True",
        "--LabApp.extension_manager=readonly",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    with server.log.open("w") as log:
        process = subprocess.Popen(
            command,
            env=os.environ | {name: str(path) for name, path in own.items()},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_up(process, server)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_up(process: "subprocess.Popen[bytes]", server: Server) -> None:
    deadline = time.monotonic() + _START_S
    while True:
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"{server.url}/api/status?token={server.token}", timeout=2),
        ):
            return
        if process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"JupyterLab did not start:\n{server.log.read_text(encoding='utf-8')[-3000:]}")
        time.sleep(0.1)


def notebook_document(cells: Iterable[str | Path]) -> dict[str, object]:
    """Build a notebook of code cells; by hand, because importing nbformat takes seconds."""
    blank = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {
        "cells": [blank | {"id": f"cell-{number}", "source": str(cell)} for number, cell in enumerate(cells)],
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
