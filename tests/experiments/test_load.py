"""What virtual users get from an app, and what is kept of it."""

import asyncio
import threading
from types import SimpleNamespace

import anyio
import anyio.to_thread
import pytest

from ipyasgi import Explorer
from ipyasgi.experiments import HeldLine, LoadStep
from ipyasgi.protocol.errors import DeadlineError, RequestError

from .planted import POOL_THREADS, build_app


class App:
    """Answers by path; ``under_way`` is the present number of requests, ``most`` the highest."""

    def __init__(self):
        self.calls = 0
        self.under_way = self.most = 0
        self.release = threading.Event()
        self.began = threading.Event()
        self.entered = 0

    async def __call__(self, scope, receive, send):
        self.calls += 1
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        print("printed")
        try:
            await anyio.sleep(0)
            await getattr(self, scope["path"][1:])()
            await receive()
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"x"})
        finally:
            self.under_way -= 1

    async def quick(self):
        """Answer at once."""

    async def fails(self):
        raise ValueError(f"call {self.calls}")

    async def hangs(self):
        if self.calls > 1:
            await anyio.sleep(1000)

    async def starves(self):
        anyio.to_thread.current_default_thread_limiter().total_tokens = 1
        self.entered += 1
        if self.entered in (1, 6):  # the recorded request; then the last of five users, when the others wait
            self.release.set()
        await anyio.to_thread.run_sync(self.release.wait, 30)

    async def blocks(self):
        if self.calls > 1:
            self.began.set()
            self.release.wait(30)


@pytest.fixture(params=["asyncio", "trio"])
def explorer(request):
    """Give an explorer of a new app."""
    with Explorer(App(), lifespan="off", backend=request.param) as found:
        yield found
        found.app.release.set()


def test_each_number_of_users(explorer, capsys):
    """As many requests are under way as there are users; nothing is recorded, and nothing is printed."""
    explorer.get("/quick")
    capsys.readouterr()
    reports, most = [], []

    def report(progress):
        reports.append(progress)
        most.append(explorer.app.most)

    load = explorer.load("r1", users=(1, 5), seconds=0.05, on_progress=report)
    assert [step.users for step in load.steps] == [1, 5]
    assert sum(step.requests for step in load.steps) == explorer.app.calls - 1
    assert explorer.app.most == 5
    assert all(min(step.latencies_ns) > 0 and step.per_s > 0 for step in load.steps)
    assert (load.requests, load.kept, len(explorer.history)) == (1, (), 1)
    assert (reports[0].done, reports[-1].done, reports[-1].total) == (0, 2, 2)
    assert capsys.readouterr().out == ""
    assert explorer.get("/quick").status_code == 200


def test_failures_are_kept(explorer):
    """All failures are counted, and the first ten are in the history with their exception."""
    explorer.get("/fails", raise_exceptions=False)
    load = explorer.load(explorer.history[-1], users=(4,), seconds=0.2)
    (step,) = load.steps
    assert step.failed == step.requests > 0
    assert load.kept == tuple(f"r{number}" for number in range(2, 2 + min(step.failed, 10)))
    kept = explorer.history["r2"]
    assert (kept.exception_name, kept.response, kept.notes) == ("ValueError", None, ("failed under load",))
    assert "ValueError" in kept.to_text()


def test_several_requests_in_turn(explorer):
    """Users send all requests that were chosen; failures are those of one of them only."""
    explorer.get("/quick")
    explorer.get("/fails", raise_exceptions=False)
    load = explorer.load("1-2", users=(2,), seconds=0.1)
    assert load.requests == 2
    assert 0 < load.steps[0].failed < load.steps[0].requests


def test_an_app_that_hangs(explorer):
    """Requests without a response are cancelled after the timeout, and more users are not tried."""
    explorer.get("/hangs")
    load = explorer.load("r1", users=(2, 50), seconds=0.01, timeout=0.05)
    (step,) = load.steps
    assert (step.requests, step.waiting, step.cut) == (0, 2, 2)
    assert "2 requests had no response within the timeout" in load.to_text()
    assert explorer.app.under_way == 0


@pytest.mark.usefixtures("usual_graces")
def test_an_app_that_blocks_its_loop(explorer):
    """The deadline passes although the loop runs nothing else, and the error is one line."""
    explorer.get("/blocks")
    with pytest.raises(DeadlineError, match=r"no end of the load within 1\.12 s"):
        explorer.load("r1", users=(2,), seconds=0.02, timeout=0.05)
    explorer.app.release.set()


def test_an_interrupt(explorer):
    """An interrupt ends all users, and the app answers as before."""
    explorer.get("/quick")

    def interrupt(progress):
        if progress.elapsed_s:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        explorer.load("r1", users=(8,), seconds=600, on_progress=interrupt)
    assert explorer.get("/quick").status_code == 200
    assert explorer.app.under_way == 0


def test_in_the_background(explorer):
    """The handle has the load as its value, and can be cancelled."""
    explorer.get("/quick")
    assert len(explorer.begin_load("r1", users=(1, 2), seconds=0.01).result(30).steps) == 2
    pending = explorer.begin_load("r1", seconds=600)
    pending.cancel()
    with pytest.raises(BaseException, match="cancelled"):
        pending.result(30)


@pytest.mark.parametrize("users", [(), (0,), (-3,), (1, 1001), ("4",), 4])
def test_impossible_numbers(explorer, users):
    """Numbers that cannot be are refused before anything is sent, and so is an empty choice."""
    explorer.get("/quick")
    with pytest.raises(RequestError, match="users must be"):
        explorer.load("r1", users=users)
    with pytest.raises(RequestError, match="seconds must be"):
        explorer.load("r1", seconds=0)
    with pytest.raises(RequestError, match="no recorded request"):
        explorer.load("path:/nowhere")
    assert explorer.app.calls == 1


def test_a_lack_of_threads(explorer):
    """Requests that wait for a worker thread are counted; an app that has enough of them has none."""
    explorer.get("/starves")
    explorer.app.release.clear()
    (step,) = explorer.load("r1", users=(5,), seconds=0.01).steps
    assert step.threads == 1
    assert 1 <= step.waiting_for_thread <= 4
    explorer.get("/quick")
    (step,) = explorer.load("r2", users=(5,), seconds=0.01).steps
    assert (step.threads, step.waiting_for_thread) == (0, 0)


def test_the_figures_of_a_step():
    """Throughput counts responses by the whole duration; a step without responses has no latency."""
    step = LoadStep(users=2, duration_ns=2_000_000_000, latencies_ns=tuple(range(1, 101)))
    assert (step.requests, step.per_s, step.p50_ns, step.p95_ns, step.p99_ns) == (100, 50.0, 50, 95, 99)
    assert LoadStep(users=1, duration_ns=0, latencies_ns=()).p50_ns == 0


def test_what_held_the_loop(monkeypatch):
    """A line is named with how often and how long it held the loop."""
    monkeypatch.setattr("ipyasgi.engine.held_time.HELD_NS", 0)

    async def app(scope, receive, send):
        await asyncio.sleep(0)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x"})

    with Explorer(app, lifespan="off") as explorer:
        explorer.get("/")
        (step,) = explorer.load("r1", users=(1,), seconds=0.02).steps
    assert sum(one.requests for one in step.held) == step.requests
    assert all(isinstance(one, HeldLine) and one.longest_ns <= one.total_ns for one in step.held)


def test_waiting_for_a_turn_is_in_the_latencies(monkeypatch):
    """A user's clock runs from the end of the previous response, also while others have the loop."""
    now = {"ns": 0}
    clock = SimpleNamespace(perf_counter_ns=lambda: now["ns"])
    monkeypatch.setattr("ipyasgi.experiments.virtual_users.time", clock)

    async def app(scope, receive, send):
        now["ns"] += 20  # it holds the loop for so long
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x"})

    with Explorer(app, lifespan="off") as explorer:
        explorer.get("/")
        (step,) = explorer.load("r1", users=(4,), seconds=100e-9).steps
    assert sorted(step.latencies_ns) == [20, 40, 60, 80, 80, 80, 80, 80]
    assert step.duration_ns == 160


@pytest.mark.nightly
@pytest.mark.timeout(120)
def test_the_planted_faults_are_named(monkeypatch):
    """Load names the line of the planted blocking call, and says that the planted worker threads do not suffice."""
    monkeypatch.setattr("ipyasgi.engine.held_time.HELD_NS", 20_000_000)  # as for users; other tests name no line
    with Explorer(build_app()) as explorer:
        explorer.get("/block", params={"ms": 50})
        (step,) = explorer.load("r1", users=(4,), seconds=3).steps
        assert "planted.py" in step.held[0].place
        assert step.held[0].place.endswith(" in block")
        assert step.held[0].longest_ns >= 50_000_000
        assert step.waiting_for_thread == 0
        explorer.get("/thread", params={"ms": 50})
        load = explorer.load("r2", users=(2 * POOL_THREADS,), seconds=3)
        assert load.steps[0].threads == POOL_THREADS
        assert 0 < load.steps[0].waiting_for_thread <= POOL_THREADS
        assert f"all {POOL_THREADS} were taken" in load.to_text()
