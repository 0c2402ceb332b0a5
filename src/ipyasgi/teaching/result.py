"""`CheckResult`: the result of checking one exercise, as text and as HTML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from jinja2 import Environment

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
