"""Problems in the calls of one request."""

import itertools

import pytest

from ipyasgi import Explorer, Settings
from ipyasgi.records.redaction import Redactor
from ipyasgi.tracing.findings import find_problems
from ipyasgi.tracing.tracer import OpenCall

CLOCK = itertools.count(step=20)
SELECT = "select title from book where id = ?"


def sql(statement: str, *values: str, place: str = "shop.py:7", took: int = 10) -> OpenCall:
    return OpenCall(
        kind="sql", library="x", statement=statement, parameters=tuple(("", value) for value in values),
        place=place, function="books", began_ns=1, ended_ns=1 + took,
    )  # fmt: skip


def get(url: str, method: str = "GET", *, began: int | None = None) -> OpenCall:
    began = next(CLOCK) if began is None else began
    return OpenCall(
        kind="http",
        library="x",
        method=method,
        url=url,
        place="shop.py:9",
        function="rates",
        began_ns=began,
        ended_ns=began + 10,
    )


def test_n_plus_one() -> None:
    """One query in a loop, with a different value each time, is a finding with its place, number and remedy."""
    (found,) = find_problems([sql(SELECT, str(number)) for number in range(5)], Redactor())

    assert (found.kind, found.count, found.place) == ("n+1", 5, "shop.py:7")
    assert found.text == f"N+1: books() at shop.py:7 sends the same query 5 times with different values: {SELECT}."
    assert "one query" in found.remedy
    assert str(found) == f"{found.text} {found.remedy}"


def test_n_plus_one_with_literals() -> None:
    """Values that are part of the statement's text count as values."""
    (found,) = find_problems([sql(f"select title from book where id = {number}") for number in range(5)], Redactor())

    assert found.kind == "n+1"


def test_n_plus_one_of_requests() -> None:
    """Requests to one path with other identifiers are one too."""
    (found,) = find_problems([get(f"http://a/rates/{number}?token=s3cret") for number in range(5)], Redactor())

    assert found.text.startswith("N+1: rates() at shop.py:9 sends the same request 5 times")
    assert "s3cret" not in found.text


def test_requests_at_once_are_none() -> None:
    """Requests that do not wait for each other are sent as the remedy says; a query for each row is not better so."""
    requests = [get(f"http://a/rates/{number}", began=number) for number in range(5)]
    assert find_problems(requests, Redactor()) == ()
    assert find_problems([sql(SELECT, str(number)) for number in range(5)], Redactor()) != ()


def test_repeated_query() -> None:
    """The same query with the same values is a finding of its own, also from two places."""
    calls = [sql(SELECT, "1"), sql(SELECT, "1", place="users.py:3")]

    (found,) = find_problems(calls, Redactor())

    assert (found.kind, found.count, found.place) == ("repeated query", 2, "users.py:3")
    assert "shop.py:7 and books() at users.py:3 send the same query with the same values twice" in found.text


def test_repeated_queries_with_other_values_are_one_finding() -> None:
    """No two findings read the same: values are not shown, so repeats of several values are counted together."""
    calls = [sql(SELECT, value) for value in ("1", "2", "1", "2", "1")]
    changed = sql("update book set title = 'x' where id = ?", "1")
    (found,) = [one for one in find_problems([*calls, changed, *calls[:3]], Redactor()) if one.kind != "n+1"]

    assert (found.kind, found.count) == ("repeated query", 7)
    assert "books() at shop.py:7 sends 7 queries where 3 would do, because their values repeat" in found.text


def test_long_lists_of_columns_are_left_out() -> None:
    """Two queries of one place are told apart by their tables and conditions, however many columns they have."""
    columns = ", ".join(f"thing.column_{number}" for number in range(20))
    statements = [f"SELECT {columns} \nFROM {table} WHERE {table}.id = ?" for table in ("book", "shelf")]
    found = find_problems([sql(one, "1") for one in statements * 2], Redactor())

    assert sorted(one.text.rpartition(": ")[2] for one in found) == [
        "SELECT … FROM book WHERE book.id = ?.",
        "SELECT … FROM shelf WHERE shelf.id = ?.",
    ]


@pytest.mark.parametrize(
    "calls",
    [
        [],
        [sql(SELECT, "1"), sql(SELECT, "2")],
        [sql("select 1")] * 5,
        [sql(f"insert into t (a) values ({number})") for number in range(5)],
        [sql(SELECT, "1"), sql("update book set title = 'x'"), sql(SELECT, "1")],
        [sql(SELECT, str(number), place=f"shop.py:{number}") for number in range(5)],
        [sql(SELECT, str(number), place="") for number in range(5)],
        [get(f"http://a/rates/{number}", "POST") for number in range(5)],
        [get("http://a/rates") for _ in range(5)],
    ],
    ids=["none", "two", "pings", "inserts", "read again after a change", "places", "no place", "posts", "polling"],
)
def test_no_false_alarm(calls: list[OpenCall]) -> None:
    """What need not be a problem is not a finding."""
    assert find_problems(calls, Redactor()) == ()


def test_the_most_costly_first() -> None:
    """Findings are sorted by the time that their calls took."""
    quick = [sql("select a from quick where id = ?", str(number), place="a:1") for number in range(5)]
    slow = [sql("select a from slow where id = ?", str(number), place="b:1", took=1000) for number in range(5)]

    assert [found.place for found in find_problems([*quick, *slow], Redactor())] == ["b:1", "a:1"]


def test_no_alarm_on_the_samples() -> None:
    """Neither sample has a finding, signed in and with changes in between."""
    from ipyasgi.samples.clinic import app as clinic
    from ipyasgi.samples.shop import app as shop

    with Explorer(clinic, settings=Settings(trace=True)) as explorer:
        explorer.login("ann@example.com", "correct horse")
        for path in (
            "/pets",
            "/pets/1",
            "/pets/search?name=m",
            "/visits",
            "/auth/me",
            "/admin/stats",
            "/pets/1/report",
        ):
            explorer.get(path, raise_exceptions=False)
        explorer.patch("/pets/1", json={"name": "Miso"}, raise_exceptions=False)
        exchanges = [*explorer.history]
    with Explorer(shop, settings=Settings(trace=True)) as explorer:
        exchanges += [explorer.get(path, raise_exceptions=False) for path in ("/", "/items", "/items/1")]

    traces = [exchange.trace for exchange in exchanges if exchange.trace is not None]
    assert len(traces) == len(exchanges)
    # How long a layer or a dependency takes depends on what else the machine does.
    findings = [str(found) for trace in traces for found in trace.findings if not found.kind.startswith("slow")]
    assert findings == []
    assert sum(len(trace.calls) for trace in traces) > 10


def test_n_plus_one_of_cache_commands() -> None:
    """Commands for many keys from one line are one too, without the keys in its text; those for one key are not."""

    def command(statement: str) -> OpenCall:
        return OpenCall(kind="cache", library="x", statement=statement, place="shop.py:9", began_ns=1, ended_ns=2)

    (found,) = find_problems([command(f"GET session:{user}") for user in ("ann", "ben", "cid")], Redactor())

    assert found.text.startswith("N+1: shop.py:9 sends the same command 3 times with different values: GET session:")
    assert "ann" not in found.text
    assert "MGET" in found.remedy
    assert find_problems([command("GET session:ann")] * 3, Redactor()) == ()
