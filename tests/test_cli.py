"""The command ``ipyasgi``."""

import json
import os
import pty
import re
import select
import subprocess
import sys
import time

import pytest

from ipyasgi import __version__, cli

COMMAND = [sys.executable, "-m", "ipyasgi.cli"]


def run(*arguments, cwd=None, timeout=60):
    """Run the command without a terminal and return what it did."""
    env = {**os.environ, "IPYTHONDIR": str(cwd) if cwd else os.environ.get("IPYTHONDIR", ""), "NO_COLOR": "1"}
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=timeout, cwd=cwd, env=env)


def test_help_and_version():
    """--help names every option and --version the version."""
    shown = run("--help").stdout
    assert all(option in shown for option in ("--lab", "--factory", "--no-lifespan", "module:attribute"))
    assert run("--version").stdout.strip() == f"ipyasgi {__version__}"


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("no_such_module:app", "there is no module 'no_such_module'"),
        ("json", "module:attribute"),
        ("json:nothing", "has no attribute 'nothing'"),
        ("json:dumps", "is not an ASGI app"),
        ("broken:app", "at .*broken.py:2: ZeroDivisionError"),
    ],
)
def test_a_wrong_app_is_one_line(tmp_path, expression, says):
    """An app that cannot be found or is none is told in one line, with status 2."""
    (tmp_path / "broken.py").write_text("x = 1\n1 / 0\n")
    done = run(expression, cwd=tmp_path)

    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert re.search(says, done.stderr)


def test_the_sample_is_attached_by_default(tmp_path):
    """Without an argument the bundled shop is attached, its lifespan runs and is shut down at the end."""
    done = run("-c", "print(explorer.lifespan.status, client.get('/items').status_code, app)", cwd=tmp_path)

    assert "running 200" in done.stdout
    assert done.stdout.index("shop: open") < done.stdout.index("running 200") < done.stdout.index("shop: closed")
    assert done.returncode == 0


def test_an_app_of_this_folder(tmp_path):
    """module:attr is looked up from the folder the command was run in, and a factory is called."""
    (tmp_path / "mine.py").write_text(
        "async def app(scope, receive, send):\n"
        "    assert scope['type'] == 'http'\n"
        "    await send({'type': 'http.response.start', 'status': 204, 'headers': []})\n"
        "    await send({'type': 'http.response.body', 'body': b''})\n"
        "def make(): return app\n"
    )
    assert "204" in run("mine:app", "-c", "print(explorer.get('/').status_code)", cwd=tmp_path).stdout
    assert "204" in run("mine:make", "--factory", "-c", "print(explorer.get('/').status_code)", cwd=tmp_path).stdout


def test_a_terminal_session(tmp_path):
    """In a terminal it is an IPython with explorer, app, client and %asgi; Ctrl-D shuts the app down."""
    main, side = pty.openpty()
    env = {**os.environ, "IPYTHONDIR": str(tmp_path), "TERM": "dumb", "NO_COLOR": "1"}
    process = subprocess.Popen(COMMAND, stdin=side, stdout=side, stderr=side, env=env, close_fds=True)
    os.close(side)
    seen = ""

    def wait_for(text, timeout=40):
        nonlocal seen
        until = time.monotonic() + timeout
        while text not in seen:
            assert time.monotonic() < until, f"{text!r} did not come in {seen!r}"
            if select.select([main], [], [], 0.2)[0]:
                try:
                    seen += os.read(main, 65536).decode(errors="replace")
                except OSError:
                    assert text in seen, seen
                    return

    try:
        wait_for("In [1]:")
        assert "shop: open" in seen
        os.write(main, b"%asgi GET /items limit==1\n")
        wait_for("200 OK")
        wait_for("In [2]:")
        os.write(main, b"exit\n")
        wait_for("shop: closed")
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()
        os.close(main)


def test_a_notebook_is_written_once(tmp_path):
    """--lab writes a notebook that attaches the app, and leaves one that is there alone."""
    name = cli._write_notebook(tmp_path, "%asgi attach mine:app")
    written = json.loads((tmp_path / name).read_text())
    (tmp_path / name).write_text("kept")

    assert "explorer = %asgi attach mine:app" in written["cells"][1]["source"]
    assert cli._write_notebook(tmp_path, "%asgi attach other:app") == name
    assert (tmp_path / name).read_text() == "kept"


def test_the_bundled_notebooks_are_copied(tmp_path):
    """The first notebook is found wherever the package is installed, and what a reader tries stays out of it."""
    first = cli._copy_notebooks(tmp_path)

    assert (tmp_path / first).is_file()
    assert cli._notebooks() != tmp_path
