"""Ending a kernel while an app is attached: its lifespan shuts down, and nothing holds the kernel up.

jupyter_client kills a kernel that has not ended 2.5 s after it was asked; the process itself needs 0.2 to 0.4 s.
"""

from pathlib import Path

import pytest

from .kernels import READY_S, LiveKernel
from .truth import SET_UP

pytestmark = [pytest.mark.kernel, pytest.mark.serial]

ENDED_S = 10.0
"""A front end kills the kernel after 2.5 s; here it waits longer, as other work may share the machine."""
EXIT = "import ipyasgi.engine.exit\nipyasgi.engine.exit.EXIT_S = {}"
"""Sets how long the app may take to shut down at the kernel's end: usually 1.2 s."""

# Says in a file what it did, because nobody reads the output of a kernel that ends.
WRITING = """
from pathlib import Path
from ipyasgi import RequestSpec

class Log(list):
    def append(self, phase):
        with Path({path!r}).open("a") as file:
            print(phase, file=file)

log = Log()
"""
WAYS = {
    "requests are under way": """
for path in ("/async", "/sync"):
    explorer.submit(RequestSpec(method="GET", path=path), timeout=None)
client = TestClient(app)
open_streams = []
for each in (explorer.client, client):
    response = each.send(each.build_request("GET", "/stream/async"), stream=True)
    open_streams.append((response, response.iter_raw()))
    next(open_streams[-1][1])
""",
    "the loop is blocked": "explorer.submit(RequestSpec(method='GET', path='/time.sleep'), timeout=None)",
}


def attach(kernel: LiveKernel, path: Path) -> None:
    kernel.do(SET_UP + WRITING.format(path=str(path)))
    kernel.do("explorer.lifespan.restart()\n" + EXIT.format(8))
    assert path.read_text(encoding="utf-8").split() == ["shutdown", "startup"]
    path.unlink()


@pytest.mark.parametrize("way", WAYS)
def test_a_kernel_ends_by_itself(kernel: LiveKernel, tmp_path: Path, way: str) -> None:
    """The kernel is gone before it would be killed, and the app's lifespan was shut down wherever it could be."""
    kernel.start_again()
    told = tmp_path / "told"
    attach(kernel, told)
    if way == "the loop is blocked":
        kernel.do(EXIT.format(1.2))
    cell = kernel.do(WAYS[way])
    hanging = 4 if way == "requests are under way" else 1
    kernel.read_until(lambda: cell.text().count("hangs") == hanging, READY_S)
    took_s, code = kernel.shut_down()
    print(f"{way} on {kernel.label}: the kernel ended after {took_s:.2f} s")
    assert code == 0
    assert took_s < ENDED_S
    assert told.exists() == (way != "the loop is blocked")


def test_a_restart_shuts_the_app_down_and_the_next_kernel_attaches(kernel: LiveKernel, tmp_path: Path) -> None:
    """The front end's restart: the app's shutdown has run, and attaching in the new kernel works."""
    kernel.start_again()
    told = tmp_path / "told"
    attach(kernel, told)
    took_s = kernel.restart()
    print(f"restart on {kernel.label}: the old kernel was gone after {took_s:.2f} s")
    assert took_s < ENDED_S
    assert told.read_text(encoding="utf-8") == "shutdown\n"
    told.unlink()
    attach(kernel, told)
    assert kernel.value("explorer.get('/quick').status_code") == 200
