"""Which names are secret, and that nothing of their values is left."""

import json
import threading

import pytest

from ipyasgi import Explorer, Settings
from ipyasgi.records.redaction import (
    MASK,
    SECRET_NAMES,
    is_json_type,
    is_secret,
    mask_body,
    mask_headers,
    mask_query,
    mask_text,
)
from ipyasgi.views.exchange import view_exchange


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "cookie",
        "Set-Cookie",
        "X-API-Key",
        "apiKey",
        "api_key",
        "password",
        "newPassword",
        "access_token",
        "sessionId",
        "client-secret",
        "X-CSRF-Token",
        "csrftoken",
        "pwd",
        "PHPSESSID",
    ],
)
def test_secret_names(name):
    """The names that people give to secrets are known, however they are spelled."""
    assert is_secret(name)


@pytest.mark.parametrize("name", ["accept", "name", "key", "total_tokens", "spinner", "content-type", "path", "author"])
def test_ordinary_names(name):
    """A name that only looks a little like one is left alone."""
    assert not is_secret(name)


def test_headers_are_masked_unless_shown():
    """Header values are masked by name, order and repeats kept, and shown on request."""
    pairs = ((b"authorization", b"Bearer abc"), (b"accept", b"*/*"))

    assert mask_headers(pairs) == [("authorization", f"Bearer {MASK}"), ("accept", "*/*")]
    assert mask_headers(pairs, show=True)[0] == ("authorization", "Bearer abc")


def test_bodies_are_masked_at_any_depth():
    """JSON and form bodies lose the values of secret names; other bodies pass as they are."""
    body = json.dumps({"user": {"password": "hunter2", "name": "Foo"}, "list": [{"token": "t0k"}]}).encode()
    masked = mask_body(body, "application/json")

    assert b"hunter2" not in masked
    assert b"t0k" not in masked
    assert b"Foo" in masked
    assert b"hunter2" not in mask_body(b"name=a&password=hunter2", "application/x-www-form-urlencoded")
    assert mask_body(b"\x00\x01", "application/octet-stream") == b"\x00\x01"
    assert mask_body(b"{broken", "application/json") == b"{broken"


def test_a_query_without_secrets_comes_back_as_it_was():
    """Only a query that holds a secret is written anew."""
    assert mask_query("a=1&b=%20x") == "a=1&b=%20x"
    assert "abc" not in mask_query("a=1&token=abc")


def test_reprs_hold_no_secrets():
    """What is shown bare in a notebook (an exchange in a list, its spec, run and events) has no secret in it."""

    async def app(scope, receive, send):
        await receive()
        headers = [(b"set-cookie", b"session=s3cret"), (b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"token": "s3cret"}'})

    with Explorer(app, lifespan="off") as explorer:
        exchange = explorer.post(
            "/login", params={"token": "s3cret"}, headers={"Authorization": "s3cret"}, json={"password": "s3cret"}
        )
        shown = repr([exchange, exchange.spec, exchange.run, exchange.events, explorer, explorer.history[:]])

    assert "s3cret" not in shown
    assert "POST /login → 200 OK" in shown


@pytest.mark.parametrize(
    ("content_type", "says"),
    [
        ("application/json", True),
        (" Application/JSON ; charset=utf-8", True),
        ("application/problem+json", True),
        ("application/x-ndjson", False),
        ("text/plain", False),
        ("", False),
    ],
)
def test_json_by_its_content_type(content_type, says):
    """Parameters and case do not matter; lines of JSON are not JSON."""
    assert is_json_type(content_type) is says


@pytest.mark.parametrize(
    "part",
    [
        b'Content-Disposition: form-data; name="password"\r\n\r\ns3cret\r\n',
        b'Content-Disposition: form-data; name="password"\n\ns3cret\n',
        b"Content-Disposition: form-data; name=password\r\n\r\ns3cret\r\n",
        b'Content-Type: text/plain\r\nContent-Disposition: form-data; name="password"\r\n\r\ns3cret\r\n',
    ],
)
def test_a_secret_part_of_a_form_is_masked(part):
    """However a part is written, its value goes and what stands beside it stays."""
    body = b"--b\r\n" + part + b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nkept\r\n--b--\r\n'
    masked = mask_body(body, "multipart/form-data; boundary=b")

    assert b"s3cret" not in masked
    assert b"kept" in masked


# Each test that tells a name has one of its own: what is told stays told in this process.


@pytest.mark.parametrize("spelled", ["X-Gate", "x-gate", "X_GATE", "app.state.x_gate", "filter[x-gate]"])
def test_a_name_that_was_told_is_secret(spelled):
    """However it is spelled, and inside a path; its neighbours are not."""
    SECRET_NAMES.add(["X-Gate"])

    assert is_secret(spelled)
    assert not is_secret(f"{spelled}keeper".replace("]", ""))
    assert mask_headers([(b"x-gate", b"abc")]) == [("x-gate", MASK)]
    assert mask_query("a=1&X-Gate=abc") == f"a=1&X-Gate={MASK}"


@pytest.mark.parametrize("name", ["Accept", "Content-Type", "user_agent", "Host", "", " "])
def test_what_everybody_uses_is_never_secret(name):
    """A document that calls such a name a key masks nothing."""
    SECRET_NAMES.add([name])

    assert not is_secret(name)


def test_names_told_by_several_threads_are_all_kept():
    """None is lost where many threads tell theirs at once."""
    names = [f"x-lane-{letter}{number}" for letter in "abcdefgh" for number in range(50)]
    start = threading.Barrier(8)

    def tell(mine):
        start.wait(10)
        for name in mine:
            SECRET_NAMES.add([name])

    threads = [threading.Thread(target=tell, args=(names[begin::8],)) for begin in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert [name for name in names if not is_secret(name)] == []


class Locked:
    """Echo one header of the request; the document calls three names keys."""

    def openapi(self):
        keys = {"header": "X-Wicket", "query": "wicket_q", "cookie": "wicket_c"}
        schemes = {place: {"type": "apiKey", "in": place, "name": name} for place, name in keys.items()}
        return {"openapi": "3.1.0", "paths": {}, "components": {"securitySchemes": schemes}}

    async def __call__(self, scope, receive, send):
        sent = {name.decode(): value.decode() for name, value in scope["headers"]}
        headers = [
            (b"content-type", b"application/json"),
            (b"x-wicket", b"s3cret"),
            (b"location", b"/?wicket_q=s3cret"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps([{"x-wicket": sent["x-wicket"]}]).encode()})


def test_the_keys_of_a_document_are_secret_everywhere():
    """What the app's document calls a key is masked in views, reprs and exports, in requests and in answers."""
    with Explorer(Locked(), lifespan="off") as explorer:
        assert len(explorer.openapi.schemes) == 3
        headers = {"X-Wicket": "s3cret", "Cookie": "wicket_c=s3cret"}
        exchange = explorer.get("/", params={"wicket_q": "s3cret"}, headers=headers)
        view = view_exchange(exchange, explorer.settings)
        exports = [exchange.to_curl(), exchange.to_http(), exchange.to_httpx(), exchange.to_har(), exchange.to_pytest()]

    assert [text for text in (view.html, view.text, *exports, repr(exchange)) if "s3cret" in text] == []
    assert "$X_WICKET" in exports[0]
    assert "$WICKET_Q" in exports[0].replace("{", "").replace("}", "")


def test_names_that_were_set():
    """The setting adds names, at once and when it is changed; taken away, they stay masked."""
    with Explorer(Locked(), lifespan="off", settings=Settings(secret_names=("X-Postern",))) as explorer:
        assert is_secret("x-postern")
        assert not is_secret("x-hatch")
        explorer.configure(secret_names=("X-Hatch",))
        assert is_secret("x-hatch")
        assert is_secret("x-postern")


@pytest.mark.parametrize(
    "text",
    ['{"token": "s3cret-cut in an escape\\', '{"tok\\u0065n": "s3cret"', "{'token': 's3cret\\", '["token": "s3cret'],
)
def test_secrets_of_cut_and_escaped_text_are_masked(text):
    """A value that is cut within an escape, and a name that is written with one, are masked too."""
    assert "s3cret" not in mask_text(text)
    assert MASK in mask_text(text)


@pytest.mark.parametrize(
    "body",
    [
        b'Content-Disposition: form-data; name="password"\r\n\r\ns3cret\r\n--b\r\nx: y\r\n\r\nkept\r\n--b--\r\n',
        b'--b\r\nx: y\r\n\r\nkept\r\n--b--\r\nContent-Disposition: form-data; name="password"\r\n\r\ns3cret',
        b"--b\r\nx: y\r\n\r\nkept\r\n--b\r\nx: "
        + b"y" * 9000
        + b"\r\ncontent-disposition: form-data name=otp\r\n\r\ns3cret",
    ],
)
def test_parts_at_odd_places_are_masked(body):
    """Before the first boundary, behind the last, below long headers: in doubt it is a part."""
    masked = mask_body(body, "multipart/form-data; boundary=b")
    assert b"s3cret" not in masked
    assert b"kept" in masked
