"""The debugger of the front end, by its protocol: it stops where the app runs, and requests wait for it."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from .debugger import Debugger
from .kernels import Cell, LiveKernel

pytestmark = [pytest.mark.kernel, pytest.mark.serial]

APP = """\
import anyio.to_thread

def work():
    answer = 42
    return answer + 1

async def app(scope, receive, send):
    if scope["path"] == "/def":
        answer = await anyio.to_thread.run_sync(work)
    elif scope["path"] == "/breakpoint":
        answer = 42
        breakpoint()
        answer = 43
    else:
        answer = 42
        answer += 1
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": b"ok"})
"""
LINES = {"/def": 5, "/": 16}
TIMEOUT_S = 5.0


@pytest.fixture(params=[False, True], ids=["all-code", "my-code"])
def debugger(kernel: LiveKernel, _attached: None, request: pytest.FixtureRequest) -> Iterator[Debugger]:
    """Give an attached debugger, which traces all code or that of the user."""
    found = Debugger(kernel, my_code=request.param)
    found.attach()
    yield found
    found.detach()


@pytest.fixture(autouse=True)
def _attached(kernel: LiveKernel) -> None:
    """Import everything first: a debugger on Python 3.11 traces imports."""
    kernel.do("%load_ext ipyasgi")
    kernel.do(APP)
    kernel.do("%asgi app --no-lifespan\nr = %asgi GET /def")


def result(cell: Cell) -> str:
    """Return the value of a cell."""
    assert not cell.error, cell.traceback
    return next(
        str(each["content"]["data"]["text/plain"]) for each in cell.outputs if each["msg_type"] == "execute_result"
    )


@pytest.mark.parametrize("place", ["cell", "module"])
def test_it_stops_in_endpoints(kernel: LiveKernel, debugger: Debugger, place: str, tmp_path: Path) -> None:
    """A breakpoint in an endpoint stops its thread with its variables, and after "continue" the request is answered."""
    name = f"module_{tmp_path.name}".replace("-", "_")
    path = str(tmp_path / f"{name}.py") if place == "module" else debugger.path_of_cell(APP)
    if place == "module":
        Path(path).write_text(APP, encoding="utf-8")
    debugger.set_breakpoints(path, *LINES.values())
    if place == "module":
        kernel.do(f"import sys; sys.path.insert(0, {str(tmp_path)!r})\nfrom {name} import app")
        kernel.do("%asgi app --no-lifespan")

    for (kind, line), thread in zip(LINES.items(), ("AnyIO worker thread", "ipyasgi-loop"), strict=True):
        cell = kernel.begin(f"r = %asgi GET {kind} --timeout 60\nr.status_code")
        stop = debugger.wait_stop(cell)
        seen = (stop.thread, stop.path, stop.line, stop.local_names().get("answer"))
        stop.go_on()
        assert seen == (thread, path, line, "42")
        assert result(kernel.finish(cell)) == "200"


def test_a_deadline_stands_still(kernel: LiveKernel, debugger: Debugger) -> None:
    """A request that is held at a breakpoint for longer than its timeout is answered, and the next one has its own."""
    debugger.set_breakpoints(debugger.path_of_cell(APP), LINES["/"])
    cell = kernel.begin(f"r = %asgi GET / --timeout {TIMEOUT_S}\nr.status_code, r.elapsed_ns > {TIMEOUT_S} * 1e9")
    stop = debugger.wait_stop(cell)
    time.sleep(1.2 * TIMEOUT_S)
    stop.go_on()

    assert result(kernel.finish(cell)) == "(200, True)"


def test_breakpoint_in_an_endpoint(kernel: LiveKernel, debugger: Debugger) -> None:
    """``breakpoint()`` stops in the attached debugger, in the endpoint and not in what calls the debugger."""
    cell = kernel.begin("r = %asgi GET /breakpoint --timeout 60\nr.status_code")
    stop = debugger.wait_stop(cell)
    seen = (stop.thread, stop.path, stop.function, stop.local_names().get("answer"))
    stop.go_on()

    assert seen == ("ipyasgi-loop", debugger.path_of_cell(APP), "app", "42")
    assert result(kernel.finish(cell)) == "200"
