"""`check`: says of an exercise in ``notebooks/`` whether it is solved and, if not, what it does instead.

A side room: nothing of the package imports it, and it imports the door alone. Here live `check` and the table of
the notebooks' modules; the checks themselves are in one module for each notebook, what they use is in `trial`.

In a notebook::

    from ipyasgi.teaching import check

    async def hello(scope, receive, send):
        ...

    check("01-1", hello)

How an exercise is stored:

- A code cell with the id ``exercise-1`` and the tag ``exercise``. It holds ``...`` where the reader writes, and its
  last line is the only call of ``check``. Run as it is, it raises nothing, and its value says what is missing.
- Right after it a markdown cell with the id ``solution-1`` and the tag ``solution``:
  ``<details><summary>Solution</summary>``, an empty line, words if they help, *one* block fenced with
  ```` ```python ````, an empty line, ``</details>``. GitHub and JupyterLab both fold it. The block is the exercise
  cell whole, solved, with its ``check`` line: it can be copied over it, and the tests run it in its place.
- No later cell needs a solution: the notebook runs from top to bottom with every exercise open.
- ``python tests/notebooks/store_outputs.py`` runs it so and stores what is shown, without times and paths.

How a check is written: a function of one answer in the notebook's module, and a row in that module's ``CHECKS``.
It runs what it was given, with `trial.open_explorer` and the rest of `trial`, never reads its source, raises `Wrong`
with what happened instead (and where to look, never the answer), and returns the sentence that a solved exercise
deserves. It need not guard itself: whatever the answer raises is told by `check`, and `check` has a deadline.
"""

from __future__ import annotations

from .checking import check
from .result import CheckResult
from .trial import Wrong

__all__ = ["CheckResult", "Wrong", "check"]
