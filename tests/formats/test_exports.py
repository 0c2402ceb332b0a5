"""The methods of exchanges: each format from one and from several, secrets as the settings say."""

import json
from dataclasses import replace

import pytest

from ipyasgi import Explorer, Settings
from ipyasgi.client.httpx import httpx
from ipyasgi.errors import RequestError
from ipyasgi.formats.curl import read_curl
from ipyasgi.formats.har import read_har
from ipyasgi.formats.http_file import read_http
from ipyasgi.records.requests import build_spec

METHODS = ["to_curl", "to_curl_powershell", "to_curl_cmd", "to_http", "to_httpx", "to_har", "to_pytest", "to_locust"]


async def app(scope, receive, send):
    """Give a cookie to who has none."""
    known = any(name == b"cookie" for name, _ in scope["headers"])
    headers = [] if known else [(b"set-cookie", b"session=s3cret")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"hi"})


@pytest.fixture(params=[False, True], ids=["masked", "shown"])
def explorer(request):
    """Give an explorer with a login and a request after it, secrets masked and shown."""
    with Explorer(app, lifespan="off", settings=Settings(show_secrets=request.param)) as explorer:
        explorer.post("/login", json={"password": "s3cret"})
        explorer.get("/me", headers={"X-A": "1"})
        yield explorer


@pytest.mark.parametrize("method", METHODS)
def test_settings_decide_about_secrets(explorer, method):
    """Exports show secrets if the settings do, unless an argument decides otherwise."""
    exchanges = explorer.history[:]
    shows = explorer.settings.show_secrets

    for one in (exchanges, explorer.history[0]):
        export = getattr(one, method)
        assert ("s3cret" in export()) is shows
        assert "s3cret" in export(show_secrets=True)
        assert "s3cret" not in export(show_secrets=False)


@pytest.mark.parametrize("method", METHODS)
def test_nothing_to_export_is_an_error(explorer, method):
    """A filter that matches no exchange, such as a misplaced file name, gives no empty text."""
    with pytest.raises(RequestError, match="no exchange to export"):
        getattr(explorer.history.filter("path:/nowhere"), method)()


def test_cookies_of_the_jar_are_included_without_a_jar(explorer):
    """curl and .http files, and a script of one request, name the cookie; a script of the whole session has its own."""
    me = explorer.history[1]

    assert read_curl(me.to_curl(show_secrets=True)).specs[0].header("cookie") == "session=s3cret"
    assert read_http(me.to_http(show_secrets=True)).specs[0].header("cookie") == "session=s3cret"
    assert "session=s3cret" in me.to_httpx(show_secrets=True)
    assert "session=s3cret" not in explorer.history[:].to_httpx(show_secrets=True)
    assert "session=s3cret" in explorer.history[:].to_curl(show_secrets=True)
    assert read_har(me.to_har(show_secrets=True)).specs == (me.spec,)


async def hello(scope, receive, send):
    """Say hi to everybody alike."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hi"})


def _sent_with_defaults(settings=None):
    with Explorer(hello, lifespan="off", settings=settings or Settings(show_secrets=True)) as explorer:
        explorer.headers.set({"X-Tenant": "acme", "Authorization": "Bearer s3cret", "Accept": "text/plain"})
        return explorer.get("/me", headers={"X-Own": "1", "X-Tenant": "own"}), explorer.get("/me")


@pytest.mark.parametrize(("method", "read"), [("to_curl", read_curl), ("to_http", read_http), ("to_har", read_har)])
def test_default_headers_are_included(method, read):
    """A command has the explorer's default headers, once and after the request's own, and none of those httpx adds."""
    overriding, plain = _sent_with_defaults()

    (spec,) = read(getattr(plain, method)()).specs
    assert sorted(spec.headers) == [
        (b"accept", b"text/plain"),
        (b"authorization", b"Bearer s3cret"),
        (b"x-tenant", b"acme"),
    ]
    (spec,) = read(getattr(overriding, method)()).specs
    assert [value for name, value in spec.headers if name == b"x-tenant"] == [b"own"]
    assert spec.header("x-own") == "1"


@pytest.mark.parametrize("method", ["to_httpx", "to_pytest"])
def test_default_headers_go_along_in_python(method):
    """A script and a test name the default headers, and none of those httpx adds."""
    _, plain = _sent_with_defaults()
    text = getattr(plain, method)()

    assert '"X-Tenant": "acme"' in text
    assert '"Authorization": "Bearer s3cret"' in text
    assert 'testclient"' not in text.replace("import", "").lower()
    assert "gzip" not in text


@pytest.mark.parametrize("method", ["to_curl", "to_http", "to_httpx", "to_pytest", "to_har"])
def test_secret_default_headers_are_names(method):
    """A secret that every request gets is a name, or masked in an archive, like one that the request named."""
    _, plain = _sent_with_defaults(Settings())
    text = getattr(plain, method)()

    assert "s3cret" not in text
    assert "acme" in text
    assert method == "to_har" or "token" in text.lower()


def test_headers_of_an_auth_flow_are_included():
    """The header that the client's ``auth`` put there is exported, not what it asked for before that."""

    class Token(httpx.Auth):
        def auth_flow(self, request):
            yield httpx.Request("POST", "http://testserver/token", headers={"x-ask": "1"})
            request.headers["authorization"] = "Bearer s3cret"
            yield request

    with Explorer(hello, lifespan="off") as explorer:
        explorer.headers["X-Tenant"] = "acme"
        explorer.client.auth = Token()
        text = explorer.get("/me?q=1").to_curl()

    assert "'X-Tenant: acme'" in text
    assert '"Authorization: Bearer $TOKEN"' in text
    assert "X-Ask" not in text


def test_headers_of_every_client_are_left_out():
    """The user of a URL and the length are not repeated as headers; a default Host is included."""
    with Explorer(hello, lifespan="off", settings=Settings(show_secrets=True)) as explorer:
        explorer.headers.set({"Host": "shop.example"})
        found = explorer.put("http://me:pw@testserver/x", content=b"abc")

    lines = [line for line in found.to_curl().splitlines() if "-H" in line]
    assert [line.split("-H ")[1].rstrip(" \\") for line in lines] == ["'Host: shop.example'", "Content-Type:"]


def test_a_query_stays_as_it_was_written():
    """Every format sends the bytes that were sent; beside a secret its other fields are encoded anew."""
    with Explorer(hello, lifespan="off") as explorer:
        found = explorer.get("/p?q=a%20b&x=[1]&d")
        secret = explorer.get("/p?q=a%20b&token=s3cret")

    assert read_curl(found.to_curl()).specs[0].target == "/p?q=a%20b&x=[1]&d"
    assert "--globoff" in found.to_curl()
    assert read_http(found.to_http()).specs[0].target == "/p?q=a%20b&x=[1]&d"
    assert read_har(found.to_har()).specs[0].target == "/p?q=a%20b&x=[1]&d"
    assert 'client.get("/p?q=a%20b&x=[1]&d")' in found.to_httpx()
    assert 'client.get("/p?q=a%20b&x=[1]&d")' in found.to_pytest()
    assert 'client.get("/p", params={"q": "a b", "token": os.environ["TOKEN"]})' in secret.to_httpx()
    assert "/p?q=a%20b&token=s3cret" in secret.to_curl(show_secrets=True)


def test_a_placeholder_after_a_query_with_a_spelling():
    """A secret that was added to a query as it was written is encoded by who fills it in."""
    with Explorer(hello, lifespan="off") as explorer:
        spec = build_spec("GET", "/p?q=a%20b")
        found = explorer.send(replace(spec, query=(*spec.query, ("token", "s3 cret"))))

    assert found.request.url.query == b"q=a%20b&token=s3+cret"
    assert 'client.get("/p", params={"q": "a b", "token": os.environ["TOKEN"]})' in found.to_httpx()
    assert "--data-raw q=a%20b" in found.to_curl()
    assert '--data-urlencode "token=$TOKEN"' in found.to_curl()


def test_several_exchanges_are_one_text(explorer):
    """A slice of the history is one file with a request for each."""
    exchanges = explorer.history[:]

    assert len(read_curl(exchanges.to_curl())) == 2
    assert [request.name for request in read_http(exchanges.to_http(show_secrets=True))] == ["r1", "r2"]
    assert len(json.loads(exchanges.to_har())["log"]["entries"]) == 2
    assert exchanges.to_pytest().count("\ndef test_") == 2


def test_the_base_url_can_be_set(explorer):
    """Exports for a served app go where it is served."""
    me = explorer.history[1]

    for text in (
        me.to_curl(base_url="https://h/"),
        me.to_http(base_url="https://h/"),
        me.to_httpx(base_url="https://h"),
    ):
        assert "https://h" in text
        assert "localhost" not in text
