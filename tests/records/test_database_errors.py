"""Secrets in the errors of databases, wherever their text is shown."""

import pytest
import sqlalchemy as sa

from ipyasgi import Explorer
from ipyasgi.records.redaction import Redactor
from ipyasgi.records.secret_rules import MASK

SQL = "[SQL: INSERT INTO account (name, password) VALUES (?, ?)]\n[parameters: "


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("DETAIL:  Key (id, token)=(1, (hunter2)) exists.", f"DETAIL:  Key (id, token)=({MASK}) exists."),
        ("DETAIL:  Key (id)=(3) exists.", "DETAIL:  Key (id)=(3) exists."),
        ("DETAIL:  Failing row contains (1, hunter2).", f"DETAIL:  Failing row contains ({MASK})."),
        ("Duplicate entry 'x' for key 'account.token'", f"Duplicate entry '{MASK}' for key 'account.token'"),
        ("Duplicate entry 'x' for key 'account.name'", "Duplicate entry 'x' for key 'account.name'"),
        (f"{SQL}('ann', 'hunter2')]\n(Background)", f"{SQL}{MASK}]\n(Background)"),
        (f"{SQL}('ann', 'hunter2')]", f"{SQL}{MASK}]"),
        (f"{SQL}('ann', 'hunt", f"{SQL}{MASK}"),
        (
            f"invalid input for query argument $1: 'hunter2' (no integer)\n{SQL}('hunter2',)]",
            f"invalid input for query argument $1: {MASK} (no integer)\n{SQL}{MASK}]",
        ),
        (
            "[SQL: SELECT password FROM account WHERE id = ?]\n[parameters: (3,)]",
            "[SQL: SELECT password FROM account WHERE id = ?]\n[parameters: (3,)]",
        ),
    ],
)
def test_errors(text: str, shown: str) -> None:
    """The names of columns decide; of a row without names every value is masked."""
    assert Redactor().text(text) == shown
    assert Redactor(show=True).text(text) == text


def test_an_unhandled_error() -> None:
    """The error of a statement is shown without the secrets that it was sent with."""
    engine, secret = sa.create_engine("sqlite://"), "".join(("hunt", "er2"))  # the lines of the source are shown too

    async def app(scope: object, receive: object, send: object) -> None:
        with engine.connect() as connection:
            connection.exec_driver_sql("insert into account (name, password) values (?, ?)", ("ann", secret))

    with Explorer(app, lifespan="off") as explorer:
        exchange = explorer.get("/", raise_exceptions=False)
    engine.dispose()

    assert "insert into account" in exchange.to_text()
    assert "hunter2" not in f"{exchange.to_text()} {exchange.to_dict()}"
