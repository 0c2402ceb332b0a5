"""Placeholders: where secrets stand in a request, and what takes their place."""

import json
from dataclasses import replace

import pytest

from ipyasgi.formats.placeholders import Placeholders, hide_secrets, route_of
from ipyasgi.formats.python_code import render_python
from ipyasgi.records.carried import CarriedUse, Source
from ipyasgi.records.redaction import Redactor
from ipyasgi.records.requests import RequestSpec, build_spec
from ipyasgi.records.template import Template

from .specs import FORM, JSON, PLAIN, SECRET, SECRETS, TEXT


def shown(spec):
    """Return all of a request as one text, names in angle brackets."""
    (hidden,), _ = hide_secrets([spec])
    pairs = [Template.of(f"{name}=", value) for name, value in hidden.query]
    pairs += [Template.of(f"{name}: ", value) for name, value in hidden.headers]
    return "\n".join(one.render(lambda place: f"<{place.name}>") for one in [hidden.path, *pairs, hidden.body])


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
        (build_spec("POST", "/", json={"clientSecret": ["s3cret"]}), '{"clientSecret":<CLIENT_SECRET>}'),
        (
            build_spec("POST", "/", json={"token": None, "pin": "", "csrf": False}),
            '{"token":null,"pin":"","csrf":false}',
        ),
        (build_spec("POST", "/", data={"a": "1", "pwd": "s3cret"}), "a=1&pwd=<APP_PWD>"),
        (build_spec("POST", "/", data={"password": "s3cret"}, files={"f": b"x"}), "\r\n\r\n<PASSWORD>\r\n"),
        (post(b'{"password": "s3cret"}'), '{"password": "<PASSWORD>"}'),
        (post(b'{"password": "s3cret", broken', JSON), "\n<BODY>"),
        (post(b"token=s3cret", TEXT), "\ntoken=<TOKEN>"),
        (post(b"a=1&password=s3cret\nx", FORM), "\n<BODY>"),
    ],
)
def test_secrets_become_names(spec, expected):
    """A descriptive name replaces each secret completely."""
    assert expected in shown(spec)
    assert "s3cret" not in shown(spec)


def test_one_value_has_one_name_and_two_values_have_two():
    """Requests that share a secret share its name; another secret of the same name is counted."""
    first = build_spec("GET", "/", headers={"X-Token": "one"})
    second = build_spec("GET", "/", headers={"X-Token": "two"})
    _, placeholders = hide_secrets([first, second, first])

    assert tuple(placeholders.secrets) == ("X_TOKEN", "X_TOKEN_2")


def test_other_values_stay_unchanged():
    """A request without secrets has no placeholder, and one whose secrets may be shown has none either."""
    requests = [*hide_secrets(PLAIN)[0], *hide_secrets([SECRET], Redactor(show=True))[0]]

    for request in requests:
        texts = [request.path, request.query_string, request.body, *(value for _, value in request.headers)]
        assert not any(text.placeholders for text in texts)
        assert request.query_string.render(str) == request.spec.query_string
        assert request.body.render(str).encode("utf-8", "surrogateescape") == request.spec.body
    assert not [secret for secret in SECRETS if secret in shown(SECRET)]


def test_a_placeholder_for_json_has_no_quotes():
    """A secret number is a name without quotes around it; a secret text keeps them."""
    spec = build_spec("POST", "/", json={"pin": 1234, "t": [{"token": "x", "a": "\x00<PIN>"}]})

    assert shown(spec).endswith('{"pin":<PIN>,"t":[{"token":"<TOKEN>","a":"\\u0000<PIN>"}]}')


def test_half_a_character_beside_a_secret_stays():
    """JSON of a lone surrogate, which no UTF-8 holds, keeps its escape."""
    assert shown(post(b'{"a": "\\ud800", "token": "x"}')).endswith('{"a": "\\ud800", "token": "<TOKEN>"}')


def test_no_two_values_share_a_name():
    """A field that is called as the second of another one is counted on."""
    specs = [build_spec("GET", "/", headers={name: "v" + name}) for name in ("X-Token", "x_token", "X-Token-2")]
    specs.append(build_spec("GET", "/", headers={"X-Token": "other"}))

    assert tuple(hide_secrets(specs)[1].secrets) == ("X_TOKEN", "X_TOKEN_2", "X_TOKEN_2_2", "X_TOKEN_3")


@pytest.mark.parametrize(
    "spec",
    [
        post(b'{"token": "s3cret"', FORM),
        post(b'Content-Disposition: form-data; name="password"\r\n\r\ns3cret', TEXT),
    ],
)
def test_a_body_of_another_kind_than_its_content_type_leaks_no_secret(spec):
    """Where the content type is wrong a body with a secret is hidden as a whole."""
    assert shown(spec).endswith("\n<BODY>")


def test_a_multipart_body_is_read_without_a_declared_boundary():
    """Where the content type names no boundary the body's own first line does, and only the secret part is hidden."""
    body = b'--x\r\nContent-Disposition: form-data; name="password"\r\n\r\ns3cret\r\n--x--'
    assert shown(post(body, (JSON[0], b"multipart/a"))).endswith('name="password"\r\n\r\n<PASSWORD>\r\n--x--')


def test_many_secrets_and_deep_bodies_end_soon():
    """Ten thousand secrets are named in one go; of JSON that is nested too deeply to look into no secret is seen."""
    many = post(json.dumps([{"token": str(number)} for number in range(10_000)]).encode(), JSON)
    deep = post(b'{"a":' * 20_000 + b'{"token": "s3cret"}' + b"}" * 20_000, JSON)

    assert list(hide_secrets([many])[1].secrets)[-1] == "TOKEN_10000"
    assert shown(deep).endswith("\n<BODY>")
    assert "s3cret" not in render_python(hide_secrets([deep])[0][0])


def test_other_values_keep_their_spelling():
    """Beside a secret a form keeps its own escapes, JSON its own spacing and numbers."""
    assert shown(post(b"a=%7e+b&password=s3%20cret&&c", FORM)).endswith("a=%7e+b&password=<PASSWORD>&&c")
    assert shown(post(b'{"n":1.10,\n "pin" : 7}\n', JSON)).endswith('{"n":1.10,\n "pin" : <PIN>}\n')
    assert shown(post('{"token": "s3cret"}'.encode("utf-16"), JSON)).endswith('\n{"token": "<TOKEN>"}')


@pytest.mark.parametrize("body", [b'"token=s3cret"', b'"http://ann:s3cret@other/"'])
def test_a_body_that_is_hidden_as_a_whole_is_not_in_the_code(body):
    """A word of JSON is a body too."""
    code = render_python(hide_secrets([post(body, JSON)])[0][0])
    assert 'content=os.environ["BODY"]' in code
    assert "s3cret" not in code


def test_names_that_the_user_or_the_document_calls_secret():
    """They count in each place they are meant for."""
    spec = build_spec("POST", "/", params={"gate": "g-1", "key": "k-1"}, json={"gate": "g-1", "key": "k-2"})
    redactor = Redactor(names=frozenset({"gate"})).learn([("query", "key")])
    (hidden,), placeholders = hide_secrets([spec], redactor)

    assert tuple(placeholders.secrets) == ("GATE", "KEY")
    assert [value.whole is not None for _, value in hidden.query] == [True, True]
    assert hidden.decoded["key"] == "k-2"


ID = Source(exchange="r1", part="json", steps=("id",), noun="thing")
TOKEN = Source(exchange="r1", part="json", steps=("access_token",))


def used(place, start, end, source=ID, index=0):
    """Return the use of a carried value at a place of a request."""
    return CarriedUse(place=place, index=index, start=start, end=end, source=source, value="")


@pytest.mark.parametrize("show", [False, True])
def test_a_carried_value_takes_the_place_of_a_secret(show):
    """A token, a secret field and a part of the path are variables, whether secrets are shown or not."""
    spec = build_spec(
        "POST",
        "/things/abc/x?token=abc",
        headers={"Authorization": "Bearer abc"},
        json={"token": "abc", "id": "abc", "n": [7]},
    )
    header = next(n for n, (name, _) in enumerate(spec.headers) if name == b"authorization")
    body = spec.body.decode()
    number = Source(exchange="r1", part="json", steps=("n",), is_text=False)
    uses = [
        used("path", 8, 11),
        used("query", 0, 3, TOKEN),
        used("header", 7, 10, TOKEN, header),
        used("body", body.index('"abc"'), body.index('"abc"') + 5, TOKEN),
        used("body", body.index("7"), body.index("7") + 1, number),
    ]
    (hidden,), placeholders = hide_secrets([spec], Redactor(show=show), [uses])
    found = hidden.target.render(lambda one: f"<{one.name}>")
    assert found == "/things/<thing_id>/x?token=<access_token>"
    assert dict(hidden.headers)["authorization"].render(lambda one: one.name) == "Bearer access_token"
    assert hidden.decoded == {"token": placeholders.carry(TOKEN), "id": "abc", "n": [placeholders.carry(number)]}
    assert hidden.body.render(lambda one: one.name) == body.replace('"abc"', '"access_token"', 1).replace("7", "n")
    assert {one.name for one in placeholders.carried_from("r1")} == {"thing_id", "access_token", "n"}


def test_of_a_longer_secret_nothing_is_shown():
    """A secret that only contains a carried value is a secret as a whole."""
    spec = build_spec("GET", "/", headers={"X-Api-Key": "abc.s3cret", "Cookie": "session=abc.s3cret"})
    at = {name: number for number, (name, _) in enumerate(spec.headers)}
    uses = [used("header", 0, 3, TOKEN, at[b"x-api-key"]), used("header", 8, 11, TOKEN, at[b"cookie"])]
    (hidden,), placeholders = hide_secrets([spec], carried=[uses])
    assert dict(hidden.headers)["x-api-key"].render(lambda one: one.name) == "X_API_KEY"
    assert dict(hidden.headers)["cookie"].render(lambda one: one.name) == "session=SESSION"
    assert not placeholders.carried_from("r1")


@pytest.mark.parametrize(
    ("source", "name"),
    [
        (ID, "thing_id"),
        (replace(ID, noun=""), "r1_id"),
        (replace(ID, steps=("thingId",)), "thing_id"),
        (replace(ID, steps=("items", 0)), "items"),
        (replace(ID, steps=()), "value"),
        (replace(ID, steps=("class",)), "class_"),
        (replace(ID, steps=("response",)), "response_"),
        (replace(ID, steps=("9 lives; import os",)), "value_9_lives_import_os"),
        (replace(ID, steps=("ключ",)), "value"),
        (replace(ID, steps=("a" * 900,)), "a" * 40),
        (Source(exchange="r1", part="location", steps=("location",), noun="thing"), "thing_id"),
        (Source(exchange="r1", part="cookie", steps=("csrf-token",)), "csrf_token"),
    ],
)
def test_a_variable_has_a_name_that_python_accepts(source, name):
    """The name comes from the app's own key, as an identifier that the exported code does not have already."""
    placeholders = Placeholders()
    assert placeholders.carry(source).name == name
    assert name.isidentifier()
    assert placeholders.carry(replace(source, exchange="r2")).name not in (name, name.upper())


def test_a_variable_and_a_secret_have_different_names():
    """In a file where both are written in lower case, they are distinct."""
    placeholders = Placeholders()
    assert placeholders.hide("access_token", "s3cret").name == "ACCESS_TOKEN"
    assert placeholders.carry(TOKEN).name == "access_token_2"


def test_the_id_of_a_path_is_left_out_of_its_name():
    """Without a known route, numbers, long ids and placeholders of a path are fields."""
    for path, route in (
        ("/items/7/parts", "/items/{id}/parts"),
        ("/items/90d52fbd-1c55-4e6c-8f3a-0d2e9d1b7c11", "/items/{id}"),
        ("/items/new", "/items/new"),
        ("/v1/cafe", "/v1/cafe"),
        ("/", "/"),
    ):
        (hidden,), _ = hide_secrets([build_spec("GET", path)])
        assert route_of(hidden, "") == route
        assert route_of(hidden, "/given/{x}") == "/given/{x}"
    (hidden,), _ = hide_secrets([build_spec("GET", "/items/abc/parts")], carried=[[used("path", 7, 10)]])
    assert route_of(hidden, "") == "/items/{thing_id}/parts"
