"""Placeholders: where secrets stand in a request, and what takes their place."""

import pytest

from ipyasgi.formats.placeholders import Placeholder, Placeholders, hide_secrets
from ipyasgi.records.redaction import Redactor
from ipyasgi.records.requests import RequestSpec, build_spec

from .specs import FORM, JSON, PLAIN, SECRET, SECRETS, TEXT


def shown(spec):
    """Return all of a request as one text, names in angle brackets."""
    (hidden,), blanks = hide_secrets([spec])
    pairs = [f"{name.decode()}: {value.decode('latin-1')}" for name, value in hidden.headers]
    text = "\n".join([hidden.path, *(f"{name}={value}" for name, value in hidden.query), *pairs])
    return blanks.fill(f"{text}\n{hidden.body.decode('latin-1')}", lambda blank: f"<{blank.name}>")


def post(body, *headers):
    return RequestSpec(method="POST", path="/", headers=headers, body=body)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (build_spec("GET", "/", params={"access_token": "s3cret"}), "access_token=<ACCESS_TOKEN>"),
        (build_spec("GET", "/", params={"next": "/x?token=s3cret"}), "next=<NEXT>"),
        (build_spec("GET", "http://ann:s3cret@other/x"), "http://<CREDENTIALS>@other/x"),
        (build_spec("GET", "/", headers={"Authorization": "Bearer s3cret"}), "authorization: Bearer <TOKEN>"),
        (build_spec("GET", "/", headers={"Authorization": "Basic s3cret="}), "authorization: Basic <CREDENTIALS>"),
        (build_spec("GET", "/", headers={"Authorization": "s3cret"}), "authorization: <AUTHORIZATION>"),
        (build_spec("GET", "/", headers={"X-API-Key": "s3cret"}), "x-api-key: <X_API_KEY>"),
        (build_spec("GET", "/", headers={"Cookie": "sid=s3cret; b=s3cret"}), "cookie: sid=<SID>; b=<B>"),
        (build_spec("GET", "/", headers={"Referer": "http://x/?token=s3cret"}), "referer: http://x/?token=<TOKEN>"),
        (build_spec("POST", "/", json={"a": [{"password": "s3cret"}]}), '{"a":[{"password":"<PASSWORD>"}]}'),
        (build_spec("POST", "/", json={"clientSecret": ["s3cret"]}), '{"clientSecret":"<CLIENT_SECRET>"}'),
        (
            build_spec("POST", "/", json={"token": None, "pin": "", "csrf": False}),
            '{"token":null,"pin":"","csrf":false}',
        ),
        (build_spec("POST", "/", data={"a": "1", "pwd": "s3cret"}), "a=1&pwd=<APP_PWD>"),
        (build_spec("POST", "/", data={"password": "s3cret"}, files={"f": b"x"}), "\r\n\r\n<PASSWORD>\r\n"),
        (post(b'{"password": "s3cret"}'), '{"password": "<PASSWORD>"}'),
        (post(b'{"password": "s3cret", broken', JSON), "\n<BODY>"),
        (post(b"token=s3cret", TEXT), "\n<BODY>"),
        (post(b"a=1&password=s3cret\nx", FORM), "\n<BODY>"),
    ],
)
def test_secrets_become_names(spec, expected):
    """Wherever a secret stands, a name that says what it is stands in its place, and no letter of it is left."""
    assert expected in shown(spec)
    assert "s3cret" not in shown(spec)


def test_one_value_has_one_name_and_two_values_have_two():
    """Requests that share a secret share its name; another secret of the same name is counted."""
    first = build_spec("GET", "/", headers={"X-Token": "one"})
    second = build_spec("GET", "/", headers={"X-Token": "two"})
    _, blanks = hide_secrets([first, second, first])

    assert blanks.names == ("X_TOKEN", "X_TOKEN_2")


def test_what_is_no_secret_is_left_as_it_is():
    """A request without secrets is the same object's equal, and so is one whose secrets may be shown."""
    assert hide_secrets(PLAIN)[0] == tuple(PLAIN)
    assert hide_secrets([SECRET], Redactor(show=True))[0] == (SECRET,)
    assert not [secret for secret in SECRETS if secret in shown(SECRET)]


def test_a_mark_is_never_mistaken_for_text_of_the_request():
    """A request that holds what looks like a mark keeps it."""
    spec = build_spec("POST", "/", json={"a": "BLANK0E", "b": "BLANKX0E", "token": "s3cret"})

    assert '{"a":"BLANK0E","b":"BLANKX0E","token":"<TOKEN>"}' in shown(spec)


def test_a_blank_for_json_loses_its_quotes():
    """A secret number is a name without quotes around it; a secret text keeps them."""
    blanks = Placeholders()
    text = f'{{"pin": "{blanks.mark("pin", "1234", is_json=True)}", "t": "{blanks.mark("token", "x")}"}}'

    assert blanks.fill(blanks.unquote_json(text), lambda blank: f"<{blank.name}>") == '{"pin": <PIN>, "t": "<TOKEN>"}'
    assert blanks.split(text)[1] == Placeholder(name="PIN", is_json=True)
