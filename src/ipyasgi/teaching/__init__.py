"""`check`: say whether an exercise of ``notebooks/`` is solved and, if not, what the solution does instead.

`report` is a table of the results, also of the notebooks that a class has handed in.

No other room imports this one, and it imports public names only. `check` is in `checking`, `report` in `reporting`, the
checks are in one module for each notebook, and their helpers in `trial`.

In a notebook::

    from ipyasgi.teaching import check

    async def hello(scope, receive, send):
        ...

    check("01-1", hello)

How an exercise is stored:

- After the section that it practises, numbered through the notebook: a markdown cell with the id ``exercise-text-1``,
  the task and a folded hint, ``<details><summary>Hint</summary>``.
- A code cell with the id ``exercise-1`` and the tag ``exercise``. It has ``...`` where the reader writes, and its last
  line is the only call of ``check``. Unchanged, it raises nothing, and its value is a result that says what is missing.
  A ``...`` inside a function may be sent, added or called: the exception that follows counts as missing, too.
- After it a markdown cell with the id ``solution-1`` and the tag ``solution``:
  ``<details><summary>Solution</summary>``, an empty line, text if it helps, *one* block fenced with
  ```` ```python ````, an empty line, ``</details>``. GitHub and JupyterLab both fold it. The block is the whole
  exercise cell, solved, with its ``check`` line: readers can copy it, and the tests run it.
- No later cell needs a solution: the notebook runs from top to bottom with every exercise open.
- ``python tests/notebooks/store_outputs.py`` runs it and stores the outputs, without times and paths.

How a check is written: as a function of one solution in the notebook's module, and a row in that module's ``CHECKS``.
It runs the solution with the helpers of `trial` and never reads its source. It raises `Wrong` with what happened
instead and a hint, never the solution; for a solved exercise it returns a sentence. It needs no error handling and no
deadline: `check` has both.
"""

from __future__ import annotations

from .checking import CheckResult, check
from .reporting import Report, report
from .trial import Wrong

__all__ = ["CheckResult", "Report", "Wrong", "check", "report"]
