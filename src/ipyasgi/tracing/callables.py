"""How a trace names functions, wherever it shows one. Pure."""

from __future__ import annotations


def short_name(qualified: str) -> str:
    """Return a qualified name without the functions around it: ``Shop.books`` for ``build_app.<locals>.Shop.books``."""
    return qualified.rpartition("<locals>.")[2]


def long_name(qualified: str) -> str:
    """
    Return a qualified name with the functions around it: ``timing.inner`` for ``timing.<locals>.inner``.

    For layers: the inner function of most of them says nothing.
    """
    return qualified.replace("<locals>.", "")
