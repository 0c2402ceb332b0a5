"""What goes with every request: headers and cookies as live mappings, settings that can be changed."""

import pytest

from ipyasgi import Explorer
from ipyasgi.protocol.errors import RequestError


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        raise RuntimeError("no lifespan")
    headers = [(b"set-cookie", b"seen=yes; Path=/")] if scope["path"] == "/set" else []
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def explorer():
    """An explorer of the app above."""
    with Explorer(app) as explorer:
        yield explorer


def test_headers_go_with_every_request(explorer):
    """Set, looked up in any case, overridden by a request's own, and taken away again."""
    shown = explorer.headers.set({"X-A": "1", "X-B": "2"})

    assert (shown["x-a"], "X-B" in shown, len(shown)) == ("1", True, len(explorer.client.headers))
    assert explorer.get("/").request.headers["x-a"] == "1"
    assert explorer.get("/", headers={"X-A": "3"}).request.headers["x-a"] == "3"
    explorer.headers.remove("X-A")
    assert "x-a" not in explorer.get("/").request.headers
    with pytest.raises(KeyError, match="there is no default header 'X-A'; the defaults are: "):
        explorer.headers.remove("X-A")
    with pytest.raises(RequestError, match="cannot be sent"):
        explorer.headers["X-A"] = "\u20ac"


def test_cookies_are_those_of_the_client(explorer):
    """What the app has set is among them; setting one replaces it."""
    explorer.get("/set")
    assert dict(explorer.cookies) == {"seen": "yes"}
    explorer.cookies.set({"seen": "no", "theme": "dark"})

    assert explorer.get("/").request.headers["cookie"].split("; ") == ["seen=no", "theme=dark"]
    explorer.cookies.remove("seen")
    assert dict(explorer.cookies) == {"theme": "dark"}
    with pytest.raises(KeyError, match="there is no default cookie 'seen'"):
        explorer.cookies.remove("seen")


def test_no_value_is_in_a_repr(explorer):
    """What is shown bare in a notebook is saved with it."""
    explorer.headers.set({"Authorization": "s3cret"})
    explorer.cookies.set({"sid": "s3cret"})

    assert "s3cret" not in repr(explorer.headers) + repr(explorer.cookies)
    assert "authorization" in repr(explorer.headers)


def test_they_stay_when_another_app_takes_the_place(explorer):
    """Headers set and headers taken away, cookies and settings."""
    explorer.headers.set({"X-A": "1"}).remove("user-agent")
    explorer.cookies.set({"theme": "dark"})
    explorer.configure(timeout_s=3)

    async def other(scope, receive, send):
        await app(scope, receive, send)

    explorer.replace_app(other)
    sent = explorer.get("/")
    assert (sent.request.headers["x-a"], sent.request.headers["cookie"]) == ("1", "theme=dark")
    assert "user-agent" not in sent.request.headers
    assert sent.settings.timeout_s == explorer.settings.timeout_s == 3


def test_configure_reaches_every_part(explorer):
    """History, state and lifespan are shown by the new settings; what is recorded keeps its own."""
    before = explorer.get("/")
    settings = explorer.configure(show_secrets=True, history_count=1)

    assert settings is explorer.settings is explorer.history.settings
    assert settings is explorer.state.settings is explorer.lifespan.settings
    assert not before.settings.show_secrets
    explorer.get("/")
    explorer.get("/")
    assert len(explorer.history) == 1
    with pytest.raises(TypeError):
        explorer.configure(nonsense=1)
