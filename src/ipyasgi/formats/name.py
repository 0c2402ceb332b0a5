"""`Name`: code within a value that is written as Python. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from ..records.template import Placeholder


@dataclass(frozen=True, slots=True)
class Name(Placeholder):
    """
    Code to insert unchanged into a literal, such as ``ANY``.

    :ivar imports: statements that it needs, such as ``import json``
    """

    imports: frozenset[str] = frozenset()
