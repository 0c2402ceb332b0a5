"""`check`: find the check of an exercise and run it on a thread of its own, with a deadline. `CheckResult`: its result.

What holds for every exercise lives here; what one exercise asks is in its notebook's module.
"""

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
_MARKS = {"passed": "✓", "wrong": "✗", "open": "…"}
_COLOURS = {"passed": "#3c9a41", "wrong": "#d8433c", "open": "#b8730d"}
_TEMPLATE = Environment(autoescape=True).from_string(
    "{% macro words(text) %}"
    "{% for part in text.split('`') %}{% if loop.index0 % 2 %}<code>{{ part }}</code>{% else %}{{ part }}{% endif %}"
    "{% endfor %}{% endmacro %}"
    '<p><b style="color: {{ colour }}">{{ mark }} {{ exercise }}</b>&ensp;{{ words(what) }}'
    "{% if look %}<br>{{ words(look) }}{% endif %}</p>"
)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CheckResult:
    """
    The result of checking one exercise.

    :ivar exercise: such as ``01-2``
    :ivar state: ``passed``, ``wrong``, or ``open`` while the ``...`` is still there
    :ivar what: a sentence: what is solved, what the answer does instead, or what is missing
    :ivar look: where to look, or empty
    """

    exercise: str
    state: Literal["passed", "wrong", "open"]
    what: str
    look: str = ""

    @property
    def passed(self) -> bool:
        """Whether the exercise is solved."""
        return self.state == "passed"

    def __repr__(self) -> str:
        head = f"{_MARKS[self.state]} {self.exercise}  {self.what}"
        return f"{head}\n{' ' * (len(self.exercise) + 4)}{self.look}" if self.look else head

    def _repr_html_(self) -> str:
        return _TEMPLATE.render(
            mark=_MARKS[self.state],
            colour=_COLOURS[self.state],
            exercise=self.exercise,
            what=self.what,
            look=self.look,
        )


def check(exercise: str, answer: Any, *, timeout_s: float = 20.0) -> CheckResult:
    """
    Run an answer and report whether it solves the exercise.

    :param exercise: the notebook's number and the exercise's, such as ``"01-2"``
    :param answer: an app, a function or a value, as the exercise asks; several as a tuple
    :param timeout_s: seconds for the whole check

    Returns a result that shows itself, also where the answer raises. Raises ``ValueError`` for an unknown exercise.
    """
    judge = find_check(exercise)
    judged = functools.partial(_judged, judge, exercise, answer)
    try:
        with TestClient(_no_app, lifespan="off") as client:  # for its loop
            return client.call(_run_in_thread, judged, timeout=timeout_s)
    except DeadlineError:
        return CheckResult(
            exercise=exercise,
            state="wrong",
            what=f"your answer was still running after {timeout_s:g} s",
            look="does a loop never end? (A loop without `await` runs until the kernel is restarted.)",
        )


async def _no_app(*_: Any) -> None:
    """Not an app: no request is sent to it."""


async def _run_in_thread(judged: Callable[[], CheckResult]) -> CheckResult:
    return await anyio.to_thread.run_sync(judged, abandon_on_cancel=True)


def find_check(exercise: str) -> Check:
    """Return the check of an exercise; ``ValueError`` for an unknown one, with those of the notebook."""
    number = exercise.partition("-")[0] if isinstance(exercise, str) else ""
    if number not in MODULES:
        raise ValueError(f"unknown exercise {exercise!r}: write notebook and number, such as '01-2'")
    checks: Mapping[str, Check] = importlib.import_module(f".{MODULES[number]}", __package__).CHECKS
    if exercise not in checks:
        raise ValueError(f"unknown exercise {exercise!r}: notebook {number} has {', '.join(checks)}")
    return checks[exercise]


def _judged(judge: Check, exercise: str, answer: Any) -> CheckResult:
    result = functools.partial(CheckResult, exercise=exercise, state="wrong")
    if _is_open(answer):
        return result(state="open", what=_OPEN)
    try:
        return result(state="passed", what=judge(answer))
    except Missing as missing:
        return result(state="open", what=f"{missing}: replace the `...` and run the cell again")
    except Wrong as wrong:
        return result(what=wrong.what, look=wrong.look)
    except AppExitError as exc:
        return result(what=f"it raised {describe(exc.raised)}, which would stop a server")
    except AppError as exc:
        return result(what=describe(exc), look="run it by itself, and look at *Timeline* and *Protocol*")
    except DeadlineError as exc:
        where = f"; it was waiting at {exc.place}" if exc.place else ""
        return result(what=f"no {exc.waited_for} within {exc.timeout_s:g} s{where}", look="what should end the wait?")
    except BaseException as exc:  # SystemExit as well: it comes from the answer, and must not stop anything here
        return result(what=f"it raised {describe(exc)}", look="run it by itself, and read the traceback")


def _is_open(answer: Any) -> bool:
    return any(part is ... for part in (answer if type(answer) in (tuple, list) else [answer]))
