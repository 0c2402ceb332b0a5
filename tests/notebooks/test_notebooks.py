"""Every notebook is executed, unsolved and then solved, and is stored as a run leaves it."""

import copy
import json
import re

import nbformat
import pytest

from ipyasgi.teaching.checking import exercises_of, find_check

from . import store_outputs

NOTEBOOKS = sorted(store_outputs.NOTEBOOKS.glob("*.ipynb"))
pytestmark = [pytest.mark.notebooks, pytest.mark.timeout(240)]
every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)

_CHECK = re.compile(r'^check\("(\d\d-\d)", ', re.MULTILINE)
_SOLUTION = re.compile(
    r"<details><summary>Solution</summary>\n\n.*^```python\n(.*?)^```\n\n</details>", re.DOTALL | re.MULTILINE
)


def _tagged(notebook, tag):
    return [cell for cell in notebook.cells if tag in cell.metadata.get("tags", [])]


def _raised(notebook):
    """Return the source of each cell that raised, and of each that was to raise."""
    raised = [cell.source for cell in notebook.cells if any(o.output_type == "error" for o in cell.get("outputs", []))]
    return raised, [cell.source for cell in _tagged(notebook, "raises-exception")]


def _verdicts(notebook):
    """Return what the last value of each exercise says, by the exercise."""
    return {
        _CHECK.search(cell.source)[1]: cell.outputs[-1].data["text/plain"] for cell in _tagged(notebook, "exercise")
    }


def _text(notebook):
    """
    Return what a run printed, showed as text and raised.

    The HTML is stored too and not compared: its text is the same, and each change of a template would ask for new
    notebooks. A traceback is drawn by IPython, each version in its own way.
    """
    told = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                told.append((cell.id, output.name, output.text))
            elif output.output_type == "error":
                told.append((cell.id, output.ename, output.evalue))
            else:
                told.append((cell.id, output.output_type, output.data.get("text/plain", "")))
    return told


def _put_solutions(notebook):
    """Put each solution in the place of its exercise."""
    solutions = {cell.id.replace("solution", "exercise"): cell.source for cell in _tagged(notebook, "solution")}
    for cell in _tagged(notebook, "exercise"):
        cell.source = _SOLUTION.fullmatch(solutions[cell.id])[1].rstrip()


def _assert_solved(notebook):
    raised, expected = _raised(notebook)
    assert raised == expected
    verdicts = _verdicts(notebook)
    assert {exercise: said[:1] for exercise, said in verdicts.items()} == dict.fromkeys(verdicts, "✓"), verdicts


@every_notebook
def test_notebook_runs_as_stored_and_its_solutions_solve(path):
    """Every cell runs, an exercise says that it is open, what is shown is what the file holds; then it is solved."""
    stored, notebook = nbformat.read(path, as_version=4), nbformat.read(path, as_version=4)
    with store_outputs.in_fresh_kernel(notebook) as client:
        store_outputs.run_cells(client)
        fresh = store_outputs.normalise(copy.deepcopy(notebook))
        _put_solutions(notebook)
        store_outputs.run_cells(client, "exercise")

    raised, expected = _raised(fresh)
    assert raised == expected
    assert all(said.startswith(f"… {exercise}") for exercise, said in _verdicts(fresh).items())
    assert _text(fresh) == _text(stored), "python tests/notebooks/store_outputs.py stores what is shown now"
    _assert_solved(notebook)


@pytest.mark.nightly
@every_notebook
def test_solutions_solve_in_a_fresh_kernel(path):
    """With each solution in the place of its exercise every check is content, and the other cells still run."""
    notebook = nbformat.read(path, as_version=4)
    _put_solutions(notebook)
    _assert_solved(store_outputs.execute(notebook))


@every_notebook
def test_notebook_has_its_exercises(path):
    """Three exercises or more, each with `...`, a check there is, and a folded solution right below; a card ends it."""
    notebook = nbformat.read(path, as_version=4)
    number = path.stem[:2]
    exercises = exercises_of(number)

    assert len(exercises) >= 3
    assert [cell.id for cell in _tagged(notebook, "exercise")] == [f"exercise-{one[3:]}" for one in exercises]
    for count in range(1, len(exercises) + 1):
        place = next(at for at, cell in enumerate(notebook.cells) if cell.id == f"exercise-{count}")
        exercise, solution = notebook.cells[place : place + 2]
        assert "..." in exercise.source
        assert exercise.metadata.tags == ["exercise"]
        assert (solution.id, solution.metadata.tags) == (f"solution-{count}", ["solution"])
        solved = _SOLUTION.fullmatch(solution.source)[1]
        for source in (exercise.source, solved):
            assert _CHECK.findall(source) == [f"{number}-{count}"]
            assert source.rstrip().splitlines()[-1].startswith("check(")
        assert find_check(f"{number}-{count}").__doc__.startswith(f"{number}-{count}: ")
    assert notebook.cells[-1].source.startswith("## What you know now")


def test_the_course_lists_every_notebook():
    """The page for teachers has a row for each, with the minutes that the notebook itself names."""
    page = (store_outputs.NOTEBOOKS / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| \[\d\d [^\]]+\]\((\S+)\) \| (\d+) \|", page, re.MULTILINE)
    promised = [re.search(r"In (\d+) minutes", path.read_text("utf-8"))[1] for path in NOTEBOOKS]
    assert rows == [(path.name, minutes) for path, minutes in zip(NOTEBOOKS, promised, strict=True)]


@every_notebook
def test_notebook_is_stored_clean(path):
    """A stored notebook has no widget state (GitHub refuses some), no machine path, no time and no large output."""
    text = path.read_text(encoding="utf-8")
    stored = json.loads(text)

    assert stored["metadata"].keys() == {"kernelspec", "language_info"}
    assert not re.search(r"/(root|home|Users|tmp)/\w", text)
    assert all(len(json.dumps(cell.get("outputs", []))) < 100_000 for cell in stored["cells"])
    for cell in stored["cells"]:
        outputs = json.dumps(cell.get("outputs", []), ensure_ascii=False)
        assert not re.search(r"\d\s?(ms|µs)\b|\b\d\d:\d\d:\d\d\b|0x[0-9a-f]{6}|<style|widget-view", outputs)


@pytest.mark.parametrize(
    ("shown", "stored"),
    [
        ("GET / → 200 OK  840 µs  12 B", "GET / → 200 OK  … ms  12 B"),
        ("GET / → 200 OK  12.4 ms  12 B", "GET / → 200 OK  … ms  12 B"),
        ("     175 µs  receive\n    28.9 ms  send", "       … ms  receive\n       … ms  send"),
        ("    1.25 s  receive\n   2 min 5 s", "      … ms  receive\n        … ms"),
        ("within 0.5 s of 5 s", "within 0.5 s of 5 s"),
        ("at 18:00:24, 2026-11-22T18:00:24+00:00", "at …, …"),
        ("<Shop object at 0x7f3a2b1c4d5e>", "<Shop object at 0x…>"),
        ("File ~/somewhere/lib/python3.11/site-packages/x.py", "File …/site-packages/x.py"),
        ("File \x1b[32m/somewhere/src/ipyasgi/x.py:7\x1b[39m", "File \x1b[32m…/ipyasgi/x.py:…\x1b[39m"),
        ("a 'tmpab12cd_9' in /tmp/tmpab12cd_9/x.py", "a 'tmp…' in …"),
        ("errors.py:149      Starlette\nrouting.py:92  Starlette", "errors.py:…  Starlette\nrouting.py:…  Starlette"),
        ("event loop 433 ms; 155 samples", "event loop … ms; … samples"),
        ("2.04 ms → 6.8 ms, × 3.3", "… ms → … ms"),
        ("GET / → 200 OK  5 ms  12 B  N+1  slow dependency  blocked loop", "GET / → 200 OK  … ms  12 B  N+1"),
        ("order c254cac1e7224a3f8b842529ed5f5709", "order …"),
        ("sec-websocket-key /8d5PhYdd1UOqlPTuCcuNw==, 24", "sec-websocket-key …, 24"),
        ("a\n  state['at'] '18:00:24' → '18:00:25'\nb", "a\nb"),
        (
            "5 messages\nreceive  ▁────────────────────\nsend     ─▁───────────────────\n         0     1 ms\n\nState",
            "State",
        ),
        ("tea\n\nTrace\n  No SQL\n    0 µs  1 ms  ██··  Layer\n\nState", "tea\n\nState"),
        ("tea\n\nProfile\n  event loop 4 ms; 3 samples\n    4 ms 100%  ██  is_prime()", "tea"),
    ],
)
def test_what_changes_is_left_out(shown, stored):
    """A time, a clock, an address, a path and a drawing to scale are stored so that the next run stores the same."""
    assert store_outputs.stable(shown) == stored
    assert store_outputs.stable(stored) == stored


def test_no_stored_notebook_has_a_drawing_to_scale():
    """A timeline, a waterfall and a flame graph are another at each run, and GitHub cannot draw them."""
    for path in NOTEBOOKS:
        drawn = re.findall(r'class=\\"i-grid|aria-label=\\"(?:Flame graph|Waterfall)', path.read_text(encoding="utf-8"))
        assert drawn == [], path.name
