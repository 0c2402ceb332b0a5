"""Wrong answers to the exercises of notebook 13 are distinguished; the right ones are run from the notebook itself."""

import pytest
from pydantic import BaseModel, Field

from ipyasgi.teaching import check


def in_place(times, share):
    times.sort()
    return times[int(share * len(times)) - 1]


def one_too_far(times, share):
    return sorted(times)[min(int(share * len(times)), len(times) - 1)]


def of_different(times, share):
    different = sorted(set(times))
    return next(time for place, time in enumerate(different, 1) if place / len(different) >= share)


def all_copies(requests, fails):
    kept = list(requests)
    for request in requests[:-1]:
        fewer = [one for one in kept if one != request]
        if fails(fewer):
            kept = fewer
    return kept


def keep_all(requests, fails):
    return list(requests)


def keep_the_last(requests, fails):
    return requests[-1:]


def all_subsets(requests, fails):
    kept = list(requests)
    for _ in range(20):
        fails(kept)
    return kept


def emptying(requests, fails):
    kept = []
    while requests:
        kept.append(requests.pop(0))
    return kept


class Plain(BaseModel):
    total: float
    people: int


class Infinite(BaseModel):
    total: float = Field(ge=0)
    people: int = Field(ge=1, le=100)


class Unnamed(BaseModel):
    total: float = Field(ge=0, le=1_000_000, allow_inf_nan=False)
    people: int = Field(ge=1, le=100)


@pytest.mark.parametrize(
    ("exercise", "solution", "said"),
    [
        ("13-1", in_place, "the list of times was changed"),
        ("13-1", one_too_far, "96.0, not 95.0"),
        ("13-1", of_different, "it returns"),
        ("13-2", all_copies, "fails too"),
        ("13-2", keep_all, "but ['b', 'f'] fails too"),
        ("13-2", keep_the_last, "with that nothing fails"),
        ("13-2", all_subsets, "fails too"),
        ("13-2", emptying, "the list of requests was changed"),
        ("13-3", 3, "it should be a model"),
        ("13-3", Plain, "it accepts {'people': 0"),
        ("13-3", Infinite, "'total': 1000000.01"),
        ("13-3", Unnamed, "'tip': 2"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_wrong_solution(exercise, solution, said):
    """The result says what it does instead."""
    result = check(exercise, solution)
    assert (result.state, said in result.message) == ("wrong", True), result
