"""The host that an explorer speaks as, and the hint when an app rejects it."""

import pytest

from ipyasgi import Explorer, Settings
from ipyasgi.errors import RequestError
from ipyasgi.explorer.host_check import host_note


def checking(status, text, allowed=b"shop.example"):
    """Return an app that answers with this status and text, unless it is asked as an allowed host."""

    async def app(scope, receive, send):
        ok = dict(scope["headers"])[b"host"] == allowed
        await send({"type": "http.response.start", "status": 200 if ok else status, "headers": []})
        await send({"type": "http.response.body", "body": repr(scope["server"]).encode() if ok else text.encode()})

    return app


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (400, "Invalid host header"),
        (400, "<title>DisallowedHost at /</title>" + "x" * 60_000),
        (400, "You may need to add 'localhost' to ALLOWED_HOSTS."),
        (403, "Invalid Host header - possible DNS rebinding attack detected"),
        (400, "Host 'localhost:8000' is not trusted."),
        (403, "Blocking request with non-local 'Host' localhost"),
        (403, "host localhost is not allowed"),
        (421, ""),
    ],
)
def test_a_rejected_host_has_a_hint(status, text):
    """The exchange says that the host was rejected; with the setting, which works at once, it is not."""
    with Explorer(checking(status, text)) as explorer:
        (note,) = explorer.get("/").notes
        assert "localhost:8000" in note
        assert "base_url" in note
        explorer.configure(base_url="https://shop.example")
        assert explorer.get("/").notes == ()
        assert explorer.get("/").text == "['shop.example', 443]"
        explorer.replace_app(checking(status, text))
        assert explorer.get("/").notes == ()


@pytest.mark.parametrize(
    ("status", "text"),
    [(400, "Bad Request"), (403, "You may not see the host"), (404, "Invalid host"), (400, "host" * 50_000)],
)
def test_other_responses_have_no_hint(status, text):
    """A response that does not speak of a rejected host, or has another status, has no hint."""
    with Explorer(checking(status, text)) as explorer:
        assert explorer.get("/").notes == ()


def test_a_hint_from_the_log():
    """Without DEBUG Django says it only in its log."""

    async def app(scope, receive, send):
        print("Invalid HTTP_HOST header: 'localhost:8000'. You may need to add 'localhost' to ALLOWED_HOSTS.")
        await checking(400, "<h1>Bad Request (400)</h1>")(scope, receive, send)

    with Explorer(app) as explorer:
        assert "reject the host" in explorer.get("/").notes[0]
    assert host_note(None, ()) == ()


@pytest.mark.parametrize(
    ("given", "host"),
    [("https://shop.example", "shop.example"), ("shop.example:81", "shop.example:81"), ("http://[::1]:9/", "[::1]:9")],
)
def test_the_base_url(given, host):
    """The base URL is an argument or a setting, a host alone means http; the client is an address."""

    async def app(scope, receive, send):
        assert scope["type"] == "http"
        text = dict(scope["headers"])[b"host"] + repr(scope["client"]).encode()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": text})

    for options in ({"base_url": given}, {"settings": Settings(base_url="http://" + host)}):
        with Explorer(app, **options) as explorer:
            assert explorer.get("/").text == host + "('127.0.0.1', 50000)"
    with Explorer(app) as explorer:
        assert explorer.get("/").text.startswith("localhost:8000(")
        assert explorer.get("/").to_curl().endswith("http://localhost:8000/\n")


@pytest.mark.parametrize("given", ["ftp://x", "", "http://", "http://a b", "http://x?y", "http://x:99999"])
def test_a_wrong_base_url(given):
    """A URL without a host, or of another scheme, is an error that says what to give."""
    with pytest.raises(RequestError, match="give scheme and host"):
        Explorer(checking(400, ""), lifespan="off", base_url=given)
