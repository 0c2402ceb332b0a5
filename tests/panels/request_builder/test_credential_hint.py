"""The line above a response about credentials: when there is one, and what it offers."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer

from ipyasgi import Explorer
from ipyasgi.history.exchange import Exchange
from ipyasgi.openapi.credentials import Credential
from ipyasgi.panels.request_builder.credential_hint import find_hint

app = FastAPI()
bearer = OAuth2PasswordBearer(tokenUrl="token", scheme_name="login")


@app.get("/me")
def me(token: str = Depends(bearer)) -> str:
    """Accept one token, know another, reject the rest."""
    if token == "known":
        raise HTTPException(403)
    if token != "good":
        raise HTTPException(401, "The token has expired")
    return "me"


@app.get("/open")
def read_open(status: int = 200, token: str = "") -> dict[str, Any]:
    """Answer with this status and this token."""
    if status != 200:
        raise HTTPException(status)
    return {"access_token": token}


@pytest.fixture
def explorer() -> Iterator[Explorer]:
    with Explorer(app) as explorer:
        yield explorer


def hint_for(explorer: Explorer, exchange: Exchange) -> dict[str, Any]:
    return find_hint(exchange, explorer.openapi, explorer.credentials)


def test_a_request_without_credentials(explorer: Explorer) -> None:
    """Signing in is offered, until it is done."""
    exchange = explorer.get("/me")
    assert hint_for(explorer, exchange) == {"kind": "sign_in", "keys": ["login"], "sent": False, "expires_at_s": None}
    explorer.login(token="good")
    assert hint_for(explorer, exchange) == {}
    assert hint_for(explorer, explorer.get("/me")) == {}


def test_credentials_that_the_app_rejects(explorer: Explorer) -> None:
    """Signing in again is offered, with when they expired; not to a user who is known but not allowed."""
    explorer.credentials.set("login", Credential(token="old", expires_at_s=1000.0))
    exchange = explorer.get("/me")
    assert hint_for(explorer, exchange) == {"kind": "sign_in", "keys": ["login"], "sent": True, "expires_at_s": 1000.0}
    explorer.login(token="known")
    assert hint_for(explorer, explorer.get("/me")) == {}


def test_an_operation_that_needs_none(explorer: Explorer) -> None:
    """Its 401 is about something else, such as a wrong password."""
    assert hint_for(explorer, explorer.get("/open", params={"status": 401})) == {}
    assert hint_for(explorer, explorer.get("/nowhere")) == {}


def test_a_token_in_the_response(explorer: Explorer) -> None:
    """It can be used, unless it is in use, or the app has no scheme for it."""
    exchange = explorer.get("/open", params={"token": "good"})
    assert hint_for(explorer, exchange) == {"kind": "token", "name": "r1", "keys": ["login"]}
    explorer.login(token="good")
    assert hint_for(explorer, exchange) == {}
    assert hint_for(explorer, explorer.get("/open")) == {}
