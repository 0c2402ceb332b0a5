"""SQL as text: what is secret in it, and what two statements have in common."""

import pytest

from ipyasgi.records.redaction import Redactor
from ipyasgi.tracing.statements import (
    mask_parameters,
    mask_statement,
    picture_parameters,
    reads,
    shape_of,
    shape_of_url,
    uses_table,
)


@pytest.mark.parametrize(
    ("statement", "parameters", "shown"),
    [
        ("select id, password from book where id = ?", (3,), "3"),
        ("select id from book where id = :id", {"id": 3}, "id=3"),
        ("select id from book where password = ?", ("s3cret",), "•••"),
        ("select id from book where x = :x and token = :y", {"x": "s3cret"}, "x=•••"),
        ("select id from book where id = :password", {"password": "s3cret"}, "password=•••"),
        ("insert into account (name, api_key) values (?, ?)", ("a", "s3cret"), "•••, •••"),
        ("INSERT INTO account VALUES (?, ?)", ("a", "s3cret"), "•••, •••"),
        ("update account set secret = ?", ("s3cret",), "•••"),
        ("with a as (select password from book) select ?", ("s3cret",), "•••"),
    ],
)
def test_masked_parameters(statement: str, parameters: object, shown: str) -> None:
    """Values are masked if a column that the statement uses with values, or their own name, is secret."""
    assert mask_parameters(statement, picture_parameters(parameters), Redactor()) == shown


def test_shown_secrets() -> None:
    """A redactor that shows secrets masks none."""
    shown = mask_parameters("insert into t values (?)", picture_parameters(("s3cret",)), Redactor(show=True))

    assert shown == "'s3cret'"


@pytest.mark.parametrize(
    ("statement", "shown"),
    [
        ("select 'a'\n  from   book", "select 'a' from book"),
        ("update t set password = 's3cret'", "update t set password = '•••'"),
        ("update t set password = 's3''cret'", "update t set password = '•••''•••'"),
        ("update t set password = 's3cret", "update t set password = '•••'"),
        ('update t set password="s3cret"', "update t set password='•••'"),
        ('update t set password="t"."old"', 'update t set password="t"."old"'),
        ("update t set pin_token = 123456", "update t set pin_token = •••"),
        ("select password from t where id = 7", "select password from t where id = 7"),
    ],
)
def test_masked_literals(statement: str, shown: str) -> None:
    """Literals of a statement that uses a secret column are masked, and its space is made regular."""
    assert mask_statement(statement, Redactor()) == shown


def test_many_parameters() -> None:
    """Long values are cut, and of many values, or of many sets, the first ones are shown."""
    assert picture_parameters(range(3)) == (("", "range(0, 3)"),)
    assert picture_parameters(tuple(range(20)))[-1] == ("", "… 8 more")
    assert picture_parameters([(1,), (2,)], many=True) == (("", "1"), ("", "… 2 sets in all"))
    assert len(picture_parameters(("x" * 1000,))[0][1]) <= 80
    assert picture_parameters(None) == ()


def test_shapes() -> None:
    """Statements that differ in literals or in the length of a list have one shape, others have not."""
    assert shape_of("select a from t where id = 7 and n = 'x'") == shape_of("select a from t where id = 8 and n = 'y'")
    assert shape_of("select a from t where id in (?, ?)") == shape_of("select a from t where id in (?, ?, ?)")
    assert shape_of("select a from t1 where id = ?") != shape_of("select a from t2 where id = ?")
    assert shape_of_url("http://a/books/17") == shape_of_url("http://a/books/18")
    assert shape_of_url("http://a/books") != shape_of_url("http://a/authors")
    assert shape_of_url("http://a/v1/x") != shape_of_url("http://a/v2/x")


def test_reading() -> None:
    """A select reads, and with a table it reads rows."""
    assert reads("  SELECT 1")
    assert reads("with a as (select 1) select * from a")
    assert not reads("insert into t select 1")
    assert uses_table("select 1 FROM t")
    assert not uses_table("select 1")
