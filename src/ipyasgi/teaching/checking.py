"""`check`: finds the check of an exercise and runs it on a thread of its own, with a deadline.

Here lives what holds for every exercise. What one exercise asks is in its notebook's module.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Mapping
from typing import Any

import anyio.to_thread

from .. import TestClient
from ..errors import AppError, AppExitError, DeadlineError
from .result import CheckResult
from .trial import Missing, Wrong, describe

MODULES: Mapping[str, str] = {
    "00": "start_here",
    "01": "asgi_by_hand",
    "02": "requests_and_parameters",
    "03": "bodies_and_validation",
    "04": "lifespan_and_state",
    "05": "errors_and_debugging",
    "06": "streaming_and_events",
    "07": "websockets",
    "08": "auth_and_dependencies",
    "09": "middleware",
    "10": "exploring_to_tests",
}
"""The module of each notebook, by the notebook's number."""

Check = Callable[[Any], str]

_OPEN = "still open: replace the `...` and run the cell again"


def check(exercise: str, answer: Any, *, timeout_s: float = 20.0) -> CheckResult:
    """
    Run an answer and say whether it solves the exercise.

    :param exercise: the notebook's number and the exercise's, such as ``"01-2"``
    :param answer: an app, a function or a value, as the exercise asks; several as a tuple
    :param timeout_s: seconds for the whole check; an answer that loops for ever ends there

    Returns a result that shows itself. Raises ``ValueError`` where there is no such exercise, and nothing else:
    what the answer raises is told by the result.
    """
    judge = find_check(exercise)
    judged = functools.partial(_judged, judge, exercise, answer)
    try:
        with TestClient(_no_app, lifespan="off") as client:  # whose loop is what is used here
            return client.call(_run_in_thread, judged, timeout=timeout_s)
    except DeadlineError:
        return CheckResult(
            exercise=exercise,
            state="wrong",
            what=f"your answer was still running after {timeout_s:g} s, and was left alone",
            look="is there a loop that nothing ends? (A loop without `await` goes on until the kernel is restarted.)",
        )


async def _no_app(*_: Any) -> None:
    """Not an app: no request is sent to it."""


async def _run_in_thread(judged: Callable[[], CheckResult]) -> CheckResult:
    return await anyio.to_thread.run_sync(judged, abandon_on_cancel=True)


def find_check(exercise: str) -> Check:
    """Return the check of an exercise; ``ValueError`` with the ones there are."""
    number = exercise.partition("-")[0] if isinstance(exercise, str) else ""
    if number not in MODULES:
        raise ValueError(f"no exercise is called {exercise!r}: write one as the notebook does, such as '01-2'")
    checks: Mapping[str, Check] = importlib.import_module(f".{MODULES[number]}", __package__).CHECKS
    if exercise not in checks:
        raise ValueError(f"no exercise is called {exercise!r}: notebook {number} has {', '.join(checks)}")
    return checks[exercise]


def _judged(judge: Check, exercise: str, answer: Any) -> CheckResult:
    told = functools.partial(CheckResult, exercise=exercise)
    if _is_open(answer):
        return told(state="open", what=_OPEN)
    try:
        return told(state="passed", what=judge(answer))
    except Missing as missing:
        return told(state="open", what=f"{missing.what}: replace the `...` and run the cell again")
    except Wrong as wrong:
        return told(state="wrong", what=wrong.what, look=wrong.look)
    except AppExitError as exc:
        return told(state="wrong", what=f"it raised {describe(exc.raised)}, which would end a server")
    except AppError as exc:
        return told(state="wrong", what=describe(exc), look="run it by itself, and look at *Timeline* and *Protocol*")
    except DeadlineError as exc:
        where = f"; it was waiting at {exc.place}" if exc.place else ""
        return told(state="wrong", what=f"no {exc.waited_for} within {exc.timeout_s:g} s{where}", look="what ends it?")
    except BaseException as exc:  # SystemExit as well: it is the answer's, and ends nothing here
        return told(state="wrong", what=f"it raised {describe(exc)}", look="run it by itself, and read the traceback")


def _is_open(answer: Any) -> bool:
    parts = answer if type(answer) in (tuple, list) else [answer]
    return any(part is ... for part in parts)
