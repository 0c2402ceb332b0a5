"""JupyterLab as ``ipyasgi --lab`` opens it."""

import contextlib
import json
import logging
import os
import pty
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager
from nbformat.sign import NotebookNotary

from ipyasgi import cli, lab

pytestmark = pytest.mark.timeout(180)  # each starts processes, of which signing imports much

COMMAND = [sys.executable, "-m", "ipyasgi.cli", "--lab"]
NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
SHOP = "ipyasgi.samples.shop:app"


# In the place of JupyterLab: it writes down how it was started.
FAKE = """
import json, os, sys
with open(os.environ["SEEN"], "w") as file:
    json.dump([sys.argv[1:], os.environ["JUPYTER_PATH"].split(os.pathsep)[0]], file)
share = os.environ["JUPYTER_PATH"].split(os.pathsep)[0]
print("kernel:", open(f"{share}/kernels/python3/kernel.json").read())
"""
WAITING = """
import signal, time

def ask(number, frame):
    print("asks", flush=True)
    print("read", input(), flush=True)
    time.sleep(1)
    print("stopped", flush=True)
    raise SystemExit

signal.signal(signal.SIGINT, ask)
print("ready", flush=True)
while True:
    signal.pause()
"""


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Be in an empty folder, with a JupyterLab that only writes down how it was started."""
    (tmp_path / "fake" / "jupyterlab").mkdir(parents=True)
    (tmp_path / "fake" / "jupyterlab" / "__init__.py").touch()
    (tmp_path / "fake" / "jupyterlab" / "__main__.py").write_text(FAKE, encoding="utf-8")
    folder = tmp_path / "a place"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "mine", raising=False)  # of an earlier test
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "fake"), prepend=os.pathsep)
    monkeypatch.setenv("SEEN", str(tmp_path / "seen"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "config"))
    (folder / "mine.py").write_text("async def app(scope, receive, send): pass\n", encoding="utf-8")
    return folder


def options_seen(place):
    """Return the options that JupyterLab was started with, by name, and the folder of its kernels."""
    options, share = json.loads((place.parent / "seen").read_text(encoding="utf-8"))
    return dict(option.partition("=")[::2] for option in options), Path(share)


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def test_the_notebooks_are_written_where_the_command_is_run(place, capfd):
    """All of them, without outputs; the folder is shown at the start and the end, and only the kernel goes."""
    assert cli.main(["--lab"]) == 0

    folder = place / "ipyasgi-notebooks"
    written = sorted(folder.iterdir())
    assert [path.name for path in written] == sorted(path.name for path in NOTEBOOKS.glob("*.ipynb"))
    for path in written:
        copy, bundled = read(path), read(NOTEBOOKS / path.name)
        assert [cell["source"] for cell in copy["cells"]] == [cell["source"] for cell in bundled["cells"]]
        code = [cell for cell in copy["cells"] if cell["cell_type"] == "code"]
        assert all((cell["outputs"], cell["execution_count"]) == ([], None) for cell in code)
        assert copy["metadata"]["kernelspec"]["name"] == lab.KERNEL == "python3"
        nbformat.validate(copy)
    lines = capfd.readouterr().out.splitlines()
    assert [lines[0], lines[-1]] == [f"Your notebooks are in {folder}"] * 2
    assert lines[1] == "JupyterLab opens in the browser. Ctrl-C ends it."
    options, share = options_seen(place)
    assert options["--ServerApp.root_dir"] == str(place)
    assert options["--LabApp.default_url"] == "/lab/tree/ipyasgi-notebooks/00-start-here.ipynb"
    assert not share.exists()


def test_the_notebooks_are_trusted(place, capfd):
    """They are signed with the reader's key, and those of the reader are not."""
    (place / "ipyasgi-notebooks").mkdir()
    (place / "ipyasgi-notebooks" / "01-asgi-by-hand.ipynb").write_bytes(
        (NOTEBOOKS / "01-asgi-by-hand.ipynb").read_bytes()
    )
    assert cli.main(["--lab"]) == 0
    assert capfd.readouterr().err == ""

    notary = NotebookNotary(data_dir=str(place.parent / "data"))
    signed = {
        path.name: notary.check_signature(nbformat.read(path, nbformat.NO_CONVERT))
        for path in (place / "ipyasgi-notebooks").iterdir()
    }
    notary.store.close()
    assert [name for name, signature in signed.items() if not signature] == ["01-asgi-by-hand.ipynb"]


def test_a_folder_that_jupyterlab_still_has_open_stays(place, monkeypatch, capfd):
    """Where an open file cannot be deleted, as on Windows, the command ends as usual."""

    def refuse(path, **more):
        raise PermissionError(
            13, "The process cannot access the file because it is being used by another process", path
        )

    monkeypatch.setattr(lab, "_trust", lambda paths: None)  # a process of its own, of no interest here
    monkeypatch.setattr(tempfile, "tempdir", str(place.parent))
    monkeypatch.setattr(os, "unlink", refuse)
    assert cli.main(["--lab"]) == 0
    assert capfd.readouterr().err == ""
    _, share = options_seen(place)
    assert share.exists()


def test_without_trust_it_goes_on(place, capfd):
    """A key that cannot be written, or an nbformat that is missing, is one line, and JupyterLab opens."""
    (place.parent / "fake" / "nbformat.py").write_text("raise ImportError('no nbformat')", encoding="utf-8")

    assert cli.main(["--lab"]) == 0
    assert capfd.readouterr().err == "ipyasgi: the notebooks are not signed as trusted: ImportError: no nbformat\n"
    assert options_seen(place)


def test_what_the_reader_has_is_left_alone(place, capsys):
    """A notebook that is there keeps every byte, and one that is missing is written."""
    cli.main(["--lab"])
    folder = place / "ipyasgi-notebooks"
    (folder / "00-start-here.ipynb").write_text("my work", encoding="utf-8")
    (folder / "mine.ipynb").write_text("my own", encoding="utf-8")
    (folder / "03-bodies-and-validation.ipynb").unlink()
    before = {path: path.read_bytes() for path in folder.iterdir()}
    capsys.readouterr()
    assert cli.main(["--lab"]) == 0

    assert before.items() < {path: path.read_bytes() for path in folder.iterdir()}.items()
    assert read(folder / "03-bodies-and-validation.ipynb")["cells"]
    first = capsys.readouterr().out.splitlines()[0]
    assert first == (f"Your notebooks are in {folder}. Those that were there are unchanged; --fresh writes new copies.")


def test_fresh_copies_are_in_a_new_folder(place):
    """--fresh writes into the first folder that is not there, where the links between the notebooks work."""
    (place / "ipyasgi-notebooks-3").write_text("a file", encoding="utf-8")
    for folder in ("ipyasgi-notebooks", "ipyasgi-notebooks-2", "ipyasgi-notebooks-4"):
        assert cli.main(["--lab", "--fresh"]) == 0
        assert options_seen(place)[0]["--LabApp.default_url"] == f"/lab/tree/{folder}/00-start-here.ipynb"
        assert len(list((place / folder).iterdir())) == len(list(NOTEBOOKS.glob("*.ipynb")))
        (place / folder / "00-start-here.ipynb").write_text("my work", encoding="utf-8")

    assert [path.read_text(encoding="utf-8") for path in sorted(place.glob("*/00-*"))] == ["my work"] * 3
    assert (place / "ipyasgi-notebooks-3").read_text(encoding="utf-8") == "a file"


def test_without_solutions(place):
    """--no-solutions leaves out the cells with the solutions of the exercises, and nothing else."""
    assert cli.main(["--lab", "--no-solutions"]) == 0

    for path in (place / "ipyasgi-notebooks").iterdir():
        ids = [cell["id"] for cell in read(NOTEBOOKS / path.name)["cells"]]
        assert [cell["id"] for cell in read(path)["cells"]] == [each for each in ids if "solution-" not in each]
        assert "<summary>Solution" not in path.read_text(encoding="utf-8")


def test_an_app_has_a_notebook_with_its_panel(place, capfd):
    """
    The app is attached by the kernel, in the folder where the command was run; a line of text, then the panel. The
    next time the same notebook is opened, as the reader left it.
    """
    assert cli.main(["--lab", "mine:app", "--no-lifespan"]) == 0

    path = place / "ipyasgi-notebooks" / "mine-app.ipynb"
    text, panel = read(path)["cells"]
    assert (text["cell_type"], text["source"].count("\n")) == ("markdown", 0)
    assert "`mine:app` is attached" in text["source"]
    assert (panel["cell_type"], panel["source"]) == ("code", "%asgi panel")
    assert read(path)["metadata"]["kernelspec"] == read(NOTEBOOKS / lab.FIRST_NOTEBOOK)["metadata"]["kernelspec"]
    nbformat.validate(read(path))
    options, _ = options_seen(place)
    assert options["--ServerApp.root_dir"] == str(place)
    assert options["--LabApp.default_url"] == "/lab/tree/ipyasgi-notebooks/mine-app.ipynb"
    kernel = capfd.readouterr().out
    assert "explorer = %asgi attach mine:app --no-lifespan" in kernel
    assert str(place) in kernel.partition("kernel:")[2].splitlines()[0]
    assert [each.name for each in path.parent.iterdir()] == ["mine-app.ipynb"]

    path.write_text("my work", encoding="utf-8")
    assert cli.main(["--lab", "mine:app"]) == 0
    assert options_seen(place)[0]["--LabApp.default_url"] == "/lab/tree/ipyasgi-notebooks/mine-app.ipynb"
    assert path.read_text(encoding="utf-8") == "my work"


def test_an_app_that_changes_the_folder_moves_no_notebook(place):
    """The folder is that in which the command was run, although the app goes to another one when it is imported."""
    (place / "app").mkdir()
    (place / "moves.py").write_text(
        "import os\nos.chdir('app')\nasync def app(scope, receive, send): pass\n", encoding="utf-8"
    )
    assert cli.main(["--lab", "moves:app"]) == 0

    assert (place / "ipyasgi-notebooks" / "moves-app.ipynb").is_file()
    assert options_seen(place)[0]["--ServerApp.root_dir"] == str(place)
    assert list((place / "app").iterdir()) == []


def test_a_sample_has_a_notebook_of_its_own(place, capfd):
    """--sample NAME with --lab opens the panel on that app, as for an app of the reader."""
    assert cli.main(["--lab", "--sample", "shop"]) == 0

    assert (place / "ipyasgi-notebooks" / "ipyasgi-samples-shop-app.ipynb").is_file()
    assert "%asgi attach ipyasgi.samples.shop:app" in capfd.readouterr().out


def test_a_folder_that_cannot_be_written_is_one_line(place, capfd):
    """A file in the place of the folder is left alone and named, with status 2; JupyterLab is not started."""
    (place / "ipyasgi-notebooks").write_text("a file", encoding="utf-8")

    assert cli.main(["--lab"]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err == f"ipyasgi: the notebooks cannot be written: {place / 'ipyasgi-notebooks'}: File exists\n"
    assert (place / "ipyasgi-notebooks").read_text(encoding="utf-8") == "a file"
    assert not (place.parent / "seen").exists()


def test_a_notebook_is_written_whole_or_not_at_all(place):
    """What cannot be written to the end leaves no file, so that the next time it is written."""
    with pytest.raises(UnicodeEncodeError):
        lab._write_new(place / "half.ipynb", "x" * 100_000 + "\ud800")

    assert not (place / "half.ipynb").exists()


@pytest.mark.parametrize("whole_terminal", [True, False])
def test_an_interrupt_keeps_the_notebooks(place, whole_terminal):
    """
    In a terminal Ctrl-C is JupyterLab's, which asks, and it is waited for; without one JupyterLab is ended. Then the
    command ends with status 0, says where the notebooks are, and they are there.
    """
    (place.parent / "fake" / "jupyterlab" / "__main__.py").write_text(WAITING, encoding="utf-8")
    main, side = pty.openpty()
    stdin = side if whole_terminal else subprocess.DEVNULL
    process = subprocess.Popen(COMMAND, stdin=stdin, stdout=subprocess.PIPE, text=True, start_new_session=True)
    folder = place / "ipyasgi-notebooks"
    try:
        lines = iter(process.stdout)
        assert next(lines) == f"Your notebooks are in {folder}\n"
        assert "Ctrl-C" in next(lines)
        assert next(lines) == "ready\n"
        if whole_terminal:
            os.killpg(process.pid, signal.SIGINT)
            assert next(lines) == "asks\n"
            os.write(main, b"y\n")
            assert [next(lines), next(lines)] == ["read y\n", "stopped\n"]
        else:
            process.send_signal(signal.SIGINT)
        assert list(lines) == [f"Your notebooks are in {folder}\n"]
        assert process.wait(15) == 0
        assert len(list(folder.iterdir())) == len(list(NOTEBOOKS.glob("*.ipynb")))
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        os.close(main)
        os.close(side)


@pytest.mark.parametrize(
    ("level", "message", "passes"),
    [
        (logging.INFO, "http://localhost:8888/lab/tree/x.ipynb?token=1", True),
        (logging.INFO, "    http://127.0.0.1:8888/lab/tree/x.ipynb?token=1", False),
        (logging.INFO, "jupyterlab | extension was successfully linked.", False),
        (logging.CRITICAL, "\n    To access the server, open this file in a browser:\n", False),
        (logging.WARNING, "%s is deprecated", True),
        (logging.ERROR, "no kernel: %d", True),
    ],
)
def test_the_log_of_jupyterlab_is_short(level, message, passes):
    """The address, once, warnings and errors, also those whose arguments do not fit."""
    record = logging.LogRecord("ServerApp", level, __file__, 1, message, ("x",) if "%" in message else (), None)
    assert lab.Quiet().filter(record) is passes


def test_lab_opens_the_first_notebook_with_the_sample_attached(tmp_path):
    """--lab starts JupyterLab on a copy of the notebooks; their kernel attaches the sample before the first cell."""
    config = tmp_path / "config"
    config.mkdir()
    (config / "jupyter_server_config.py").write_text(
        "c.ServerApp.open_browser = False\nc.ServerApp.port = 0\nc.IdentityProvider.token = 'secret'\n",
        encoding="utf-8",
    )
    env = {**os.environ, "JUPYTER_CONFIG_DIR": str(config), "IPYTHONDIR": str(tmp_path), "HOME": str(tmp_path)}
    env |= {"JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"), "JUPYTER_DATA_DIR": str(tmp_path / "data")}
    with (tmp_path / "log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(COMMAND, stdout=log, stderr=log, env=env, cwd=tmp_path, start_new_session=True)
    try:
        base = _wait_for_server(tmp_path / "runtime", process)
        assert _ask(base, "contents/ipyasgi-notebooks/00-start-here.ipynb?content=0")["type"] == "notebook"
        metadata = _ask(base, "contents/ipyasgi-notebooks/00-start-here.ipynb")["content"]["metadata"]
        spec = _ask(base, f"kernelspecs/{metadata['kernelspec']['name']}")["spec"]
        assert SHOP in spec["argv"][-1]
        log_text = (tmp_path / "log").read_text(encoding="utf-8")
        (address,) = re.findall(r"^\[I .*", log_text, re.MULTILINE)  # and no other information
        assert "/lab/tree/ipyasgi-notebooks/00-start-here.ipynb?token=" in address
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        assert process.wait(15) is not None


def _wait_for_server(runtime, process):
    until = time.monotonic() + 50
    while time.monotonic() < until and process.poll() is None:
        for found in runtime.glob("jpserver-*.json"):
            with contextlib.suppress(OSError, ValueError):
                base = json.loads(found.read_text(encoding="utf-8"))["url"]
                _ask(base, "status")
                return base
        time.sleep(0.2)
    raise AssertionError("JupyterLab did not start")


def _ask(base, path):
    request = urllib.request.Request(f"{base}api/{path}", headers={"Authorization": "token secret"})
    with urllib.request.urlopen(request, timeout=5) as reply:
        return json.load(reply)


@pytest.mark.parametrize("of_the_reader", [False, True])
def test_the_kernel_of_lab_is_attached(tmp_path, of_the_reader):
    """
    The kernel that --lab brings has explorer, app and client before the first cell, and ``%load_ext`` in that cell is
    silent and changes nothing. It is in the folder that it is to start in, and imports from there. A notebook in
    another folder has the same Python, and no app.
    """
    place = tmp_path / "it's a place"
    notebooks = place / lab.FOLDER
    notebooks.mkdir(parents=True)
    (place / "mine.py").touch()
    share = lab.write_kernel(tmp_path, f"%asgi attach {SHOP}", notebooks=notebooks, start=place)
    specs = KernelSpecManager(kernel_dirs=[f"{share}/kernels"], ensure_native_kernel=False)
    assert specs.get_kernel_spec("python3").metadata["debugger"] is True  # or JupyterLab has its debugger switched off
    manager = KernelManager(kernel_name="python3", kernel_spec_manager=specs)
    manager.start_kernel(stderr=subprocess.DEVNULL, cwd=str(place if of_the_reader else notebooks))
    client = manager.client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=50)
        outputs = []
        expression = (
            "(explorer.lifespan.status, client.get('/items').status_code, app is explorer.app, "
            "__import__('os').getcwd(), __import__('mine').__name__)"
        )
        expected = ("running", 200, True, str(place), "mine")
        if of_the_reader:
            expression = "(__import__('sys').executable, {'explorer', 'app', 'client'} & set(globals()))"
            expected = (sys.executable, set())
        loaded = client.execute_interactive("%load_ext ipyasgi", timeout=30, output_hook=outputs.append)
        assert loaded["content"]["status"] == "ok"
        assert [each["content"] for each in outputs if each["msg_type"] in ("stream", "error")] == []
        asked = client.execute("", user_expressions={"it": expression})
        reply = client.get_shell_msg(timeout=30)
        while reply["parent_header"].get("msg_id") != asked:
            reply = client.get_shell_msg(timeout=30)
        found = reply["content"]["user_expressions"]["it"]
        assert eval(found["data"]["text/plain"], {}) == expected
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
