"""Words of a shell: in as bash takes them, out as it takes them back."""

import contextlib
import re
import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipyasgi.errors import RequestError
from ipyasgi.formats.shell_words import printf_template, quote_word, read_ansi, split_commands


def words(text, **values):
    """Return the words of each command."""
    return [command.words for command in split_commands(text, values.get)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b\tc", [["a", "b", "c"]]),
        ("a\\\n b", [["a", "b"]]),
        ("a\\\nb", [["ab"]]),
        ("'a b'\"c d\"e\\ f", [["a bc de f"]]),
        ("''", [[""]]),
        ("a ''", [["a", ""]]),
        (r'"a\"b\\c\$d\e"', [['a"b\\c$d\\e']]),
        ('"a\\\nb"', [["ab"]]),
        (r"$'a\'b\x41\101\u00e9\n'", [["a'bAAé\n"]]),
        ('$"a b"', [["a b"]]),
        ("a # b\nc", [["a"], ["c"]]),
        ("a#b", [["a#b"]]),
        ("a; b && c || d | e", [["a"], ["b"], ["c"], ["d"], ["e"]]),
        ("a |\n b", [["a"], ["b"]]),
        ("a & b", [["a"], ["b"]]),
        ("a 2>&1 >x b <y", [["a", "b"]]),
        ("a>x", [["a"]]),
        ("$ $1 $?", [["$", "$1", "$?"]]),
        ("a$x'$x'\"${x}\"", [["aX$xX"]]),
        ("", []),
    ],
)
def test_words(text, expected):
    """Quotes, escapes, comments, continued lines, breaks and redirections are bash's."""
    assert words(text, x="X") == expected


def test_pipes_and_files_are_recognised():
    """What reads from the command before it is piped; what reads or writes a file is redirected."""
    first, second = split_commands("a > x | b", {}.get)

    assert (first.piped, first.redirected) == (False, True)
    assert (second.piped, second.redirected) == (True, False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\x41\x4", "A\x04"),
        (r"\303\251", "é"),
        (r"\377", "\udcff"),
        (r"\ud83d\ude00", "😀"),
        (r"\ud83d", "\ufffd"),
        (r"\e\q\\", "\x1b\\q\\"),
    ],
)
def test_escapes(text, expected):
    """Each escape of $'...' is its character; bytes that are no UTF-8 stay bytes."""
    assert read_ansi(text) == expected


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")), st.binary(max_size=20))
def test_a_quoted_word_is_one_word(text, raw):
    """Any text, and any bytes, are one word after quoting and reading."""
    for word in (text, raw.replace(b"\0", b"").decode("utf-8", "surrogateescape")):
        assert words("x " + quote_word(word)) == [["x", word]]


@pytest.mark.parametrize("shell", ["bash", "sh", "dash", "busybox"])
def test_shells_agree(shell):
    """POSIX shells take back what is quoted, character for character, and run nothing in it."""
    if not shutil.which(shell):
        pytest.skip(f"there is no {shell} on this machine")
    given_words = [
        "it's",
        "a\nb\tc",
        "$HOME `id` !! \\",
        "\x01\x7f\u202e",
        "\udcff",
        "'\x1b'",
        "é😀",
        "",
        "\x01\n\n",
        "-\x01",
    ]
    given_words += ["\x1b'; exit 3; :", '\x1b"; exit 3; :', "\x1b$(exit 3)`exit 3`%s%%\\n\\061"]
    script = "printf '%s\\0' " + " ".join(map(quote_word, given_words))
    done = subprocess.run(
        [shell, *["sh"][: shell == "busybox"], "-s"],
        input=script.encode("utf-8", "surrogateescape"),
        capture_output=True,
        timeout=20,
        check=True,
    )

    assert done.stdout.decode("utf-8", "surrogateescape").split("\0")[:-1] == given_words


@pytest.mark.parametrize("template", ["-- 100% 'x'", "\\061\n\r\t", "\x00\x011", "--help", "%s!\udcff"])
@pytest.mark.parametrize("shell", ["bash", "sh", "dash"])
def test_printf_writes_the_text(shell, template):
    """A text is a template for ``printf`` of each shell, also one that resembles an option or an escape."""
    if not shutil.which(shell):
        pytest.skip(f"there is no {shell} on this machine")
    done = subprocess.run(
        [shell, "-c", f"printf '{printf_template(template)}'"], capture_output=True, timeout=20, check=True
    )

    assert done.stdout == template.encode("utf-8", "surrogateescape")


@settings(max_examples=300, deadline=None)
@given(st.text("ab'\"\\$`{}()<>|&;#! \n\t-=E", max_size=40))
def test_any_text_has_words_or_an_error(text):
    """Whatever is pasted ends in words or in a `RequestError`."""
    with contextlib.suppress(RequestError):
        split_commands(text, lambda name, written: written)


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
def test_words_for_cmd(text, expected):
    """Carets go first, then quotes and the backslashes before them."""
    (first, *others) = words("curl ^\n" + text)
    assert [first[1:], *others] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('curl ^"http://x^"', ["curl", "http://x"]),
        ('curl "http://x" ^\n -H "a: b"', ["curl", "http://x", "-H", "a: b"]),
        ('curl -d "{""a"":1}"', ["curl", "-d", '{"a":1}']),
        ("curl 'http://x' \\\n -d '^\"a^\"'", ["curl", "http://x", "-d", '^"a^"']),
        ('curl "http://x" -d ""', ["curl", "http://x", "-d", ""]),
    ],
)
def test_which_shell_it_is_for(text, expected):
    """Carets where bash has none, or doubled quotes, are cmd.exe's; in single quotes they are characters."""
    assert words(text) == [expected]


def as_chrome_does(text):
    """Return a text as one word for cmd.exe: a caret before whatever it or the program's start-up code might take."""
    doubled = text.replace("\\", "\\\\").replace('"', '\\"')
    carets = re.sub(r"[^A-Za-z0-9\n ]", lambda match: "^" + match[0], doubled)
    return '^"' + carets.replace("\n", "^\n\n") + '^"'


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text('ab1^"\\%&|<> \n\t-é', max_size=20), min_size=1, max_size=3))
def test_commands_of_chrome_are_read_back(texts):
    """Any texts come back from the words that Chrome would make of them."""
    assert words("curl " + " ^\n  ".join(map(as_chrome_does, texts))) == [["curl", *texts]]
