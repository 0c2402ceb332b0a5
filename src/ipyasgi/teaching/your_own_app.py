"""The exercises of notebook 14: a report without visits, what to test next, a test that finds the bug."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .. import TestClient
from .trial import Wrong, describe, expect, expect_function, require, show


def check_build_report(build_report: Callable[..., Any]) -> str:
    """14-1: visits, total and average, also of no visits."""
    expect_function(build_report)
    cases: Sequence[tuple[list[int], dict[str, float]]] = [
        ([100, 200], {"visits": 2, "total_cents": 300, "average_cents": 150}),
        ([4200], {"visits": 1, "total_cents": 4200, "average_cents": 4200}),
        ([0, 0], {"visits": 2, "total_cents": 0, "average_cents": 0}),
        ([], {"visits": 0, "total_cents": 0, "average_cents": 0}),
        ([1, 2], {"visits": 2, "total_cents": 3, "average_cents": 1.5}),
        ([6, 1, 2], {"visits": 3, "total_cents": 9, "average_cents": 3}),
    ]
    for costs, wanted in cases:
        try:
            found = require(build_report(list(costs)))
        except ArithmeticError as exc:
            raise Wrong(f"for {show(costs)} it raises {describe(exc)}", "by what does it divide?") from exc
        expect(found == wanted, f"for {show(costs)} it returns {show(found)}, not {show(wanted)}")
    return "a pet without visits has a report, too"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Operation:
    method: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Coverage:
    tried: tuple[_Operation, ...]
    untried: tuple[_Operation, ...]


def _build(keys: Sequence[str]) -> tuple[_Operation, ...]:
    return tuple(_Operation(method=method, path=path) for method, path in map(str.split, keys))


def check_next_tests(next_tests: Callable[..., Any]) -> str:
    """14-2: operations that change something and were never tried."""
    expect_function(next_tests)
    keys = ("PATCH /pets/{pet_id}", "GET /visits", "POST /visits", "PUT /visits/{visit_id}", "DELETE /pets/{pet_id}")
    wanted = ["PATCH /pets/{pet_id}", "POST /visits", "PUT /visits/{visit_id}", "DELETE /pets/{pet_id}"]
    for untried, expected in ((keys, wanted), (keys[::-1], wanted[::-1]), (("GET /visits",), [])):
        coverage = _Coverage(tried=_build(["POST /pets", "GET /pets"]), untried=_build(untried))
        found = require(next_tests(coverage))
        expect(found == expected, f"of {show(list(untried))} it returns {show(found)}, not {show(expected)}")
    return "these can do most harm"


SOME, NONE = "/pets/1/report", "/pets/2/report"
REPORTS: dict[str, dict[str, float]] = {
    SOME: {"visits": 2, "total_cents": 300, "average_cents": 150.0},
    NONE: {"visits": 0, "total_cents": 0, "average_cents": 0.0},
}


class _Clinic:
    """
    A clinic of two pets, right or wrong in one way.

    :param wrong: the path whose report is wrong
    :param bug: ``raises``, ``500``, or the report that it sends instead
    """

    def __init__(self, wrong: str = "", bug: Any = "") -> None:
        self.wrong = wrong
        self.bug = bug

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        from starlette.responses import JSONResponse, PlainTextResponse

        path = scope["path"]
        if path not in REPORTS:
            await PlainTextResponse("not found", status_code=404)(scope, receive, send)
        elif path != self.wrong:
            await JSONResponse(REPORTS[path])(scope, receive, send)
        elif self.bug == "raises":
            raise ZeroDivisionError("division by zero")
        elif self.bug == "500":
            await JSONResponse(REPORTS[path], status_code=500)(scope, receive, send)
        else:
            await JSONResponse(self.bug)(scope, receive, send)


def check_test_report(test_report: Callable[..., Any]) -> str:
    """14-3: a test that passes for the right app, and fails for each wrong one."""
    expect_function(test_report)
    problem = _run(test_report, _Clinic())
    expect(not problem, f"with the corrected app it fails: {problem}")
    bugs: Sequence[tuple[str, str, Any]] = [
        ("raises an exception for a pet without visits", NONE, "raises"),
        ("answers 500 for a pet without visits", NONE, "500"),
        ("has a wrong average for a pet without visits", NONE, {**REPORTS[NONE], "average_cents": 1}),
        ("has a wrong average for a pet with visits", SOME, {**REPORTS[SOME], "average_cents": 0}),
        ("has a wrong total for a pet with visits", SOME, {**REPORTS[SOME], "total_cents": 200}),
    ]
    missed = [case for case, path, bug in bugs if not _run(test_report, _Clinic(path, bug))]
    if len(missed) == len(bugs):
        require(None, "the test checks nothing")
    expect(not missed, f"it passes with an app that {missed[0] if missed else ''}")
    return "it would have found the bug"


def _run(test_report: Callable[..., Any], app: Any) -> str:
    """Return the exception with which a test ends; an empty string if it passes."""
    with TestClient(app, lifespan="off") as client:
        try:
            test_report(client)
        except Exception as exc:
            return describe(exc)
    return ""


CHECKS = {"14-1": check_build_report, "14-2": check_next_tests, "14-3": check_test_report}
