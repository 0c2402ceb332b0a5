"""The words of a command that sends."""

import pytest

from ipyasgi.one_shot.words import SHELL_OPTIONS, is_one_shot, read_one_shot, usage

from .conftest import Send


@pytest.mark.parametrize(
    ("words", "sends"),
    [
        ("app:app GET /", True),
        ("app:app --trace GET /", True),
        ("--factory app:make get /", True),
        ("--env some.env app:app GET /", True),
        ("--env=some.env app:app GET /", True),
        ("--sample shop GET /", True),
        ("--sample=shop /items", True),
        ("app:app run file.http", True),
        ("app:app GTE /items", True),
        ("", False),
        ("app:app", False),
        ("app:app --lab", False),
        ("--lab app:app", False),
        ("--env some.env app:app", False),
        ("--base-url https://shop.example app:app", False),
        ("--sample shop", False),
        ("--sample shop mine:app", False),
        ("app:app -c 1", False),
        ("-c 1 app:app", False),
    ],
)
def test_which_commands_send(words: str, sends: bool) -> None:
    """A command sends if a word follows the app; options may be anywhere."""
    assert is_one_shot(words.split()) == sends


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["/items"], "'/items' is a path without a method. Write ipyasgi mine:app GET /items."),
        (["GTE", "/"], "'GTE' is neither a method nor `run`. Did you mean GET?"),
        (["GET"], "GET needs a path"),
        (["GET", "/", "--jsn"], "Unknown option --jsn. Did you mean --json?"),
        (["GET", "/", "--json", "--text"], "--json and --text are different outputs"),
        (["GET", "/", "--background"], "Unknown option --background."),
        (["GET", "/", "--lab"], "--lab opens something"),
        (["GET", "/", "--timeout", "no"], "Invalid value: --timeout no."),
        (["GET", "/", "-H", "A: b"], "Write Header:value."),
        (["GET", "/", "a=1"], "For the query write a==1. To send a body anyway, write --raw TEXT."),
        (["POST", "/", '{"a": }'], "Invalid JSON: Expecting value at column 7. Quote it for your shell"),
        (["POST", "/", "{name: Foo}"], "Invalid JSON"),
        (["POST", "/", "a=1", "@no/such/file"], "The body is given twice"),
        (["POST", "/", "@no/such/file"], "File not found: no/such/file."),
        (["GET", "/", "a==\udcff"], "is a lone surrogate and cannot be sent"),
        (["GET", "/", "--env", "no.env"], "--env no.env: No such file or directory"),
        (["GET", "/", "--base-url", "ftp://x"], "Give a URL such as https://shop.example."),
        (["run"], "run takes one file"),
        (["run", "no.http"], "Cannot read no.http: No such file or directory."),
        (["run", "a.http", "--form"], "run takes no --form. Its options: --json"),
    ],
)
def test_a_wrong_command_is_one_line(send: Send, words: list[str], says: str) -> None:
    """It is one line on the standard error, with status 2, and nothing is sent."""
    sent = send(*words)
    lines = sent.err.splitlines()
    assert says in lines[-1]
    assert lines[-1].startswith("ipyasgi: ")
    assert [line for line in lines[:-1] if line != "imported"] == []
    assert (sent.status, sent.out) == (2, b"")


def test_the_words_are_the_language_of_the_magic() -> None:
    """What the shell has separated is read by the grammar of `%asgi`; its own signs are plain characters."""
    line = read_one_shot(["mine:app", "get", "/a;b", "q==a b", "X-A:{{1}}", "name={{x", "--", "--b==c"]).line
    assert line.head == "GET"
    assert line.texts() == ("/a;b", "q==a b", "X-A:{{1}}", "name={{x", "--b==c")
    assert line.options == {}


def test_the_help_names_each_option() -> None:
    """Each option is in the help once, with its description."""
    lines = usage().splitlines()
    for option in SHELL_OPTIONS.values():
        assert sum(line.split("  ")[1] == option.usage for line in lines if line.startswith("  --")) == 1
