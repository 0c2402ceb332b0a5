"""
What the versions of hosted notebooks have to take: Google Colab's (``colab.txt``) and Databricks' (``databricks.txt``).

Their pages are not here: what they are sent is looked at, not what they make of that.
"""

import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .kernels import LiveKernel, bundle, hosted_pythons, name_of

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(not hosted_pythons(), reason="IPYASGI_HOSTED_PYTHONS names none"),
    pytest.mark.parametrize("kernel", hosted_pythons(), ids=name_of, indirect=True, scope="module"),
]

_OURS = (
    "len(get_ipython().kernel.comm_manager.comms)"
    " + sum('ipyasgi' in one.name for one in __import__('threading').enumerate())"
)
ROOT = Path(__file__).parents[2]
_VERSIONS = "import importlib.metadata as m; [print(d.name, d.version, sep='==') for d in m.distributions()]"


@pytest.fixture(autouse=True)
def _attached(kernel: LiveKernel) -> Iterator[None]:
    kernel.do("%load_ext ipyasgi\nfrom ipyasgi.samples.shop import app\nexplorer = %asgi app")
    yield
    kernel.do("%unload_ext ipyasgi")


def test_installing_replaced_nothing(kernel: LiveKernel) -> None:
    """What was there before ipyasgi was installed is there in the same version: a running Colab is not damaged."""
    printed = subprocess.run([kernel.python, "-c", _VERSIONS], check=True, capture_output=True, text=True).stdout
    pins = _read_pins(kernel.python)

    assert len(pins) > 35
    assert pins - set(map(_normal, printed.splitlines())) == set()


@pytest.mark.nightly
@pytest.mark.timeout(300)
@pytest.mark.parametrize("tool", ["pip", "uv"])
def test_a_dry_run_replaces_nothing(kernel: LiveKernel, tool: str, tmp_path: Path) -> None:
    """Where only the host's packages are installed, both installers would add a few and replace none."""
    uv, place = Path(sys.executable).with_name("uv"), tmp_path / "there"
    python = place / "bin" / "python"
    _run(uv, "venv", "--quiet", "--seed", "--python", kernel.python, place)
    _run(uv, "pip", "install", "--quiet", "--python", python, "-r", _file_of(kernel.python))
    install = [python, "-m", "pip", "install"] if tool == "pip" else [uv, "pip", "install", "--python", python]
    said = _run(*install, "--dry-run", ROOT)

    if tool == "pip":
        *_, added = re.findall(r"(?m)^Would install (.+)", said)
        changed = {_normal(name.rpartition("-")[0]) for name in added.split()}
    else:
        assert re.findall(r"(?m)^ [-~] .*", said) == []
        changed = {_normal(name) for name in re.findall(r"(?m)^ \+ ([\w.-]+)", said)}
    assert "ipyasgi" in changed
    assert changed & {pin.partition("==")[0] for pin in _read_pins(kernel.python)} == set()


def test_the_versions_are_the_host_s(kernel: LiveKernel) -> None:
    """The kernel that is tried here runs on what it is said to."""
    names = ("ipython", "ipykernel", "ipywidgets")
    versions = kernel.value("[__import__(name).__version__ for name in ('IPython', 'ipykernel', 'ipywidgets')]")
    assert {f"{name}=={version}" for name, version in zip(names, versions, strict=True)} <= _read_pins(kernel.python)


def test_displays(kernel: LiveKernel) -> None:
    """An app, a response and a traceback are displayed as text and HTML, with and without the magic."""
    for line, words in {
        "explorer": "/items",
        "%asgi GET /items": "200 OK",
        "explorer.get('/items/999')": "404",
    }.items():
        shown = bundle(kernel.do(line))
        assert set(shown) == {"text/plain", "text/html"}
        assert words in shown["text/plain"]
        assert words in shown["text/html"]
    failed = kernel.run("%asgi GET /boom")
    assert failed.error == "ZeroDivisionError"
    assert "frames of ipyasgi and the framework are folded" in failed.traceback


def test_lifespan(kernel: LiveKernel) -> None:
    """The app is shut down, started step by step and started again."""
    kernel.do("%asgi lifespan stop")
    assert kernel.value("explorer.lifespan.status") == "stopped"
    kernel.do("%asgi lifespan step")
    assert kernel.value("explorer.lifespan.status") == "starting"
    kernel.do("%asgi lifespan restart")
    assert kernel.value("explorer.lifespan.status") == "running"


def test_in_the_background(kernel: LiveKernel) -> None:
    """A request is sent in the background, and another cell has its response."""
    kernel.do("pending = %asgi GET /ticks n==2 &")
    assert kernel.value("pending.result(30).status_code") == 200


def test_paths_are_completed(kernel: LiveKernel) -> None:
    """The paths of the app are offered, and after `unload` they are not."""
    completed = kernel.complete("%asgi GET /it")
    kernel.do("%unload_ext ipyasgi")

    assert completed == ["%asgi GET /items", "%asgi GET /items/{item_id}"]
    assert "%asgi GET /items" not in kernel.complete("%asgi GET /it")


def test_unloading(kernel: LiveKernel) -> None:
    """Without the extension there is no magic, no thread of ours and no comm."""
    kernel.do("panel = explorer.panel()\n%asgi GET /items")
    assert kernel.value(_OURS) > 20
    kernel.do("%unload_ext ipyasgi")

    assert "UsageError" in kernel.run("%asgi GET /items").text("stderr")
    kernel.do(f"import time\nwhile {_OURS}: time.sleep(0.05)")  # a thread may end a moment later


def test_fastapi(kernel: LiveKernel) -> None:
    """Colab's own FastAPI is attached and answers, and what an endpoint prints is under its cell."""
    kernel.do(
        "from fastapi import FastAPI\nfast = FastAPI()\n"
        "@fast.get('/add')\ndef add(a: int, b: int = 1):\n    print('adding')\n    return a + b\n"
        "e = %asgi fast"
    )
    cell = kernel.do("r = %asgi GET /add a==2")

    assert cell.text() == "adding\n"
    assert kernel.value("(r.status_code, r.json(), list(e.routes)[-1:])")[:2] == (200, 3)
    kernel.do("%asgi detach fast")


def test_websocket(kernel: LiveKernel) -> None:
    """A WebSocket is opened, spoken to and closed."""
    kernel.do("w = %asgi ws /chat say=hello")
    assert '"echo": {"say": "hello"}' in kernel.value("str([event.message for event in w.events])")


def test_the_client_with_and_without_await(kernel: LiveKernel) -> None:
    """Both clients work in a cell, the one that waits also on the kernel's own loop."""
    kernel.do(
        "from ipyasgi import AsyncTestClient, KernelLoop, TestClient\n"
        "with TestClient(app) as client:\n    seen = [client.get('/items').status_code]\n"
        "async with AsyncTestClient(app, loop=KernelLoop()) as client:\n"
        "    seen.append((await client.get('/items')).status_code)"
    )
    assert kernel.value("seen") == [200, 200]


def test_a_panel(kernel: LiveKernel) -> None:
    """A panel opens a comm for each of its widgets and is shown as one; closed, all are gone and its text stays."""
    before = kernel.value("len(get_ipython().kernel.comm_manager.comms)")
    shown = kernel.do("panel = explorer.panel()\npanel")
    opened = [each for each in shown.outputs if each["msg_type"] == "comm_open"]
    (bundle,) = (each["content"]["data"] for each in shown.outputs if each["msg_type"] == "execute_result")

    assert len(opened) > 20
    assert kernel.value("len(get_ipython().kernel.comm_manager.comms)") > before
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] in {
        each["content"]["comm_id"] for each in opened
    }
    assert {"text/html", "text/plain"} <= set(bundle)
    closed = kernel.do("panel.close()\npanel")
    (bundle,) = (each["content"]["data"] for each in closed.outputs if each["msg_type"] == "execute_result")
    assert set(bundle) == {"text/html", "text/plain"}
    assert kernel.value("len(get_ipython().kernel.comm_manager.comms)") == before


def test_a_panel_is_painted(kernel: LiveKernel) -> None:
    """What happens to the app is written to the panel's widgets from the comm writer's thread."""
    cell = kernel.do("panel = explorer.panel()\npanel")
    comms = {each["content"]["comm_id"] for each in cell.outputs if each["msg_type"] == "comm_open"}
    kernel.do("explorer.get('/items')")
    painted = kernel.do("import time\ntime.sleep(1.5)\npanel.close()")

    assert comms
    assert any(each["msg_type"] == "comm_msg" for each in painted.outputs)


def test_a_panel_sends(kernel: LiveKernel) -> None:
    """The page's message to the form is sent as a request of the app, and the response is in the panel."""
    kernel.do("panel = explorer.panel()\npanel.request.choose('GET /items')")
    kernel.do("import time\nwhile panel.request.form.draft['path'] != '/items': time.sleep(0.05)")
    comm_id, draft = kernel.value("(panel.request.form.comm.comm_id, panel.request.form.draft)")
    message = {"method": "custom", "content": {"ask": "send", "draft": {**draft, "seq": 1}}}
    kernel.tell("comm_msg", comm_id=comm_id, data=message)
    kernel.do("while panel.request.shown is None: time.sleep(0.05)")

    assert kernel.value("str(panel.request.shown.request.url.path), panel.request.shown.status_code") == ("/items", 200)


def test_the_checks_of_the_exercises(kernel: LiveKernel) -> None:
    """`check` says what is right and what is open."""
    kernel.do("from ipyasgi.teaching import check")
    before = kernel.do("check('00-4', explorer)").outputs
    after = kernel.do("explorer.lifespan.step()\nresult = check('00-4', explorer)\nresult").outputs

    assert "00-4" in str(before)
    assert str(before) != str(after)
    assert kernel.value("(check('00-1', ...).state, result.state, result.passed)") == ("open", "passed", True)


_FAKED = """
import importlib.util, sys, types
said, found = [], importlib.util.find_spec
get_ipython().register_magic_function(said.append, magic_name="pip")
if {is_colab}:
    sys.modules["google.colab"] = types.ModuleType("google.colab")
if {is_missing}:
    importlib.util.find_spec = lambda name: None
"""
_RESTORED = "importlib.util.find_spec = found; sys.modules.pop('google.colab', None)"


def test_the_cell_that_installs(kernel: LiveKernel) -> None:
    """What `binder/site --colab` puts into the first notebook installs on Colab, and only if ipyasgi is not there."""
    install = runpy.run_path(str(ROOT / "binder" / "site"))["COLAB_INSTALL"].format(repository="ada/ipyasgi")
    for is_colab, is_missing in ((True, True), (True, False), (False, True)):
        kernel.do(_FAKED.format(is_colab=is_colab, is_missing=is_missing))
        ran = kernel.do(install)
        kernel.do(_RESTORED)

        assert (ran.error, ran.text()) == ("", "")
        expected = ["install -q git+https://github.com/ada/ipyasgi"] if is_colab and is_missing else []
        assert kernel.value("said") == expected


def _file_of(python: str) -> Path:
    """Return the file with the versions of an interpreter that `tests/run` has made: ``.venv-kernel-colab``."""
    return Path(__file__).with_name(f"{name_of(python).rpartition('-')[2]}.txt")


def _read_pins(python: str) -> set[str]:
    lines = _file_of(python).read_text(encoding="utf-8").splitlines()
    return {_normal(line) for line in lines if not line.startswith("#")}


def _normal(pin: str) -> str:
    name, equals, version = pin.partition("==")
    return f"{re.sub('[-_.]+', '-', name).lower()}{equals}{version}"


def _run(*command: Any) -> str:
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr
