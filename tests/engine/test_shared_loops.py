"""One shared loop per backend and options, closed after its last user."""

import threading

from ipyasgi.engine.loops import Backend
from ipyasgi.engine.shared_loops import LoopLease, SharedLoops

from .calls import becomes_true


def test_the_same_wish_gives_the_same_loop(backend: Backend) -> None:
    """Two users of one backend share a loop; it closes when the second leaves."""
    shared = SharedLoops()
    first, second = shared.acquire(backend, {}), shared.acquire(backend, {})
    assert first.loop is second.loop
    first.release()
    first.release()
    assert not first.loop.closed
    second.release()
    assert first.loop.closed
    assert not first.loop.thread.is_alive()


def test_another_wish_gives_another_loop() -> None:
    """Other options, or another backend, mean another loop."""
    shared = SharedLoops()
    leases = [shared.acquire("asyncio", {}), shared.acquire("asyncio", {"debug": True}), shared.acquire("trio", {})]
    assert len({id(lease.loop) for lease in leases}) == 3
    for lease in leases:
        lease.release()


def test_a_dropped_lease_closes_without_waiting(backend: Backend) -> None:
    """Dropping a lease ends the loop soon, from any thread and without waiting."""
    lease = SharedLoops().acquire(backend, {})
    lease.drop()
    assert becomes_true(lambda: not lease.loop.thread.is_alive())


def test_on_the_shared_thread_one_gets_a_loop_of_ones_own(backend: Backend) -> None:
    """An endpoint that calls another app cannot wait for its own loop, so it is given one more."""
    shared = SharedLoops()
    outer = shared.acquire(backend, {})

    async def acquire() -> LoopLease:
        return shared.acquire(backend, {})

    inner = outer.loop.call(acquire)
    assert inner.loop is not outer.loop
    inner.release()
    assert inner.loop.closed
    assert not outer.loop.closed
    outer.release()


def test_a_closed_or_lost_loop_is_replaced(backend: Backend) -> None:
    """Who comes after the shared loop was lost gets a new one; the old users' leaving does not close that."""
    shared = SharedLoops()
    old = shared.acquire(backend, {})
    old.loop.give_up()
    new = shared.acquire(backend, {})
    assert new.loop is not old.loop
    old.release()
    assert not new.loop.closed
    new.release()


def test_many_threads_acquire_and_release(backend: Backend) -> None:
    """Acquiring and releasing from many threads at once always gives an open loop and leaves none."""
    shared = SharedLoops()
    seen: list[bool] = []

    def come_and_go() -> None:
        for _ in range(20):
            lease = shared.acquire(backend, {})
            seen.append(lease.loop.responds(5))
            lease.release()

    threads = [threading.Thread(target=come_and_go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert seen == [True] * 80
