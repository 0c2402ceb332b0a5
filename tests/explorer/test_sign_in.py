"""`Explorer.login`: the app's own sign-in, and credentials with the requests that need them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import pytest
from fastapi import Depends, FastAPI, HTTPException, Security
from fastapi.security import APIKeyHeader, HTTPBasic, HTTPBasicCredentials, OAuth2PasswordBearer
from fastapi.security import OAuth2PasswordRequestForm as Form

from ipyasgi import Explorer
from ipyasgi.errors import RequestError, SignInError
from ipyasgi.openapi.credentials import CredentialStatus

from ..openapi.test_token_claims import jwt_of

Token = Annotated[str, Depends(OAuth2PasswordBearer(tokenUrl="auth/token", scheme_name="login"))]
Key = Annotated[str, Security(APIKeyHeader(name="X-Key", scheme_name="key"))]
Basic = Annotated[HTTPBasicCredentials, Depends(HTTPBasic(scheme_name="basic"))]


def app_of(*schemes: str) -> FastAPI:
    """Return an app that documents these schemes."""
    app = FastAPI()

    @app.get("/open")
    def read_open() -> str:
        return "open"

    if "login" in schemes:

        @app.post("/auth/token")
        def make_token(form: Annotated[Form, Depends()]) -> dict[str, str]:
            if form.password != "wonder":
                raise HTTPException(400, "Wrong email or password")
            return {"access_token": f"{form.username}-s3cret-token", "token_type": "bearer"}

        @app.get("/me/{part}")
        def read_me(part: str, token: Token) -> str:
            return token

    if "key" in schemes:

        @app.get("/admin")
        def read_admin(key: Key) -> str:
            return key

    if "basic" in schemes:

        @app.get("/basic")
        def read_basic(basic: Basic) -> str:
            return f"{basic.username} {basic.password}"

    return app


@pytest.fixture
def explorer() -> Iterator[Explorer]:
    with Explorer(app_of("login", "key")) as explorer:
        yield explorer


def test_a_name_and_a_password(explorer: Explorer) -> None:
    """The app is asked for a token, which goes with the requests that need it, and with no other."""
    exchange = explorer.login("ann@example.com", "wonder")
    assert exchange is not None
    assert (exchange.spec.method, exchange.spec.target, exchange.status_code) == ("POST", "/auth/token", 200)
    assert explorer.get("/me/all").json() == "ann@example.com-s3cret-token"
    assert "authorization" not in explorer.get("/open").request.headers
    assert explorer.begin("GET", "/me/all").result(10).status_code == 200
    assert "wonder" not in exchange.to_text() + explorer.history[:].to_curl()


def test_a_replay_sends_what_was_sent(explorer: Explorer) -> None:
    """The credentials are part of the exchange: it is exported with a placeholder, and replayed after signing out."""
    explorer.login("ann", "wonder")
    exchange = explorer.get("/me/all")
    assert "s3cret" not in exchange.to_curl()
    assert "Authorization" in exchange.to_curl()
    explorer.logout()
    assert explorer.get("/me/all").status_code == 401
    assert explorer.replay(exchange).status_code == 200


def test_a_token(explorer: Explorer) -> None:
    """A token or a key is given as it is, for one of several schemes."""
    with pytest.raises(RequestError, match="several ways to sign in, login, key: give one of them as scheme"):
        explorer.login(token="abc")
    assert explorer.login(token="abc", scheme="key") is None
    assert explorer.login(token="def", scheme="login") is None
    assert (explorer.get("/admin").json(), explorer.get("/me/all").json()) == ("abc", "def")
    explorer.logout("key")
    assert (explorer.get("/admin").status_code, explorer.get("/me/all").status_code) == (401, 200)


def test_what_the_request_has_comes_first(explorer: Explorer) -> None:
    """A header, or an ``auth`` of the request, even None, is not replaced."""
    explorer.login(token="def", scheme="login")
    assert explorer.get("/me/all", headers={"Authorization": "Bearer own"}).json() == "own"
    assert explorer.get("/me/all", auth=None).status_code == 401


def test_the_app_s_message(explorer: Explorer) -> None:
    """A refused sign-in says why, and which exchange has it; the user is not signed in."""
    with pytest.raises(SignInError, match=r"Sign-in failed: Wrong email or password\. %asgi show r1") as caught:
        explorer.login("ann", "wrong")
    assert (caught.value.message, caught.value.exchange) == ("Wrong email or password", "r1")
    assert explorer.get("/me/all").status_code == 401


def test_until_when() -> None:
    """A token that expires is known to, whether it is asked for or given; each change is an event."""
    kinds: list[str] = []
    token = jwt_of({"sub": "ann@example.com", "exp": 2_000_000_000})
    with Explorer(app_of("key")) as explorer:
        explorer.subscribe(lambda event: kinds.append(event.kind))
        explorer.login(token=token)
        assert explorer.credentials.status("key") == CredentialStatus(
            user="ann@example.com", expires_at_s=2_000_000_000
        )
        explorer.logout()
        assert explorer.credentials.status("key") is None
    assert kinds.count("credentials") == 2


def test_http_basic() -> None:
    """The name and the password are sent with each request; nothing is asked for."""
    with Explorer(app_of("basic")) as explorer:
        assert explorer.login("ann", "wonder") is None
        assert explorer.get("/basic").json() == "ann wonder"
        with pytest.raises(RequestError, match="no sign-in with a token: give a name and a password"):
            explorer.login(token="abc")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "give a name and a password, or a token"),
        ({"name": "ann", "token": "abc"}, "give a name and a password, or a token"),
        ({"token": "abc", "scheme": "logni"}, "no security scheme 'logni': did you mean 'login'"),
        ({"token": "abc", "scheme": "other"}, "choose one of login, key"),
    ],
)
def test_what_cannot_be(explorer: Explorer, given: dict[str, str], said: str) -> None:
    """The error says what to give."""
    with pytest.raises(RequestError, match=said):
        explorer.login(**given)


def test_an_app_without_schemes() -> None:
    """The error says how to send a header."""
    with Explorer(app_of()) as explorer, pytest.raises(RequestError, match="%asgi headers Authorization"):
        explorer.login("ann", "wonder")
