"""The README says what is so: its Python runs, its commands exist, its links lead somewhere."""

import inspect
import re

import pytest
import starlette.testclient

import ipyasgi.testclient


@pytest.fixture(scope="module")
def readme(repository):
    """The text of the README."""
    return (repository / "README.md").read_text(encoding="utf-8")


def test_every_python_block_runs(readme):
    """Each block of Python runs as it stands, in a namespace of its own."""
    blocks = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)

    assert len(blocks) >= 2
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {"__name__": "readme"})


def test_every_magic_is_known(readme):
    """Each %asgi line of the tour begins with a method, a subcommand or an app."""
    from ipyasgi.notebook.commands import COMMANDS
    from ipyasgi.notebook.grammar import METHODS

    words = re.findall(r"^(?:\w+ = |In \[\d+\]: )?%?%asgi (\S+)", readme, re.MULTILINE)
    assert len(words) >= 8
    assert set(words) <= {*COMMANDS, *METHODS, "app"}


def test_every_file_it_names_is_there(readme, repository):
    """Files and folders named in the README exist."""
    named = set(re.findall(r"`((?:notebooks|tests|\.github)/[\w./-]+)`", readme))

    assert len(named) >= 4
    assert [name for name in named if not (repository / name).exists()] == []


# What httpx2's clients have and httpx's do not, and Starlette's own plumbing inside `with`.
_NOT_THE_REFERENCES = {"query", "sse", "websocket", "exit_stack", "stream_send", "stream_receive"}


def rows_of(readme, heading):
    """The names in the first column of the table with that heading."""
    table = readme.partition(f"| {heading} | here |")[2].partition("\n\n")[0]
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
