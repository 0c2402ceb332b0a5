"""Which cell gets what the app prints: the one that asked, whatever has run since."""

from collections.abc import Iterator

import pytest

from .kernels import READY_S, LiveKernel, bundle

pytestmark = pytest.mark.kernel

TALKING = """
import logging, sys, time
import anyio, anyio.to_thread
from ipyasgi import Explorer, RequestSpec, TestClient

logger = logging.getLogger("app")
logger.handlers = [logging.StreamHandler(sys.stderr)]
logger.setLevel("INFO")

def talk():
    print("sync says hello")
    logger.info("sync logs hello")

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        for phase in ("startup", "shutdown"):
            await receive()
            print(f"{phase} says hello")
            await send({"type": f"lifespan.{phase}.complete"})
        return
    if scope["path"] == "/sync":
        await anyio.to_thread.run_sync(talk)
    elif scope["path"] == "/later":
        for number in range(4):
            print(f"part {number}")
            await anyio.sleep(0.3)
    else:
        print("async says hello")
        logger.info("async logs hello")
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": b"ok"})
    if scope["path"] == "/background":
        await anyio.sleep(0.5)
        print("background says hello")
"""


@pytest.fixture(autouse=True)
def _attached(kernel: LiveKernel) -> Iterator[None]:
    kernel.do(TALKING)
    kernel.do("explorer = Explorer(app)")
    yield
    kernel.do("explorer.close()")


@pytest.mark.parametrize("kind", ["async", "sync"])
def test_an_endpoint_prints_into_the_cell_that_asked(kernel: LiveKernel, kind: str) -> None:
    """What an endpoint prints and logs, on the loop or in a worker thread, appears under its request's cell."""
    first = kernel.do(f"r = explorer.get('/{kind}')")
    second = kernel.do("print('nothing else')")
    assert first.text() == f"{kind} says hello\n"
    assert first.text("stderr") == f"{kind} logs hello\n"
    assert second.text() == "nothing else\n"
    assert kernel.value("[each.text for each in r.output]") == [f"{kind} says hello\n", f"{kind} logs hello"]


def test_an_exchange_shows_only_what_is_not_above_it(kernel: LiveKernel) -> None:
    """What a Python call wrote into the cell is not in the display below it; in another cell, and by magic, it is."""
    kernel.do("%load_ext ipyasgi")
    asked = kernel.do("explorer.get('/sync')")
    later = kernel.do("_")
    kernel.do("%asgi attach explorer.app --no-lifespan;")
    magic = kernel.do("%asgi GET /async")
    kernel.do("%unload_ext ipyasgi")
    assert (asked.text(), asked.text("stderr")) == ("sync says hello\n", "sync logs hello\n")
    assert "hello" not in bundle(asked)["text/plain"] + bundle(asked)["text/html"]
    assert "sync says hello" in bundle(later)["text/plain"]
    assert "sync logs hello" in bundle(later)["text/html"]
    assert magic.text() == ""
    assert "async says hello" in bundle(magic)["text/plain"]
    logged = magic.text("stderr") + bundle(magic)["text/plain"]  # by a handler that is older than the explorer
    assert logged.count("async logs hello") == 1


def test_each_of_two_cells_gets_its_own(kernel: LiveKernel) -> None:
    """A worker thread that served one cell and serves another does not keep the first one's."""
    cells = [kernel.do("explorer.get('/sync');") for _ in range(3)]
    assert [cell.text() for cell in cells] == ["sync says hello\n"] * 3


def test_a_bare_client_s_too(kernel: LiveKernel) -> None:
    """On the shared loop of clients outside ``with`` it is the same."""
    kernel.do("client = TestClient(app)")
    cell = kernel.do("client.get('/async'); client.close()")
    assert cell.text() == "async says hello\n"


def test_a_request_under_way_prints_into_its_cell_while_others_run(kernel: LiveKernel) -> None:
    """A request sent without waiting keeps to its own cell while the next one is running and printing."""
    first = kernel.do("pending = explorer.submit(RequestSpec(method='GET', path='/later'))")
    second = kernel.do("print('second')\ntime.sleep(0.7)\nprint('still second')")
    third = kernel.do("exchange = pending.result(20)")
    kernel.read_until(lambda: "part 3" in first.text(), READY_S)
    assert first.text() == "part 0\npart 1\npart 2\npart 3\n"
    assert second.text() == "second\nstill second\n"
    assert third.text() == ""


def test_the_lifespan_prints_into_the_cell_that_moved_it(kernel: LiveKernel) -> None:
    """Startup belongs to the cell that starts, shutdown to the one that stops, though it is one coroutine."""
    kernel.do("explorer.lifespan.shutdown()")
    start = kernel.do("explorer.lifespan.startup();")
    between = kernel.do("explorer.get('/async');")
    stop = kernel.do("explorer.lifespan.shutdown();")
    again = kernel.do("explorer.lifespan.startup();")
    close = kernel.do("explorer.close()")
    assert start.text() == "startup says hello\n"
    assert between.text() == "async says hello\n"
    assert stop.text() == "shutdown says hello\n"
    assert again.text() == "startup says hello\n"
    assert close.text() == "shutdown says hello\n"


def test_a_step_prints_into_its_own_cell(kernel: LiveKernel) -> None:
    """Stepping to the shutdown moves the output to the cell of the step that delivers the message."""
    kernel.do("explorer.lifespan.shutdown()")
    texts = [kernel.do("explorer.lifespan.step();").text() for _ in range(2)]
    assert texts == ["startup says hello\n", ""]
    texts = [kernel.do("explorer.lifespan.step();").text() for _ in range(2)]
    assert texts == ["shutdown says hello\n", ""]
    assert kernel.value("explorer.lifespan.status") == "stopped"


def test_a_timer_of_the_user_prints_into_its_cell(kernel: LiveKernel) -> None:
    """Its thread may get the id of one of ours that has ended; ipykernel 6 remembers the cells of threads by that."""
    kernel.do("other = Explorer(app, lifespan='off'); other.close()")
    cell = kernel.do("import threading; timer = threading.Timer(0.05, print, ['tick']); timer.start(); timer.join()")
    assert "tick" in cell.text()
