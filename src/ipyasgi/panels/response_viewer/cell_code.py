"""Code for a new cell that gets an exchange of the history. It reads the names of the notebook's variables."""

from __future__ import annotations

import sys

from ...explorer.explorer import Explorer
from ...shown import hint


def code_to_get(name: str, explorer: Explorer) -> str:
    """Return ``r7 = explorer.history["r7"]`` with the variable of the explorer, or ``r7 = %asgi show r7`` without."""
    variable = _variable_of(explorer)
    from_history = f'{name} = {variable or "explorer"}.history["{name}"]'
    return from_history if variable else hint(f"{name} = %asgi show {name}", from_history)


def _variable_of(explorer: Explorer) -> str:
    """Return the name of the variable in ``__main__``, where cells run, that is the explorer, or nothing."""
    names = [name for name, value in list(vars(sys.modules["__main__"]).items()) if value is explorer]
    return next((name for name in names if not name.startswith("_")), "")
