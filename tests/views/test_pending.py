"""Requests and replays that are running, in one line each."""

import pytest

from ipyasgi.explorer import Progress
from ipyasgi.views.pending import view_progress

from .conftest import Markup


@pytest.mark.parametrize(("progress", "phase", "text"), [
    (Progress(total=500), "running", "0 of 500 sent again"),
    (Progress(total=500, done=120, failed=3, first="r501", last="r620", elapsed_s=1.2), "running",
     "120 of 500 sent again, 3 failed  1.20 s"),
    (Progress(total=2, done=2, first="r3", last="r4", elapsed_s=1), "ended", "2 of 2 sent again  1.00 s"),
    (Progress(total=2, done=1, first="r3", last="r3"), "interrupted",
     "interrupted: 1 of 2 sent again  r3 in the history"),
    (Progress(total=2), "interrupted", "interrupted: 0 of 2 sent again"),
])  # fmt: skip
def test_one_line(progress: Progress, phase: str, text: str) -> None:
    """The text says it in one line; the HTML draws a bar while it runs."""
    view = view_progress(progress, phase)
    assert view.text == text
    bars = [attributes for tag, attributes in Markup(view.html).elements if tag == "progress"]
    assert [(one["max"], one["value"]) for one in bars] == (
        [(str(progress.total), str(progress.done))] if phase == "running" else []
    )
