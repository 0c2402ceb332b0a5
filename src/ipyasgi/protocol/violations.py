"""Violations of the specification by an app, as values: the rule, a sentence, and whether the message was refused.

The value, its constructors and the checks of every kind live here; the other checks are in `ipyasgi.protocol.judges`. A
message never contains a header's value or any part of a body, because they may be secret.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import ProtocolError
from .types import Kind

if TYPE_CHECKING:
    from .rules import Rule

LIMIT = 100
"""Violations recorded for one call; an endless app could produce any number."""
_LIMIT_OF_STYLE = 20  # many header names must not displace other violations
_STYLE = frozenset({"header-case", "header-space"})
_SHOWN_LENGTH = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """
    One violation of the specification by the app.

    :ivar rule: id of the rule in `ipyasgi.protocol.rules.RULES`
    :ivar message: what happened, in one sentence
    :ivar fatal: whether the app's message was refused (raised into its ``send``)
    """

    rule: str
    message: str
    fatal: bool = False

    @property
    def is_style(self) -> bool:
        """Whether every server corrects it: it is a remark on the framework, and not counted with other violations."""
        return self.rule.partition(".")[2] in _STYLE

    @property
    def section(self) -> str:
        """Section of the specification that states the rule."""
        return _rule(self.rule).section

    @property
    def url(self) -> str:
        """URL of that section."""
        return _rule(self.rule).url

    def error(self) -> ProtocolError:
        """Return the error to raise into the app's ``send``, or out of a strict client."""
        return ProtocolError(self.message, rule=self.rule)


def _rule(rule: str) -> Rule:
    from .rules import RULES  # a long table, needed only to show a violation

    return RULES[rule]


def refuse(rule: str, message: str) -> Violation:
    """Return a fatal violation."""
    return Violation(rule=rule, message=message, fatal=True)


def note(rule: str, message: str) -> Violation:
    """Return a non-fatal violation."""
    return Violation(rule=rule, message=message)


def keep(violation: Violation, *, among: list[Violation]) -> None:
    """Add a violation to those of its call, without repeats, up to `LIMIT`; fewer of style."""
    limit = _LIMIT_OF_STYLE if violation.is_style else LIMIT
    if len(among) < limit and violation not in among:
        among.append(violation)


def violated_rules(violations: Iterable[Violation]) -> Mapping[str, list[Violation]]:
    """Return violations by rule, those of style last."""
    found: dict[str, list[Violation]] = {}
    for one in sorted(violations, key=lambda one: one.is_style):
        found.setdefault(one.rule, []).append(one)
    return found


def count_rules(violations: Iterable[Violation]) -> int:
    """Return the number of rules that are violated, without those of style."""
    return len({one.rule for one in violations if not one.is_style})


def judge_shape(kind: Kind, message: object) -> Violation | None:
    """Return the violation if an object is not a message, a dict with a str ``type``; else None."""
    if isinstance(message, dict) and isinstance(message.get("type"), str):
        return None
    if not isinstance(message, Mapping):
        return refuse(f"{kind}.no-message", f'send() was given {type(message).__name__}, not a dict with a "type"')
    if not isinstance(message.get("type"), str):
        keys = ", ".join(repr(_shorten(key)) for key in list(message)[:5] if isinstance(key, str))
        text = f'send() was given a dict with the keys [{keys}], not a dict with a "type" that is str'
        return refuse(f"{kind}.no-message", text)
    return note(f"{kind}.not-a-dict", f"send() was given {type(message).__name__}, not a dict")


def note_unknown(kind: Kind, message_type: str) -> Violation:
    """Return the violation of a message type unknown to the protocol."""
    text = f"a message of the unknown type {_shorten(message_type)!r} was sent on a connection of type {kind!r}"
    return note(f"{kind}.unknown-message", f"{text}; it was ignored")


def _shorten(text: str) -> str:
    """Return a text from the app, shortened for use in a message."""
    return text if len(text) <= _SHOWN_LENGTH else f"{text[:_SHOWN_LENGTH]}…"
