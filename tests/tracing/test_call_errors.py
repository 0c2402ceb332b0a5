"""The texts of errors of databases, without secrets."""

import pytest

from ipyasgi.records.redaction import Redactor
from ipyasgi.records.secret_rules import MASK
from ipyasgi.tracing.call_errors import mask_error

UPDATE = "update account set password = $1"


@pytest.mark.parametrize(
    ("error", "statement", "value", "shown"),
    [
        ("DataError: 'hunter2' is no integer", UPDATE, "'hunter2'", f"DataError: '{MASK}' is no integer"),
        ("DataError: invalid input: it's", UPDATE, '"it\'s"', f"DataError: invalid input: {MASK}"),
        ("DataError: line\nbreak is wrong", UPDATE, "'line\\nbreak'", f"DataError: {MASK} is wrong"),
        ("DataError: 7 is not in 1700", UPDATE, "7", f"DataError: {MASK} is not in 1700"),
        ("Error: " + "x" * 200 + "\nLINE 1", UPDATE, "'" + "x" * 79, f"Error: {MASK}\nLINE 1"),
        ("Error: invalid input 'Miso'", "update book set title = $1", "'Miso'", "Error: invalid input 'Miso'"),
        ("Error: Key (id, token)=(1, (hunter2)) exists.", "insert", "", f"Error: Key (id, token)=({MASK}) exists."),
        ("Error: Key (id)=(3) exists.", "insert", "", "Error: Key (id)=(3) exists."),
        ("Error: Failing row contains (1, hunter2, null).", "insert", "", f"Error: Failing row contains ({MASK})."),
        ("Error at 'hunter2'", "insert into account values (1, 'hunter2'", "", f"Error at '{MASK}'"),
        ("Error at 4711", "update account set password = 4711", "", f"Error at {MASK}"),
        ("Error at 4711", "update account set id = 4711", "", "Error at 4711"),
    ],
)  # fmt: skip
def test_values(error: str, statement: str, value: str, shown: str) -> None:
    """A value that is masked where it was sent is masked where the database repeats it."""
    assert mask_error(error, statement, (("", value),) if value else (), Redactor()) == shown


def test_shown_if_asked_for() -> None:
    """With secrets shown, the text is as it came."""
    error = "Error: Failing row contains (1, hunter2)."
    assert mask_error(error, UPDATE, (("", "'hunter2'"),), Redactor(show=True)) == error
