"""What an app did against the specification, as values: the rule, a sentence, and whether the message was refused.

Nothing here decides: the judges in `ipyasgi.protocol.judges` do, and what a rule says is in `ipyasgi.protocol.rules`.
No sentence holds a header's value or anything of a body: it may be a secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import ProtocolError
from .types import Kind

if TYPE_CHECKING:
    from .rules import Rule

LIMIT = 100
"""Violations that are kept of one call; an app may go on for ever."""
_SHOWN_LENGTH = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """
    One breach of the specification by the app.

    :ivar rule: id of the rule in `ipyasgi.protocol.rules.RULES`
    :ivar what: one sentence saying what happened
    :ivar fatal: whether the message was refused (raised into the app's ``send``)
    """

    rule: str
    what: str
    fatal: bool = False

    @property
    def section(self) -> str:
        """Where the specification says so."""
        return _rule(self.rule).section

    @property
    def url(self) -> str:
        """That section on the web."""
        return _rule(self.rule).url

    def error(self) -> ProtocolError:
        """Return the error to raise into the app's ``send``, or out of a strict client."""
        return ProtocolError(self.what, rule=self.rule)


def _rule(rule: str) -> Rule:
    from .rules import RULES  # a long table, needed only where a violation is shown

    return RULES[rule]


def refuse(rule: str, what: str) -> Violation:
    """Return the violation of a message that cannot be taken."""
    return Violation(rule=rule, what=what, fatal=True)


def note(rule: str, what: str) -> Violation:
    """Return the violation of something that can be borne."""
    return Violation(rule=rule, what=what)


def keep(violation: Violation, *, among: list[Violation]) -> None:
    """Add the violation to those of its call: the same one once, and no more than `LIMIT`."""
    if len(among) < LIMIT and violation not in among:
        among.append(violation)


def judge_shape(kind: Kind, message: object) -> Violation | None:
    """Return what is wrong with something as a message, whatever its type; None for a dict with a ``type``."""
    if isinstance(message, dict) and isinstance(message.get("type"), str):
        return None
    if not isinstance(message, Mapping):
        return refuse(f"{kind}.no-message", f'send() was given {type(message).__name__}, not a dict with a "type"')
    if not isinstance(message.get("type"), str):
        keys = ", ".join(repr(shown(key)) for key in list(message)[:5] if isinstance(key, str))
        return refuse(
            f"{kind}.no-message",
            f'send() was given a dict with the keys [{keys}], not a dict with a "type" that is str',
        )
    return note(f"{kind}.not-a-dict", f"send() was given {type(message).__name__}, not a dict")


def note_unknown(kind: Kind, message_type: str) -> Violation:
    """Return the violation for a message type that the protocol does not have."""
    told = f"a message of the unknown type {shown(message_type)!r} was sent on a connection of type {kind!r}"
    return note(f"{kind}.unknown-message", f"{told}; it was ignored")


def shown(text: str) -> str:
    """Return a text of the app's as a sentence may hold it: cut."""
    return text if len(text) <= _SHOWN_LENGTH else f"{text[:_SHOWN_LENGTH]}…"
