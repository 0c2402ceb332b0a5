"""Wrong answers to the exercises of notebook 14 are distinguished; the right ones are run from the notebook itself."""

import pytest

from ipyasgi.teaching import check
from ipyasgi.teaching.your_own_app import NONE, REPORTS, SOME


def divide(costs):
    return {"visits": len(costs), "total_cents": sum(costs), "average_cents": sum(costs) / len(costs)}


def whole_cents(costs):
    return {"visits": len(costs), "total_cents": sum(costs), "average_cents": sum(costs) // max(len(costs), 1)}


def all_untried(coverage):
    return [f"{one.method} {one.path}" for one in coverage.untried]


def only_tried(coverage):
    return [f"{one.method} {one.path}" for one in coverage.tried if one.method != "GET"]


def sorted_tests(coverage):
    return sorted(f"{one.method} {one.path}" for one in coverage.untried if one.method != "GET")


def only_status(client):
    assert client.get(NONE).status_code == 200


def one_pet(client):
    response = client.get(NONE)
    assert response.status_code == 200
    assert response.json() == REPORTS[NONE]


def no_status(client):
    assert client.get(NONE).json() == REPORTS[NONE]
    assert client.get(SOME).json() == REPORTS[SOME]


def always_red(client):
    raise AssertionError("no")


@pytest.mark.parametrize(
    ("exercise", "solution", "said"),
    [
        ("14-1", divide, "for [] it raises ZeroDivisionError"),
        ("14-1", whole_cents, "for [1, 2] it returns"),
        ("14-2", all_untried, "it returns"),
        ("14-2", only_tried, "it returns ['POST /pets']"),
        ("14-2", sorted_tests, "it returns"),
        ("14-3", only_status, "a wrong average for a pet without visits"),
        ("14-3", one_pet, "a wrong average for a pet with visits"),
        ("14-3", no_status, "answers 500"),
        ("14-3", always_red, "with the corrected app it fails: AssertionError"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_wrong_solution(exercise, solution, said):
    """The result says what it does instead."""
    result = check(exercise, solution)
    assert (result.state, said in result.message) == ("wrong", True), result
