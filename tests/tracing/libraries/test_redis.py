"""Commands of redis-py's two clients, on a server of Debian's."""

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

import anyio.to_thread
import pytest
import redis
import redis.asyncio

from ipyasgi import Explorer
from ipyasgi.tracing import Call

from ..traced import app_of, calls_of, problems_of, trace_of
from .servers import free_port, run_redis

pytestmark = [pytest.mark.nightly, pytest.mark.timeout(300)]  # the first one may install the server

Show = Callable[[list[Call]], None]
HERE = "libraries/test_redis.py"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Give the URL of a server."""
    with run_redis() as url:
        yield url


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """Give the URL of a cluster of one server."""
    with run_redis("--cluster-enabled", "yes", "--cluster-port", str(free_port())) as url:
        with redis.Redis.from_url(url) as client:
            client.execute_command("CLUSTER ADDSLOTSRANGE", 0, 16383)
            deadline = time.monotonic() + 30
            while client.cluster("INFO")["cluster_state"] != "ok":
                assert time.monotonic() < deadline
                time.sleep(0.05)
        yield url


@pytest.fixture
def url(server: str) -> str:
    """Give the URL of an empty server."""
    with redis.Redis.from_url(server) as client:
        client.flushall()
    return server


def use_sync_client(url: str) -> None:
    with redis.Redis.from_url(url) as client:
        client.set("user:3", "Miso", ex=60)
        client.get("user:3")
        client.hset("user:4", mapping={"name": "Ann", "password": "hunter2"})
        client.get("session:hunter2")
        with client.pipeline() as pipeline:
            pipeline.get("user:3")
            pipeline.incr("visits")
            assert pipeline.execute() == [b"Miso", 1]


async def use_async_client(url: str) -> None:
    async with redis.asyncio.Redis.from_url(url) as client:
        await client.set("user:3", "Miso", ex=60)
        await client.get("user:3")
        await client.hset("user:4", mapping={"name": "Ann", "password": "hunter2"})
        await client.get("session:hunter2")
        async with client.pipeline() as pipeline:
            pipeline.get("user:3")
            pipeline.incr("visits")
            assert await pipeline.execute() == [b"Miso", 1]


@pytest.mark.parametrize(
    ("is_async", "backend"), [(True, "asyncio"), (False, "asyncio"), (False, "trio")], ids=["async", "sync", "trio"]
)
def test_commands(url: str, is_async: bool, backend: str, show: Show) -> None:
    """A command has its key, its values and its line; a pipeline is one call; secrets are masked in all of them."""

    async def work() -> None:
        if is_async:
            await use_async_client(url)
        else:
            await anyio.to_thread.run_sync(use_sync_client, url)

    trace = trace_of(work, backend=backend)

    show(list(trace.calls))
    assert [(call.statement, call.parameters) for call in trace.calls] == [
        ("SET user:3", "'Miso', 'EX', 60"),
        ("GET user:3", ""),
        ("HSET user:4", "name='Ann', password=•••"),
        ("GET session:•••", ""),
        ("pipeline: GET user:3; INCRBY visits", ""),
    ]
    thread, function = ("event loop", "use_async_client") if is_async else ("worker thread", "use_sync_client")
    assert {(call.kind, call.library, call.thread, call.function) for call in trace.calls} == {
        ("cache", "redis", thread, function)
    }
    assert all(HERE in call.place and call.total_ns > 0 and call.ended for call in trace.calls)
    assert "5 cache " in trace.to_text()
    assert "hunter2" not in f"{trace.to_text()} {trace.to_dict()} {trace._repr_mimebundle_()}"


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
def test_cluster(cluster: str, is_async: bool, show: Show) -> None:
    """Commands of a cluster are recorded once, like its pipelines."""

    def in_thread() -> None:
        with redis.RedisCluster.from_url(cluster) as client:
            client.set("user:3", "Miso")
            with client.pipeline() as pipeline:
                pipeline.get("user:3")
                assert pipeline.execute() == [b"Miso"]

    async def work() -> None:
        if not is_async:
            await asyncio.to_thread(in_thread)
            return
        async with redis.asyncio.RedisCluster.from_url(cluster) as client:
            await client.set("user:3", "Miso")
            pipeline = client.pipeline()
            pipeline.get("user:3")
            assert await pipeline.execute() == [b"Miso"]

    calls = [call for call in calls_of(work) if call.statement.split()[0] not in ("COMMAND", "CLUSTER", "INFO")]

    show(calls)
    assert [(call.statement, call.parameters) for call in calls] == [
        ("SET user:3", "'Miso'"),
        ("pipeline: GET user:3", ""),
    ]
    assert {call.function for call in calls} == {"work" if is_async else "in_thread"}


def test_error(url: str, show: Show) -> None:
    """The app gets the library's exception, and the call has its text."""

    async def work() -> None:
        async with redis.asyncio.Redis.from_url(url) as client:
            await client.set("user:3", "Miso")
            with pytest.raises(redis.ResponseError):
                await client.lpush("user:3", "x")

    _, call = calls_of(work)

    show([call])
    assert call.error.startswith("ResponseError: WRONGTYPE Operation against a key")


def test_n_plus_one(url: str) -> None:
    """A command for each key is a finding, without the keys, and one that watches a key too."""

    async def work() -> None:
        async with redis.asyncio.Redis.from_url(url) as client:
            for currency in ("EUR", "USD", "CHF"):
                await client.get(f"rate:{currency}")
            async with client.pipeline() as pipeline:
                for number in range(3):
                    await pipeline.watch(f"stock:{number}")

    first, second = problems_of(trace_of(work))

    assert {first.text.split(": ")[-1], second.text.split(": ")[-1]} == {"GET rate:?.", "WATCH stock:?."}
    assert (first.kind, first.count) == ("n+1", 3)
    assert "sends the same command 3 times with different values" in first.text
    assert "MGET" in first.remedy
    assert HERE in first.place


def test_twenty_in_flight(url: str) -> None:
    """The taps come and go while twenty requests are under way, and each gets its values."""

    async def work() -> None:
        async with redis.asyncio.Redis.from_url(url) as client:
            for number in range(5):
                key = f"{id(client)}:{number}"
                await client.set(key, number)
                await asyncio.sleep(0.002)
                assert await client.get(key) == b"%d" % number

    with Explorer(app_of(work), lifespan="off") as explorer:
        pending: list[Any] = [explorer.begin("GET", "/") for _ in range(20)]
        counts = {len(explorer.get("/", trace=True).trace.calls) for _ in range(10)}  # type: ignore[union-attr]
        statuses = [one.result().status_code for one in pending]

    assert statuses == [200] * 20
    assert counts == {10}
