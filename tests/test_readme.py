"""The README says what is so: its Python runs, its tour shows what is shown, its commands and tables are the code's."""

import inspect
import re

import pytest
import starlette.testclient
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

import ipyasgi.testclient
from ipyasgi.samples.shop import app

from . import reference


@pytest.fixture(scope="module")
def readme():
    """The text of the README."""
    return reference.README.read_text(encoding="utf-8")


def test_every_python_block_runs(readme):
    """Each block of Python runs as it stands, in a namespace of its own."""
    blocks = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)

    assert len(blocks) >= 2
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {"__name__": "readme"})


# What is another at each run, and the drawing to scale, which takes three lines and is cut in the README.
_TIME = re.compile(r"\d[\d.]*\s(?:µs|ms|s)\b")
_DRAWING = re.compile(r"\n\n\d+ messages?, .*?(?=\n\n|\Z)", re.DOTALL)
_STEP = re.compile(r"^```ipython\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", re.DOTALL | re.MULTILINE)


@pytest.fixture
def shell():
    """Give a fresh shell, which forgets all that was attached to it."""
    shell = InteractiveShell()
    yield shell
    if "ipyasgi" in shell.extension_manager.loaded:
        shell.extension_manager.unload_extension("ipyasgi")
    shell.history_manager.end_session()


def test_the_tour_shows_what_is_shown(readme, shell):
    """Each cell of the tour runs, one after the other, and its value is the text below it."""
    steps = _STEP.findall(readme)

    assert len([shown for _, shown in steps if shown]) >= 5
    for cell, shown in steps:
        with capture_output():
            result = shell.run_cell(cell)
        result.raise_error()
        if shown:
            text = shell.display_formatter.format(result.result)[0]["text/plain"]
            assert _TIME.sub("…", _DRAWING.sub("", text)).strip() == _TIME.sub("…", shown).strip(), cell


def test_the_reference_is_the_code_s(readme):
    """The tables of subcommands, options and settings are those that the code runs by: run tests/reference.py."""
    _, found, _ = reference.split(readme)

    assert found == reference.reference()


def test_the_reference_of_attributes_is_the_code_s():
    """`.github/REFERENCE.md` says what the docstrings say: run tests/reference.py."""
    assert reference.REFERENCE.read_text(encoding="utf-8") == reference.api_reference()


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
    """Each %asgi in the first half begins with a method, a subcommand or an app."""
    from ipyasgi.notebook.magics import COMMANDS
    from ipyasgi.records.requests import METHODS

    words = re.findall(r"%asgi (\w+)", readme.partition("\n# Reference\n")[0])
    assert len(words) >= 8
    assert set(words) <= {*COMMANDS, *METHODS, "app"}


# What httpx2's clients have and httpx's do not, and Starlette's own plumbing inside `with`.
_NOT_THE_REFERENCES = {"query", "sse", "websocket", "exit_stack", "stream_send", "stream_receive"}


def rows_of(readme, heading):
    """The names in the first column of the table with that heading."""
    table = readme.partition(f"| {heading} | meaning |")[2].partition("\n\n")[0]
    firsts = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    return {name for first in firsts for name in re.findall(r"`(\w+)`", first)}


def test_every_member_of_the_reference_has_a_row(readme):
    """Each public member of Starlette's client is in the table, and so is nothing that is not ours."""
    theirs, ours = (set(dir(module.TestClient(print))) for module in (starlette.testclient, ipyasgi.testclient))
    members = {name for name in {*theirs, "task"} if not name.startswith("_")} - _NOT_THE_REFERENCES
    rows = rows_of(readme, "member")

    assert members <= rows
    assert rows <= ours


def test_every_argument_has_a_row(readme):
    """Each argument of the constructor, of Starlette's and of ours, is in the table, and nothing else is."""
    theirs, ours = (
        set(inspect.signature(module.TestClient).parameters) for module in (starlette.testclient, ipyasgi.testclient)
    )

    assert theirs <= ours
    assert rows_of(readme, "argument") == ours
