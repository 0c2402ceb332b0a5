"""Which names are secret, and that nothing of their values is left."""

import json
import time

import pytest

from ipyasgi import Exchanges, Explorer, IpyasgiError, Settings
from ipyasgi.panels.history_table import page_rows
from ipyasgi.panels.response_viewer.body import page_body
from ipyasgi.records.body_text import is_json_type
from ipyasgi.records.redaction import Redactor
from ipyasgi.records.secret_rules import MASK
from ipyasgi.views.exchange import view_exchange
from ipyasgi.views.tabs import view_tabs


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
    assert Redactor().is_secret(name)


@pytest.mark.parametrize("name", ["accept", "name", "key", "total_tokens", "spinner", "content-type", "path", "author"])
def test_ordinary_names(name):
    """A name that only looks a little like one is left alone."""
    assert not Redactor().is_secret(name)


def test_headers_are_masked_unless_shown():
    """Header values are masked by name, order and repeats kept, and shown on request."""
    pairs = ((b"authorization", b"Bearer abc"), (b"accept", b"*/*"))

    assert Redactor().headers(pairs) == [("authorization", f"Bearer {MASK}"), ("accept", "*/*")]
    assert Redactor(show=True).headers(pairs)[0] == ("authorization", "Bearer abc")


def test_bodies_are_masked_at_any_depth():
    """JSON and form bodies lose the values of secret names; other bodies pass as they are."""
    body = json.dumps({"user": {"password": "hunter2", "name": "Foo"}, "list": [{"token": "t0k"}]}).encode()
    masked = Redactor().body(body, "application/json")

    assert b"hunter2" not in masked
    assert b"t0k" not in masked
    assert b"Foo" in masked
    assert b"hunter2" not in Redactor().body(b"name=a&password=hunter2", "application/x-www-form-urlencoded")
    assert Redactor().body(b"\x00\x01", "application/octet-stream") == b"\x00\x01"
    assert Redactor().body(b"{broken", "application/json") == b"{broken"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"name": "\xff", "token": "s3cret"}'),
        ("application/problem+json; charset=x", b'{"name": "\xff", "token": "s3cret", broken'),
        ("application/json", '{"token": "s3cret", "name": "ü"}'.encode("utf-16")),
        ("application/json", '{"token": "s3cret"}'.encode("utf-8-sig")),
        ("application/x-www-form-urlencoded", b"name=\xff&password=s3cret"),
        ("text/plain", b"\xff\npassword: s3cret"),
        ("", b'{"token": "s3cret"}'),
        ("", b"a=1&password=s3cret"),
    ],
)
def test_bodies_in_odd_encodings_are_masked(content_type, body):
    """Bytes that are not UTF-8, or another UTF, do not keep a secret in the body; what is beside it stays."""
    masked = Redactor().body(body, content_type)

    assert b"s3cret" not in masked.replace(b"\x00", b"")
    assert (b"\xff" in masked) == (b"\xff" in body)


def test_a_query_without_secrets_comes_back_as_it_was():
    """Only a query that holds a secret is written anew."""
    assert Redactor().query("a=1&b=%20x") == "a=1&b=%20x"
    assert "abc" not in Redactor().query("a=1&token=abc")


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
    masked = Redactor().body(body, "multipart/form-data; boundary=b")

    assert b"s3cret" not in masked
    assert b"kept" in masked


@pytest.mark.parametrize("spelled", ["X-Gate", "x-gate", "X_GATE", "app.state.x_gate", "filter[x-gate]"])
def test_a_name_that_the_user_calls_secret(spelled):
    """It is secret in any place, however it is spelled, and inside a path; its neighbours are not."""
    redactor = Redactor(names=frozenset({"X-Gate"}))

    assert redactor.is_secret(spelled)
    assert redactor.is_secret(spelled, "header")
    assert not redactor.is_secret(f"{spelled}keeper".replace("]", ""))
    assert redactor.headers([(b"x-gate", b"abc")]) == [("x-gate", MASK)]
    assert redactor.query("a=1&X-Gate=abc") == f"a=1&X-Gate={MASK}"


@pytest.mark.parametrize("name", ["Accept", "Content-Type", "user_agent", "Host", "", " "])
def test_what_everybody_uses_is_never_secret(name):
    """A document or a user that calls such a name a key masks nothing."""
    redactor = Redactor(names=frozenset({name})).learn([("header", name)])

    assert not redactor.is_secret(name, "header")


@pytest.mark.parametrize("place", ["query", "header", "cookie", "body"])
def test_a_name_that_was_learnt_counts_in_its_place(place):
    """A name of a document is secret where the document has it, and nowhere else."""
    redactor = Redactor().learn([(place, "Key")])

    assert redactor.is_secret("key", place)
    assert [one for one in ("", "query", "header", "cookie", "body") if redactor.is_secret("key", one)] == [place]
    assert not Redactor(learnt=redactor.learnt, show=True).is_secret("key", place)
    assert Redactor(learnt=redactor.learnt, show=True).strict() == redactor


class Locked:
    """Send two secrets in headers; the document calls three names keys."""

    def openapi(self):
        keys = {"header": "X-Wicket", "query": "wicket_q", "cookie": "wicket_c"}
        schemes = {place: {"type": "apiKey", "in": place, "name": name} for place, name in keys.items()}
        return {"openapi": "3.1.0", "paths": {}, "components": {"securitySchemes": schemes}}

    async def __call__(self, scope, receive, send):
        headers = [
            (b"content-type", b"application/json"),
            (b"x-wicket", b"s3cret"),
            (b"location", b"/?wicket_q=s3cret"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"[]"})


def test_the_keys_of_a_document_are_secret():
    """What the app's document calls a key is masked in views, reprs and exports, in requests and responses."""
    with Explorer(Locked(), lifespan="off") as explorer:
        assert len(explorer.openapi.schemes) == 3
        headers = {"X-Wicket": "s3cret", "Cookie": "wicket_c=s3cret"}
        exchange = explorer.get("/", params={"wicket_q": "s3cret"}, headers=headers)
        view = view_exchange(exchange, explorer.settings)
        exports = [exchange.to_curl(), exchange.to_http(), exchange.to_httpx(), exchange.to_har(), exchange.to_pytest()]

    assert [text for text in (view.html, view.text, *exports, repr(exchange)) if "s3cret" in text] == []
    assert "$X_WICKET" in exports[0]
    assert "$WICKET_Q" in exports[0].replace("{", "").replace("}", "")


def test_the_names_of_the_user():
    """The setting counts for its explorer alone, at once and as long as it is set; an exchange keeps those it had."""
    with (
        Explorer(Locked(), lifespan="off", settings=Settings(secret_names=("X-Postern",))) as explorer,
        Explorer(Locked(), lifespan="off") as other,
    ):
        before = explorer.get("/", headers={"X-Wicket": "a", "X-Postern": "s3cret"})
        explorer.configure(secret_names=("X-Hatch",))

        assert explorer.settings.redactor.is_secret("x-hatch")
        assert not explorer.settings.redactor.is_secret("x-postern")
        assert not other.settings.redactor.is_secret("x-hatch")
        assert "s3cret" not in before.to_curl() + before.to_text()


def keyed(body, document):
    """Return an app that responds with a JSON body, and says what its document is."""

    class App:
        def openapi(self):
            return {"openapi": "3.1.0", "paths": {}, **document}

        async def __call__(self, scope, receive, send):
            headers = [(b"content-type", b"application/json")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": json.dumps(body).encode()})

    return App()


KEYED = {"components": {"securitySchemes": {"k": {"type": "apiKey", "in": "query", "name": "key"}}}}


def test_a_key_of_one_app_hides_nothing_of_another():
    """App A calls its API key `key`: another app's members of that name are shown, and so are A's own."""
    with (
        Explorer(keyed({"key": "a-color"}, KEYED), lifespan="off") as one,
        Explorer(keyed([{"key": "b-color"}], {}), lifespan="off") as other,
    ):
        early = one.get("/", params={"key": "s3cret"})
        assert "s3cret" in early.to_curl()
        assert one.openapi.schemes
        assert other.openapi is not None
        own, foreign = one.get("/", params={"key": "s3cret"}), other.get("/", params={"key": "plain"})
        early = one.history["r1"]

        assert "b-color" in foreign.to_text()
        assert "key=plain" in foreign.to_text() + foreign.to_curl()
        assert "a-color" in own.to_text()
        for exchange in (own, early):
            shown = [
                exchange.to_text(),
                exchange.to_curl(),
                exchange.to_har(),
                view_exchange(exchange, exchange.settings).html,
            ]
            assert [text for text in shown if "s3cret" in text] == []
        assert "$KEY" in own.to_curl().replace("{", "")
        assert "s3cret" not in one.history[:].to_text()


def test_a_document_that_is_read_during_a_request():
    """The request that is under way meanwhile is masked as well."""
    app = keyed([], KEYED)

    async def reading(scope, receive, send):
        assert explorer.openapi.schemes
        await app(scope, receive, send)

    reading.openapi = app.openapi
    with Explorer(reading, lifespan="off") as explorer:
        assert "s3cret" not in explorer.get("/", params={"key": "s3cret"}).to_curl()


def test_a_password_of_the_document_is_masked_in_bodies():
    """A member with `format: password` or `writeOnly` is secret in bodies; the word of the member says nothing."""
    schema = {"properties": {"code": {"type": "string", "writeOnly": True}, "gate": {"$ref": "#/components/schemas/P"}}}
    document = {"components": {"schemas": {"S": schema, "P": {"type": "string", "format": "password"}}}}
    body = {"code": "s3cret-1", "gate": "s3cret-2", "kind": "plain"}
    with Explorer(keyed(body, document), lifespan="off") as explorer:
        assert explorer.openapi is not None
        exchange = explorer.post("/", params={"code": "200"}, json=body)

        for text in (exchange.to_text(), exchange.to_curl(), exchange.to_har()):
            assert "s3cret" not in text
            assert "plain" in text
        assert "code=200" in exchange.to_text()


@pytest.mark.timeout(240)
@pytest.mark.parametrize("count", [10_000, pytest.param(50_000, marks=pytest.mark.nightly)])
def test_masking_is_linear(count: int) -> None:
    """Ten thousand secrets in a body of each kind are masked in seconds of processor time, not in minutes."""
    began = time.process_time()
    record = b'{"id": 17, "name": "Ada", "token": "abc", "tags": ["a", "b"]},\n'
    part = b'--x\r\nContent-Disposition: form-data; name="pin"\r\n\r\nabc\r\n'
    bodies = [
        ("application/json", lambda n: b"[" + record * n + b"0]"),
        ("application/x-ndjson", lambda n: record * n),
        ("application/x-www-form-urlencoded", lambda n: b"a=1&token=abc&" * n),
        ("text/plain", lambda n: b"token=abc\nPassword: abc\n" * n),
        ("multipart/form-data; boundary=x", lambda n: part * n),
    ]
    for content_type, make in bodies:
        assert b"abc" not in Redactor().body(make(count), content_type)
    assert time.process_time() - began < count / 1_000


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1.10, "a": 1e400, "n": 12345678901234567890}',
        '[{"says": "the \\"token\\": 5 is no name"}]',
        '{"says": "password: x"}',
        "[" * 50_000,
        "",
        '"token"',
    ],
)
def test_without_a_secret_name_it_is_the_very_text(text):
    """Numbers, repeated names and depth stay; a name inside a string is none."""
    assert Redactor().json_text(text) is text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ('{"token": "abc", "n": 1.10}', f'{{"token": "{MASK}", "n": 1.10}}'),
        ('{"a": {"password":{"x": [1, "}"]}}, "b": 2}', f'{{"a": {{"password":"{MASK}"}}, "b": 2}}'),
        ('{"tok\\u0065n": 12}', f'{{"tok\\u0065n": "{MASK}"}}'),
        ('{"token" : null}\n{"token" : 5}', f'{{"token" : null}}\n{{"token" : "{MASK}"}}'),
        ('{"a": "x", "secret": "cut he', f'{{"a": "x", "secret": "{MASK}"'),
        ('{"a\\qtoken": 1}', f'{{"a\\qtoken": "{MASK}"}}'),
    ],
)
def test_the_values_of_secret_names_are_masked(text, masked):
    """At any depth, whatever kind of value, with an escaped name, in lines, and where the text is cut or broken."""
    assert Redactor().json_text(text) == masked
    assert Redactor(show=True).json_text(text) is text


def test_what_was_json_stays_json():
    """A masked document can still be read."""
    text = json.dumps({"users": [{"name": 'a"b', "api_key": [1, {"x": "}"}]}] * 3})
    assert json.loads(Redactor().json_text(text)) == {"users": [{"name": 'a"b', "api_key": MASK}] * 3}


_SECRET = "s3cret-value"


@pytest.mark.parametrize(
    "text",
    [
        "token={}",
        "a=1&token={}&b=2",
        "export API_KEY='{}'",
        'password = "{} and more"',
        "Password: {}",
        "  - api key: {}",
        "Authorization: Bearer {}",
        "> Set-Cookie: sid={}; Path=/",
        "Cookie: a={}; b={}",
        "<password>{}</password>",
        '<ns:token kind="x">{}</ns:token>',
        '<input type="hidden" name="csrf_token" value="{}">',
        "<input value='{}' name=password>",
        "postgres://app:{}@db/shop",
        '{{"token": "{}"}}',
        "{{'token': '{}'}}",
        "Account(name='Ada', password='{}')",
        "see /reset?token={} for more",
    ],
)
def test_values_of_secret_names(text: str) -> None:
    """A value that follows a secret name is masked in each way it is written, and shown when asked for."""
    written = text.format(*[_SECRET] * 2)
    assert _SECRET not in Redactor().text(written)
    assert "•••" in Redactor().text(written)
    assert Redactor(show=True).text(written) == written


@pytest.mark.parametrize(
    "text",
    [
        "A token: the thing that you get after signing in.",
        "if token == other: pass",
        "Your password must be long",
        "name=Ada&page=2",
        "<title>Password</title>",
        "<input name=q value=shoes>",
        "mailto:ada@example.org or http://example.org/@ada",
        "url(http://127.0.0.1:80);@font-face{}",
        "The session: it began at nine and ended at ten",
        '{"loc": ["cookie", "session"], "usage": {"prompt_tokens": 12}}',
        "SyntaxError: Unexpected token '<', \"<!DOCTYPE\" is not valid JSON",
        "Error: token expired. Session: closed. Cookie: none",
        "def f(token: str, password: str | None = None): pass",
    ],
)
def test_what_is_no_value_stays(text: str) -> None:
    """Sentences about secrets, comparisons, other fields and addresses are left alone."""
    assert Redactor().text(text) == text


@pytest.mark.parametrize("chars", [16_000, pytest.param(64_000, marks=pytest.mark.nightly)])
@pytest.mark.parametrize(
    "piece",
    [
        *("token", "token=", "a:", "<a>", "<a", "<input ", "<input name=", "://", "a.b-", "'token':", "a b c d:", " "),
        *(
            "=",
            'a="',
            "a='x",
            "a=b=",
            '"\\',
            '"',
            '"token":',
            "?a=",
            "a=?b=",
            "a=%",
            "content-disposition: ;",
            "--x\r\n",
            "token=a#b?",
            "[",
        ),
    ],
)
def test_hostile_text_costs_no_time(piece: str, chars: int) -> None:
    """As much text as a view shows (64,000 characters) is masked in a moment, whatever it repeats."""
    began = time.process_time()
    for text in (piece * (chars // len(piece)), (piece + "\n") * (chars // len(piece))):
        Redactor().text(text)
        Redactor().json_text(text)
        Redactor().url(text)
        for content_type in ("", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            Redactor().spans(text, content_type)
    assert time.process_time() - began < chars / 3_200


@pytest.mark.parametrize(
    "text",
    ['{"token": "s3cret-cut in an escape\\', '{"tok\\u0065n": "s3cret"', "{'token': 's3cret\\", '["token": "s3cret'],
)
def test_secrets_of_cut_and_escaped_text_are_masked(text):
    """A value that is cut within an escape, and a name that is written with one, are masked too."""
    assert "s3cret" not in Redactor().text(text)
    assert MASK in Redactor().text(text)


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
    masked = Redactor().body(body, "multipart/form-data; boundary=b")
    assert b"s3cret" not in masked
    assert b"kept" in masked


_PLANTED = "s3cret9XyZq7"
_TOKEN = f"eyJ{'hbGciOiJIUzI1NiJ9'}.eyJzdWIiOiJzM2NyZXQifQ.{_PLANTED}abcdef"
_PART = 'Content-Disposition: form-data; name="f"; filename="a.json"\r\nContent-Type: application/json'
SHAPES = [
    ("application/json", '{"password": "§", "tokens": ["§"], "n": 1}'),
    ("application/json", '{"url": "https://u:§@h/x"}'),
    ("application/json", '{"url": "https:\\/\\/u:§@h/x"}'),
    ("application/json", '{"url": "/x?a=1&sig=§"}'),
    ("application/json", '{"query": "mutation { login(password: \\"§\\") { ok } }"}'),
    ("text/html", "<a href='/reset?token=§'>reset</a> next=/x?token=§"),
    ("application/json", '{"detail": [{"type": "x", "loc": ["body", "password"], "msg": "m", "input": "§"}]}'),
    ("application/json", '{"message": "login failed: token=§"}'),
    ("application/json", '{"a": "{\\"token\\": \\"§\\"}"}'),
    ("application/json", f'{{"a": "{_TOKEN}"}}'),
    ("application/json", '{"name": "Authorization", "value": "§"}'),
    ("application/json", '{"value": "§", "enabled": true, "key": "DB_PASSWORD"}'),
    ("application/json", '[{"name": "a", "value": "b"}, {"name": "X-Api-Key", "value": "§"}]'),
    ("application/json", '[["Authorization", "Bearer §"], ["x-auth", "§"]]'),
    ("application/json", '{"broken": 1, "password": "§"'),
    ("application/json", '"token=§"'),
    ("application/x-ndjson", '{"name": "Authorization", "value": "§"}\n{"token": "§"}\n'),
    ("text/event-stream", 'data: {"token": "§"}\n\ndata: Bearer §\n\n'),
    ("application/xml", "<a><password>§</password><b c='1' apiKey='§'/></a>"),
    ("application/xml", '<property name="db.password" value="§"/><entry key="token">§</entry>'),
    ("application/xml", "<password><![CDATA[§]]></password>"),
    ("text/html", '<form><input type="hidden" name="csrf_token" value="§"></form><meta name="csrf-token" content="§">'),
    ("application/yaml", "user: a\npassword: my §\nenv:\n- name: DB_PASSWORD\n  value: §\n"),
    ("text/csv", "id,password\n1,§\n"),
    ("text/csv", 'id;token\n1;"§ x"\n'),
    ("text/plain", "id\ttoken\n1\t§\n"),
    ("text/plain", "Authorization: Bearer §"),
    ("text/plain", "see redis://:§@h now, SECRET_KEY=§"),
    ("text/plain", "curl --password § -H 'X-Api-Key: §'"),
    ("text/plain", "-----BEGIN PRIVATE KEY-----\n§\n-----END PRIVATE KEY-----"),
    ("text/plain", "(b'authorization', b'Bearer §')"),
    ("", "password=§"),
    ("application/x-www-form-urlencoded", "a=1&pass=§&url=https%3A%2F%2Fu%3A§%40h&code=§&grant_type=x"),
    ("multipart/form-data; boundary=b", f'--b\r\n{_PART}\r\n\r\n{{"password": "§"}}\r\n--b--\r\n'),
]


class Echo:
    """Send what is set."""

    def __init__(self):
        self.headers, self.body, self.error = [], b"", None

    async def __call__(self, scope, receive, send):
        while (await receive()).get("more_body"):
            pass
        if self.error is not None:
            raise self.error
        await send({"type": "http.response.start", "status": 200, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body})


def ways_out(exchange):
    """Yield the name and the text of each way in which an exchange leaves the kernel."""
    yield "text", exchange.to_text()
    yield from exchange._repr_mimebundle_().items()
    yield "data", json.dumps(exchange.to_dict())
    for kind in ("curl", "http", "httpx", "har", "pytest"):
        try:
            yield kind, getattr(exchange, f"to_{kind}")()
        except IpyasgiError as exc:
            yield kind, str(exc)
    yield "repr", repr([exchange, exchange.spec, exchange.run, exchange.events])
    yield "run", exchange.run.to_text()
    yield "list", Exchanges([exchange]).to_text()
    shown = view_tabs(exchange, exchange.settings)
    yield "tabs", shown.html
    yield "page", page_body(exchange, shown.shown.response_body, exchange.settings, drawn=True).content.decode()
    yield "rows", json.dumps(page_rows([exchange], exchange.settings))


def leaks(exchange):
    """Return the ways out that contain the secret."""
    return [name for name, text in ways_out(exchange) if _PLANTED in str(text)]


@pytest.fixture(scope="module")
def echo():
    """Provide an app, and its explorer."""
    app = Echo()
    with Explorer(app, lifespan="off") as explorer:
        yield app, explorer


@pytest.mark.parametrize(("content_type", "shape"), SHAPES)
def test_no_way_out_has_a_secret_of_a_body(echo, content_type, shape):
    """A secret of a response or of a request is masked in every view, export and repr."""
    app, explorer = echo
    body = shape.replace("§", _PLANTED)
    app.headers, app.body = [(b"content-type", content_type.encode())], body.encode()
    received = explorer.get("/")
    app.headers, app.body = [], b"{}"
    sent = explorer.post("/", content=body, headers={"content-type": content_type})

    assert _PLANTED in received.text
    assert leaks(received) == []
    assert leaks(sent) == []
    assert _PLANTED in received.with_secrets().to_text()


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("/", {"headers": {"X-Auth": _PLANTED}}),
        ("/", {"headers": {"X-Db": f"postgres://u:{_PLANTED}@h/x"}}),
        ("/", {"params": {"sig": _PLANTED, "next": f"https://u:{_PLANTED}@h"}}),
        ("/", {"params": {"code": _PLANTED, "state": "1"}}),
        (f"http://u:{_PLANTED}@testserver/x", {}),
        (f"/t/{_TOKEN}/x?j={_TOKEN}", {}),
    ],
)
def test_no_way_out_has_a_secret_of_a_request_line(echo, url, options):
    """Users of URLs, tokens in paths, codes of OAuth and headers are masked."""
    app, explorer = echo
    app.headers, app.body = [], b"ok"
    assert leaks(explorer.get(url, **options)) == []


@pytest.mark.parametrize(
    "header",
    [
        ("location", f"https://u:{_PLANTED}@h/"),
        ("x-url", f"https://u:{_PLANTED}@h/?token={_PLANTED}"),
        ("x-amzn-data", _TOKEN),
        ("x-auth-token", _PLANTED),
        ("link", f"</x?token={_PLANTED}>; rel=next"),
    ],
)
def test_no_way_out_has_a_secret_of_a_response_header(echo, header):
    """A header is masked by its name and by what it contains."""
    app, explorer = echo
    app.headers, app.body = [(header[0].encode(), header[1].encode()), (b"content-type", b"text/plain")], b"ok"
    assert leaks(explorer.get("/")) == []


@pytest.mark.parametrize(
    "text",
    [
        "login failed: password=?",
        "{'token': '?'}",
        "at https://u:?@h",
        "Invalid token: ?",
        "bad password '?'",
        "invalid api key ?",
        "1 validation error\npassword\n  Too long [type=x, input_value='?', input_type=str]",
    ],
)
def test_no_way_out_has_a_secret_of_an_exception(echo, text):
    """Messages, notes, causes and members are masked, and the line of code that is shown with them."""
    app, explorer = echo
    app.error = ExceptionGroup("several", [ValueError(text.replace("?", _PLANTED))])
    app.error.add_note("note " + text.replace("?", _PLANTED))
    app.error.__cause__ = KeyError("Bearer " + _PLANTED)
    with pytest.raises(ExceptionGroup):
        explorer.get("/")
    app.error = None

    assert leaks(explorer.history[-1]) == []
    assert MASK in explorer.history[-1].to_text()


def test_what_only_describes_secrets_is_shown(echo):
    """Kinds, counts, booleans and null beside secrets are shown, and checked by tests."""
    app, explorer = echo
    value = {"token_type": "bearer", "expires_in": 3600, "password_required": True, "tokens": 12, "secret": None}
    value |= {"session_count": 3, "api_key_name": "main", "csrf_enabled": False, "pass": True, "public_key": "abc"}
    app.headers, app.body = [(b"content-type", b"application/json")], json.dumps(value).encode()
    exchange = explorer.get("/")

    assert MASK not in exchange.to_text()
    assert exchange.to_dict()["body"] == value
    assert "MASK" not in exchange.to_har()


def test_exports_run_with_what_they_hide(echo):
    """A secret within a string or a text becomes a variable in its place."""
    app, explorer = echo
    app.headers, app.body = [], b"ok"
    as_json = explorer.post("/", json={"url": f"https://u:{_PLANTED}@h/x", "n": 1})
    as_text = explorer.post("/", content=f"see {_TOKEN} there", headers={"content-type": "text/plain"})

    assert 'json={"url": os.environ["URL"], "n": 1}' in as_json.to_httpx()
    assert '"n":1' in as_json.to_curl()
    assert "see $TOKEN there" in as_text.to_curl().replace("{", "").replace("}", "").replace('"', "").replace("'", "")
