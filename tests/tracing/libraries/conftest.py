"""The table of what is seen of each library, printed where a test's output is."""

from collections.abc import Callable
from importlib.metadata import version

import pytest

from ipyasgi.tracing import Call

_PACKAGES = {"Tortoise ORM": "tortoise-orm"}


@pytest.fixture
def show() -> Callable[[list[Call]], None]:
    """Give a function that prints one row for each call: library, version, statement, parameters, rows, line."""

    def show(calls: list[Call]) -> None:
        for call in calls:
            result = call.error or (f"status {call.status}" if call.status else f"rows {call.rows}")
            name = f"{call.library} {version(_PACKAGES.get(call.library, call.library))}"
            print(
                f"{name:<20} {call.kind:<5} {call.text[:56]:<56} {call.parameters[:24]:<24} {result:<9} {call.origin}"
            )

    return show
