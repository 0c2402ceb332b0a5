"""
What Google Colab's versions have to take: IPython 7.34, ipykernel 6.17.1, ipywidgets 7.7.1 (``colab.txt``).

Colab's page is not here: what it is sent is looked at, not what it makes of that.
"""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from .kernels import LiveKernel, colab_pythons, name_of

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(not colab_pythons(), reason="IPYASGI_COLAB_PYTHON names none"),
    pytest.mark.parametrize("kernel", colab_pythons(), ids=name_of, indirect=True, scope="module"),
]

PINS = Path(__file__).with_name("colab.txt")
_VERSIONS = "import importlib.metadata as m; [print(d.name, d.version, sep='==') for d in m.distributions()]"


@pytest.fixture(autouse=True)
def _attached(kernel: LiveKernel) -> Iterator[None]:
    kernel.do("%load_ext ipyasgi\nfrom ipyasgi.samples.shop import app\nexplorer = %asgi app")
    yield
    kernel.do("%unload_ext ipyasgi")


def test_installing_replaced_nothing(kernel: LiveKernel) -> None:
    """What was there before ipyasgi was installed is there in the same version: a running Colab is not damaged."""
    printed = subprocess.run([kernel.python, "-c", _VERSIONS], check=True, capture_output=True, text=True).stdout
    pins = [line for line in PINS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]

    assert len(pins) > 40
    assert set(map(_normal, pins)) - set(map(_normal, printed.splitlines())) == set()


def test_the_versions_are_colab_s(kernel: LiveKernel) -> None:
    """The kernel that is tried here runs on what it is said to."""
    names = ("IPython", "ipykernel", "ipywidgets")
    assert kernel.value(f"[__import__(name).__version__ for name in {names}]") == ["7.34.0", "6.17.1", "7.7.1"]


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


def test_the_checks_of_the_exercises(kernel: LiveKernel) -> None:
    """`check` says what is right and what is open."""
    kernel.do("from ipyasgi.teaching import check")
    before = kernel.do("check('00-3', explorer)").outputs
    after = kernel.do("explorer.lifespan.step()\nresult = check('00-3', explorer)\nresult").outputs

    assert "00-3" in str(before)
    assert str(before) != str(after)
    assert kernel.value("(check('00-1', ...).state, result.state, result.passed)") == ("open", "passed", True)


def _normal(pin: str) -> str:
    name, _, version = pin.partition("==")
    return f"{re.sub('[-_.]+', '-', name).lower()}=={version}"
