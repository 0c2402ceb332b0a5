"""`report`: the results of the exercises as a table, of this kernel or of the notebooks that a class has handed in."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment

from .checking import COLOURS, MARKS, RESULTS, CheckResult, exercises_of

MOST_BYTES = 50_000_000
"""A larger file is not read."""
MOST_CHARACTERS = 2_000
"""Of a stored result, more is not read."""
MOST_PROBLEMS = 3
"""Of one row, more files that could not be read are only counted."""

_NOT_RUN = "–"
_TEMPLATE = Environment(autoescape=True).from_string(
    "<table><thead><tr><th></th>{% for one in report.exercises %}<th>{{ one }}</th>{% endfor %}<th>solved</th></tr>"
    "</thead><tbody>{% for row in report.rows %}"
    '<tr><th style="text-align: left">{{ row.name }}</th>'
    '{% if not row.results %}<td colspan="{{ report.exercises | length + 1 }}" style="text-align: left">'
    "{{ row.problem }}</td>{% else %}{% for one in report.exercises %}{% set result = row.results.get(one) %}"
    '<td style="text-align: center"{% if result %} title="{{ result.message }}"{% endif %}>'
    '{% if result %}<b style="color: {{ colours[result.state] }}">{{ marks[result.state] }}</b>{% else %}{{ not_run }}'
    '{% endif %}</td>{% endfor %}<td style="text-align: center">{{ row.solved }}</td>'
    "{% if row.problem %}<td>{{ row.problem }}</td>{% endif %}{% endif %}</tr>{% endfor %}"
    "</tbody></table><p>{{ report.legend }}</p>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """
    The results of one reader.

    :ivar name: of the file or folder, or ``this kernel``
    :ivar results: by exercise; an exercise that was not run is missing
    :ivar problem: why there are none, or which files could not be read; else empty
    """

    name: str
    results: Mapping[str, CheckResult]
    problem: str = ""

    @property
    def solved(self) -> int:
        """The number of solved exercises."""
        return sum(result.passed for result in self.results.values())


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Report:
    """
    A table of results, shown by its name in the last line of a cell.

    :ivar rows: one for each reader
    :ivar exercises: all exercises of the notebooks that the rows are about, such as ``01-1``
    """

    rows: tuple[ReportRow, ...]
    exercises: tuple[str, ...]

    legend = f"{MARKS['passed']} solved, {MARKS['wrong']} wrong, {MARKS['open']} open, {_NOT_RUN} not run"

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return a dictionary for each row: ``name``, a state for each exercise or None, ``solved``, ``problem``."""
        return [
            {
                "name": row.name,
                **{one: row.results[one].state if one in row.results else None for one in self.exercises},
                "solved": row.solved,
                "problem": row.problem,
            }
            for row in self.rows
        ]

    def __repr__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        width = max((len(row.name) for row in self.rows), default=0)
        yield f"{'':<{width}}  {'  '.join(self.exercises)}  solved".rstrip()
        for row in self.rows:
            marks = [_mark(row.results.get(one)).center(len(one)) for one in self.exercises]
            cells = [*marks, f"{row.solved:>6}"] if row.results else []
            yield f"{row.name:<{width}}  {'  '.join(filter(None, [*cells, row.problem]))}"
        yield self.legend

    def _repr_html_(self) -> str:
        return _TEMPLATE.render(report=self, marks=MARKS, colours=COLOURS, not_run=_NOT_RUN)


def report(*places: str | os.PathLike[str]) -> Report:
    """
    Return the results of exercises as a table.

    Without arguments: the last result of each exercise that was checked in this kernel. Otherwise the results that are
    stored in notebooks; nothing in them is run. A file is a row. Of a folder, each notebook is a row, and so is each of
    its folders, with the notebooks in it::

        report("handed-in/")

    :param places: notebooks, and folders of notebooks
    Raises ``FileNotFoundError``. The row of a file that is not a notebook says so.
    """
    rows = [_read_row(name, files) for name, files in _find_notebooks(places)] if places else [_own_row()]
    numbers = {exercise.partition("-")[0] for row in rows for exercise in row.results}
    return Report(rows=tuple(rows), exercises=tuple(one for number in sorted(numbers) for one in exercises_of(number)))


def _own_row() -> ReportRow:
    return ReportRow(name="this kernel", results=dict(RESULTS), problem="" if RESULTS else "nothing was checked yet")


def _find_notebooks(places: Iterable[str | os.PathLike[str]]) -> Iterator[tuple[str, list[Path]]]:
    for place in map(Path, places):
        if not place.exists():
            raise FileNotFoundError(f"there is no {place}: give a notebook, or a folder of notebooks")
        if place.is_file():
            yield place.stem, [place]
            continue
        for entry in sorted(place.iterdir()):
            files = [entry] if entry.suffix == ".ipynb" else sorted(entry.glob("*.ipynb")) if entry.is_dir() else []
            if files:
                yield entry.stem if entry.is_file() else entry.name, files


def _read_row(name: str, files: Iterable[Path]) -> ReportRow:
    results: dict[str, CheckResult] = {}
    problems = []
    for file in files:
        try:
            results |= {result.exercise: result for result in _read_results(file)}
        except (OSError, ValueError) as exc:
            problems.append(f"{file.name}: {exc}")
    if not results and not problems:
        problems = ["no exercise was run"]
    more = [f"{len(problems) - MOST_PROBLEMS} more"] if len(problems) > MOST_PROBLEMS else []
    problem = "; ".join([*problems[:MOST_PROBLEMS], *more])
    return ReportRow(name=_printable(name), results=results, problem=_printable(problem))


def _read_results(file: Path) -> Iterator[CheckResult]:
    """Yield the stored results of a notebook; raises ``ValueError`` if the file is none."""
    if file.stat().st_size > MOST_BYTES:
        raise ValueError(f"it has more than {MOST_BYTES // 1_000_000} MB")
    try:
        cells = json.loads(file.read_bytes())["cells"]
        texts = [
            "".join(output["data"]["text/plain"])[:MOST_CHARACTERS]
            for cell in cells
            if "exercise" in cell["metadata"].get("tags", ())
            for output in cell["outputs"]
            if output["output_type"] == "execute_result"
        ]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as exc:
        raise ValueError("it is not a notebook") from exc
    yield from filter(None, map(CheckResult.read, texts))


def _printable(text: str) -> str:
    """Return a text without characters that could move the cursor of a terminal: files are named by others."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)


def _mark(result: CheckResult | None) -> str:
    return MARKS[result.state] if result is not None else _NOT_RUN
