"""The linter of words."""

import json
from pathlib import Path

import pytest
from tests import words


@pytest.fixture
def find(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Give a function that writes a file and returns its findings as (line, word)."""
    monkeypatch.setattr(words, "ROOT", tmp_path)

    def find_in(name: str, text: str) -> list[tuple[int, str]]:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return [(found.line, found.word) for found in words.find_words(path)]

    return find_in


def test_comments_strings_and_names_of_python_are_read(find) -> None:
    """Docstrings, comments, strings of several words and the names that a module binds are read, each with its line."""
    text = '"""Who is told."""\n\nwas_told = "for ever"\n# it is under way\ncall("told", other.told)\n'
    assert find("a.py", text) == [(1, "told"), (3, "for ever"), (3, "was_told"), (4, "under way")]


def test_a_word_that_is_broken_over_two_lines_is_found(find) -> None:
    """A phrase is found where it goes on in the next line."""
    assert find("a.md", "It waits for\never.\n") == [(1, "for ever")]


def test_code_in_prose_is_not_read(find) -> None:
    """Names in backticks may be older ones, or those of other projects."""
    assert find("a.md", "Was `told` in 0.1; `explorer.errands` too. No one.\n") == [(1, "No one")]


def test_cells_of_a_notebook_are_read_and_their_outputs_are_not(find) -> None:
    """The source of each cell is read; what the app printed is its own."""
    cells = [{"source": ["Fine.\n"], "outputs": ["nobody"]}, {"source": ["Fix it, ", "or mend it.\n"]}]
    assert find("a.ipynb", json.dumps({"cells": cells})) == [(2, "mend")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("There is no response, and the app is no longer running.", []),
        ("It is no list.", ["is no list"]),
        ("The answer of the app is a text.", ["The answer", "answer of the app"]),
        ("`check()` answers with a table.", []),
    ],
)
def test_plain_words_pass(find, text: str, expected: list[str]) -> None:
    """Words that are wrong in one sense only are found in that one."""
    assert [word for _, word in find("a.md", text)] == expected
