"""The parser under arbitrary input: a value or a `CallError`, never anything else, and never for long."""

import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ipyasgi.magic.cells import split_cell
from ipyasgi.magic.command_call import read_calls, write_calls
from ipyasgi.magic.python_call import ShownText
from ipyasgi.magic.tokenizer import GrammarError, split_tokens
from ipyasgi.notebook.magics import COMMANDS
from ipyasgi.protocol.errors import CallError

from .meaning import NAMES

# What the language is made of, so that the fuzzer gets past the first word.
_SCRAPS = st.sampled_from(
    [
        *("GET", "POST", "HEAD", "GETT", "ws", "attach", "use", "lifespan", "show", "config", "headers", "cookies"),
        *("/", "/items", "/{item_id}", "/{p:path}", "?a=1", "http://x/", "HTTP/1.1", "###", "# @name x", "===", "//"),
        *("=", "==", ":=", ":", "@", "=@", ":=@", "==@", "\\", "\\=", "\\@", "'", '"', "{{", "}}", "{{n}}", "{", "}"),
        *(
            "--",
            "--form",
            "--raw",
            "--timeout",
            "--repeat",
            "--headers",
            "--show-secrets",
            "--background",
            "--as-python",
        ),
        *(
            "&",
            ";",
            "<<",
            "r << ",
            "name",
            "item_id=7",
            "timeout=5",
            "X-A: b",
            "Content-Type: text/plain",
            "\n",
            "\n\n",
        ),
        *('{"a": 1}', "[1, 2", "NaN", "1e999", "null", " ", "\t", "\x00", "\ud800", "é", "\u202e", "\\u0000", "-1"),
    ]
)
_TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(_SCRAPS, max_size=12).map("".join),
    st.lists(st.one_of(_SCRAPS, st.text(max_size=5)), max_size=12).map(" ".join),
)
_SETTINGS = settings(max_examples=400, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])


class AttachedApps:
    """A shell with no app attached."""

    def __init__(self) -> None:
        self.current = None
        self.namespace: dict[str, Any] = {}


def evaluate(expression: str) -> Any:
    """Evaluate only what is a name: what a fuzzer writes must not run."""
    if expression.strip() not in NAMES:
        raise GrammarError(f"{expression} is not known")
    return NAMES[expression.strip()]


def understand(line: str, cell: str | None) -> None:
    """Read a line, and write the Python of it, which must be Python."""
    try:
        calls = read_calls(line, cell, evaluate, {}, COMMANDS)
    except CallError:
        return
    code = write_calls(calls, AttachedApps())
    assert isinstance(code, ShownText)
    if all(call.command.name != "attach" for call in calls):  # an app is named by whatever was written
        compile(code, "code", "exec")


@given(_TEXTS)
@_SETTINGS
def test_a_line_is_understood_or_refused(line: str) -> None:
    """Whatever stands after %asgi is a call or a CallError with words in it."""
    understand(line, None)


@given(_TEXTS, _TEXTS)
@_SETTINGS
def test_a_cell_is_understood_or_refused(line: str, cell: str) -> None:
    """Whatever stands after %%asgi and below it is calls or a CallError."""
    understand(line, cell)


@given(st.sampled_from(["POST /x ", "GET /x ", "ws /x ", "GET /{item_id} "]), _TEXTS, st.none() | _TEXTS)
@_SETTINGS
def test_items_are_understood_or_refused(head: str, rest: str, cell: str | None) -> None:
    """Behind a good beginning too."""
    understand(head + rest, cell)


@given(_TEXTS)
@_SETTINGS
def test_words_say_where_they_stand(line: str) -> None:
    """Words come in order, do not overlap, and nothing but blanks is between them."""
    try:
        words = split_tokens(line)
    except GrammarError:
        return
    done = 0
    for word in words:
        end = word.start + len(word.source)
        assert done <= word.start < end
        assert line[word.start : end] == word.source
        assert not line[done : word.start].strip(" \t\r\n\f\v")
        done = end
    assert not line[done:].strip(" \t\r\n\f\v")


@given(_TEXTS)
@_SETTINGS
def test_a_cell_keeps_its_lines(cell: str) -> None:
    """Splitting a cell loses no line but separators, comments above a request and empty ones."""
    try:
        parts = split_cell("", cell)
    except GrammarError:
        return
    kept = "\n".join(f"{part.line}\n{part.rest}" for part in parts)
    for line in cell.split("\n"):
        assert not line.strip() or line.startswith("###") or line.strip()[:1] in ("#", "/") or line in kept


HOSTILE = {
    "many openings": "GET /" + "{{" * 5000,
    "openings, then ends": "GET /" + "{{" * 300 + "}}" * 300,
    "brackets": "GET /" + "{{(" * 2000 + ")}}" * 2000,
    "signs": "GET /{{" + "-" * 1900 + "1}}",
    "deep expression": "GET /{{" + "(" * 900 + "1" + ")" * 900 + "}}",
    "open JSON": "POST / a:=" + "[" * 50_000,
    "deep JSON": "POST / a:='" + "[" * 50_000 + "]" * 50_000 + "'",
    "long number": "POST / a:=" + "9" * 50_000,
    "many items": "POST / " + "a=b " * 3000,
    "backslashes": "POST / " + "\\" * 100_000,
    "escaped signs": "POST / a" + "\\=" * 50_000,
    "many places": "GET /" + "{a}" * 2000 + " a=1",
    "one word": "a" * 100_000,
    "quotes": "'" * 99_999,
    "options": "GET / " + "--timeout 5 " * 5000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_lines_end_soon(name: str) -> None:
    """Deep, long and repeated input is answered in a few seconds, with a value or a CallError."""
    began = time.monotonic()
    understand(HOSTILE[name], None)
    assert time.monotonic() - began < 10


def test_hostile_cells_end_soon() -> None:
    """So are large cells."""
    began = time.monotonic()
    understand("POST /x", '{"a": ' * 20_000)
    understand("POST /x", "{{" * 20_000)
    understand("POST /x", "###\n" * 20_000)
    understand("POST /x", "X-A: b\n" * 3000)
    understand("POST /x", "Content-Type: text/plain\n\n" + "### a\n" * 2000)
    assert time.monotonic() - began < 20
