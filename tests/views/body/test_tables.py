"""Bodies that are rows."""

import pytest

from ipyasgi.records.redaction import Redactor
from ipyasgi.records.secret_rules import MASK
from ipyasgi.views.body.tables import (
    find_records,
    is_form,
    table_of_csv,
    table_of_events,
    table_of_form,
    table_of_lines,
    table_of_records,
)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_makes_even_rows(delimiter: str) -> None:
    """Whatever separates the values, quotes are understood and the other marks are part of a value."""
    text = f'id{delimiter}note\n1{delimiter}"a, b; c|d"\n2{delimiter}plain\n'
    table, _ = table_of_csv(text, Redactor(), tabs=False)
    assert table is not None
    assert (table.header, table.rows) == (("id", "note"), (("1", "a, b; c|d"), ("2", "plain")))


def test_records_in_a_member_of_an_object() -> None:
    """The usual page of results is a table too, named after its member; one under a secret name is none."""
    rows = [{"id": 1}, {"id": 2}]
    table = find_records({"total": 2, "next": None, "items": rows}, Redactor())
    assert table is not None
    assert (table.title, table.rows) == ("items", (("1",), ("2",)))
    assert find_records({"tokens": rows}, Redactor()) is None
    assert find_records(rows, Redactor()) == table_of_records(rows, Redactor())
    assert find_records({"items": [1, 2]}, Redactor()) is None


@pytest.mark.parametrize("text", ["", "one line", "one\ncolumn\n", 'a,b\n"never closed' + "x" * 200_000])
def test_other_texts_are_not_tables(text: str) -> None:
    """A single line, a single column and invalid CSV stay text."""
    assert table_of_csv(text, Redactor(), tabs=False)[0] is None


def test_uneven_and_large_tables() -> None:
    """Rows of any length are shown as they are; rows and columns beyond the limits are counted, cells cut."""
    wide = ",".join(f"c{n}" for n in range(40))
    table, _ = table_of_csv(wide + "\n" + ("x" * 200 + ",2\n") * 70, Redactor(), tabs=False)
    assert table is not None
    assert (len(table.header), len(table.rows), len(table.rows[0][0])) == (16, 50, 80)
    assert table.left_out == "20 more rows, 24 more columns"


def test_secret_columns_are_masked_in_both_forms() -> None:
    """A column whose name is a secret is masked in the table and in the text."""
    text = 'id,api_key\n1,"s3,cret"\n2,s3cret\n'
    table, masked = table_of_csv(text, Redactor(), tabs=False)
    assert table is not None
    assert [row[1] for row in table.rows] == [MASK, MASK]
    assert masked == f"id,api_key\n1,{MASK}\n2,{MASK}\n"
    assert table_of_csv(text, Redactor(show=True), tabs=False)[1] == text


def test_events_are_rows() -> None:
    """Each event has its type, id and data; secrets are masked, and a note reports a missing blank line at the end."""
    table, notes = table_of_events(b'event: a\nid: 1\ndata: {"token": "s"}\n\ndata: x\n\ndata: open', Redactor())
    assert table is not None
    assert table.header == ("event", "id", "data")
    assert table.rows == (("a", "1", f'{{"token": "{MASK}"}}'), ("message", "1", "x"))
    assert len(notes) == 1
    many, notes = table_of_events(b"retry: 10\ndata: x\n\n" * 150, Redactor())
    assert many is not None
    assert many.header == ("event", "id", "retry", "data")
    assert (many.left_out, notes) == ("50 more events", ())
    assert table_of_events(b"no events here", Redactor())[0] is None


def test_lines_of_json() -> None:
    """Lines that are records are rows; a note gives the number of an invalid line, which is left out."""
    table, notes = table_of_lines('{"a": 1}\n\n{"a": 2, "pin": 7}\n{"a": \n\x1e{"a": 3}', Redactor())
    assert table is not None
    assert table.rows == (("1", ""), ("2", MASK), ("3", ""))
    assert notes == ("not valid JSON: line 4",)


def test_forms() -> None:
    """A form is names and values, decoded."""
    table = table_of_form("name=Ada+L.&password=x&empty=&t=%3Cb%3E", Redactor())
    assert table is not None
    assert table.rows == (("name", "Ada L."), ("password", MASK), ("empty", ""), ("t", "<b>"))
    assert not is_form("no form")


def test_records_of_other_shapes_are_no_table() -> None:
    """Lists of plain values, mixed lists, single records and records of too many names have no table."""
    for value in ([1, 2], [{"a": 1}, 2], [{"a": 1}], {"a": 1}, [{str(n): n for n in range(20)}] * 2, [{}, {}]):
        assert table_of_records(value, Redactor()) is None
