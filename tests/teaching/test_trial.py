"""What checks share: values are shown short and harmless, and answers are run as their kind demands."""

import pytest

from ipyasgi.teaching import Wrong
from ipyasgi.teaching.trial import ask, describe, open_explorer, run, show

from .apps import answering, computing


class Unshowable:
    def __repr__(self):
        raise RuntimeError


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (b"tea", "b'tea'"),
        ("a\u202eb\x1b[31m", r"'a\u202eb\x1b[31m'"),
        ([1, 2], "[1, 2]"),
    ],
)
def test_show(value, shown):
    """A value is shown as Python writes it, without a character that acts."""
    assert show(value) == shown


@pytest.mark.parametrize("value", ["x" * 10_000, list(range(10_000)), {"k" * 999: "v" * 999}, Unshowable()])
def test_show_is_short(value):
    """A value of any size, or one that cannot be shown, becomes at most 120 characters on one line."""
    assert 0 < len(show(value)) <= 120
    assert "\n" not in show(value)


def test_describe_is_one_line():
    """An exception is described on one line, whatever its words are."""
    assert describe(ValueError("a\nb\x1b[31m")) == "ValueError: a b [31m"
    assert describe(ValueError()) == "ValueError"


def test_ask_raises_what_the_app_raised():
    """What the app raises comes to the check as itself."""

    def fail(scope, body):
        raise LookupError("no tea")

    with open_explorer(computing(fail)) as explorer, pytest.raises(LookupError, match="no tea"):
        ask(explorer, "GET", "/")


def test_ask_refuses_a_response_against_the_specification():
    """A response that breaks the protocol is no answer, and the section of the specification is named."""
    app = answering(200, b"tea", [(b"content-length", b"99")])
    with open_explorer(app) as explorer, pytest.raises(Wrong) as caught:
        ask(explorer, "GET", "/")
    assert "96 bytes shorter" in caught.value.message


def test_run_wants_an_async_function():
    """A plain function, and what is no function, is told as that."""
    with pytest.raises(Wrong, match="at once"):
        run(lambda: 5)
    with pytest.raises(Wrong, match="should be a function"):
        run(5)
