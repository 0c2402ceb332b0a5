"""The loop of an explorer beside the app's: one, started when needed, gone with the explorer."""

import threading
import time

import pytest

from ipyasgi import Explorer
from ipyasgi.explorer.background import Background
from ipyasgi.explorer.explored_app import background_loop_of
from ipyasgi.protocol.errors import LoopError


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        raise RuntimeError("no lifespan")
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def threads():
    """Return the names of our threads."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("ipyasgi-background")]


def test_one_loop_for_all_who_ask():
    """Threads that ask at once get the same loop, and none is started before."""
    with Explorer(app) as explorer:
        explorer.get("/")
        assert threads() == []
        found = []
        asking = [threading.Thread(target=lambda: found.append(background_loop_of(explorer))) for _ in range(8)]
        for thread in asking:
            thread.start()
        for thread in asking:
            thread.join()
        assert len(found) == 8
        assert len(set(map(id, found))) == len(threads()) == 1
    assert threads() == []


@pytest.mark.parametrize("started", [True, False], ids=["started", "never started"])
def test_no_loop_after_the_end(started):
    """Closing ends it and lets no other start, whether by the explorer or by the part itself."""
    explorer, part = Explorer(app), Background()
    if started:
        background_loop_of(explorer)
        part.loop()
    explorer.close()
    part.close()

    for ask in (lambda: background_loop_of(explorer), part.loop, lambda: explorer.begin("GET", "/")):
        with pytest.raises(LoopError, match="attach"):
            ask()
    assert threads() == []


def test_released_without_waiting():
    """What the collector does ends the loop soon, and is harmless where there is none."""
    part = Background()
    part.release()
    part.loop()
    part.release()
    until_s = time.monotonic() + 30
    while threads() and time.monotonic() < until_s:
        time.sleep(0.01)
    assert threads() == []
