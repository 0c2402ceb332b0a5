"""`check`: says what became of any answer, and is back in time."""

import threading
import time

import anyio
import pytest

from ipyasgi.teaching import CheckResult, check
from ipyasgi.teaching.checking import MODULES, RESULTS, exercises_of, find_check

from .apps import answering, silent

HELLO = [(b"content-type", b"text/plain")]


async def greet(scope, receive, send):
    body = f"hello {scope['path'][1:]}".encode()
    await answering(200, body, HELLO)(scope, receive, send)


class Unspeakable(Exception):
    def __str__(self):
        raise RuntimeError

    __repr__ = __str__


async def unspeakable(scope, receive, send):
    raise Unspeakable


async def leaving(scope, receive, send):
    raise SystemExit(3)


async def half(scope, receive, send):
    await send({"type": "http.response.start", "status": 200})


async def deaf(scope, receive, send):
    await anyio.sleep(60)


def test_a_solved_exercise_passes():
    """An answer that does what was asked for passes, with a sentence about it."""
    result = check("01-1", greet)
    assert (result.passed, result.state, result.look) == (True, "passed", "")
    assert result.message


@pytest.mark.parametrize("answer", [..., (1, ...), [...], silent], ids=["bare", "in a tuple", "in a list", "in an app"])
def test_an_open_exercise_is_asked_for(answer):
    """As long as the dots are there, the result says so, and not that something is wrong."""
    result = check("01-1", answer)
    assert result.state == "open"
    assert "replace the `...`" in result.message


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (None, "NoneType"),
        ("greet", "str"),
        (greet(None, None, None).close, "builtin_function_or_method"),
        (unspeakable, "it raised Unspeakable"),
        (leaving, "it raised SystemExit: 3"),
        (half, "the app returned before the last http.response.body"),
        (answering(200, "text"), "the body is str, not bytes"),
        (answering(500), "500"),
    ],
)
def test_a_wrong_answer_is_told_and_not_raised(answer, what):
    """Whatever the answer is or raises, the result says what happened."""
    result = check("01-1", answer)
    assert result.state == "wrong"
    assert what in result.message


def test_an_app_that_never_answers_ends_at_its_deadline():
    """A request that waits for ever is given up, and the result says where it waited."""
    result = check("01-1", deaf)
    assert result.state == "wrong"
    assert result.message.startswith("no response within 3 s; it was waiting at ")
    assert "in deaf, awaiting sleep" in result.message


def test_a_loop_without_end_is_left_alone():
    """An answer that never gives the thread back does not keep the check from coming back."""
    enough = threading.Event()

    def read_colors(scope):
        while not enough.is_set():
            time.sleep(0.01)

    began = time.monotonic()
    try:
        result = check("02-2", read_colors, timeout_s=0.3)
    finally:
        enough.set()
    assert time.monotonic() - began < 10
    assert "still running after 0.3 s" in result.message
    assert RESULTS["02-2"] == result


@pytest.mark.parametrize("exercise", ["01-9", "99-1", "", "one", 1, None])
def test_an_exercise_that_is_not_there(exercise):
    """A wrong name of an exercise is the caller's mistake, and the error names what there is."""
    with pytest.raises(ValueError, match="unknown exercise"):
        check(exercise, greet)


def test_every_check_is_in_its_notebooks_table(repository):
    """Each notebook has a module with its checks, numbered from 1, each described by its exercise's name."""
    numbers = {path.name[:2] for path in (repository / "notebooks").glob("*.ipynb")}
    assert numbers <= MODULES.keys()
    for number in numbers:
        exercises = exercises_of(number)
        assert exercises == tuple(f"{number}-{count}" for count in range(1, len(exercises) + 1))
        assert all(find_check(one).__doc__.startswith(f"{one}: ") for one in exercises)


WRONG = CheckResult(exercise="01-2", state="wrong", message="it answers b'<b>&'", look="where does it end?")


def test_text_has_the_hint_below():
    """In a terminal the mark and the name come first, the hint on a line of its own."""
    assert repr(WRONG) == "✗ 01-2  it answers b'<b>&'\n        where does it end?"


def test_text_without_a_hint_is_one_line():
    """A result without a hint is one line."""
    assert repr(CheckResult(exercise="01-2", state="passed", message="well done")) == "✓ 01-2  well done"


def test_html_escapes_what_the_answer_said():
    """What came from the answer is shown and does nothing."""
    html = WRONG._repr_html_()
    assert "it answers b&#39;&lt;b&gt;&amp;&#39;" in html
    assert "where does it end?" in html
    assert "<b>&" not in html


def test_html_sets_code_apart():
    """What stands between backticks is code in HTML, and escaped there as well."""
    html = CheckResult(exercise="01-2", state="open", message="replace the `<...>` here")._repr_html_()
    assert "replace the <code>&lt;...&gt;</code> here" in html
