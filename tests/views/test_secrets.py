"""Secrets leave in no view, unless they are asked for."""

import dataclasses
import re

import pytest

from ipyasgi import Explorer
from ipyasgi.records.secret_rules import MASK
from ipyasgi.views.exchange import view_exchange
from ipyasgi.views.state import view_state
from ipyasgi.views.view import View

from .exhibit import Exhibit

SECRETS = [
    "in-a-query",
    "in-a-header",
    "in-a-request",
    "in-a-location",
    "in-an-event",
    "in-a-session",
    "in-a-cookie",
    "cookie-value-7",
    "in-a-body",
    "in-a-sent-form",
    "in-multipart",
    "in-broken-json",
    "in-the-deep",
    "in-a-page",
    "in-a-part",
    "in-a-part-header",
    "in-json-in-a-part",
    "in-a-column",
    "in-an-event-row",
    "in-an-assignment",
    "in-plain-text",
    "in-a-line",
    "in-a-header-line",
    "in-a-dsn",
    "in-xml",
    "in-a-message",
    "in-a-sent-message",
    "in-a-handshake",
    "in-a-run",
    "in-a-form",
    "in-lines",
    "sk-in-the-state",
    "hunter2-in-an-object",
    "in-a-compared-query",
    "in-a-compared-header",
    "in-a-compared-text",
    "in-a-later-body",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_no_view_shows_a_secret(everything: list[tuple[str, View]], secret: str) -> None:
    """Neither HTML nor text of any view holds a secret of a header, cookie, query, body, message or state."""
    assert [title for title, view in everything if secret in view.html or secret in view.text] == []


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_they_are_shown_when_asked_for() -> None:
    """With `show_secrets` each of them can be read, so the test above looks for what is really there."""
    from .page import draw_everything

    with Explorer(Exhibit()) as explorer:
        explorer.settings = dataclasses.replace(explorer.settings, show_secrets=True)
        shown = "".join(view.html for _, view in draw_everything(explorer))
    assert [secret for secret in SECRETS if secret not in shown] == []


def test_secrets_inside_a_changed_value() -> None:
    """A secret deep inside a value that came or went is masked in the changes, and shown on request."""

    kept: dict = {}

    async def keeping(scope, receive, send):
        if scope["type"] == "lifespan":
            raise RuntimeError("none")
        kept["settings"] = {"db": {"password": "pw-1"}, "keys": [{"api_key": "pw-2"}]}
        kept["token"] = "pw-3"
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body"})

    keeping.state = kept
    with Explorer(keeping) as explorer:
        exchange = explorer.get("/")
        asked = dataclasses.replace(explorer.settings, show_secrets=True)
        for hidden in (view_exchange(exchange, explorer.settings), view_state(explorer.state, explorer.settings)):
            assert re.findall("pw-[123]", hidden.html + hidden.text) == []
            assert MASK in hidden.html
            assert MASK in hidden.text
        for open_ in (view_exchange(exchange, asked), view_state(explorer.state, asked)):
            assert set(re.findall("pw-[123]", open_.html)) == {"pw-1", "pw-2", "pw-3"}


def test_user_of_an_absolute_url() -> None:
    """A user and password written into a URL are masked."""

    async def app(scope, receive, send):
        headers = [(b"location", b"https://ada:byron@elsewhere/#access_token=t1p")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body"})

    with Explorer(app, lifespan="off") as explorer:
        view = view_exchange(explorer.get("http://ada:lovelace@testserver/?token=t0p"), explorer.settings)
    assert re.findall("lovelace|byron|t[01]p", view.html + view.text) == []
    assert "elsewhere/#access_token=" in view.html
