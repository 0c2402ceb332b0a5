"""A response beside the form of another operation: which one it belongs to, and which of the form's own there is."""

from collections.abc import Iterator

import pytest

from ipyasgi import Explorer
from ipyasgi.history.exchange import Exchange
from ipyasgi.panels.request_builder.draft import Draft
from ipyasgi.panels.request_builder.other_response import Operations, find_other
from ipyasgi.records.redaction import Redactor
from ipyasgi.routes.route import Route

NONE = {"operation": "", "wanted": "", "last": ""}
ROUTES = [
    Route(kind="http", method="GET", path="/pets"),
    Route(kind="http", method="GET", path="/pets/mine"),
    Route(kind="http", method="GET", path="/pets/{pet_id}"),
    Route(kind="http", method="ANY", path="/files/{name:path}"),
]


@pytest.fixture
def history(explorer: Explorer) -> Iterator[list[Exchange]]:
    """Give what was sent, oldest first."""
    return [explorer.get(path) for path in ("/pets", "/pets/7", "/pets/mine", "/pets", "/files/a/b")]


def other(shown: Exchange | None, draft: Draft, history: list[Exchange]) -> dict[str, str]:
    return find_other(shown, draft, Operations(ROUTES), history, Redactor())


@pytest.mark.parametrize(
    ("number", "path"),
    [
        (0, "/pets"),
        (1, "/pets/{pet_id}"),
        (1, "/pets/8"),
        (2, "/pets/mine"),
        (0, "/pets?a=1"),
        (4, "/files/{name:path}"),
    ],
)
def test_a_response_of_the_form_s_operation_needs_no_label(history: list[Exchange], number: int, path: str) -> None:
    """The path may be the route's template, or one that this route takes, with a query."""
    assert other(history[number], Draft(path=path), history) == NONE


def test_another_operation_is_named_with_the_last_response_of_the_form_s(history: list[Exchange]) -> None:
    """The newest exchange of the operation counts, not one of a route that takes the same path first."""
    of_pets, *_, of_mine, _, of_files = history
    found = {"operation": "GET /files/{name:path}", "wanted": "GET /pets", "last": "r4"}
    assert other(of_files, Draft(path="/pets"), history) == found
    found = {"operation": "GET /pets", "wanted": "GET /pets/{pet_id}", "last": "r2"}
    assert other(of_pets, Draft(path="/pets/{pet_id}"), history) == found
    found = {"operation": "GET /pets/mine", "wanted": "POST /pets", "last": ""}
    assert other(of_mine, Draft(method="POST", path="/pets"), history) == found


def test_before_the_first_response_only_the_last_one_is_offered(history: list[Exchange]) -> None:
    """What a cell has sent can be shown; without it there is nothing."""
    assert other(None, Draft(path="/pets"), history) == {"operation": "", "wanted": "GET /pets", "last": "r4"}
    assert other(None, Draft(path="/pets"), [])["last"] == ""


def test_a_secret_in_a_typed_path_is_masked(history: list[Exchange]) -> None:
    """The label is saved with the notebook."""
    assert "s3cret" not in repr(other(history[0], Draft(path="http://ada:s3cret@testserver/x"), history))
