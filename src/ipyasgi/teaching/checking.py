"""`check`: find the check of an exercise, and run it in a thread with a deadline. `CheckResult`: its result."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import anyio.to_thread
from jinja2 import Environment

from .. import TestClient
from ..errors import AppError, AppExitError, DeadlineError
from .trial import Missing, Wrong, describe

MODULES: Mapping[str, str] = {  # by the number of the notebook
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
    "11": "inside_a_request",
    "12": "debugging",
    "13": "thousand_requests",
    "14": "your_own_app",
}
Check = Callable[[Any], str]

_NOT_SOLVED = "replace the `...` and run the cell again"
State = Literal["passed", "wrong", "open"]
MARKS: Mapping[State, str] = {"passed": "✓", "wrong": "✗", "open": "…"}
COLOURS: Mapping[State, str] = {"passed": "#3c9a41", "wrong": "#d8433c", "open": "#b8730d"}
_TEMPLATE = Environment(autoescape=True).from_string(
    "{% macro words(text) %}"
    "{% for part in text.split('`') %}{% if loop.index0 % 2 %}<code>{{ part }}</code>{% else %}{{ part }}{% endif %}"
    "{% endfor %}{% endmacro %}"
    '<p><b style="color: {{ colour }}">{{ mark }} {{ result.exercise }}</b>&ensp;{{ words(result.message) }}'
    "{% if result.look %}<br>{{ words(result.look) }}{% endif %}</p>"
)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CheckResult:
    """
    The result of checking one exercise.

    :ivar exercise: such as ``01-2``
    :ivar state: ``passed``, ``wrong``, or ``open`` while the ``...`` is still there
    :ivar message: a sentence: what is solved, what the solution does instead, or what is missing
    :ivar look: where to look, or empty
    """

    exercise: str
    state: State
    message: str
    look: str = ""

    @property
    def passed(self) -> bool:
        """Whether the exercise is solved."""
        return self.state == "passed"

    @classmethod
    def read(cls, text: str) -> CheckResult | None:
        """Return the result whose text form this is, as a notebook stores it; None for another text."""
        head, _, look = text.partition("\n")
        mark, _, rest = head.partition(" ")
        exercise, _, message = rest.partition("  ")
        state = next((one for one, its_mark in MARKS.items() if its_mark == mark), None)
        if state is None or exercise not in exercises_of(exercise.partition("-")[0]):
            return None
        return cls(exercise=exercise, state=state, message=message, look=look.strip())

    def __repr__(self) -> str:
        head = f"{MARKS[self.state]} {self.exercise}  {self.message}"
        return f"{head}\n{' ' * (len(self.exercise) + 4)}{self.look}" if self.look else head

    def _repr_html_(self) -> str:
        return _TEMPLATE.render(mark=MARKS[self.state], colour=COLOURS[self.state], result=self)


RESULTS: dict[str, CheckResult] = {}
"""The last result of each exercise in this process, for `report`."""


def check(exercise: str, solution: Any, *, timeout_s: float = 20.0) -> CheckResult:
    """
    Run a solution, and return whether it solves the exercise, even if it raises.

    :param exercise: the numbers of the notebook and the exercise, such as ``"01-2"``
    :param solution: an app, a function or a value, as the exercise requires; several as a tuple
    :param timeout_s: seconds for the whole check

    Raises ``ValueError`` for an unknown exercise.
    """
    run_check = functools.partial(_run_check, find_check(exercise), exercise, solution)

    async def run_in_thread() -> CheckResult:
        return await anyio.to_thread.run_sync(run_check, abandon_on_cancel=True)

    try:
        with TestClient(_no_app, lifespan="off") as client:  # for its loop
            result = client.call(run_in_thread, timeout=timeout_s)
    except DeadlineError:
        message = f"your solution was still running after {timeout_s:g} s"
        look = "does a loop never end? (A loop without `await` runs until the kernel is restarted.)"
        result = CheckResult(exercise=exercise, state="wrong", message=message, look=look)
    RESULTS[exercise] = result
    return result


async def _no_app(*_: Any) -> None:
    """An app that receives no requests: only the client's loop is used."""


def find_check(exercise: str) -> Check:
    """Return the check of an exercise; raises ``ValueError`` for an unknown one."""
    number = exercise.partition("-")[0] if isinstance(exercise, str) else ""
    if number not in MODULES:
        raise ValueError(f"unknown exercise {exercise!r}: write the numbers of notebook and exercise, such as '01-2'")
    checks = _checks_of(number)
    if exercise not in checks:
        raise ValueError(f"unknown exercise {exercise!r}: notebook {number} has {', '.join(checks)}")
    return checks[exercise]


def exercises_of(number: str) -> tuple[str, ...]:
    """Return the exercises of a notebook, such as ``01-1``; none for an unknown number."""
    return tuple(_checks_of(number)) if number in MODULES else ()


def _checks_of(number: str) -> Mapping[str, Check]:
    checks: Mapping[str, Check] = importlib.import_module(f".{MODULES[number]}", __package__).CHECKS
    return checks


def _run_check(run: Check, exercise: str, solution: Any) -> CheckResult:
    result = functools.partial(CheckResult, exercise=exercise, state="wrong")
    is_open = result(state="open", message=f"still open: {_NOT_SOLVED}")
    if any(part is ... for part in (solution if type(solution) in (tuple, list) else [solution])):
        return is_open
    try:
        return result(state="passed", message=run(solution))
    except Missing as missing:
        return result(state="open", message=f"{missing}: {_NOT_SOLVED}")
    except Wrong as wrong:
        return result(message=wrong.message, look=wrong.look)
    except AppExitError as exc:
        return result(message=f"it raised {describe(exc.raised)}, which would stop a server")
    except AppError as exc:
        if _has_dots(exc):
            return is_open
        return result(message=describe(exc), look="run it by itself, and look at *Timeline* and *Protocol*")
    except DeadlineError as exc:
        message = f"no {exc.waited_for} within {exc.timeout_s:g} s"
        message += f"; it was waiting at {exc.place}" if exc.place else ""
        return result(message=message, look="what should end the wait?")
    except BaseException as exc:  # SystemExit as well: it comes from the solution, and must not stop anything here
        if _has_dots(exc):
            return is_open
        return result(message=f"it raised {describe(exc)}", look="run it by itself, and read the traceback")


def _has_dots(exc: BaseException) -> bool:
    """Return whether an exception is about the ``...`` of an exercise: Python and `ipyasgi` name a value's type."""
    return isinstance(exc, (TypeError, AttributeError, AppError)) and "ellipsis" in describe(exc)
