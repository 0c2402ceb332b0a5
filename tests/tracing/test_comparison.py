"""What differs between two traces."""

from typing import Any

import pytest

from ipyasgi.tracing import Call, CallsChange, Dependency, Finding, Layer, TimeChange, Trace
from ipyasgi.tracing.comparison import compare_traces

MS = 1_000_000
NAMES = ("r1", "r2")


def sql(statement: str) -> Call:
    return Call(kind="sql", library="x", statement=statement, began_ns=0, total_ns=MS)


def http(url: str) -> Call:
    return Call(kind="http", library="x", method="GET", url=url, began_ns=0, total_ns=MS)


def cache(command: str) -> Call:
    return Call(kind="cache", library="x", statement=command, began_ns=0, total_ns=MS)


def layer(name: str, own_ms: float) -> Layer:
    return Layer(name=name, began_ns=0, total_ns=0, own_ns=int(own_ms * MS))


def dependency(function: str, total_ms: float, **more: Any) -> Dependency:
    return Dependency(name="x", function=function, began_ns=0, total_ns=int(total_ms * MS), **more)


def finding(kind: Any, place: str, text: str = "text") -> Finding:
    return Finding(kind=kind, text=text, place=place, remedy="remedy")


def test_without_traces() -> None:
    """Nothing is compared if neither request was traced; if one was, the other one is named."""
    assert compare_traces(None, None, NAMES) is None
    for traces, name in (((None, Trace()), "r1"), ((Trace(), None), "r2")):
        found = compare_traces(*traces, NAMES)
        assert found is not None
        assert found.missing.startswith(f"{name} was not traced")
        assert found.same


def test_commands_of_a_cache() -> None:
    """Commands with other keys of one form are the same command."""
    before, after = Trace(calls=(cache("GET user:3"),)), Trace(calls=(cache("GET user:4"), cache("GET user:5")))
    found = compare_traces(before, after, NAMES)
    assert found is not None
    assert found.calls == (CallsChange(kind="cache", text="GET user:4", before=1, after=2),)


def test_calls_that_are_more_or_fewer() -> None:
    """Calls are counted by their shape: other values are the same statement; the same number is no difference."""
    before = Trace(calls=(sql("select * from a where id = 1"), sql("select 1"), http("http://h/rates/7"), sql("old")))
    after = Trace(
        calls=(
            sql("SELECT * FROM b"),
            sql("select 1"),
            *(sql(f"select * from a where id = {number}") for number in range(3)),
            http("http://h/rates/8"),
        )
    )
    found = compare_traces(before, after, NAMES)
    assert found is not None
    assert found.calls == (
        CallsChange(kind="sql", text="SELECT * FROM b", before=0, after=1),
        CallsChange(kind="sql", text="select * from a where id = 0", before=1, after=3),
        CallsChange(kind="sql", text="old", before=1, after=0),
    )
    assert not found.same


@pytest.mark.parametrize(
    ("before_ms", "after_ms", "is_much"),
    [
        (2, 4, True),
        (4, 2, True),
        (2, 3.9, False),
        (0.1, 1.0, False),
        (0.1, 1.2, True),
        (100, 150, False),
        (5, 5, False),
    ],
)
def test_times_that_changed_much(before_ms: float, after_ms: float, is_much: bool) -> None:
    """A time counts if it at least doubled or halved, and by a millisecond or more."""
    before = Trace(layers=(layer("Auth", before_ms),), dependencies=(dependency("get_db", before_ms),))
    after = Trace(layers=(layer("Auth", after_ms),), dependencies=(dependency("get_db", after_ms),))
    found = compare_traces(before, after, NAMES)
    assert found is not None
    assert [(one.kind, one.name) for one in found.times] == [("layer", "Auth"), ("dependency", "get_db")] * is_much
    assert all(one.ratio == pytest.approx(after_ms / before_ms) for one in found.times)


def test_what_only_one_has() -> None:
    """A layer and a dependency that only one request had have no ratio; cached and unreached ones are none."""
    inner = dependency("get_db", 1)
    before = Trace(layers=(layer("Old", 1),), dependencies=(dependency("user", 1, inside=(inner, inner)),))
    after = Trace(
        layers=(layer("New", 9),),
        dependencies=(
            dependency("user", 1),
            dependency("get_db", 5, cached=True),
            dependency("late", 5, reached=False),
        ),
    )
    found = compare_traces(before, after, NAMES)
    assert found is not None
    assert found.times == (
        TimeChange(kind="layer", name="New", before_ns=None, after_ns=9 * MS),
        TimeChange(kind="dependency", name="get_db", before_ns=2 * MS, after_ns=None),
        TimeChange(kind="layer", name="Old", before_ns=MS, after_ns=None),
    )
    assert found.times[0].ratio is None


def test_findings_that_came_and_went() -> None:
    """A finding is the same one at the same place, whatever its count says."""
    before = Trace(findings=(finding("n+1", "a.py:1", "12 times"), finding("repeated query", "b.py:2")))
    after = Trace(findings=(finding("n+1", "a.py:1", "13 times"), finding("n+1", "b.py:2")))
    found = compare_traces(before, after, NAMES)
    assert found is not None
    assert [(one.kind, one.place) for one in found.came] == [("n+1", "b.py:2")]
    assert [(one.kind, one.place) for one in found.went] == [("repeated query", "b.py:2")]
