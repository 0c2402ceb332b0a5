"""Python names that a reader types into a form, looked up where cells run."""

from __future__ import annotations

from typing import Any

from IPython.core.getipython import get_ipython


def value_of_name(name: str) -> Any:
    """
    Return the value of ``img`` or ``data.raw``; never an expression.

    Raises NameError or AttributeError where there is none.
    """
    first, *attributes = name.split(".")
    shell = get_ipython()
    if shell is None or first not in shell.user_ns:
        raise NameError(name)
    value = shell.user_ns[first]
    for attribute in attributes:
        value = getattr(value, attribute)
    return value
