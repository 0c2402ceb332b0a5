"""The exercises of notebook 13: a percentile, the fewest requests that fail, a model without surprises."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from .trial import expect, expect_function, require, show


def check_percentile(percentile: Callable[..., Any]) -> str:
    """13-1: the time that a share of all times does not exceed."""
    expect_function(percentile)
    cases: Sequence[tuple[list[float], float, float]] = [
        ([30.0, 10.0, 20.0], 0.5, 20.0),
        ([30.0, 10.0, 20.0], 1.0, 30.0),
        ([7.0], 0.95, 7.0),
        ([float(number) for number in range(100, 0, -1)], 0.95, 95.0),
        ([4.0, 1.0, 3.0, 2.0], 0.25, 1.0),
        ([float(number) for number in range(100, 0, -1)], 0.55, 55.0),
        ([1.0, 9.0, 1.0, 1.0], 0.5, 1.0),
        ([9.0, 9.0, 1.0, 9.0], 0.5, 9.0),
        ([4.0, 1.0, 3.0, 2.0], 0.26, 2.0),
    ]
    for times, share, wanted in cases:
        given = list(times)
        found = require(percentile(given, share))
        case = show(times) if len(times) < 6 else "the times from 1 to 100"
        expect(given == times, "the list of times was changed", "`sorted` makes a new list, `sort` does not")
        expect(found == wanted, f"for {share} of {case} it returns {show(found)}, not {show(wanted)}")
    return "that is the number for the unlucky ones"


class _App:
    """Fails if some requests were sent before the last one, in their order; counts its fresh starts."""

    def __init__(self, needed: str) -> None:
        self.needed = needed
        self.starts = 0

    def __call__(self, requests: Iterable[str]) -> bool:
        self.starts += 1
        sent = list(requests)
        left = iter(sent)
        return sent[-1:] == [self.needed[-1]] and all(one in left for one in self.needed)


def check_shrink(shrink: Callable[..., Any]) -> str:
    """13-2: only what the failure needs is left, in order."""
    expect_function(shrink)
    for sent, needed in (
        ("abcdef", "bf"),
        ("abcdef", "f"),
        ("abcdef", "aef"),
        ("xayaz", "xyz"),
        ("aabax", "aax"),
        ("f", "f"),
    ):
        fails = _App(needed)
        requests = list(sent)
        found = require(shrink(requests, fails))
        look = "what is left is a list of requests, with the last one at its end"
        expect(
            isinstance(found, list) and found[-1:] == [sent[-1]],
            f"of {show(list(sent))} it returns {show(found)}",
            look,
        )
        expect(requests == list(sent), "the list of requests was changed", "it belongs to the caller")
        expect(fails(found), f"of {show(list(sent))} it returns {show(found)}, and with that nothing fails")
        message = f"of {show(list(sent))} it returns {show(found)}, but {show(list(needed))} fails too"
        expect(len(found) == len(needed), message, "is every request before the last one left out once?")
        expect(fails.starts <= len(sent) + 2, f"for {len(sent)} requests it starts the app {fails.starts} times")
    return "nothing can be left out any more"


def check_bill(model: Any) -> str:
    """13-3: a model that takes what makes sense, and nothing else."""
    fields = getattr(model, "model_fields", None)
    expect(isinstance(model, type) and fields is not None, f"it should be a model, not {show(model)}")
    require(fields or None, "the model has no fields")
    for good in ({"total": 12.5, "people": 3}, {"total": 0, "people": 1}, {"total": 1_000_000, "people": 100}):
        problem = _problem_with(model, good)
        expect(not problem, f"it refuses {show(good)}: {problem}")
        made = model(**good)
        expect((made.total, made.people) == (good["total"], good["people"]), f"of {show(good)} it makes {show(made)}")
    whole = {"total": 12.5, "people": 3}
    for bad in (
        {**whole, "people": 0},
        {**whole, "people": -1},
        {**whole, "people": 101},
        {**whole, "people": 1.5},
        {**whole, "total": -0.01},
        {**whole, "total": 1_000_000.01},
        {**whole, "total": math.inf},
        {**whole, "total": math.nan},
        {"total": 12.5},
        {"people": 3},
        {**whole, "tip": 2},
    ):
        expect(_problem_with(model, bad), f"it accepts {show(bad)}")
    return "there is nothing left to find"


def _problem_with(model: Any, values: dict[str, Any]) -> str:
    try:
        model(**values)
    except ValueError as exc:
        return str(exc)
    return ""


CHECKS = {"13-1": check_percentile, "13-2": check_shrink, "13-3": check_bill}
