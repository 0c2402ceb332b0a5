"""Words of Windows' cmd.exe."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipyasgi.formats.cmd_words import is_for_cmd, split_commands_for_cmd


def words(text):
    """Return the words of each command."""
    return [command.words for command in split_commands_for_cmd(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b", [["a", "b"]]),
        ('a "b c"', [["a", "b c"]]),
        ('a "b\\"c" d\\e "f\\\\"', [["a", 'b"c', "d\\e", "f\\"]]),
        ('a "b""c"', [["a", 'b"c']]),
        ('a ""', [["a", ""]]),
        ("a ^& b & c", [["a", "&", "b"], ["c"]]),
        ("a ^\n b", [["a", "b"]]),
        ('a ^"b^\n\nc^"', [["a", "b\nc"]]),
        ('a ^"\\^"b\\^\\c^"', [["a", '"b\\c']]),
        ("a\nb", [["a"], ["b"]]),
        ('a "b & c"', [["a", "b & c"]]),
        ("a %X% ^%Y^%", [["a", "%X%", "%Y%"]]),
    ],
)
def test_words(text, expected):
    """Carets go first, then quotes and the backslashes before them."""
    assert words(text) == expected


def test_a_pipe_is_told():
    """A command after | reads what the one before it writes."""
    assert [command.piped for command in split_commands_for_cmd("a | b")] == [False, True]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('curl ^"http://x^"', True),
        ("curl ^\n http://x", True),
        ('curl "http://x" ^\n -H "a: b"', True),
        ('curl -d "{""a"":1}"', True),
        ("curl 'http://x' \\\n -d '^\"a^\"'", False),
        ('curl "http://x" -d ""', False),
        ("curl http://x", False),
    ],
)
def test_which_shell_it_is_for(text, expected):
    """Carets where bash has none, or doubled quotes, tell cmd.exe."""
    assert is_for_cmd(text) is expected


def as_chrome_does(text):
    """Return a text as one word for cmd.exe: a caret before whatever it or the program's start-up code might take."""
    doubled = text.replace("\\", "\\\\").replace('"', '\\"')
    carets = re.sub(r"[^A-Za-z0-9\n ]", lambda match: "^" + match[0], doubled)
    return '^"' + carets.replace("\n", "^\n\n") + '^"'


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text('ab1^"\\%&|<> \n\t-é', max_size=20), min_size=1, max_size=3))
def test_what_chrome_writes_is_read_back(texts):
    """Any texts come back from the words that Chrome would make of them."""
    assert words("curl " + " ^\n  ".join(map(as_chrome_does, texts))) == [["curl", *texts]]
