"""The README and the reference are true: their Python runs, the tour shows what is shown, the tables are the code's."""

import inspect
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import starlette.testclient
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

import ipyasgi.testclient
from ipyasgi.samples.shop import app

from . import reference

README = Path(__file__).parents[1] / "README.md"
_PYTHON = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)


_HOSTED = {
    "displays": "kernel/test_hosted.py::test_displays",
    "`%asgi`": "kernel/test_hosted.py::test_lifespan",
    "completion": "kernel/test_hosted.py::test_paths_are_completed",
    "panel": "kernel/test_hosted.py::test_a_panel_sends",
}
WORKS = {
    "JupyterLab": {
        "displays": "browser/test_parity.py::test_in_jupyterlab",
        "`%asgi`": "browser/test_parity.py::test_in_jupyterlab",
        "completion": "kernel/test_completion.py::test_what_may_stand_there",
        "panel": "browser/test_workbench.py::test_from_route_to_replay_by_keyboard_alone",
    },
    "Notebook 7": {
        "displays": "browser/test_parity.py::test_in_notebook_7",
        "`%asgi`": "browser/test_parity.py::test_in_notebook_7",
        "panel": "browser/test_front_ends.py::test_the_main_paths",
    },
    "Voila": {"panel": "browser/test_front_ends.py::test_the_main_paths"},
    "IPython in a terminal": {
        "displays": "kernel/test_parity.py::test_the_session_shows_what_it_should",
        "`%asgi`": "kernel/test_parity.py::test_the_session_shows_what_it_should",
        "completion": "magic/test_completion.py::test_what_may_stand_there",
    },
    "JupyterLite, in the page": {
        "displays": "browser/test_site.py::test_the_first_notebook_runs_and_its_panel_works",
        "`%asgi`": "browser/test_site.py::test_what_a_page_can_and_cannot_do",
        "completion": "browser/test_site.py::test_what_a_page_can_and_cannot_do",
        "panel": "browser/test_site.py::test_the_first_notebook_runs_and_its_panel_works",
    },
    "marimo": {
        "displays": "browser/test_marimo.py::test_displays_and_the_workbench",
        "panel": "browser/test_marimo.py::test_displays_and_the_workbench",
    },
    "Google Colab's versions": _HOSTED,
    "Databricks' versions": _HOSTED,
}
"""The test behind each "yes" of the README's table of front ends."""


def _read_table(text):
    """Return the cells of the table of front ends that begin with yes, by row and column."""
    rows = [line.strip("|").split("|") for line in text.split("## Where it works")[1].splitlines() if line[:1] == "|"]
    (_, *columns), _, *rows = [[cell.strip() for cell in row] for row in rows]
    return {
        (name, column)
        for name, *cells in rows
        for column, cell in zip(columns, cells, strict=True)
        if cell.startswith("yes")
    }


def test_a_test_stands_behind_each_yes(readme):
    """Each "yes" of the table of front ends has its test, and each such test has its "yes"."""
    assert _read_table(readme) == {(name, column) for name, tests in WORKS.items() for column in tests}
    for place in {place for tests in WORKS.values() for place in tests.values()}:
        file, _, name = place.partition("::")
        assert f"def {name}(" in (Path(__file__).parent / file).read_text(encoding="utf-8"), place


@pytest.fixture(scope="module")
def readme():
    """The text of the README."""
    return README.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page():
    """The text of the reference."""
    return reference.REFERENCE.read_text(encoding="utf-8")


@pytest.mark.parametrize(("path", "count"), [(README, 3), (reference.REFERENCE, 2)], ids=["README", "REFERENCE"])
def test_every_python_block_runs(path, count):
    """Each block of Python runs as it stands, in a namespace of its own."""
    blocks = _PYTHON.findall(path.read_text(encoding="utf-8"))

    assert len(blocks) == count
    for block in blocks:
        exec(compile(block, path.name, "exec"), {"__name__": "readme"})


# What is another at each run or in another place, and the drawing to scale, which is cut in the README.
_TIME = re.compile(r"\d[\d.]*\s(?:µs|ms|s)\b")
_DRAWING = re.compile(r"\n\n\d+ messages?, .*?(?=\n\n|\Z)", re.DOTALL)
_RULE = re.compile(r"\A\s*-{20,}\n")
_FOLDER = re.compile(r"(?<=^File )\S*(?=main\.py)", re.MULTILINE)
_FOLDED = re.compile(r"(?<=^\()\d+(?= frames)", re.MULTILINE)
_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_STEP = re.compile(r"^```ipython\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", re.DOTALL | re.MULTILINE)


def _same(text):
    for pattern in (_COLOUR, _DRAWING, _RULE, _FOLDER):
        text = pattern.sub("", text)
    return _FOLDED.sub("…", _TIME.sub("…", text)).strip()


@pytest.fixture
def shell():
    """Give a fresh shell, which forgets all that was attached to it."""
    shell = InteractiveShell()
    yield shell
    if "ipyasgi" in shell.extension_manager.loaded:
        shell.extension_manager.unload_extension("ipyasgi")
    shell.history_manager.end_session()


@pytest.fixture
def _own_app(readme, tmp_path, monkeypatch):
    """Write the app of the README to the file that it names, in the current folder."""
    app = next(block for block in _PYTHON.findall(readme) if block.startswith("# main.py\n"))
    (tmp_path / "main.py").write_text(app, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    yield
    sys.modules.pop("main", None)


@pytest.mark.usefixtures("_own_app")
def test_the_tour_shows_what_is_shown(readme, shell):
    """Each cell of the tour runs on the app above it, one after the other, and shows the text below it."""
    steps = _STEP.findall(readme)

    assert len([shown for _, shown in steps if shown]) >= 5
    for cell, shown in steps:
        with capture_output() as captured:
            result = shell.run_cell(cell)
        if "Traceback" in shown:
            assert result.error_in_exec is not None
            text = captured.stdout
        else:
            result.raise_error()
            text = shell.display_formatter.format(result.result)[0]["text/plain"]
        if shown:
            assert _same(text) == _same(shown), cell


@pytest.mark.usefixtures("_own_app")
def test_the_lines_of_the_shell_print_what_is_shown(readme):
    """Each line of the section on the shell prints the text below it."""
    (block,) = re.findall(r"^```console\n(.*?)^```", readme, re.DOTALL | re.MULTILINE)
    lines = [line.removeprefix("$ ") for line in block.splitlines() if line.startswith("$ ")]
    shown = [line for line in block.splitlines() if not line.startswith("$ ")]

    assert len(lines) == len(shown) == 3
    command = ["sh", "-c", "\n".join(['ipyasgi() { "$0" -m ipyasgi "$@"; }', *(f"{line}; echo" for line in lines)])]
    done = subprocess.run([*command, sys.executable], capture_output=True, encoding="utf-8", timeout=60, check=True)
    assert [line for line in done.stdout.splitlines() if line] == shown, done.stderr


def test_the_reference_is_the_code_s(page):
    """The tables of `%asgi`, and what is said of attributes, are those of the code: run tests/reference.py."""
    _, found, _ = reference.split(page)

    assert found == reference.reference()


@pytest.fixture(scope="module")
def live_values():
    """One living value of each class of the reference, on the sample shop."""
    with ipyasgi.Explorer(app) as explorer, ipyasgi.TestClient(app) as client:
        exchange = explorer.get("/items")
        values = (explorer, exchange, explorer.history[:], explorer.history, client, ipyasgi.AsyncTestClient(app))
        yield {type(value): value for value in values}


@pytest.mark.parametrize("kind", reference.CLASSES, ids=lambda kind: kind.__name__)
def test_every_attribute_has_its_line(live_values, kind):
    """What `dir` finds on a living value is in the reference with a line, and nothing else is."""
    members = reference.members(kind)
    public = {name for name in dir(live_values[kind]) if not name.startswith("_")}

    assert public == set(members)
    assert [name for name, (_, line) in members.items() if not line] == []


def test_every_magic_is_known(readme):
    """Each %asgi of the README begins with a method, a subcommand or an app."""
    from ipyasgi.notebook.magics import COMMANDS
    from ipyasgi.records.requests import METHODS

    words = re.findall(r"%asgi (\w+)", readme)
    assert len(words) >= 8
    assert set(words) <= {*COMMANDS, *METHODS, "app", "main"}


# What httpx2's clients have and httpx's do not, and Starlette's own plumbing inside `with`.
_NOT_THE_REFERENCES = {"query", "sse", "websocket", "exit_stack", "stream_send", "stream_receive"}


def rows_of(page, heading):
    """The names in the first column of the table with that heading."""
    table = page.partition(f"| {heading} | meaning |")[2].partition("\n\n")[0]
    firsts = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    return {name for first in firsts for name in re.findall(r"`(\w+)`", first)}


def test_every_member_of_the_reference_has_a_row(page):
    """Each public member of Starlette's client is in the table, and so is nothing that is not ours."""
    theirs, ours = (set(dir(module.TestClient(print))) for module in (starlette.testclient, ipyasgi.testclient))
    members = {name for name in {*theirs, "task"} if not name.startswith("_")} - _NOT_THE_REFERENCES
    rows = rows_of(page, "member")

    assert members <= rows
    assert rows <= ours


def test_every_argument_has_a_row(page):
    """Each argument of the constructor, of Starlette's and of ours, is in the table, and nothing else is."""
    theirs, ours = (
        set(inspect.signature(module.TestClient).parameters) for module in (starlette.testclient, ipyasgi.testclient)
    )

    assert theirs <= ours
    assert rows_of(page, "argument") == ours


def test_every_extra_is_in_the_readme(readme):
    """The table of extras is that of pyproject.toml, and what is always installed is what 0.1 had but python-dotenv."""
    project = tomllib.loads((README.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = re.findall(r"^\| `(\w+)` \| \S", readme.split("| extra | for |")[1].split("\n\n")[0], re.MULTILINE)

    assert sorted(listed) == sorted(project["optional-dependencies"])
    names = {re.match(r"[\w-]+", one)[0] for one in project["dependencies"]}
    assert names == {"httpx", "anyio", "ipython", "ipywidgets", "anywidget", "jinja2", "nest-asyncio2"}
