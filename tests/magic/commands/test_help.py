"""``%asgi help``: in groups, everything, one command, or what contains a word."""

import re
from collections import Counter

import pytest
from IPython.core.error import UsageError

from ipyasgi.magic.commands import SEND
from ipyasgi.magic.commands.help import GROUPS
from ipyasgi.notebook.magics import COMMANDS


def test_a_terminal_shows_six_groups(shell):
    """At most fourteen lines name every command, with an example for each group."""
    text = shell.shown(shell.run("%asgi help"))["text/plain"]

    assert len(text.split("\n")) <= 14
    assert max(map(len, text.split("\n"))) <= 90
    assert [line.split()[0] for line in text.split("\n")[:-1:2]] == ["Start", "Send", "Look", "Again", "Many", "App"]
    assert all(re.search(rf"\b{name}\b", text) for name in (*COMMANDS, "METHOD"))
    assert all(group.example in text for group in GROUPS)


def test_each_command_is_in_one_group():
    """No command is missing in help, and none is there twice."""
    assert Counter(name for group in GROUPS for name in group.commands) == Counter([*COMMANDS, SEND.name])


def test_a_notebook_shows_six_folds(shell):
    """The HTML has a fold for each group, whose summary has the example; without styles it is text in order."""
    html = shell.shown(shell.run("%asgi help"))["text/html"]

    assert html.count("<details>") == html.count("</details>") == 6
    summaries = re.findall("<summary>(.*?)</summary>", html)
    assert [re.sub("<[^>]*>", "", one) for one in summaries] == [
        f"{group.name} {group.about}: {group.example}" for group in GROUPS
    ]
    bare = re.sub("<style>.*?</style>", "", html, flags=re.DOTALL)
    assert all(f"%asgi {name}" in bare for name in COMMANDS)
    assert "--no-redirects" in bare
    assert "<code>%asgi help all</code>" in bare


def test_the_examples_can_be_copied(shell):
    """The examples run in the order in which they are shown."""
    for group in GROUPS:
        assert shell.run(group.example) is not None, group.example


@pytest.mark.parametrize(
    ("word", "lines"),
    [
        ("redirect", ["--no-redirects"]),
        ("Parameter", ["name==value"]),
        ("=@", ["name=@path"]),
        ("secret", ["%asgi export", "--show-secrets"]),
        ("websocket", ["%asgi ws", "%asgi panel"]),
    ],
)
def test_help_about_a_word(shell, word, lines):
    """A word that is no command shows the entries that contain it, in any case."""
    text = shell.run(f"%asgi help {word}")

    assert [line for line in lines if line not in text] == []
    assert all(word.casefold() in entry.casefold() for entry in re.split(r"\n(?! {30})", text))
    assert len(text) < len(shell.run("%asgi help all")) / 4


def test_help_about_a_command_or_method(shell):
    """A command or method in any case shows how it is written."""
    assert shell.run("%asgi help cURL") == shell.run("%asgi help curl")
    assert shell.run("%asgi help get") == shell.run("%asgi help GET") == shell.run("%asgi get /x --help")
    assert shell.run("%asgi help GET").startswith("%asgi GET /path")


def test_help_about_nothing_suggests_a_word(shell):
    """A word that is nowhere is an error with the nearest one."""
    error = shell.error("%asgi help lifspan")

    assert type(error) is UsageError
    assert str(error) == "No help about 'lifspan'. Did you mean lifespan?"
    assert "Did you mean timeout?" in str(shell.error("%asgi help timeuot"))
