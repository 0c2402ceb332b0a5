"""The command ``ipyasgi``."""

import os
import pkgutil
import pty
import re
import select
import signal
import subprocess
import sys
import time

import pytest

from ipyasgi import __version__, cli, samples

COMMAND = [sys.executable, "-m", "ipyasgi.cli"]


def run(*arguments, cwd=None, timeout=60):
    """Run the command without a terminal and return what it did."""
    env = {**os.environ, "IPYTHONDIR": str(cwd) if cwd else os.environ.get("IPYTHONDIR", ""), "NO_COLOR": "1"}
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=timeout, cwd=cwd, env=env)


def test_help_and_version(capsys):
    """--help names every option, the samples and the folder of the notebooks, and --version the version."""
    with pytest.raises(SystemExit, match="0"):
        cli.main(["--help"])
    shown = capsys.readouterr().out
    options = ("--lab", "--fresh", "--no-solutions", "--factory", "--no-lifespan", "--env FILE", "module:attribute")
    assert all(text in shown for text in (*options, "./ipyasgi-notebooks", "a bundled sample app: clinic, shop"))
    with pytest.raises(SystemExit, match="0"):
        cli.main(["--version"])
    assert capsys.readouterr().out.strip() == f"ipyasgi {__version__}"


@pytest.mark.parametrize(
    "named",
    ["main:site", "my folder/other.py"]
    + [pytest.param(name, marks=pytest.mark.nightly) for name in ("main.py", "./main.py:site", "main")],
)
def test_the_app_of_a_file(tmp_path, named):
    """The app is named by its file, its module, or both with an attribute."""
    app = "async def site(scope, receive, send): pass\n"
    (tmp_path / "main.py").write_text(app, encoding="utf-8")
    (tmp_path / "my folder").mkdir()
    (tmp_path / "my folder" / "other.py").write_text(app, encoding="utf-8")

    done = run(named, "--no-lifespan", "-c", "print('name', app.__name__)", cwd=tmp_path)
    assert "name site" in done.stdout, done.stdout + done.stderr


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
    (tmp_path / "broken.py").write_text("x = 1\n1 / 0\n", encoding="utf-8")
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


WAITS = "import time\nprint('importing', flush=True)\nwhile True:\n    time.sleep(0.01)\n"
NEVER_STARTS = (
    "import asyncio\n"
    "async def app(scope, receive, send):\n"
    "    await receive()\n"
    "    print('starting', flush=True)\n"
    "    await asyncio.sleep(60)\n"
)


@pytest.mark.parametrize(
    ("source", "options", "ready", "says"),
    [
        (WAITS, ["mine.py"], "importing", r"importing mine\.py was interrupted at .*mine\.py:\d"),
        (WAITS, ["mine:app", "--lab"], "importing", r"importing mine was interrupted at .*mine\.py:\d"),
        (NEVER_STARTS, ["mine.py"], "starting", r"starting mine:app was interrupted; it is not attached"),
        pytest.param(
            *(NEVER_STARTS, ["mine.py", "-c", "print('ran')"], "starting", r"starting mine:app was interrupted.*"),
            marks=pytest.mark.nightly,
        ),
    ],
)
def test_an_interrupt_is_one_line(tmp_path, source, options, ready, says):
    """Ctrl-C while the app is imported or started: one line, without a prompt, and the status that shells give it."""
    (tmp_path / "mine.py").write_text(source, encoding="utf-8")
    env = {**os.environ, "IPYTHONDIR": str(tmp_path), "NO_COLOR": "1"}
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([*COMMAND, *options], cwd=tmp_path, env=env, text=True, **pipes) as process:
        try:
            line = next(one for one in process.stdout if ready in one)
            process.send_signal(signal.SIGINT)
            rest, errors = process.communicate(timeout=60)
        finally:
            process.kill()
    assert line
    assert re.fullmatch(rf"ipyasgi: {says}\n", errors), errors
    assert process.returncode == 130
    assert "ran" not in rest
    assert "Traceback" not in rest
    assert "ready" not in rest


def test_a_factory_that_fails_ends_a_command(tmp_path):
    """With -c nothing runs on an app that is not there, and the status says so."""
    (tmp_path / "mine.py").write_text("def make():\n    raise OSError('no database')\n", encoding="utf-8")
    done = run("mine:make", "--factory", "-c", "print('ran')", cwd=tmp_path)

    assert done.returncode == 1
    assert ": no database\n" in done.stdout
    assert "ran" not in done.stdout
    assert "NameError" not in done.stdout + done.stderr
    assert "app_source.py" not in done.stdout  # frames of ours


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
    (tmp_path / "mine.py").write_text(APP, encoding="utf-8")
    (tmp_path / "some.env").write_text(
        "\ufeff# the shop\nPLAIN=a b # why\nexport QUOTED='c d'\n"
        'MANY="1\\n2"\n\nMADE=${PLAIN}!\nEMPTY=\nKEPT=theirs\n',
        encoding="utf-8",
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


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--lab", "-c", "1"], "-c is for the terminal"),
        (["--sample", "shop", "mine:app"], "--sample opens a bundled app"),
        (["--fresh"], "--fresh is about notebooks: add --lab"),
        (["--no-solutions"], "--no-solutions is about notebooks: add --lab"),
        (["--lab", "--no-solutions", "mine:app"], "--no-solutions is about the bundled notebooks"),
        (["--sample", "shoe"], r"invalid choice: 'shoe' \(choose from '?clinic'?, '?shop'?\)"),
    ],
)
def test_options_that_do_not_go_together(capsys, options, says):
    """An option that would do nothing here is a usage error, as is a sample that does not exist."""
    with pytest.raises(SystemExit, match="2"):
        cli.main(options)
    assert re.search(says, capsys.readouterr().err)


@pytest.mark.parametrize("name", [each.name for each in pkgutil.iter_modules(samples.__path__)])
def test_a_sample_by_name(tmp_path, name):
    """--sample attaches each of the bundled apps."""
    done = run("--sample", name, "-c", "print(app.__module__, explorer.lifespan.status)", cwd=tmp_path)

    assert re.search(rf"ipyasgi\.samples\.{name}\b.* running", done.stdout), done.stdout + done.stderr


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
        "def make(): return app\n",
        encoding="utf-8",
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
        assert "explorer, app and client are ready." in seen
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
