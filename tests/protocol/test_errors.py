"""The error tree: attributes, texts that end with an action, and copies."""

import copy
import pickle
from typing import Any

import pytest

from ipyasgi.client.httpx import AppReadTimeout, httpx
from ipyasgi.protocol import errors


def an_app() -> None:
    """A function that is not an app, but can be pickled."""


EXAMPLES: list[tuple[errors.IpyasgiError, dict[str, Any], str]] = [
    (errors.NotAnAppError(an_app, "a function"), {"given": an_app}, "add --factory"),
    (errors.NotAnAppError(int), {"given": int}, "add --factory"),
    (
        errors.AppNotFoundError("shop:app", "no module is called shop: run it beside shop.py"),
        {"expression": "shop:app", "why": "no module is called shop: run it beside shop.py"},
        "run it beside shop.py",
    ),
    (errors.RequestError("a path begins with /"), {}, "begins with /"),
    (errors.LoopError("closed: open a new client"), {}, "open a new client"),
    (
        errors.LifespanStateError("stop", "stopped", ["start", "step"]),
        {"wanted": "stop", "status": "stopped", "possible": ("start", "step")},
        "possible now: start, step",
    ),
    (
        errors.LifespanStateError("stop", "stopped", []),
        {"wanted": "stop", "status": "stopped", "possible": ()},
        "nothing is possible now",
    ),
    (errors.ProtocolError("out of order", rule="http.order"), {"rule": "http.order"}, "out of order"),
    (
        errors.LifespanError("startup", "no database"),
        {"phase": "startup", "app_message": "no database"},
        "then start it again",
    ),
    (errors.EventStreamError("not a stream: read it with .text"), {}, "with .text"),
    (
        errors.DeadlineError("response", 0.5, ["a.py:1 in f", "b.py:2 in g"]),
        {"waited_for": "response", "timeout_s": 0.5, "stack": ("a.py:1 in f", "b.py:2 in g")},
        "Increase the timeout, or check what the app awaits at that line",
    ),
]


@pytest.mark.parametrize(("error", "values", "end"), EXAMPLES)
def test_words_and_values(error: errors.IpyasgiError, values: dict[str, Any], end: str) -> None:
    """Each error keeps its values as attributes, and its text ends with what to do next."""
    assert {name: getattr(error, name) for name in values} == values
    assert str(error).endswith(end)
    assert "\n" not in str(error)


@pytest.mark.parametrize("remake", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))], ids=["copy", "pickle"])
@pytest.mark.parametrize(("error", "values", "end"), EXAMPLES)
def test_copies_are_the_same(error: errors.IpyasgiError, values: dict[str, Any], end: str, remake: Any) -> None:
    """A copied or pickled error has the same class, text and attributes."""
    again = remake(error)
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert {name: getattr(again, name) for name in values} == values


@pytest.mark.parametrize(
    ("error", "builtin"),
    [
        (errors.LoopError("x"), RuntimeError),
        (errors.LifespanStateError("stop", "stopped", ()), RuntimeError),
        (errors.LifespanError("startup", ""), RuntimeError),
        (errors.ProtocolError("x", rule="y"), AssertionError),
        (errors.DeadlineError("response", 1), TimeoutError),
    ],
)
def test_errors_are_the_builtin_kind_too(error: errors.IpyasgiError, builtin: type[Exception]) -> None:
    """Errors are also instances of the usual builtin exception classes."""
    assert isinstance(error, builtin)


def test_each_fault_has_its_branch() -> None:
    """The base class has three branches: the call, the app, a deadline."""
    assert {cls.__name__ for cls in errors.IpyasgiError.__subclasses__()} == {"CallError", "AppError", "DeadlineError"}


@pytest.mark.parametrize("raised", [SystemExit(3), KeyboardInterrupt()])
def test_an_exit_says_what_was_raised(raised: BaseException) -> None:
    """The error that replaces an app's exit names the original exception and keeps it."""
    error = errors.AppExitError(raised)
    assert error.raised is raised
    assert type(raised).__name__ in str(error)
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), type(again.raised)) == (str(error), type(raised))


@pytest.mark.parametrize("caught_by", [httpx.ReadTimeout, httpx.TimeoutException, TimeoutError, errors.DeadlineError])
def test_a_read_timeout_is_caught_four_ways(caught_by: type[Exception]) -> None:
    """The error of a missed deadline is an httpx, a builtin and an ipyasgi exception."""
    error = AppReadTimeout(errors.DeadlineError("response", 2, ["a.py:1 in f"]), httpx.Request("GET", "http://t/"))
    with pytest.raises(caught_by, match=r"no response within 2 s; the app was waiting at a\.py:1 in f\."):
        raise error
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.stack, again.request.url) == (str(error), error.stack, error.request.url)
