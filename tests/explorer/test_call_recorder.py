"""What the app raised and did not let out."""

import logging
from typing import Any

import pytest

from ipyasgi import Exchange, Explorer, Settings
from ipyasgi.history.history import LIVE_EXCEPTIONS
from ipyasgi.views.exchange import view_exchange


async def respond(send: Any, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b"said"})


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Raise, catch it, and answer as a framework would."""
    handled_exception = None
    try:
        raise LookupError(scope["path"])
    except LookupError as exc:
        if scope["path"] == "/inside":  # Litestar
            await respond(send, 500)
            return
        if scope["path"] == "/expected":
            await respond(send, 404)
            return
        if scope["path"] == "/let-out":  # Starlette
            await respond(send, 500)
            raise
        handled_exception = exc
    if scope["path"] != "/unsaid":
        level = logging.INFO if scope["path"] == "/noted" else logging.ERROR
        logging.getLogger("shop").log(level, "it broke", exc_info=handled_exception)  # Quart, Falcon, Django
    await respond(send, 200 if scope["path"] == "/rescued" else 500)


@pytest.fixture
def explorer(caplog: pytest.LogCaptureFixture) -> Any:
    with Explorer(app, lifespan="off") as explorer:
        yield explorer


def ask(explorer: Explorer, path: str) -> Exchange:
    return explorer.get(path, raise_exceptions=False)


@pytest.mark.parametrize("path", ["/inside", "/logged", "/rescued"])
def test_what_was_handled_or_logged_is_known(explorer: Explorer, path: str) -> None:
    """An exception that the app handles as it answers 500, or logs as an error, is kept with its frames, not raised."""
    exchange = explorer.get(path)

    assert exchange.exception is None
    assert exchange.handled_exception is not None
    assert (exchange.handled_exception.raised.name, exchange.handled_exception.raised.message) == ("LookupError", path)
    assert exchange.handled_exception.raised.frames[-1].place.startswith("explorer/test_call_recorder.py:")
    assert explorer.last_exception is exchange.handled_exception.exception
    assert exchange.failed is (path != "/rescued")


@pytest.mark.parametrize("path", ["/expected", "/noted", "/unsaid"])
def test_what_is_no_failure_is_left_alone(explorer: Explorer, path: str) -> None:
    """One that led to a 404, or was logged as less than an error, is the app's own business."""
    assert explorer.get(path).handled_exception is None


def test_one_that_is_let_out_is_not_caught(explorer: Explorer) -> None:
    """An app that answers 500 and lets the exception go has raised it, and that is all."""
    exchange = ask(explorer, "/let-out")

    assert isinstance(exchange.exception, LookupError)
    assert exchange.handled_exception is None


def test_older_ones_are_let_go_with_their_frames(explorer: Explorer) -> None:
    """The newest few are kept live, the others as text."""
    for _ in range(LIVE_EXCEPTIONS + 1):
        ask(explorer, "/inside")
    first, *others = (exchange.handled_exception for exchange in explorer.history)

    assert first.exception is None
    assert first.raised.name == "LookupError"
    assert all(handled_exception.exception is not None for handled_exception in others)


@pytest.mark.parametrize("path", ["/inside", "/rescued"])
def test_it_is_shown(explorer: Explorer, path: str) -> None:
    """Summary line and section say that the app caught it."""
    view = view_exchange(ask(explorer, path), Settings())

    assert "LookupError caught" in view.text.partition("\n")[0]
    assert "Exception, caught by the app\n  LookupError: " in view.text
    assert "LookupError, caught by the app" in view.html
    assert "The app sent no response" not in view.text + view.html
