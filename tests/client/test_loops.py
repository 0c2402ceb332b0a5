"""Which loop a client lives on, and that nothing of it stays behind."""

import gc
import threading
import weakref
from typing import Any

import anyio
import pytest

from ipyasgi.client.httpx import httpx
from ipyasgi.engine.background_loop import BackgroundLoop
from ipyasgi.engine.loops import Backend
from ipyasgi.protocol.errors import LoopError
from ipyasgi.testclient import TestClient

from .conftest import Make
from .replies import becomes_true, open_files, reply, who_runs, with_lifespan


def our_threads() -> int:
    return sum(thread.name.startswith("ipyasgi") for thread in threading.enumerate())


@pytest.mark.serial
@pytest.mark.parametrize("count", [60, pytest.param(2000, marks=pytest.mark.nightly)])
def test_dropped_clients_leave_nothing(backend: Backend, count: int) -> None:
    """Bare clients that were used and simply dropped leave no thread and no open file."""
    gc.collect()
    files, threads = open_files(), our_threads()
    for _ in range(count):
        assert TestClient(who_runs, backend=backend).get("/").status_code == 200
    gc.collect()
    assert becomes_true(lambda: (open_files(), our_threads()) == (files, threads))


@pytest.mark.serial
def test_a_client_can_be_collected(make: Make) -> None:
    """No reference keeps a dropped client alive, not even after an error in the app."""

    async def app(scope, receive, send):
        raise ValueError("server")

    before = our_threads()
    client = TestClient(app)
    with pytest.raises(ValueError, match="server"):
        client.get("/")
    del client
    gc.collect()
    assert becomes_true(lambda: our_threads() == before)


@pytest.mark.serial
@pytest.mark.parametrize("count", [30, pytest.param(500, marks=pytest.mark.nightly)])
def test_rounds_of_with_leave_nothing(backend: Backend, count: int) -> None:
    """Clients, entered and left, leave no thread and no open file."""
    TestClient(with_lifespan, backend=backend).__enter__().__exit__()
    gc.collect()
    files, threads = open_files(), our_threads()
    for _ in range(count):
        with TestClient(with_lifespan, backend=backend) as client:
            client.get("/")
    gc.collect()
    assert becomes_true(lambda: (open_files(), our_threads()) == (files, threads))


def test_a_loop_that_was_given(backend: Backend) -> None:
    """Clients share a loop that they are given, inside ``with`` and outside; none of them closes it."""
    loop = BackgroundLoop(backend=backend)
    first, second = TestClient(who_runs, loop=loop), TestClient(with_lifespan, loop=loop)
    assert first.get("/").json() == loop.thread.ident
    with second:
        assert second.get("/").json() == {"lives": 1}
    first.close()
    second.close()
    assert not loop.closed
    loop.close()
    with pytest.raises(LoopError, match="the event loop is closed"):
        TestClient(who_runs, loop=loop).get("/")


def test_closing_a_given_loop_shuts_the_app_down(backend: Backend) -> None:
    """Who closes the loop under a client that is inside ``with`` has the app shut down first."""
    loop = BackgroundLoop(backend=backend)
    with TestClient(with_lifespan, loop=loop) as client:
        loop.close()
        assert client.life.status == "stopped"
    assert loop.closers == []


def test_other_options_mean_another_loop(make: Make) -> None:
    """Clients with other backend options do not share."""
    plain, debug = make(who_runs, backend="asyncio"), make(who_runs, backend="asyncio", backend_options={"debug": True})
    assert plain.get("/").json() != debug.get("/").json()


class Blocking:
    """Block its own loop at ``/block`` until released."""

    def __init__(self) -> None:
        self.release = threading.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await with_lifespan(scope, receive, send)
        elif scope["path"] == "/block":
            self.release.wait(40)
        else:
            await reply(send, threading.get_ident())


@pytest.mark.usefixtures("usual_graces")
@pytest.mark.parametrize("inside", [False, True])
def test_a_blocked_loop_is_lost_and_replaced(
    make: Make, may_block: None, inside: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An endpoint that blocks its loop costs the loop, not the client: the prompt is back, the next request works."""
    monkeypatch.setattr("ipyasgi.client.loops.SUSPECT_PATIENCE_S", 0.2)
    app = Blocking()
    client = make(app)
    if inside:
        client.__enter__()
    before = client.get("/").json()
    with pytest.raises(httpx.ReadTimeout):
        client.get("/block", timeout=0.1)
    try:
        assert client.get("/", timeout=5).json() != before
        assert client.life.status == ("lost" if inside else "not started")
        if inside:
            assert client.portal.call(anyio.sleep, 0) is None
            client.life.restart(5)
            assert client.life.status == "running"
            client.__exit__()
    finally:
        app.release.set()
    client.close()


@pytest.mark.usefixtures("usual_graces")
def test_a_loop_that_recovers_is_kept(make: Make, may_block: None) -> None:
    """A loop that was blocked and responds again is still used."""
    app = Blocking()
    with make(app) as client:
        before = client.get("/").json()
        with pytest.raises(httpx.ReadTimeout):
            client.get("/block", timeout=0.05)
        app.release.set()
        assert client.get("/", timeout=5).json() == before
        assert client.life.status == "running"


def test_a_portal_on_a_blocked_loop(make: Make, may_block: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A portal that cannot open because something blocks the loop is an error with a reason; leaving is not."""
    monkeypatch.setattr("ipyasgi.client.loops.PORTAL_PATIENCE_S", 0.1)
    app = Blocking()
    client = make(app, lifespan="off")
    client.__enter__()
    client.raise_server_exceptions = False
    blocked = threading.Thread(target=lambda: client.get("/block"))
    blocked.start()
    try:
        assert becomes_true(lambda: not client._runner.loops.current().responds(0.02))
        with pytest.raises(LoopError, match="does not respond: something blocks it"):
            _ = client.portal
    finally:
        app.release.set()
    blocked.join(5)
    client.__exit__()


@pytest.mark.serial
def test_a_dropped_client_inside_with_leaves_nothing(backend: Backend) -> None:
    """A client that was entered and never left is collected, and its own loop ends."""
    gc.collect()
    threads = our_threads()
    client = TestClient(with_lifespan, backend=backend)
    client.__enter__()
    gone = weakref.ref(client)
    del client
    gc.collect()
    assert gone() is None
    assert becomes_true(lambda: our_threads() == threads)
