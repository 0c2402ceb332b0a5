"""The arguments of the verbs: spelled out, checked, and `cookies=` and `auth=` sent, recorded, masked and replayed."""

import inspect
import warnings

import pytest

from ipyasgi import Explorer
from ipyasgi.client.httpx import httpx
from ipyasgi.explorer.request_kwargs import RequestKwargs
from ipyasgi.protocol.errors import RequestError

VERBS = ("get", "options", "head", "post", "put", "patch", "delete", "request", "begin")
BASIC = "Basic dTpw"  # u:p


class App:
    """Notes the headers of each call; asks for a digest, redirects, sets a cookie, raises."""

    def __init__(self):
        self.seen = []

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            raise RuntimeError("no lifespan")
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.seen.append((scope["path"], headers, scope["query_string"].decode()))
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close"})
            return
        status, more = 200, []
        if scope["path"] == "/digest" and not headers.get("authorization", "").startswith("Digest"):
            status, more = 401, [(b"www-authenticate", b'Digest realm="r", nonce="n", qop="auth"')]
        elif scope["path"] == "/moved":
            status, more = 307, [(b"location", b"/there")]
        elif scope["path"] == "/boom":
            raise ValueError("boom")
        await send({"type": "http.response.start", "status": status, "headers": more})
        await send({"type": "http.response.body", "body": b""})

    def sent(self, name):
        """Return the header of each call."""
        return [headers.get(name) for _, headers, _ in self.seen]


@pytest.fixture
def app():
    """Give the app."""
    return App()


@pytest.fixture(params=["asyncio", "trio"])
def explorer(request, app):
    """Give an explorer of the app."""
    with Explorer(app, backend=request.param) as explorer:
        yield explorer


def verb(explorer, name):
    """Return a verb as a function of path and keyword arguments."""
    method = getattr(explorer, name)
    return method if name not in ("request", "begin") else lambda path, **more: method("GET", path, **more)


@pytest.mark.parametrize("name", VERBS)
def test_a_wrong_argument_names_the_verb_and_the_argument_meant(explorer, app, name):
    """A typo is a ``TypeError`` of the verb that was called, and nothing is sent."""
    for typo, meant in (("parms", "params"), ("header", "headers"), ("time_out", "timeout"), ("cookie", "cookies")):
        with pytest.raises(TypeError) as handled_exception:
            verb(explorer, name)("/", **{typo: None})
        assert (
            str(handled_exception.value)
            == f"{name}() got an unexpected keyword argument {typo!r}; did you mean {meant!r}?"
        )
    with pytest.raises(TypeError, match="it takes params, headers"):
        verb(explorer, name)("/", qqq=1)
    assert app.seen == []


@pytest.mark.parametrize("name", [*VERBS, "send", "submit"])
def test_the_signature_spells_the_arguments_out(explorer, name):
    """`inspect.signature`, and so ``explorer.get?`` and completion, shows each argument and its default."""
    shown = inspect.signature(getattr(explorer, name)).parameters

    assert all(one.kind is not inspect.Parameter.VAR_KEYWORD for one in shown.values())
    assert {"cookies", "auth", "timeout", "follow_redirects", "raise_exceptions"} <= set(shown)
    assert repr(shown["timeout"].default) == "settings.timeout_s"
    assert shown["follow_redirects"].default is True
    if name not in ("send", "submit"):
        assert list(shown)[-len(RequestKwargs.__annotations__) :] == list(RequestKwargs.__annotations__)


def test_cookies_go_beside_those_of_the_client(explorer, app):
    """They are sent with this request only, in any form httpx takes; the exchange has them and a replay sends them."""
    explorer.cookies["jar"] = "1"
    forms = ({"a": "b"}, [("a", "b")], httpx.Cookies({"a": "b"}), httpx.Cookies({"a": "b"}).jar)
    for form in forms:
        exchange = explorer.get("/", cookies=form)
        assert sorted(exchange.request.headers["cookie"].split("; ")) == ["a=b", "jar=1"]
        assert exchange.spec.header("cookie") == exchange.request.headers["cookie"]
    assert "jar=1" in explorer.get("/", cookies=explorer.cookies).request.headers["cookie"]
    assert explorer.get("/").request.headers["cookie"] == "jar=1"
    app.seen.clear()
    explorer.replay("r1")
    assert sorted(app.sent("cookie")[0].split("; ")) == ["a=b", "jar=1"]
    with pytest.raises(RequestError, match="cannot be sent"):
        explorer.get("/", cookies={"a": "\u20ac"})


def add_key(request):
    """Sign a request: a header and a query of its own."""
    request.headers["X-Key"] = "k3y"
    request.url = request.url.copy_merge_params({"signed": "yes"})
    return request


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        (("u", "p"), "authorization", BASIC),
        (httpx.BasicAuth("u", "p"), "authorization", BASIC),
        (add_key, "x-key", "k3y"),
    ],
    ids=["tuple", "httpx.Auth", "function"],
)
@pytest.mark.parametrize("way", ["get", "post", "begin", "submit"])
def test_auth_is_sent_recorded_and_replayed(explorer, app, auth, header, value, way):
    """What it added to the request is part of the exchange's spec, so a replay sends the same."""
    if way == "submit":
        spec = explorer.get("/a", params={"q": "1"}).spec
        exchange = explorer.submit(spec, auth=auth).result(20)
    else:
        exchange = verb(explorer, way)("/a", params={"q": "1"}, auth=auth)
        exchange = exchange.result(20) if way == "begin" else exchange
    sent = app.seen[-1]

    assert sent[1][header] == value == exchange.spec.header(header)
    assert sent[2] == ("q=1&signed=yes" if auth is add_key else "q=1") == exchange.spec.query_string
    explorer.replay(exchange)
    assert (app.seen[-1][1][header], app.seen[-1][2]) == (value, sent[2])
    assert explorer.get("/a").spec.header(header) == ""


def test_a_flow_of_several_requests(explorer, app):
    """Digest: the spec has what the last of them had, and the challenge is in ``previous``."""
    exchange = explorer.get("/digest", auth=httpx.DigestAuth("u", "p"))

    assert (exchange.status_code, [one.status_code for one in exchange.previous]) == (200, [401])
    assert exchange.spec.header("authorization") == app.sent("authorization")[-1]
    assert explorer.replay(exchange).status_code == 200


def test_auth_of_the_client(explorer, app):
    """The client's own stays out of the spec; ``auth=None`` switches it off for one request."""
    explorer.client.auth = ("u", "p")

    assert explorer.get("/").spec.header("authorization") == ""
    explorer.get("/", auth=None)
    explorer.get("/", auth=("a", "b"))
    assert app.sent("authorization") == [BASIC, None, "Basic YTpi"]


def test_with_redirects_and_exceptions(explorer, app):
    """The spec is of the first request, also where redirects follow or the app raises."""
    moved = explorer.get("/moved", auth=("u", "p"), cookies={"a": "b"})
    assert (moved.spec.path, moved.spec.header("authorization"), moved.spec.header("cookie")) == (
        "/moved",
        BASIC,
        "a=b",
    )
    raised = explorer.get("/boom", auth=("u", "p"), raise_exceptions=False)
    assert (type(raised.exception), raised.spec.header("authorization")) == (ValueError, BASIC)


def test_secrets_are_masked(explorer):
    """Neither password nor cookie stands in an export."""
    exchange = explorer.get("/", auth=("u", "p4ssw0rd"), cookies={"sid": "s3cret"})
    basic = exchange.spec.header("authorization").removeprefix("Basic ")

    for text in (exchange.to_curl(), exchange.to_pytest(), exchange.to_httpx(), exchange.to_http(), repr(exchange)):
        assert basic not in text
        assert "s3cret" not in text


@pytest.mark.parametrize("auth", ["u:p", 42, ("u",), ("u", None)])
def test_what_is_not_an_auth(explorer, app, auth):
    """It is said before anything is sent, also where nobody waits."""
    for send in (explorer.get, lambda path, auth: explorer.begin("GET", path, auth=auth), explorer.websocket_exchange):
        with pytest.raises(RequestError, match="auth takes"):
            send("/", auth=auth)
    assert app.seen == []


def test_a_websocket_takes_them_too(explorer, app):
    """The handshake has cookies, beside those of the client, and the auth; httpx's warning does not come."""
    explorer.cookies["jar"] = "1"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        explorer.websocket_exchange("/ws", cookies={"a": "b"}, auth=("u", "p"), wait_s=1)
        session = explorer.websocket("/ws", cookies={"a": "b"}, auth=httpx.BasicAuth("u", "p"))
        assert session.wait(5)
        explorer.websocket_exchange("/ws", headers={"cookie": "own=1"}, cookies={"a": "b"}, wait_s=1)

    assert app.sent("authorization") == [BASIC, BASIC, None]
    assert [sorted(one.split("; ")) for one in app.sent("cookie")] == [["a=b", "jar=1"], ["a=b", "jar=1"], ["own=1"]]
    assert session.run.scope["path"] == "/ws"
