"""`search_crashes`: which operations receive valid requests, and for how long."""

import sys
from types import SimpleNamespace

import pytest

from ipyasgi.experiments import crash_search
from ipyasgi.experiments.crash_search import search_crashes
from ipyasgi.experiments.fuzz_engine import _hypothesis_home


def schema_of(*operations):
    """Return a schema with operations by label, and one that cannot be read; those with POST have a body."""
    found = [SimpleNamespace(label=label, body=["json"] * label.startswith("POST")) for label in operations]
    results = [SimpleNamespace(ok=lambda one=one: one) for one in found]
    return SimpleNamespace(get_all_operations=lambda: [*results, SimpleNamespace(err=None)])


@pytest.fixture
def clock(monkeypatch):
    """Replace the clock, and return what it shows."""
    now = SimpleNamespace(s=100.0)
    monkeypatch.setattr(crash_search, "time", SimpleNamespace(monotonic=lambda: now.s))
    return now


def test_bodies_come_first_and_have_more_time(clock, monkeypatch):
    """An operation with a body has ten times as long as one without; what is left over is for the next."""
    tried = []

    def take(operation, seed, until_s, most):
        tried.append((operation.label, round(until_s - clock.s, 6)))
        clock.s = until_s if operation.label.startswith("POST") else clock.s  # the others have little to vary

    monkeypatch.setattr(crash_search, "_search", take)
    search_crashes(schema_of("GET /a/{b}", "POST /b", "GET /c/{d}"), seed=1, seconds=12)
    assert tried == [("POST /b", 10), ("GET /a/{b}", 1), ("GET /c/{d}", 2)]


def test_an_app_without_data_receives_a_request(clock, monkeypatch):
    """What needs no item is sent once before anything is created, for a tenth of the time."""
    tried = []

    def take(operation, seed, until_s, most):
        tried.append((operation.label, most))
        clock.s += 1 if most == 1 else 0

    monkeypatch.setattr(crash_search, "_search", take)
    search_crashes(schema_of("POST /a", "GET /a", "GET /a/{b}", "GET /c", "GET /d", "DELETE /c"), seed=1, seconds=20)
    assert tried[:2] == [("GET /a", 1), ("GET /c", 1)]  # the time for it is over
    assert {most for _, most in tried[2:]} == {crash_search._CASES, crash_search._BODY_CASES}
    assert [label for label, _ in tried[2:]] == ["POST /a", "GET /a", "GET /a/{b}", "GET /c", "GET /d", "DELETE /c"]


def test_one_that_cannot_be_generated(clock, monkeypatch):
    """The others are tried all the same; an interrupt ends the search."""
    tried = []

    def take(operation, seed, until_s, most):
        tried.append(operation.label)
        raise {"PUT /a": ValueError, "PUT /b": crash_search._Over, "PUT /c": KeyboardInterrupt}[operation.label]

    monkeypatch.setattr(crash_search, "_search", take)
    with pytest.raises(KeyboardInterrupt) as caught:
        search_crashes(schema_of("PUT /a", "PUT /b", "PUT /c", "PUT /d"), seed=1, seconds=1)
    assert caught.type is KeyboardInterrupt
    assert tried == ["PUT /a", "PUT /b", "PUT /c"]


def test_valid_cases_until_the_time_is_over(clock, monkeypatch, tmp_path):
    """Valid cases are sent, also after one without a response; each operation receives one at least."""
    hypothesis = pytest.importorskip("hypothesis", reason="hypothesis comes with the extra `fuzz`")
    stub = SimpleNamespace(GenerationMode=SimpleNamespace(POSITIVE="positive"))
    monkeypatch.setitem(sys.modules, "schemathesis", stub)
    sent, modes = [], []

    def strategy(generation_mode):
        modes.append(generation_mode)

        def call():
            sent.append(1)
            raise ConnectionError

        return hypothesis.strategies.integers().map(lambda number: SimpleNamespace(call=call))

    operation = SimpleNamespace(label="GET /a", body=[], as_strategy=strategy)
    with _hypothesis_home(tmp_path):
        crash_search._search(operation, 1, clock.s + 1, 3)
    assert len(sent) == 3
    assert modes == ["positive"]
    with _hypothesis_home(tmp_path), pytest.raises(crash_search._Over):
        crash_search._search(operation, 1, clock.s, 3)
    assert len(sent) == 4
