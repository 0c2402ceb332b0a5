"""Credentials kept for an explorer: each scheme says them in its place, and nothing shows them."""

import pytest

from ipyasgi.openapi.credentials import Credential, Credentials, fields_of, read_token, token_form, token_url
from ipyasgi.openapi.operation import Operation, SecurityScheme
from ipyasgi.protocol.errors import FieldError
from ipyasgi.records.requests import RequestSpec, build_spec

SCHEMES = {
    "bearer": SecurityScheme(key="bearer", kind="http", scheme="bearer"),
    "basic": SecurityScheme(key="basic", kind="http", scheme="basic"),
    "digest": SecurityScheme(key="digest", kind="http", scheme="digest"),
    "header": SecurityScheme(key="header", kind="apiKey", place="header", name="X-API-Key"),
    "query": SecurityScheme(key="query", kind="apiKey", place="query", name="api_key"),
    "cookie": SecurityScheme(key="cookie", kind="apiKey", place="cookie", name="session"),
    "oauth": SecurityScheme(key="oauth", kind="oauth2", flows={"password": {"tokenUrl": "token"}}),
}


def applied(*keys: str, spec: RequestSpec | None = None, token: str = "t") -> RequestSpec:
    held = Credentials()
    for key in keys:
        held.set(key, Credential(token=token, user="u", password="p"))
    operation = Operation(method="GET", path="/", security=(dict.fromkeys(keys, ()),))
    return held.apply(spec or build_spec("GET", "/"), operation, SCHEMES)


@pytest.mark.parametrize(
    ("key", "header", "value"),
    [
        ("bearer", "authorization", "Bearer t"),
        ("basic", "authorization", "Basic dTpw"),
        ("digest", "authorization", "Digest t"),
        ("oauth", "authorization", "Bearer t"),
        ("header", "x-api-key", "t"),
        ("cookie", "cookie", "session=t"),
    ],
)
def test_each_scheme_has_its_place(key: str, header: str, value: str) -> None:
    """The credential stands where the scheme says; what the request says already goes before."""
    assert applied(key).header(header) == value
    own = build_spec("GET", "/", headers={header: "session=own" if key == "cookie" else "own"})
    assert applied(key, spec=own) == own


def test_a_key_may_travel_in_the_query_and_a_cookie_beside_others() -> None:
    """They join what is there."""
    assert applied("query", spec=build_spec("GET", "/?a=1")).query == (("a", "1"), ("api_key", "t"))
    assert applied("query", spec=build_spec("GET", "/?api_key=own")).query == (("api_key", "own"),)
    assert (
        applied("cookie", spec=build_spec("GET", "/", headers={"cookie": "a=1"})).header("cookie") == "a=1; session=t"
    )
    assert applied("query", "cookie").header("cookie") == "session=t"


def test_the_first_alternative_that_is_set_is_taken() -> None:
    """Of alternatives the one whose schemes are all set; none of them, where none is whole."""
    held = Credentials()
    held.set("header", Credential(token="t"))
    spec = build_spec("GET", "/")
    both = Operation(method="GET", path="/", security=({"bearer": (), "header": ()}, {"header": ()}))
    assert held.apply(spec, both, SCHEMES).header("x-api-key") == "t"
    assert held.apply(spec, Operation(method="GET", path="/", security=({"bearer": ()},)), SCHEMES) == spec
    held.forget("header")
    held.forget("header")
    assert "header" not in held
    assert held.apply(spec, both, SCHEMES) == spec


def test_nothing_shows_it() -> None:
    """Neither the credential nor what keeps it tells in its repr."""
    held = Credentials()
    held.set("bearer", Credential(token="s3cret", user="u", password="s3cret"))
    assert "s3cret" not in repr(held) + repr(Credential(token="s3cret"))


def test_what_no_header_can_have_is_refused() -> None:
    """A line end or a sign beyond ASCII is said, with the scheme it is about."""
    for token in ("a\r\nX: 1", "é"):
        with pytest.raises(FieldError) as caught:
            applied("bearer", token=token)
        assert caught.value.key == "auth.bearer"


def test_the_password_flow_is_spelled_out() -> None:
    """What is asked for, where, and what is read of the answer, whatever its shape."""
    assert [fields_of(SCHEMES[key]) for key in ("bearer", "basic", "oauth")] == [
        ("token",),
        ("user", "password"),
        ("user", "password"),
    ]
    assert fields_of(SecurityScheme(key="m", kind="mutualTLS")) == ()
    assert token_url(SCHEMES["oauth"]) == "token"
    assert token_form(Credential(user="u", password="p"), ("a", "b"))["scope"] == "a b"
    assert read_token({"access_token": "t"}) == "t"
    assert [read_token(one) for one in (None, [], {}, {"access_token": 7})] == ["", "", "", ""]
