"""The lifespan as text and HTML."""

import pytest

from ipyasgi import Explorer
from ipyasgi.views.lifespan import view_lifespan

from .conftest import Markup


def app_that(how: str):
    """Return an app whose lifespan goes one of several ways."""

    async def app(scope, receive, send):
        if how == "unsupported":
            raise RuntimeError("no lifespan here")
        await receive()
        print("opening the pool")
        scope["state"]["pool"] = 3
        if how == "failed":
            await send({"type": "lifespan.startup.failed", "message": "no database"})
            return
        if how == "traceback":
            message = "Traceback (most recent call last):\n  File x, line 1\nOSError: the disk is full\n"
            await send({"type": "lifespan.startup.failed", "message": message})
            return
        if how == "raised":
            raise OSError("the disk is full")
        await send({"type": "lifespan.startup.complete"})
        if how == "died":
            return
        await receive()
        await send({"type": "lifespan.shutdown.complete"})

    return app


@pytest.mark.parametrize(
    ("how", "status", "expected"),
    [
        ("fine", "running", "%asgi lifespan stop"),
        ("failed", "startup failed", "no database"),
        ("traceback", "startup failed", "Message: OSError: the disk is full"),
        ("raised", "startup failed", "OSError: the disk is full"),
        ("unsupported", "unsupported", "requests work without it"),
    ],
)
def test_each_end_of_startup(how: str, status: str, expected: str) -> None:
    """The status, what it means and why it came to it are in both forms."""
    with Explorer(app_that(how)) as explorer:
        view = view_lifespan(explorer.lifespan, explorer.settings)
    assert view.text.startswith(f"lifespan {status}")
    assert expected in view.text
    text = " ".join(Markup(view.html).text.split())
    assert f"● {status}" in text
    assert expected in text


def test_steps_show_changes_and_output() -> None:
    """Each message has its time, what the app changed and what it printed after it."""
    with Explorer(app_that("fine")) as explorer:
        view = view_lifespan(explorer.lifespan, explorer.settings)
    lines = [" ".join(line.split()[2:]) for line in view.text.split("\n") if "lifespan.startup" in line]
    assert lines[:2] == ["receive lifespan.startup", "send lifespan.startup.complete"]
    assert "state['pool'] = 3" in view.text
    assert "opening the pool" in view.text
    assert "opening the pool" in Markup(view.html).text


def test_stepping_shows_where_the_app_waits() -> None:
    """Between steps the view shows where the app waits and the next actions."""
    with Explorer(app_that("fine"), lifespan="off") as explorer:
        assert "%asgi lifespan start" in view_lifespan(explorer.lifespan, explorer.settings).text
        explorer.lifespan.step()
        view = view_lifespan(explorer.lifespan, explorer.settings)
    assert view.text.startswith("lifespan starting")
    assert "The app waits at send lifespan.startup.complete" in view.text
    assert "next: %asgi lifespan step" in view.text
