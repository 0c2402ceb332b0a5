"""The history as a table."""

from ipyasgi import Explorer
from ipyasgi.views.history import view_history

from .conftest import Markup


async def app(scope, receive, send):
    """Answer everything."""
    if scope["type"] == "lifespan":
        raise RuntimeError("none")
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": b"hi"})


def test_newest_last_and_the_oldest_left_out() -> None:
    """Rows stand in the order of the history; of many the newest are shown and the others counted."""
    with Explorer(app) as explorer:
        for number in range(105):
            explorer.get(f"/{number}?token=abc")
        view = view_history(explorer.history, explorer.settings)
    lines = view.text.split("\n")
    assert lines[:2] == ["105 exchanges", "       … 75 older ones"]
    assert len(lines) == 32
    assert "GET /104?token=•••" in lines[-1]
    markup = Markup(view.html)
    assert sum(tag == "tr" for tag, _ in markup.elements) == 101
    assert "5 older are not shown" in markup.text


def test_an_empty_history_says_what_to_do() -> None:
    """Before the first request the view names one."""
    with Explorer(app) as explorer:
        view = view_history(explorer.history, explorer.settings)
    assert view.text == "No exchange yet\ntry: %asgi GET /"
    assert "%asgi GET /" in view.html
