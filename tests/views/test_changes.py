"""Changes and output as short texts."""

import pytest

from ipyasgi import Settings
from ipyasgi.records.exception_text import ExceptionText, Frame, Local
from ipyasgi.records.masked import mask_value
from ipyasgi.records.output import OutputLine
from ipyasgi.records.redaction import Redactor
from ipyasgi.records.secret_rules import MASK
from ipyasgi.records.state import Change
from ipyasgi.views.changes import show_changes, show_exception, show_output


def test_changes_are_masked_and_keep_their_wording() -> None:
    """Added, removed, changed and mutated are worded as the record words them; only secret values are masked."""
    changes = [
        Change(path="app.state.n", kind="changed", before="3", after="4"),
        Change(path="app.state.token", kind="added", after="'abc'"),
        Change(path="app.state.n", kind="removed", before="3"),
        Change(path="app.state.n", kind="mutated", before="<X>", after="<X>"),
        Change(path="app.state.n", kind="changed", before="<X>", after="<X>"),
    ]

    assert [str(shown) for shown in show_changes(changes, Settings())] == [
        "app.state.n 3 → 4",
        f"app.state.token = {MASK}",
        "app.state.n removed (was 3)",
        "app.state.n changed inside",
        "app.state.n replaced (new <X>)",
    ]


@pytest.mark.parametrize(
    ("path", "text", "shown"),
    [
        ("app.state.count", "4", "4"),
        ("app.state.token", "'abc'", MASK),
        ("state['user']['password']", "'abc'", MASK),
        ("app.state.password", "None", "None"),
        ("app.state.session", "<Session>", "<Session>"),
        ("app.state.user", "{'name': 'Ada', 'password': 'abc'}", f"{{'name': 'Ada', 'password': '{MASK}'}}"),
        ("app.state.user", "{'secret': {'a': ['abc', 'd']}, 'n': 1}", f"{{'secret': '{MASK}', 'n': 1}}"),
        ("app.state.user", "{'password': 'abc…", f"{{'password': '{MASK}'"),
    ],
)  # fmt: skip
def test_values_under_secret_names_are_masked(path: str, text: str, shown: str) -> None:
    """A value is masked by its path or by the names inside its text; the name of an object is not masked."""
    assert mask_value(path, text, Redactor()) == shown
    assert mask_value(path, text, Redactor(show=True)) == text


def test_locals_are_masked_by_name_and_by_value() -> None:
    """Under a secret name, within a value, and where another local or a line of code repeats the secret."""
    local_vars = (
        Local("line", "'login hunter22 now'"),
        Local("password", "'hunter22'"),
        Local("user", "{'name': 'ann', 'token': 'abc12345'}"),
        Local("token_type", "'bearer'"),
    )
    frame = Frame(place="a:1", function="f", lines=((1, "f('hunter22')"),), local_vars=local_vars)
    shown = show_exception(ExceptionText(type_name="E", message="", frames=(frame,)), Settings()).frames[0]
    assert isinstance(shown, Frame)
    assert [one.text for one in shown.local_vars] == [
        "'login ••• now'",
        "•••",
        "{'name': 'ann', 'token': '•••'}",
        "'bearer'",
    ]


def test_output_loses_its_colours_and_last_newline() -> None:
    """Output meant for a terminal is shown as text."""
    (line,) = show_output([OutputLine(source="stdout", text="\x1b[1;31mred\x1b[0m\n", at_ns=1_500_000)], Settings())
    assert line.text == "red"
