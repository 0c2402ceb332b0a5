"""Requests that are not waited for: handles, their display, many at once."""

import time

import pytest
from IPython.core.error import UsageError

from ipyasgi.explorer import Pending, PendingExchanges

SLOW = """
import anyio, asyncio
log, entered = [], []
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive(); await send({"type": "lifespan.startup.complete"})
        await receive(); await send({"type": "lifespan.shutdown.complete"})
        return
    if scope["path"] == "/stream":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(200):
            await send({"type": "http.response.body", "body": b"x" * 100, "more_body": True})
            await anyio.sleep(0.02)
    if scope["path"] == "/boom":
        raise RuntimeError("the app broke")
    if scope["path"] == "/wait":
        entered.append(scope["path"])
        try:
            await anyio.sleep(30)
        finally:
            log.append("ended")
    await receive()
    await anyio.sleep(2 if scope["path"] == "/later" else 0.2)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"done"})
explorer = %asgi app
"""


@pytest.fixture
def slow(shell):
    """A shell with a slow app attached as ``explorer``."""
    shell.run(SLOW)
    return shell


def wait_for(holds, within_s=20.0):
    until = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.01)


@pytest.mark.serial
def test_a_line_with_an_ampersand_returns_at_once(slow):
    """The value is a handle; its result is the exchange, which is in the history too."""
    handle = slow.run("h = %asgi GET /later &\nh")

    assert isinstance(handle, Pending)
    assert not handle.done()
    exchange = handle.result(20)
    assert (exchange.status_code, exchange.text) == (200, "done")
    assert exchange is handle.value is slow.run("explorer.history[-1]")


def test_the_handle_can_be_awaited(slow):
    """``await handle`` in a cell gives the exchange."""
    slow.run("h = %asgi GET / --background")

    assert slow.run("(await h).status_code") == 200
    slow.run("hs = %asgi GET / --repeat 3 &")
    assert slow.run("[one.status_code for one in await hs]") == [200, 200, 200]


def test_a_result_that_takes_too_long_cancels_nothing(slow):
    """`result` with a timeout raises TimeoutError and the request goes on."""
    handle = slow.run("h = %asgi GET / &\nh")
    with pytest.raises(TimeoutError, match="wait longer"):
        handle.result(0.01)

    assert handle.result(20).status_code == 200


def test_cancel_reaches_the_app(slow):
    """`cancel` ends the request in the app; the handle says so, and the next request works."""
    handle = slow.run("h = %asgi GET /wait &\nh")
    wait_for(lambda: slow.run("entered"))
    handle.cancel()
    wait_for(handle.done)

    assert slow.run("log") == ["ended"]
    assert "cancelled" in slow.shown(handle)["text/plain"]
    assert slow.run("%asgi GET /").status_code == 200


def test_many_at_once(slow):
    """--repeat with & sends them all together; fifty slow ones take about as long as a few."""
    began = time.monotonic()
    handles = slow.run("hs = %asgi GET / --repeat 50 &\nhs")
    exchanges = handles.result(30)

    assert isinstance(handles, PendingExchanges)
    assert len(exchanges) == 50
    assert time.monotonic() - began < 8  # one after the other they take ten seconds
    assert len({exchange.name for exchange in exchanges}) == 50


def test_a_cell_sends_several_in_the_background(slow):
    """Each part of a cell may end with &."""
    handles = slow.run("%%asgi GET / &\n###\nGET / &\n")

    assert isinstance(handles, PendingExchanges)
    assert [one.status_code for one in handles.result(20)] == [200, 200]


def test_progress_of_a_stream_and_an_upload(slow):
    """A handle tells the chunks and bytes so far, and how much of the body the app has taken."""
    handle = slow.run("h = %asgi GET /stream &\nh")
    wait_for(lambda: handle.progress.chunks > 3)
    progress = handle.progress

    assert progress.status == 200
    assert progress.received_bytes == progress.chunks * 100
    assert 0 < progress.elapsed_s < 5
    assert "chunks" in slow.shown(handle)["text/plain"]
    handle.cancel()
    wait_for(handle.done)
    stopped = handle.progress.elapsed_s
    upload = slow.run("data = b'x' * 100_000\nu = %asgi POST / @{{data}} &\nu")
    upload.result(20)
    assert (upload.progress.sent_bytes, upload.progress.sent_of_bytes) == (100_000, 100_000)
    assert handle.progress.elapsed_s == stopped


def test_what_the_app_raises_is_raised_at_the_result(slow, capsys):
    """The line is silent; `result` raises the app's exception as itself, and the display names it."""
    handle = slow.run("h = %asgi GET /boom &\nh")
    with pytest.raises(RuntimeError, match="the app broke"):
        handle.result(20)

    assert "RuntimeError: the app broke" in slow.shown(handle)["text/plain"]
    assert slow.run("explorer.history[-1]").exception is handle.exception


def test_a_handle_is_shown_live(slow):
    """Under way it shows as a widget with HTML and text; once ended as HTML and text alone."""
    handle = slow.run("h = %asgi GET /later token==s3cret &\nh")
    shown = slow.shown(handle)

    assert {"application/vnd.jupyter.widget-view+json", "text/html", "text/plain"} <= set(shown)
    assert "s3cret" not in str(shown)
    handle.result(20)
    after = slow.shown(handle)
    assert "application/vnd.jupyter.widget-view+json" not in after
    assert "200 OK" in after["text/html"]
    assert "200 OK" in after["text/plain"]


def test_the_display_says_how_to_see_the_response(slow):
    """One line in the text and in the HTML: while it runs, and with the name of the exchange when it has ended."""
    running = "When it has ended: %asgi show. To wait for it: .result()"
    waiting = slow.run("w = %asgi GET /wait &\nw")
    shown = slow.shown(waiting)
    assert shown["text/plain"].split("\n")[1:] == [running]
    assert running in shown["text/html"]
    waiting.cancel()
    wait_for(waiting.done)
    handle = slow.run("h = %asgi GET / &\nh")
    exchange = handle.result(20)
    shown = slow.shown(handle)
    assert shown["text/plain"].split("\n")[1:] == [f"The response: %asgi show {exchange.name}"]
    assert slow.run(f"%asgi show {exchange.name}") is exchange
    assert f"%asgi show {exchange.name}" in shown["text/html"]
    several = slow.run("%asgi GET /wait --repeat 2 &")
    assert slow.shown(several)["text/plain"].endswith("When it has ended: %asgi history. To wait for it: .result()")
    several.cancel()
    again = slow.run("%asgi replay r1 &")  # of the first, which waits
    assert slow.shown(again)["text/plain"].endswith("When it has ended: %asgi history. To wait for it: .result()")
    again.cancel()
    wait_for(lambda: again.done() and all(one.done() for one in several))
    again = slow.run(f"%asgi replay {exchange.name} &")
    again.result(20)
    assert slow.shown(again)["text/plain"].endswith("\nThe responses: %asgi history")


def test_detaching_ends_what_is_under_way(slow):
    """Letting the app go with requests under way neither hangs nor leaves them running."""
    handles = slow.run("hs = %asgi GET /wait --repeat 3 &\nhs")
    wait_for(lambda: all(one.events or one._call for one in handles))
    slow.run("%asgi detach")

    wait_for(lambda: all(one.done() for one in handles))


@pytest.mark.parametrize(
    ("line", "description"),
    [
        ("%asgi GET / --repeat 0", "Give a number from 1 to 1000"),
        ("%asgi GET / --repeat many", "Give a number"),
        ("%asgi GET / --headers &", "does not wait"),
        ("%asgi routes &", "takes no --background"),
    ],
)
def test_mistakes(slow, line, description):
    """What does not go together is one line."""
    error = slow.error(line)

    assert type(error) is UsageError
    assert description in str(error)
