"""``%asgi`` in a real kernel: attach, request, lifespan by steps, an app's error, interrupt, restart."""

import time
from pathlib import Path

import pytest

from .kernels import ON_HOSTED_TOO, READY_S, LiveKernel, bundle

pytestmark = [pytest.mark.kernel, ON_HOSTED_TOO]


@pytest.fixture(autouse=True)
def _attached(kernel: LiveKernel) -> None:
    kernel.do("%load_ext ipyasgi\nfrom ipyasgi.samples.shop import app\nexplorer = %asgi app")


def test_attach_and_request(kernel: LiveKernel) -> None:
    """The value of a request line is its exchange; shown, it is HTML and text; assigned, it is silent."""
    silent = kernel.do("r = %asgi GET /items limit==2")
    shown = bundle(kernel.do("%asgi GET /items limit==2"))

    assert [each["msg_type"] for each in silent.outputs if each["msg_type"] != "status"] == ["execute_input"]
    assert kernel.value("(r.status_code, len(r.json()))") == (200, 2)
    assert {"text/html", "text/plain"} <= set(shown)
    assert "200 OK" in shown["text/plain"]


def test_an_exception_in_whose_chain_is_a_group(kernel: LiveKernel) -> None:
    """It is an error of its cell with the frames of the app only, and the full traceback is one as well."""
    kernel.do(
        "async def grouped(scope, receive, send):\n"
        "    half = 21\n"
        "    try:\n"
        "        raise ExceptionGroup('two', [KeyError('earlier')])\n"
        "    except ExceptionGroup:\n"
        "        raise ValueError('no half')"
    )
    kernel.do("%asgi grouped --no-lifespan")
    error = kernel.run("%asgi GET /")
    whole = kernel.run("%asgi tb")

    assert error.error == "ValueError"
    assert "grouped" in error.traceback
    assert "earlier" in error.traceback
    assert [name for name in ("explorer.py", "interactiveshell.py") if name in error.traceback] == []
    assert "explorer.py" in whole.traceback
    assert error.text("stderr") == whole.text("stderr") == ""


def test_lifespan_by_steps(kernel: LiveKernel) -> None:
    """The lifespan goes through its five statuses by steps, each with its events."""
    kernel.do("%asgi detach")
    kernel.do("explorer = %asgi app --no-lifespan")
    seen = [kernel.value("explorer.lifespan.status")]
    for _ in range(4):
        assert "text/html" in bundle(kernel.do("%asgi lifespan step"))
        seen.append(kernel.value("(explorer.lifespan.status, len(explorer.lifespan.events))"))

    assert seen == ["not started", ("starting", 1), ("running", 2), ("shutting down", 3), ("stopped", 4)]
    kernel.do("%asgi lifespan start")


def test_an_error_of_the_app_and_a_mistake(kernel: LiveKernel) -> None:
    """An app's exception comes with its own frames, a mistake as one line, and neither touches the app."""
    error = kernel.run("%asgi GET /boom")
    mistake = kernel.run("%asgi GET items")

    assert error.error == "ZeroDivisionError"
    assert "average_price" in error.traceback
    assert "explorer.py" not in error.traceback
    assert "write '/items'" in mistake.text("stderr") + mistake.traceback
    assert kernel.value("explorer.get('/items').status_code") == 200


def test_interrupt(kernel: LiveKernel, tmp_path: Path) -> None:
    """An interrupted request gives the prompt back, is in the history, and the next one works."""
    entered = tmp_path / "entered"
    kernel.do(
        "from pathlib import Path\n"
        "async def telling(scope, receive, send):\n"
        f"    if scope['type'] == 'http': Path({str(entered)!r}).touch()\n"
        "    await app(scope, receive, send)"
    )
    kernel.do("%asgi detach")
    kernel.do("explorer = %asgi telling")
    cell = kernel.begin("%asgi GET /slow seconds==60")
    until = time.monotonic() + READY_S
    while not entered.exists():
        assert time.monotonic() < until, "the app was not called"
        time.sleep(0.05)
    began = time.monotonic()
    kernel.interrupt()
    kernel.finish(cell)

    assert cell.error == "KeyboardInterrupt"
    assert time.monotonic() - began < 55  # the request takes 60
    assert kernel.value("(explorer.history[-1].outcome, explorer.get('/items').status_code)") == ("interrupted", 200)
    kernel.do("%asgi detach")


def test_a_request_in_the_background(kernel: LiveKernel) -> None:
    """A line that ends with & gives the prompt back; its handle is a widget with HTML and text, and can be awaited."""
    began = time.monotonic()
    shown = bundle(kernel.do("h = %asgi GET /slow seconds==60 &\nh"))

    assert time.monotonic() - began < 55  # the request takes 60
    assert {"application/vnd.jupyter.widget-view+json", "text/html", "text/plain"} <= set(shown)
    assert "waiting" in shown["text/plain"]
    kernel.do("quick = %asgi GET /items &\nassert (await quick).status_code == 200")
    assert not kernel.value("h.done()")
    kernel.do("h.cancel(); import time\nwhile not h.done(): time.sleep(0.01)")
    assert kernel.value("explorer.history[-1].outcome") == "cancelled"


def test_a_cell_that_runs_again_is_followed(kernel: LiveKernel) -> None:
    """The cell that binds the name to another app ends with that one running, and says so in its own output."""
    define = "class Other:\n    async def __call__(self, *args): await app(*args)\nother = Other()"
    kernel.do(define)
    kernel.do("e = %asgi other")
    told = kernel.do(define).text()

    assert "other is a new object: the old app was shut down, the new one is running" in told
    assert kernel.value("e.app is other")
    kernel.do("%asgi detach other")


def test_the_panel_has_a_fallback(kernel: LiveKernel) -> None:
    """The panel's bundle has a widget, HTML and text, so that a saved notebook still shows its last state."""
    shown = bundle(kernel.do("%asgi panel"))

    assert {"application/vnd.jupyter.widget-view+json", "text/html", "text/plain"} <= set(shown)


def test_unload_and_restart(kernel: LiveKernel) -> None:
    """Unloading takes the magic back and shuts the app down; after a restart everything begins anew."""
    unloaded = kernel.do("%unload_ext ipyasgi")

    assert "shop: closed" in unloaded.text()
    assert "not found" in kernel.run("%asgi GET /items").text("stderr")
    assert kernel.value("explorer.closed")
    kernel.start()
    kernel.do("%load_ext ipyasgi\nfrom ipyasgi.samples.shop import app\nexplorer = %asgi app")
    assert kernel.value("explorer.lifespan.status") == "running"
