"""The command ``ipyasgi``."""

import contextlib
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
import urllib.request

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

from ipyasgi import __version__, cli

COMMAND = [sys.executable, "-m", "ipyasgi.cli"]


def run(*arguments, cwd=None, timeout=60):
    """Run the command without a terminal and return what it did."""
    env = {**os.environ, "IPYTHONDIR": str(cwd) if cwd else os.environ.get("IPYTHONDIR", ""), "NO_COLOR": "1"}
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=timeout, cwd=cwd, env=env)


def test_help_and_version(capsys):
    """--help names every option and --version the version."""
    with pytest.raises(SystemExit, match="0"):
        cli.main(["--help"])
    shown = capsys.readouterr().out
    assert all(option in shown for option in ("--lab", "--factory", "--no-lifespan", "--env FILE", "module:attribute"))
    with pytest.raises(SystemExit, match="0"):
        cli.main(["--version"])
    assert capsys.readouterr().out.strip() == f"ipyasgi {__version__}"


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
def test_a_wrong_app_is_one_line(tmp_path, monkeypatch, capsys, expression, says):
    """An app that cannot be found or is none is told in one line, with status 2."""
    (tmp_path / "broken.py").write_text("x = 1\n1 / 0\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])

    assert cli.main([expression]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    assert re.search(says, printed.err)


def test_a_wrong_app_is_the_status_of_the_process(tmp_path):
    """The process ends with status 2 and one line on stderr, without a traceback."""
    done = run("json:dumps", cwd=tmp_path)

    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert "is not an ASGI app" in done.stderr


def test_env_without_its_package_is_one_line(tmp_path, monkeypatch, capsys):
    """--env without python-dotenv is a usage error that says how to install it."""
    monkeypatch.setitem(sys.modules, "dotenv", None)

    assert cli.main(["--env", str(tmp_path / "some.env")]) == 2
    assert capsys.readouterr().err == 'ipyasgi: --env needs python-dotenv: pip install "ipyasgi[env]"\n'


APP = (
    "import os\n"
    "async def app(scope, receive, send):\n"
    "    assert scope['type'] == 'http'\n"
    "    body = repr([os.environ.get(name) for name in NAMES]).encode()\n"
    "    await send({'type': 'http.response.start', 'status': 200, 'headers': []})\n"
    "    await send({'type': 'http.response.body', 'body': body})\n"
    "NAMES = ('PLAIN', 'QUOTED', 'MANY', 'MADE', 'EMPTY', 'KEPT')\n"
    "AT_IMPORT = os.environ['PLAIN']\n"
)


def test_env(tmp_path, monkeypatch):
    """--env sets variables before the app is imported, and leaves alone those that are set."""
    monkeypatch.setenv("KEPT", "mine")
    (tmp_path / "mine.py").write_text(APP)
    (tmp_path / "some.env").write_text(
        "\ufeff# the shop\nPLAIN=a b # why\nexport QUOTED='c d'\n"
        'MANY="1\\n2"\n\nMADE=${PLAIN}!\nEMPTY=\nKEPT=theirs\n'
    )
    done = run("mine:app", "--env", "some.env", "-c", "print(client.get('/').text)", cwd=tmp_path)

    assert repr(["a b", "c d", "1\n2", "a b!", "", "mine"]) in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "--env some.env: No such file or directory"),
        (b"A=1\n\nSECRET hunter2\n", "--env some.env, line 3: write NAME=value"),
        (b"A=1\n\n\nhunter2\n", "--env some.env, line 4: write NAME=value"),
        (b"A='hunter2\nB=2\n", "--env some.env, line 1: write NAME=value"),
        (b"A=1\n=hunter2\n", "--env some.env, line 2: write NAME=value"),
        (b"A=hunter2\0\n", "--env some.env, line 1: write NAME=value"),
        (b"A=hunter2\xff\n", "--env some.env: it is not UTF-8 text"),
    ],
)
def test_an_env_that_cannot_be_read_is_one_line(tmp_path, monkeypatch, capsys, content, says):
    """The line says which file and which line, and never what stands in it; nothing of the file is used."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("A", raising=False)
    if content is not None:
        (tmp_path / "some.env").write_bytes(content)

    assert cli.main(["--env", "some.env"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"ipyasgi: {says}")
    assert len(told.err.splitlines()) == 1
    assert "hunter2" not in told.err
    assert "A" not in os.environ


def test_options_that_do_not_go_together(capsys):
    """-c runs in a terminal, and is refused with --lab rather than forgotten."""
    with pytest.raises(SystemExit, match="2"):
        cli.main(["--lab", "-c", "1"])
    assert "-c is for the terminal" in capsys.readouterr().err


def test_no_lifespan(tmp_path):
    """--no-lifespan attaches without startup, and nothing is shut down at the end."""
    done = run("--no-lifespan", "-c", "print(explorer.lifespan.status)", cwd=tmp_path)

    assert "not started" in done.stdout
    assert "shop: " not in done.stdout
    assert done.returncode == 0


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
    name = cli._write_notebook(tmp_path, "%asgi attach mine:app --factory")
    written = json.loads((tmp_path / name).read_text())
    (tmp_path / name).write_text("kept")

    assert "explorer = %asgi attach mine:app --factory" in written["cells"][1]["source"]
    assert cli._write_notebook(tmp_path, "%asgi attach mine:app") == name
    assert (tmp_path / name).read_text() == "kept"
    assert cli._write_notebook(tmp_path, "%asgi attach other:app") != name


def test_lab_opens_the_first_notebook_with_the_sample_attached(tmp_path):
    """--lab starts JupyterLab on a copy of the notebooks; their kernel attaches the sample before the first cell."""
    config = tmp_path / "config"
    config.mkdir()
    (config / "jupyter_server_config.py").write_text(
        "c.ServerApp.open_browser = False\nc.ServerApp.port = 0\nc.IdentityProvider.token = 'secret'\n"
    )
    env = {**os.environ, "JUPYTER_CONFIG_DIR": str(config), "IPYTHONDIR": str(tmp_path), "HOME": str(tmp_path)}
    env |= {"JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"), "JUPYTER_DATA_DIR": str(tmp_path / "data")}
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen([*COMMAND, "--lab"], stdout=log, stderr=log, env=env, start_new_session=True)
    try:
        base = _wait_for_server(tmp_path / "runtime", process)
        assert _ask(base, "contents/00-start-here.ipynb?content=0")["type"] == "notebook"
        metadata = _ask(base, "contents/00-start-here.ipynb")["content"]["metadata"]
        spec = _ask(base, f"kernelspecs/{metadata['kernelspec']['name']}")["spec"]
        assert cli.SAMPLE in spec["argv"][-1]
        assert "/lab/tree/00-start-here.ipynb?token=" in (tmp_path / "log").read_text()
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        assert process.wait(15) is not None


def _wait_for_server(runtime, process):
    until = time.monotonic() + 50
    while time.monotonic() < until and process.poll() is None:
        for found in runtime.glob("jpserver-*.json"):
            with contextlib.suppress(OSError, ValueError):
                base = json.loads(found.read_text())["url"]
                _ask(base, "status")
                return base
        time.sleep(0.2)
    raise AssertionError("JupyterLab did not start")


def _ask(base, path):
    request = urllib.request.Request(f"{base}api/{path}", headers={"Authorization": "token secret"})
    with urllib.request.urlopen(request, timeout=5) as reply:
        return json.load(reply)


def test_the_kernel_of_lab_is_attached(tmp_path):
    """
    The kernel that --lab brings has explorer, app and client before the first cell, and ``%load_ext`` in that cell is
    silent and changes nothing.
    """
    share = cli._write_kernel(tmp_path, f"%asgi attach {cli.SAMPLE}")
    specs = KernelSpecManager(kernel_dirs=[f"{share}/kernels"], ensure_native_kernel=False)
    manager = KernelManager(kernel_name=cli.KERNEL, kernel_spec_manager=specs)
    manager.start_kernel(stderr=subprocess.DEVNULL)
    client = manager.client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=50)
        outputs = []
        expression = "(explorer.lifespan.status, client.get('/items').status_code, app is explorer.app)"
        loaded = client.execute_interactive("%load_ext ipyasgi", timeout=30, output_hook=outputs.append)
        assert loaded["content"]["status"] == "ok"
        assert [each["content"] for each in outputs if each["msg_type"] in ("stream", "error")] == []
        asked = client.execute("", user_expressions={"it": expression})
        reply = client.get_shell_msg(timeout=30)
        while reply["parent_header"].get("msg_id") != asked:
            reply = client.get_shell_msg(timeout=30)
        found = reply["content"]["user_expressions"]["it"]
        assert found["data"]["text/plain"] == "('running', 200, True)"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_the_bundled_notebooks_are_copied(tmp_path):
    """The first notebook is found wherever the package is installed, and what a reader tries stays out of it."""
    first = cli._copy_notebooks(tmp_path)

    assert (tmp_path / first).is_file()
    assert cli._notebooks() != tmp_path
