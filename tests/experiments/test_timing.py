"""How long a request takes, alone and against another app."""

import asyncio
import random
from collections import Counter

import pytest

from ipyasgi import Explorer
from ipyasgi.experiments.timing import TURN, build_timing, take_turns
from ipyasgi.protocol.errors import DeadlineError, RequestError
from ipyasgi.records.requests import build_spec
from ipyasgi.records.settings import Settings

SPEC = build_spec("GET", "/items")


class App:
    """Counts its requests, prints in each, and answers as it is told."""

    def __init__(self):
        self.seen = []
        self.fails_from = 10**9
        self.hangs_from = 10**9

    async def __call__(self, scope, receive, send):
        self.seen.append((scope["method"], scope["path"], dict(scope["headers"]).get(b"x-a")))
        print("printed")
        if len(self.seen) > self.hangs_from:
            await asyncio.sleep(1000)
        if len(self.seen) > self.fails_from:
            raise ValueError("told to")
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x"})


@pytest.fixture
def explorer():
    """Give an explorer of a new app."""
    with Explorer(App(), lifespan="off") as found:
        yield found


def turns_of(order, runs=12, count=2):
    """Return who was measured, in order."""
    measures = [lambda which=which: order.append(which) or (100 * (which + 1), 200) for which in range(count)]
    reports = []
    found = take_turns(measures, runs, reports.append, random.Random(5).shuffle)
    return found, reports


def test_turns():
    """After a warm-up each round has two turns of each app in random order, and what is reported adds up."""
    order = []
    found, reports = turns_of(order)
    turns = order[::TURN]
    assert order == [which for which in turns for _ in range(TURN)]
    assert sorted(turns[:2]) == [0, 1]  # the warm-up
    rounds = [turns[at : at + 4] for at in range(2, len(turns), 4)]
    assert [sorted(one) for one in rounds] == [[0, 0, 1, 1]] * 2
    assert len({tuple(one) for one in rounds}) == 2
    assert [len(each) for each in found] == [4, 4]
    assert [(one.done, one.total) for one in (reports[0], reports[-1])] == [(0, 30), (30, 30)]


def test_a_timing_of_given_times():
    """The times of an app are all of them; the ratio is that of the fastest of each turn."""
    quick, slow = [[(30, 200), (10, 200), (90, 500)]] * 4, [[(60, 200), (20, 200), (99, 200)]] * 4
    timing = build_timing(SPEC, ["a", "b"], [quick, slow], Settings())
    assert (timing.median_ns, timing.p95_ns) == (30, 90)
    assert timing.samples.statuses == {200: 8, 500: 4}
    assert timing.against.median_ns == 60
    assert timing.ratio == pytest.approx(0.5)
    assert timing.interval == pytest.approx((0.5, 0.5))
    assert timing.verdict == "faster"
    alone = build_timing(SPEC, ["a"], [quick], Settings())
    assert (alone.ratio, alone.interval, alone.verdict) == (None, None, "")


def test_one_request_is_recorded(explorer, capsys):
    """The first is an exchange, the others are sent as it was, unrecorded, and what the app prints is dropped."""
    reports = []
    timing = explorer.time("GET", "/items", headers={"X-A": "1"}, runs=6, on_progress=reports.append)
    assert [one.name for one in explorer.history] == ["r1"]
    assert len(timing.samples.times_ns) == 6
    assert Counter(explorer.app.seen) == {("GET", "/items", b"1"): 1 + TURN + 6}
    assert min(timing.samples.times_ns) > 0
    assert reports[-1].done == reports[-1].total == TURN + 6
    assert capsys.readouterr().out == "printed\n"


def test_against_another_app(explorer):
    """Both get the same request equally often, and both have one in their history."""
    with Explorer(App(), lifespan="off", name="other") as other:
        timing = explorer.time(SPEC, against=other, runs=6)
        assert len(other.app.seen) == len(explorer.app.seen)
        assert len(other.history) == 1
    assert timing.against.name == "other"
    assert timing.ratio > 0
    assert timing.interval[0] <= timing.ratio <= timing.interval[1]


def test_in_the_background(explorer):
    """The handle has the timing as its value; a cancelled one ends at its next request."""
    assert len(explorer.begin_time("GET", "/", runs=6).result(30).samples.times_ns) == 6
    pending = explorer.begin_time("GET", "/", runs=100_000)
    pending.cancel()
    with pytest.raises(BaseException, match="cancelled"):
        pending.result(30)


def test_failures_are_counted(explorer):
    """An app that begins to raise is timed all the same, and the statuses say so."""
    explorer.app.fails_from = 1 + TURN + 3
    assert explorer.time("GET", "/", runs=6).samples.statuses == {200: 3, 500: 3}


def test_an_app_that_hangs(explorer):
    """A request without a response ends the timing at the deadline, and the error says where the app waits."""
    explorer.app.hangs_from = 2
    with pytest.raises(DeadlineError, match=r"no response within 0\.1 s"):
        explorer.time("GET", "/", runs=6, timeout=0.1)


def test_an_interrupt_ends_it(explorer):
    """An exception of the progress display, as of an interrupt, comes through at once."""

    def interrupt(progress):
        if progress.done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        explorer.time("GET", "/", on_progress=interrupt)
    assert len(explorer.app.seen) == 5


@pytest.mark.parametrize("runs", [0, -1, 100_001])
def test_impossible_numbers(explorer, runs):
    """A number of runs that cannot be is refused before anything is sent."""
    with pytest.raises(RequestError, match="runs must be"):
        explorer.time("GET", "/", runs=runs)
    assert explorer.app.seen == []
