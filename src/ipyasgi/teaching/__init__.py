"""`check`: report whether an exercise of ``notebooks/`` is solved and, if not, what the answer does instead.

No other room imports this one, and it imports public names only. `check` and the table of the notebooks' modules are
in `checking`, the checks in one module for each notebook, and their helpers in `trial`.

In a notebook::

    from ipyasgi.teaching import check

    async def hello(scope, receive, send):
        ...

    check("01-1", hello)

How an exercise is stored:

- A code cell with the id ``exercise-1`` and the tag ``exercise``. It holds ``...`` where the reader writes, and its
  last line is the only call of ``check``. Run as it is, it raises nothing, and its value says what is missing.
- Right after it a markdown cell with the id ``solution-1`` and the tag ``solution``:
  ``<details><summary>Solution</summary>``, an empty line, text if it helps, *one* block fenced with
  ```` ```python ````, an empty line, ``</details>``. GitHub and JupyterLab both fold it. The block is the whole
  exercise cell, solved, with its ``check`` line: it can be copied over it, and the tests run it instead.
- No later cell needs a solution: the notebook runs from top to bottom with every exercise open.
- ``python tests/notebooks/store_outputs.py`` runs it and stores the outputs, without times and paths.

How a check is written: a function of one answer in the notebook's module, and a row in that module's ``CHECKS``.
It runs the answer with the helpers of `trial`, never reads its source, raises `Wrong` with what happened instead
(and where to look, never the solution), and returns a sentence for a solved exercise. It needs no guards: `check`
reports what the answer raises, and has a deadline.
"""

from __future__ import annotations

from .checking import CheckResult, check
from .trial import Wrong

__all__ = ["CheckResult", "Wrong", "check"]
