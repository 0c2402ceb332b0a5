"""House rules for every test: no leaked thread of ours, slow kinds last, the nightly ones only when asked for.

Nothing heavy may live here: `tests/run -k name` pays for it each time. Kernels, browsers and notebooks have their own
conftest.
"""

import gc
import logging
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import coverage
import pytest
from blockbuster import BlockBuster

# Playwright's synchronous interface keeps a loop running in the main thread until its session ends, so it comes last.
_ORDER = ("notebooks", "kernel", "conformance", "binder", "browser")
_LEAK_WAIT_S = 60.0  # a thread may draw the first response of the process, which compiles the templates


def pytest_addoption(parser: pytest.Parser) -> None:
    """Know ``--nightly``."""
    parser.addoption("--nightly", action="store_true", help="run also what is marked nightly")


def pytest_configure() -> None:
    """Let tests and their kernels be interrupted: a shell makes what it runs in the background ignore SIGINT."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run plain tests first, then each costly kind in turn; leave out what is for the night, unless asked for."""

    def rank(item: pytest.Item) -> int:
        return max((_ORDER.index(mark.name) + 1 for mark in item.iter_markers() if mark.name in _ORDER), default=0)

    items.sort(key=rank)
    for item in filter(_is_crossed, items):
        item.add_marker("nightly")
    if config.getoption("--nightly") or "nightly" in config.getoption("markexpr"):
        return
    if nightly := [item for item in items if item.get_closest_marker("nightly")]:
        config.hook.pytest_deselected(items=nightly)
        items[:] = [item for item in items if not item.get_closest_marker("nightly")]


def _is_crossed(item: pytest.Item) -> bool:
    """Return whether caller and app are on loops of two libraries; by day each test has them on one, or on one loop."""
    params = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    return {params.get("caller"), params.get("place")} == {"asyncio", "trio"}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Escape half characters in what a test printed: a report with one cannot travel from a worker of xdist."""
    report = yield
    report.sections = [(name, _escape(text)) for name, text in report.sections]
    if report.failed and (text := str(report.longrepr)) != _escape(text):
        report.longrepr = _escape(text)
    return report


def _escape(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def _our_threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name.startswith("ipyasgi")}


@pytest.fixture(autouse=True)
def _no_leaked_threads() -> Iterator[None]:
    """Fail a test that leaves one of our threads running."""
    before = _our_threads()
    yield
    if not (leaked := _our_threads() - before):
        return
    deadline = time.monotonic() + _LEAK_WAIT_S
    while leaked and time.monotonic() < deadline:
        gc.collect()  # a dropped client closes its loop through a finalizer
        time.sleep(0.01)
        leaked &= _our_threads()
    if leaked:
        frames = sys._current_frames()
        stacks = {one: "".join(traceback.format_stack(frames.get(one.ident or 0))) for one in leaked}
        pytest.fail("\n".join(f"leaked thread {one.name}:\n{stack}" for one, stack in stacks.items()), pytrace=False)


@pytest.fixture(autouse=True)
def _no_logging_for_those_after() -> Iterator[None]:
    """Fail a test that sets logging up for the whole process: a framework does, unless it is told not to."""
    before = _log_handlers()
    yield
    assert _log_handlers() == before


def _log_handlers() -> list[logging.Handler]:
    return [handler for handler in logging.root.handlers if not type(handler).__module__.startswith("_pytest.")]


@pytest.fixture(scope="session", autouse=True)
def _no_held_loop_of_a_busy_machine() -> Iterator[None]:
    """Let no display say that the loop was held, as any app may while the machine does something else."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ipyasgi.engine.held_time.HELD_NS", 10**18)
        yield


@pytest.fixture
def may_block() -> None:
    """Let this test block a loop."""


@pytest.fixture
def no_blocking(request: pytest.FixtureRequest) -> Iterator[None]:
    """Make a blocking call of ours on a loop an error, unless the test says `may_block`."""
    if "may_block" in request.fixturenames:
        yield
        return
    guard = BlockBuster("ipyasgi")
    if coverage.Coverage.current() is not None:
        # Its tracer takes a lock of its own from C when it first sees a file in a thread; no frame shows whose it is.
        del guard.functions["threading.Lock.acquire"], guard.functions["threading.Lock.acquire_lock"]
    guard.activate()
    yield
    guard.deactivate()


@pytest.fixture
def usual_graces() -> None:
    """Give an app that does not end no longer than a user would: the test waits for that time to pass."""


@pytest.fixture(autouse=True)
def _long_graces(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give an app ten seconds to end: on a busy machine its loop may have no turn in the usual grace."""
    if "usual_graces" not in request.fixturenames:
        monkeypatch.setattr("ipyasgi.engine.graces.CLEANUP_S", 10.0)
        monkeypatch.setattr("ipyasgi.engine.graces.CANCEL_S", 10.0)


@pytest.fixture
def short_cleanup(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cancel an app soon that has received its disconnect: the test has one that does not end by itself."""
    monkeypatch.setattr("ipyasgi.engine.graces.CLEANUP_S", 0.1)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give an app five seconds to receive its disconnect; not always, because one that never receives it takes that."""
    monkeypatch.setattr("ipyasgi.engine.graces.DISCONNECT_S", 5.0)


@pytest.fixture
def deadlines_from(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Give what keeps deadlines from passing until a condition: a busy machine may need longer until the app waits."""
    from ipyasgi.engine.deadline_clock import DEADLINE_CLOCK

    usual = DEADLINE_CLOCK.now_s

    def hold(condition: Callable[[], object]) -> None:
        held_s, released_s = usual(), 0.0

        def now_s() -> float:
            nonlocal released_s
            if not released_s and condition():
                released_s = usual()
            return held_s + (usual() - released_s if released_s else 0.0)

        monkeypatch.setattr(DEADLINE_CLOCK, "now_s", now_s)

    return hold


@pytest.fixture(scope="session")
def repository() -> Path:
    """Give the root of the checkout."""
    return Path(__file__).parents[1]
