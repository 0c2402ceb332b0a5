"""What a token says of itself: its user and its end, of a JWT or of the response that it came in."""

import base64
import json
from typing import Any

import pytest

from ipyasgi.openapi.credentials import Credential
from ipyasgi.openapi.token_claims import read_claims, read_credential, try_read_token


def jwt_of(claims: Any) -> str:
    """Return claims as a JWT with a signature that nobody checks."""
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({}, claims)]
    return ".".join((*parts, "c2lnbmF0dXJl"))


def test_a_jwt_says_who_and_until_when() -> None:
    """Its claims win over the response, and the user who signed in over its claims."""
    token = jwt_of({"sub": "7", "email": "ann@example.com", "exp": 2000})
    assert read_credential(token) == Credential(token=token, user="ann@example.com", expires_at_s=2000.0)
    assert read_credential(token, user="ann", response={"expires_in": 60}, received_at_s=1000).user == "ann"
    assert read_credential(token, response={"expires_in": 60}, received_at_s=1000).expires_at_s == 2000.0
    assert read_credential(jwt_of({"sub": "7"})).user == ""


def test_a_response_says_until_when() -> None:
    """``expires_in`` counts from when the response came."""
    found = try_read_token({"access_token": "abc", "expires_in": 60}, user="ann", received_at_s=1000)
    assert found == Credential(token="abc", user="ann", expires_at_s=1060.0)
    assert try_read_token({"token": "abc"}) is None


@pytest.mark.parametrize("value", [True, "60", -1, float("nan"), float("inf"), 1e300, None, {}])
def test_a_time_that_is_none(value: Any) -> None:
    """It is left out."""
    assert read_credential(jwt_of({"exp": value})).expires_at_s is None
    assert read_credential("abc", response={"expires_in": value}).expires_at_s is None


@pytest.mark.parametrize(
    "token", ["", "a", "a.b", "a.b.c", "..", "a.b.c.d", "é.é.é", jwt_of([1]), jwt_of("x"), "." * 99]
)
def test_a_token_that_is_no_jwt(token: str) -> None:
    """It has no claims."""
    assert read_claims(token) == {}
