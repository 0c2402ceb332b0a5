"""Tours one app with `%asgi` and prints what was seen as JSON: `python tour.py NAME`, in an environment with the app.

The same requests are sent to uvicorn in a process of its own, and the exported tests are run by pytest.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
from IPython.core.interactiveshell import InteractiveShell

HERE = Path(__file__).parent
_LINE = re.compile(r"(?P<method>[A-Z]+) (?P<path>\S+)(?: (?P<header>[\w-]+:\S+))?(?: (?P<body>[\[{].*))?")
_RANDOM = re.compile(r"\d{4,}[.\d]*|\b[0-9a-f-]{16,}\b|\b[\w-]{22,}\b|\d+\.\d+")
"""Ports, times, ids and tokens."""


def tour(name: str) -> dict[str, Any]:
    """Return what was seen of an app; ``different`` has the requests whose responses are not those of uvicorn."""
    module = f"{name}_app"
    chosen = importlib.import_module(module)
    factory = getattr(chosen, "FACTORY", "")
    target = f"{module}:{factory or 'app'}"
    served = _ask_uvicorn(target, factory, chosen.REQUESTS)
    shell = InteractiveShell.instance()
    shell.run_line_magic("load_ext", "ipyasgi")
    explorer = shell.run_line_magic("asgi", f"attach {target}{' --factory' if factory else ''}")
    try:
        asked = [_ask(shell, line) for line in chosen.REQUESTS]
        keys = list(explorer.routes)
        rechecked = explorer.recheck(send_twice="always")
        exported = explorer.history[: len(asked)].to_pytest(app=target, factory=bool(factory))
        traced = [_trace(explorer, line) for line in chosen.REQUESTS]
        return {
            "lifespan": explorer.lifespan.status,
            "routes": len(keys),
            "missing": [key for key in chosen.ROUTES if key not in keys],
            "statuses": [status for status, _ in asked],
            "different": [
                {"request": line, "here": here, "uvicorn": there}
                for line, here, there in zip(chosen.REQUESTS, asked, served, strict=True)
                if here != there
            ],
            "state": len(explorer.state.to_text()),
            "recheck": [one.verdict for one in rechecked],
            "changed": [one.to_text() for one in rechecked if one.verdict != "same"],
            "tests": _run_tests(exported),
            "traced": [what for what in traced if what],
        }
    finally:
        explorer.close()


def _read(line: str) -> tuple[str, str, dict[str, str], bytes]:
    found = _LINE.fullmatch(line)
    assert found is not None, line
    headers = dict([found["header"].split(":", 1)]) if found["header"] else {}
    if found["body"]:
        headers["Content-Type"] = "application/json"
    return found["method"], found["path"], headers, (found["body"] or "").encode()


def _ask(shell: InteractiveShell, line: str) -> tuple[int, str]:
    """Send a request as a cell does."""
    method, path, headers, body = _read(line)
    head = f"{method} {path}"
    if body or headers:
        fields = "".join(f"{name}: {value}\n" for name, value in headers.items())
        exchange = shell.run_cell_magic("asgi", head, f"{fields}\n{body.decode()}")
    else:
        exchange = shell.run_line_magic("asgi", head)
    return _seen(exchange.status_code, exchange.headers.get("content-type", ""), exchange.text)


def _trace(explorer: Any, line: str) -> str:
    """Return what a trace changes or does not see; empty if all is well. A slow machine may well have findings."""
    method, path, headers, body = _read(line)
    options = {"headers": headers, "content": body, "raise_exceptions": False}
    plain, traced = (explorer.request(method, path, trace=trace, **options) for trace in (False, True))
    false = [finding.text for finding in traced.trace.findings if finding.kind in ("n+1", "repeated query")]
    if plain.outcome != traced.outcome or traced.trace.missing or false:
        return f"{line}: {plain.outcome}, traced {traced.outcome}, {traced.trace.missing} missing, {false}"
    return ""


def _ask_uvicorn(target: str, factory: str, lines: tuple[str, ...]) -> list[tuple[int, str]]:
    with (
        _serve(target, factory) as base_url,
        httpx.Client(base_url=base_url, follow_redirects=True, timeout=30) as client,
    ):
        responses = [client.request(*_read(line)[:2], headers=_read(line)[2], content=_read(line)[3]) for line in lines]
    return [_seen(one.status_code, one.headers.get("content-type", ""), one.text) for one in responses]


def _seen(status: int, content_type: str, text: str) -> tuple[int, str]:
    """Return what must be the same: status, type and the body without what is random."""
    return status, f"{content_type} {_RANDOM.sub('…', text)}"


@contextlib.contextmanager
def _serve(target: str, factory: str) -> Iterator[str]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", target, "--port", str(port), "--log-level", "error"]
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command + (["--factory"] if factory else []),
            cwd=HERE,
            env={**os.environ, "PYTHONHASHSEED": "0"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_for(port, process)
            yield f"http://localhost:{port}"
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise RuntimeError("uvicorn did not start")


def _run_tests(source: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "test_exported.py").write_text(source, encoding="utf-8")
        environment = {**os.environ, "PYTHONPATH": str(HERE)}
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short", folder]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=200)
        return "passed" if done.returncode == 0 else f"{done.stdout[-3000:]}{done.stderr[-1000:]}\n{source}"


if __name__ == "__main__":
    sys.path.insert(0, str(HERE))
    print(f"\n=== {json.dumps(tour(sys.argv[1]))}")
