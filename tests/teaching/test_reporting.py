"""`report`: a table of results, of this kernel and of notebooks that others have handed in."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ipyasgi.teaching import check, report
from ipyasgi.teaching.checking import RESULTS, CheckResult, exercises_of
from ipyasgi.teaching.reporting import MOST_BYTES

from .test_checking import greet


@pytest.fixture(autouse=True)
def fresh_kernel() -> Iterator[None]:
    """Begin and end without results."""
    RESULTS.clear()
    yield
    RESULTS.clear()


def hand_in(file: Path, *results: CheckResult, **more: Any) -> Path:
    """Write a notebook with these results, as JupyterLab saves them."""
    cells = [
        {
            "cell_type": "code",
            "metadata": {"tags": ["exercise"]},
            "source": [],
            "outputs": [{"output_type": "execute_result", "data": {"text/plain": repr(one).splitlines(keepends=True)}}],
        }
        for one in results
    ]
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"cells": cells, **more}), encoding="utf-8")
    return file


def passed(exercise: str) -> CheckResult:
    return CheckResult(exercise=exercise, state="passed", message="it greets")


def wrong(exercise: str) -> CheckResult:
    return CheckResult(exercise=exercise, state="wrong", message="the body is empty", look="see `send`")


def test_the_last_results_of_this_kernel():
    """Without arguments the last result of each exercise counts, beside those of its notebook that were not run."""
    check("01-1", ...)
    check("01-1", greet)
    check("01-2", ...)
    (row,) = report().to_dicts()
    others = dict.fromkeys(exercises_of("01")[2:])
    assert row == {"name": "this kernel", "01-1": "passed", "01-2": "open", **others, "solved": 1, "problem": ""}


def test_nothing_was_checked():
    """An empty table says so."""
    assert "nothing was checked yet" in repr(report())
    assert "nothing was checked yet" in report()._repr_html_()


def test_the_notebooks_of_a_class(tmp_path: Path):
    """A notebook is a row, and so is a folder with the notebooks of one reader; nothing is run."""
    hand_in(tmp_path / "ada.ipynb", passed("01-1"), wrong("01-2"))
    hand_in(tmp_path / "ben" / "one.ipynb", passed("01-1"))
    hand_in(tmp_path / "ben" / "two.ipynb", passed("02-1"), passed("02-2"))
    (tmp_path / "notes").mkdir()
    table = report(tmp_path)
    first, second = exercises_of("01"), exercises_of("02")
    assert table.exercises == first + second
    ada, ben = table.rows
    assert (ada.name, ada.solved, ben.name, ben.solved) == ("ada", 1, "ben", 3)
    assert ada.results["01-2"] == wrong("01-2")
    assert [line.split() for line in repr(table).splitlines()[1:3]] == [
        ["ada", "✓", "✗", *"–" * (len(first) - 2), *"–" * len(second), "1"],
        ["ben", "✓", *"–" * (len(first) - 1), "✓", "✓", *"–" * (len(second) - 2), "3"],
    ]
    assert RESULTS == {}


def test_the_stored_notebooks_can_be_read():
    """What the repository stores is read: every exercise of the notebook is open."""
    file = Path(__file__).parents[2] / "notebooks" / "01-asgi-by-hand.ipynb"
    exercises = dict.fromkeys(exercises_of("01"), "open")
    assert report(file).to_dicts() == [{"name": "01-asgi-by-hand", **exercises, "solved": 0, "problem": ""}]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b'{"cells": 3}',
        b'{"cells": [3]}',
        b"[" * 100_000,
        b'{"cells": [{"metadata": 1}]}',
    ],
    ids=["empty", "binary", "list", "no cells", "number", "cell", "deep", "metadata"],
)
def test_a_file_that_is_no_notebook_keeps_its_row(tmp_path: Path, content: bytes):
    """One broken file does not spoil the table of a class."""
    (tmp_path / "broken.ipynb").write_bytes(content)
    hand_in(tmp_path / "good.ipynb", passed("01-1"))
    broken, good = report(tmp_path).rows
    assert broken.problem == "broken.ipynb: it is not a notebook"
    assert good.solved == 1


def test_a_broken_file_beside_good_ones_is_named(tmp_path: Path):
    """The row of a folder has its results, and says which of its files could not be read; many are counted."""
    for name in ("a", "b", "c", "d"):
        hand_in(tmp_path / "ada" / f"{name}.ipynb", passed("01-1"))
        (tmp_path / "ben" / f"{name}.ipynb").parent.mkdir(exist_ok=True)
        (tmp_path / "ben" / f"{name}.ipynb").write_bytes(b"{}")
    (tmp_path / "ada" / "b.ipynb").write_bytes(b"{}")
    table = report(tmp_path)
    ada, ben = table.rows
    assert (ada.solved, ada.problem) == (1, "b.ipynb: it is not a notebook")
    assert ben.problem.endswith("c.ipynb: it is not a notebook; 1 more")
    _, line, *_ = repr(table).splitlines()
    open_ones = ["–"] * (len(exercises_of("01")) - 1)
    assert line.split() == ["ada", "✓", *open_ones, "1", "b.ipynb:", "it", "is", "not", "a", "notebook"]
    assert "<td>b.ipynb: it is not a notebook</td>" in table._repr_html_()


def test_a_file_that_is_too_large(tmp_path: Path):
    """A file over the limit is not read."""
    with (tmp_path / "large.ipynb").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    assert report(tmp_path).rows[0].problem == "large.ipynb: it has more than 50 MB"


def test_hostile_notebooks(tmp_path: Path):
    """Names and results of others are escaped, and cannot move a terminal's cursor."""
    bad = CheckResult(exercise="01-1", state="wrong", message="<script>alert(1)</script>" + "x" * 9_000)
    hand_in(tmp_path / "<b>\x1b[2J.ipynb", bad)
    table = report(tmp_path)
    assert "\x1b" not in repr(table) + table._repr_html_()
    assert "<script" not in table._repr_html_()
    assert "<b>" not in table._repr_html_().replace('<b style="', "")
    assert len(table._repr_html_()) < 4_000


@pytest.mark.parametrize("text", ["", "✓ 99-1  no such", "✓ 01-9  no such", "? 01-1  no mark", "plain"])
def test_other_texts_are_no_results(text: str):
    """Only what `check` writes is read."""
    assert CheckResult.read(text) is None


@pytest.mark.parametrize("result", [passed("01-1"), wrong("10-3")])
def test_a_result_is_read_as_it_was_written(result: CheckResult):
    """The text form has all of it."""
    assert CheckResult.read(repr(result)) == result


def test_a_missing_place():
    """A wrong path says what to give."""
    with pytest.raises(FileNotFoundError, match="give a notebook, or a folder of notebooks"):
        report("no/such/place")
