"""Profiles of real requests: on the loop, in worker threads, and nothing of it left behind."""

import asyncio
import concurrent.futures
import sys
import time
from typing import Any

import anyio
import anyio.to_thread
import pytest

from ipyasgi import Explorer
from ipyasgi.errors import RequestError
from ipyasgi.tracing import Profile, ProfileFrame
from ipyasgi.tracing.profiler import PROFILE_TAPS

pytest.importorskip("pyinstrument")
ORIGINALS = (anyio.to_thread.run_sync, concurrent.futures.ThreadPoolExecutor.submit)


def busy(seconds: float = 0.05) -> None:
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        sum(range(100))


def app_of(work: Any) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await work()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})

    return app


def profile_of(work: Any, **options: Any) -> Profile:
    with Explorer(app_of(work), lifespan="off", **options) as explorer:
        found = explorer.get("/", profile=True).profile
    assert found is not None
    assert (anyio.to_thread.run_sync, concurrent.futures.ThreadPoolExecutor.submit) == ORIGINALS
    return found


def names(frames: tuple[ProfileFrame, ...]) -> set[str]:
    return {name for one in frames for name in (one.name, *names(one.inside))}


def thread_of(profile: Profile, name: str) -> ProfileFrame:
    (found,) = [one for one in profile.threads if one.name == name]
    return found


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_on_the_loop_and_in_a_worker_thread(backend: str) -> None:
    """What runs on the loop and what runs in a thread for it are two frames, each with the app's functions."""

    async def work() -> None:
        busy()
        await anyio.to_thread.run_sync(busy)
        await anyio.sleep(0.02)

    profile = profile_of(work, backend=backend)
    loop, workers = thread_of(profile, "event loop"), thread_of(profile, "worker threads")
    assert "busy" in names(loop.inside)  # beside it "await", or what the loop does meanwhile
    assert "busy" in names(workers.inside)
    assert workers.inside[0].source.endswith(f"test_profiler.py:{busy.__code__.co_firstlineno}")
    assert workers.total_ns >= 40_000_000
    assert profile.notes == ()
    assert profile.samples > 0


def test_threads_of_an_executor() -> None:
    """Jobs of `asyncio.to_thread`, and of any executor, are sampled too."""

    async def work() -> None:
        await asyncio.to_thread(busy)

    assert "busy" in names(thread_of(profile_of(work), "worker threads").inside)


def test_other_requests_are_not_part_of_it() -> None:
    """A request that is not profiled meanwhile runs through the taps, and its worker jobs are not sampled."""

    async def other() -> None:
        await anyio.to_thread.run_sync(busy)

    with PROFILE_TAPS, Explorer(app_of(other), lifespan="off") as explorer:
        assert explorer.get("/").profile is None
        with PROFILE_TAPS:
            assert anyio.to_thread.run_sync is not ORIGINALS[0]
    assert anyio.to_thread.run_sync is ORIGINALS[0]


def test_what_the_app_returns_and_raises() -> None:
    """Results, exceptions and arguments of worker jobs are those that they are without a profile."""

    class Oops(Exception):
        pass

    def job(a: int, b: int = 0, *, function: int = 0) -> int:
        if b:
            raise Oops
        return a + function

    async def work() -> None:
        assert await anyio.to_thread.run_sync(job, 3) == 3
        assert await asyncio.to_thread(job, 4, b=0, function=1) == 5
        with concurrent.futures.ThreadPoolExecutor(1) as executor:
            assert executor.submit(job, 4, function=2).result() == 6
        with pytest.raises(Oops):
            await asyncio.to_thread(job, 4, b=1)
        raise Oops

    with Explorer(app_of(work), lifespan="off") as explorer:
        exchange = explorer.get("/", profile=True, raise_exceptions=False)
    assert exchange.exception_name == "Oops"
    assert exchange.profile is not None


def test_an_app_that_profiles_itself() -> None:
    """If the app runs pyinstrument on its own, the app goes on; what cannot be sampled is a note."""

    async def work() -> None:
        from pyinstrument import Profiler

        with pytest.raises(RuntimeError), Profiler(interval=0.001):
            pass
        busy()

    assert profile_of(work).samples > 0


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pyinstrument the error says how to install it, and nothing is sent."""
    monkeypatch.setitem(sys.modules, "pyinstrument", None)
    with Explorer(app_of(anyio.lowlevel.checkpoint), lifespan="off") as explorer:
        with pytest.raises(RequestError, match=r'pip install "ipyasgi\[profile\]"'):
            explorer.get("/", profile=True)
        assert len(explorer.history) == 0


def test_not_with_a_trace() -> None:
    """A trace and a profile of one request are refused; the setting ``trace`` gives way."""
    with Explorer(app_of(anyio.lowlevel.checkpoint), lifespan="off") as explorer:
        with pytest.raises(RequestError, match="send the request twice"):
            explorer.get("/", profile=True, trace=True)
        explorer.configure(trace=True)
        exchange = explorer.get("/", profile=True)
        assert (exchange.trace, exchange.profile is None) == (None, False)


def test_the_exchange() -> None:
    """The exchange has a section with the profile, in text and HTML, and a mark."""

    async def work() -> None:
        busy()

    with Explorer(app_of(work), lifespan="off") as explorer:
        exchange = explorer.get("/", profile=True)
    assert "profiled" in exchange.to_text().splitlines()[0]
    assert "busy() tracing/test_profiler.py" in exchange.to_text()
    assert "<title>busy()" in exchange._repr_mimebundle_()["text/html"]
