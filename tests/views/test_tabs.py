"""An exchange in parts, which are masked and escaped like the whole."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ipyasgi import Exchange, Explorer
from ipyasgi.views.tabs import TABS, ExchangeTabs, view_nothing, view_tabs

from .conftest import Markup

SECRET = "s3cret"


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answer what the path says."""
    if scope["path"] == "/boom":
        print("about to break")
        raise ValueError("<b>broken</b>")
    cookie = (b"set-cookie", f"sid={SECRET}; Path=/; HttpOnly".encode())
    kind, body = {
        "/rows": (b"application/json", b'[{"<i>": 1}, {"<i>": 2}]'),
        "/csv": (b"text/csv", b"a,b\n1,2\n"),
    }.get(scope["path"], (b"application/json", b'{"a": "<script>"}'))
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind), cookie]})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
def tabs() -> Iterator[Callable[..., ExchangeTabs]]:
    """Give a function that returns the tabs of an exchange with a path."""
    with Explorer(app, lifespan="off") as explorer:

        def make(path: str, **settings: Any) -> ExchangeTabs:
            shown: Exchange = explorer.request("GET", path, raise_exceptions=False)
            return view_tabs(shown, explorer.configure(**settings))

        yield make


def test_those_with_something_are_drawn(tabs: Callable) -> None:
    """Each part that is not empty is drawn under its name, with its size or number."""
    found = tabs("/a")
    assert tuple(found.about) == TABS
    some = {name: about for name, about in found.about.items() if about}
    assert some == {
        "body": "application/json, 17 B",
        "headers": "2",
        "cookies": "1",
        "timeline": "2 rows",
        "request": "GET",
    }
    assert set(re.findall(r'data-tab="(\w+)"', found.html)) == set(some) - {"body"}
    failed = tabs("/boom")
    assert {name for name, about in failed.about.items() if about} == {"output", "exception", "request"}
    assert "about to break" in failed.html


@pytest.mark.parametrize(("path", "drawn"), [("/a", False), ("/rows", False), ("/csv", True)])
def test_a_body_that_is_only_text_is_not_drawn_twice(tabs: Callable, path: str, drawn: bool) -> None:
    """The panel shows JSON and text itself, records too; other bodies are drawn here."""
    found = tabs(path)
    assert found.drawn is drawn
    assert ('data-tab="body"' in found.html) is drawn


@pytest.mark.parametrize("path", ["/a", "/rows", "/csv", "/boom", "/a?x=<i>"])
def test_text_stays_text(tabs: Callable, path: str) -> None:
    """Nothing of the app's becomes an element, and every element is closed."""
    markup = Markup(tabs(path).html)
    assert markup.wrong == []
    assert not {"script", "i"} & {name for name, _ in markup.elements}


def test_secrets_are_masked(tabs: Callable) -> None:
    """Cookies and queries as everywhere; with `show_secrets` they are there, so this looks where they would be."""
    assert SECRET not in tabs(f"/a?token={SECRET}").html
    shown = tabs(f"/a?token={SECRET}", show_secrets=True).html
    assert shown.count(SECRET) == 4  # query, set-cookie twice, and the cookie that was sent


def test_without_an_exchange() -> None:
    """A panel without an exchange shows a title, which is escaped."""
    assert (view_nothing().text, view_nothing("<x>").html.count("<x>")) == ("No response yet", 0)
