"""The command that sends as a process: pipes, signals, terminals, and what it imports."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

COMMAND = [sys.executable, "-m", "ipyasgi", "mine:app"]
_OURS = re.compile(r"\x1b\[(?:0|1|2|3[1-6])m")


_NOT_IN_A_PIPE = {
    *("argparse", "jinja2", "pygments", "tomllib"),
    *("ipyasgi.explorer.explored_app", "ipyasgi.history", "ipyasgi.openapi", "ipyasgi.tracing", "ipyasgi.views"),
    *("ipyasgi.formats.placeholders", "ipyasgi.formats.python_code", "ipyasgi.records.exception_text"),
    "ipyasgi.records.state",
}
_NOT_IN_A_DISPLAY = {
    *("jinja2", "markupsafe", "pygments", "statistics", "tomllib"),
    *("ipyasgi.experiments", "ipyasgi.notebook", "ipyasgi.panels", "ipyasgi.tracing"),
    *("ipyasgi.explorer.explorer", "ipyasgi.explorer.replay", "ipyasgi.history.carried_values"),
    *("ipyasgi.history.comparison", "ipyasgi.history.saved", "ipyasgi.formats.curl", "ipyasgi.formats.placeholders"),
    *("ipyasgi.formats.python_code", "ipyasgi.views.explorer", "ipyasgi.views.registered", "ipyasgi.views.trace"),
}


def run(*words: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run the command, and return what it did."""
    return subprocess.run([*COMMAND, *words], capture_output=True, encoding="utf-8", timeout=60, **more)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("words", "unwanted"),
    [
        ([], _NOT_IN_A_PIPE),
        (["--text"], _NOT_IN_A_DISPLAY),
    ],
)
def test_what_it_imports(words: list[str], unwanted: set[str]) -> None:
    """There is no IPython and no widget in the process, and into a pipe no explorer and no template either."""
    code = (
        "import json, sys; from ipyasgi.cli import main; main(sys.argv[1:]);"
        "sys.stderr.write('\\n' + json.dumps(list(sys.modules)))"
    )
    command = [sys.executable, "-c", code, "mine:app", "GET", "/x", *words]
    # Coverage would bring modules of its own.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment, check=True)
    imported = set(json.loads(done.stderr.splitlines()[-1]))
    assert "GET /x" in done.stdout
    assert imported & {"IPython", "ipywidgets", "anywidget", "traitlets", "ipykernel", *unwanted} == set()


def test_a_process_of_the_app_prints_elsewhere(folder: Path) -> None:
    """What a child process of the app prints is not in the body. A file that the app leaves open is written."""
    done = run("POST", "/child", input="from a pipe")
    assert (done.returncode, done.stdout) == (0, "POST /child? from a pipe")
    assert "child\n" in done.stderr
    assert (folder / "left_open").read_text("utf-8") == "not flushed"


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("path", ["/events", pytest.param("/huge", marks=pytest.mark.nightly)])
def test_a_reader_that_leaves(path: str) -> None:
    """A reader such as ``head`` may leave: the command ends, with the response's status and without an error."""
    with subprocess.Popen([*COMMAND, "GET", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stderr is not None
            assert process.stdout.readline()
            process.stdout.close()
            assert process.stderr.read().decode() == "imported\nstartup\nshutdown\n"
            assert process.wait(60) == 0
        finally:
            process.kill()


@pytest.mark.usefixtures("folder")
def test_an_endless_stream_until_an_interrupt() -> None:
    """An event stream is printed as it comes; Ctrl-C ends it with 130."""
    with subprocess.Popen([*COMMAND, "GET", "/events"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "data: 1 →\n".encode()
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 130
    assert errors.decode() == "imported\nstartup\nshutdown\nipyasgi: interrupted\n"


@pytest.mark.nightly
@pytest.mark.usefixtures("folder")
def test_other_outputs() -> None:
    """Another encoding has escapes, a closed output is no error, and a full disk is one line."""
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252"}
    text = run("GET", "/x", "--text", env=environment)
    assert text.stdout.startswith("GET /x \\u2192 200 OK")
    assert json.loads(run("GET", "/login", "--json", env=environment).stdout)["body"]["name"] == "→"
    closed = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *COMMAND, "GET", "/404"], capture_output=True, text=True, timeout=60
    )
    assert (closed.returncode, closed.stdout) == (4, "")
    assert closed.stderr.endswith("ipyasgi: 404 Not Found\n")
    full = Path("/dev/full")
    if full.exists():
        for words in ([], ["--text"]):
            with full.open("wb") as nowhere:
                command = [*COMMAND, "GET", "/x", *words]
                done = subprocess.run(command, stdout=nowhere, stderr=subprocess.PIPE, text=True, timeout=60)
            assert done.returncode == 2
            assert done.stderr.endswith("ipyasgi: the output cannot be written: No space left on device\n")


@pytest.mark.nightly
@pytest.mark.usefixtures("folder")
def test_a_pipe_without_an_end() -> None:
    """A standard input that gives nothing is said, and an interrupt ends the wait."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([*COMMAND, "POST", "/x"], text=True, **pipes) as process:
        try:
            assert process.stderr is not None
            assert "add < /dev/null" in next(line for line in process.stderr if "stdin" in line)
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 130
        finally:
            process.kill()


Terminal = Callable[..., tuple[str, int]]


@pytest.fixture
def terminal(folder: Path) -> Iterator[Terminal]:
    """Give a function that runs the command in a terminal, until its end or ``until`` is in what it printed."""
    processes: list[subprocess.Popen[bytes]] = []

    def run(*words: str, until: str = "", **environment: str) -> tuple[str, int]:
        main, side = pty.openpty()
        kept = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
        kept |= {"TERM": "xterm", **environment}
        process = subprocess.Popen([*COMMAND, *words], stdin=side, stdout=side, stderr=side, env=kept)
        processes.append(process)
        os.close(side)
        seen, end = b"", time.monotonic() + 60
        while time.monotonic() < end:
            if select.select([main], [], [], 0.2)[0]:
                try:
                    seen += os.read(main, 65536)
                except OSError:  # the other side is closed
                    break
            if until and until.encode() in seen:
                os.write(main, b"\x03")  # Ctrl-C, as a person types it
                process.send_signal(signal.SIGINT)  # the terminal is not its controlling one
                until = ""
        os.close(main)
        return seen.decode().replace("\r\n", "\n"), process.wait(60)

    yield run
    for process in processes:
        process.kill()


def test_in_a_terminal(terminal: Terminal) -> None:
    """A terminal has the display with colours; its sequences are ours."""
    text, status = terminal("GET", "/404")
    assert status == 4
    assert "\x1b[1mGET\x1b[0m /404 → \x1b[33m404 Not Found\x1b[0m" in text
    assert "\x1b" not in _OURS.sub("", text)


@pytest.mark.nightly
def test_in_a_terminal_without_colours(terminal: Terminal) -> None:
    """NO_COLOR turns the colours off; bytes are shown as hex, and an exception has its lines."""
    text, _ = terminal("GET", "/binary", NO_COLOR="1")
    assert "\x1b" not in text
    assert "00 01 02" in text
    text, status = terminal("GET", "/fails", TERM="dumb")
    assert "ValueError: it broke" in text
    assert status == 70


@pytest.mark.nightly
def test_a_stream_in_a_terminal(terminal: Terminal) -> None:
    """An event stream is printed as it comes there too."""
    text, status = terminal("GET", "/events", until="data: 3 →")
    assert status == 130
    assert "data: 1 →\n\ndata: 2 →\n" in text
    assert text.endswith("ipyasgi: interrupted\n")
