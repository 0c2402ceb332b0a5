"""Kept requests sent again while you go on: `begin_replay` and `begin_recheck`."""

import asyncio
import concurrent.futures
import time

import pytest

from ipyasgi.errors import LoopError
from ipyasgi.explorer import Progress

from .replies import Replies, exploring, get


def test_it_tells_how_far_it_has_come() -> None:
    """Its progress counts what has ended and what failed, and names the new exchanges; its value are these."""
    replies = Replies(slow_s={"/slow": 0.1}, status={"/bad": 500})
    with exploring(replies) as explorer:
        get(explorer, "/bad", "/slow", "/slow")
        pending = explorer.begin_replay("1-3")
        seen = {pending.progress.done}
        while not pending.done():
            seen.add(pending.progress.done)
            time.sleep(0.01)
        assert seen >= {1, 2}
        done = pending.progress
        assert (done.done, done.total, done.failed, done.first, done.last) == (3, 3, 1, "r4", "r6")
        assert done.elapsed_s >= 0.2
        assert [one.replay_of for one in pending.result(5)] == ["r1", "r2", "r3"]
        assert repr(pending) == "<the replay of 3 requests: ended, 3 done>"


def test_cancelling_it() -> None:
    """The request under way is cancelled in the app and no other is sent; what was sent is in the history."""
    replies = Replies(slow_s={"/slow": 0.01})
    with exploring(replies) as explorer:
        get(explorer, "/a", *["/slow"] * 3)
        replies.seen.clear()
        replies.slow_s["/slow"] = 30
        pending = explorer.begin_replay("1-4", timeout=None)
        until_s = time.monotonic() + 5
        while replies.seen != ["GET /a", "GET /slow"]:
            assert time.monotonic() < until_s
            time.sleep(0.005)
        pending.cancel()
        with pytest.raises(concurrent.futures.CancelledError, match="the replay of 4 requests was cancelled"):
            pending.result(5)
        assert replies.seen == ["GET /a", "GET /slow"]
        assert [one.outcome for one in explorer.history[4:]] == ["200 OK", "cancelled"]
        assert (pending.progress.done, pending.progress.failed) == (2, 0)


def test_it_can_be_awaited_and_outlived() -> None:
    """``await`` gives the exchanges; a result that takes too long cancels nothing; a closed explorer begins none."""
    replies = Replies(slow_s={"/slow": 0.2})
    with exploring(replies) as explorer:
        get(explorer, "/slow")
        pending = explorer.begin_replay("r1")
        with pytest.raises(TimeoutError, match="has not ended yet"):
            pending.result(0.01)

        async def main() -> int:
            return len(await pending)

        assert asyncio.run(main()) == 1
        with pytest.raises(KeyError):
            explorer.begin_replay("r9")
    with pytest.raises(LoopError, match="detached"):
        explorer.begin_replay("r1")


def test_a_recheck_goes_on_too() -> None:
    """Its value is the recheck that `recheck` would give, of all but replays where nothing is named."""
    replies = Replies(bodies={"/clock": lambda count: str(count).encode()})
    with exploring(replies) as explorer:
        get(explorer, "/a", "/clock")
        explorer.replay("r1")
        replies.bodies["/a"] = b"other"
        pending = explorer.begin_recheck()
        found = pending.result(5)
        assert ([one.before.name for one in found.changed], len(found)) == (["r1"], 2)
        assert pending.progress.done == pending.progress.total == 2
        assert repr(pending) == "<the recheck of 2 requests: ended, 2 done>"
        assert [one.before.name for one in explorer.begin_recheck("2-3", send_twice="never").result(5).changed] == [
            "r2",
            "r3",
        ]


def test_cancelling_a_recheck() -> None:
    """No second sending begins after it was cancelled, nor another request."""
    replies = Replies(bodies={"/clock": lambda count: str(count).encode()})
    with exploring(replies) as explorer:
        get(explorer, "/clock", "/a")
        replies.slow_s["/clock"] = 30
        pending = explorer.begin_recheck(timeout=None)
        until_s = time.monotonic() + 5
        while len(replies.seen) < 3:
            assert time.monotonic() < until_s
            time.sleep(0.005)
        pending.cancel()
        with pytest.raises(concurrent.futures.CancelledError, match="the recheck of 2 requests was cancelled"):
            pending.result(5)
        assert replies.seen == ["GET /clock", "GET /a", "GET /clock"]


@pytest.mark.parametrize("way", ["replay", "recheck"])
def test_progress_of_one_that_is_waited_for(way: str) -> None:
    """`replay` and `recheck` tell before the first request and after each; what is raised there ends them."""
    with exploring(Replies(bodies={"/boom": KeyError("x")})) as explorer:
        get(explorer, "/a", "/boom", "/b")
        told: list[Progress] = []
        getattr(explorer, way)("1-3", on_progress=told.append)
        assert [(one.done, one.total, one.failed) for one in told] == [(0, 3, 0), (1, 3, 0), (2, 3, 1), (3, 3, 1)]
        assert (told[0].first, told[-1].first, told[-1].last) == ("", "r4", "r6")

        def enough(progress: Progress) -> None:
            if progress.done == 2:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            getattr(explorer, way)("1-3", on_progress=enough)
        assert [one.replay_of for one in explorer.history[-2:]] == ["r1", "r2"]
