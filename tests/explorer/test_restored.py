"""Requests that were restored without their secrets: sent with the present ones, refused without, never with a mask."""

import pytest

from ipyasgi import Explorer
from ipyasgi.errors import RequestError

SECRET = "s3cret-0123456789"


class Secrets:
    """An app with a lifespan; ``seen`` has what came with each request."""

    def __init__(self):
        self.seen = []

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            while (message := await receive())["type"] != "lifespan.shutdown":
                await send({"type": f"{message['type']}.complete"})
            await send({"type": "lifespan.shutdown.complete"})
            return
        body = (await receive()).get("body", b"").decode()
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        about = [headers.get(name, "") for name in ("authorization", "x-api-key", "cookie")]
        self.seen.append(" ".join(filter(None, [scope["path"], scope["query_string"].decode(), *about, body])))
        if scope["path"] == "/boom":
            raise KeyError("boom")
        pairs = [(b"set-cookie", b"session=abcdefgh")] if scope["path"] == "/login" else []
        await send({"type": "http.response.start", "status": 200, "headers": pairs})
        await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture
def file(tmp_path):
    """Return a file with masked exchanges: a header, another one, a body, a query, then a cookie and an exception."""
    with Explorer(Secrets()) as explorer:
        explorer.get("/h", headers={"Authorization": f"Bearer {SECRET}"})
        explorer.get("/k", headers={"X-Api-Key": SECRET})
        explorer.post("/b", json={"user": "ann", "password": SECRET})
        explorer.get("/q", params={"api_key": SECRET, "page": "2"})
        explorer.post("/login")
        explorer.get("/boom", raise_exceptions=False)
        return explorer.save(tmp_path / "a.jsonl")


def restored(file, app, **headers):
    """Return an explorer with the exchanges of the file, and these default headers."""
    explorer = Explorer(app)
    explorer.client.headers.update(headers)
    explorer.restore(file)
    return explorer


def test_a_present_header_takes_the_place_of_a_masked_one(file):
    """Sent again by a replay, as a spec and by a load, the request has the present token; no mask is sent."""
    app = Secrets()
    with restored(file, app, authorization="Bearer present") as explorer:
        one = explorer.history["r1"]
        assert one.masked == ("authorization",)
        explorer.replay("r1")
        explorer.send(one.spec)
        explorer.load("r1", users=(1,), seconds=0.01)
        assert set(app.seen) == {"/h Bearer present"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("r1", "r1 was restored without its authorization, and no present header, cookie or credential takes its"),
        ("r2", "r2 was restored without its x-api-key, and"),
        ("r3", "r3 was restored without the secrets of its body, so it cannot be sent again"),
        ("r4", "r4 was restored without the secrets of its url, so it cannot be sent again"),
        ("r6", "r6 was restored without its cookie, and"),
    ],
)
def test_a_request_that_lacks_a_secret_is_refused(file, name, text):
    """In one line, by everything that would send it again, before anything is sent."""
    app = Secrets()
    with restored(file, app) as explorer, restored(file, app) as other:
        sendings = [
            lambda: explorer.replay(name),
            lambda: explorer.begin_replay(name),
            lambda: explorer.recheck(name),
            lambda: other.recheck([explorer.history[name]], against=explorer),
            lambda: explorer.load(name, users=(1,), seconds=0.01),
        ]
        for send in sendings:
            with pytest.raises(RequestError) as raised:
                send()
            assert str(raised.value).startswith(text)
            assert "\n" not in str(raised.value)
        assert app.seen == []


def test_credentials_of_the_client_count(file):
    """What `auth` adds while sending takes the place of a masked authorization; a load, which lacks it, is refused."""
    app = Secrets()
    with restored(file, app) as explorer:
        explorer.client.auth = ("ann", "x")
        explorer.replay("r1")
        assert app.seen == ["/h Basic YW5uOng="]
        with pytest.raises(RequestError, match="without its authorization"):
            explorer.load("r1", users=(1,), seconds=0.01)


def test_a_recheck_of_all_leaves_out_what_it_cannot_send(file):
    """It says so, also of another app, whose credentials count; a cookie comes from the login before it."""
    app, other_app = Secrets(), Secrets()
    with restored(file, app) as explorer, restored(file, other_app, authorization="Bearer other") as other:
        found = explorer.recheck()
        assert app.seen == ["/login", "/boom session=abcdefgh"]
        note = "left out: r1 (authorization), r2 (x-api-key), r3 (body), r4 (url): restored without these secrets"
        assert found.note == note
        assert found.ok
        for text in (found.to_text(), found._repr_mimebundle_()["text/html"], str(found.to_dict())):
            assert note in text
        against = explorer.recheck(against=other)
        assert other_app.seen == ["/h Bearer other", "/login", "/boom Bearer other session=abcdefgh"]
        assert against.note == "left out: r2 (x-api-key), r3 (body), r4 (url): restored without these secrets"
        explorer.history.clear()
        assert "Nothing was sent again" in explorer.recheck().to_text()


def test_shrink_sends_no_mask(file):
    """Requests that lack a secret are not tried; the others have the present headers and cookies."""
    app = Secrets()
    with restored(file, app, authorization="Bearer present") as explorer:
        explorer.cookies["session"] = "present"
        found = explorer.shrink("r6", seconds=60)
        assert found.failed_again
        assert [one.spec.path for one in found.steps] == ["/boom"]
        assert app.seen[0] == "/boom Bearer present session=present"
        assert found.earlier == 2
        assert not any("***" in one or "/k" in one for one in app.seen)
    with restored(file, Secrets()) as explorer:
        target = explorer.history["r6"]
        explorer.history.clear()
        with pytest.raises(RequestError, match="without its cookie"):
            explorer.shrink(target)


@pytest.mark.parametrize("form", ["curl", "http", "httpx", "pytest", "locust"])
@pytest.mark.parametrize("show", [None, True])
def test_exports_have_placeholders_for_what_is_masked(file, form, show):
    """In headers, queries, cookies and bodies, also if secrets are to be shown."""
    with restored(file, Secrets()) as explorer:
        text = getattr(explorer.history, f"to_{form}")(show_secrets=show)
        assert "***" not in text
        assert "•••" not in text
        for name in ("token", "x_api_key", "password", "api_key"):
            assert name in text or name.upper() in text


def test_what_is_saved_again_still_lacks_its_secrets(file, tmp_path):
    """A restored exchange stays marked in a second file, although its mask is no secret any more."""
    with restored(file, Secrets()) as explorer:
        again = explorer.restore(explorer.save(tmp_path / "b.jsonl"))
        assert [one.masked for one in again] == [one.masked for one in explorer.history[:6]]
        assert again[0].spec.headers == ()
