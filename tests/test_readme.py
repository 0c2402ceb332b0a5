"""The README says what is so: its Python runs, its commands exist, its links lead somewhere."""

import re

import pytest


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
