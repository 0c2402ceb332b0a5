"""Generated test files: they pass against the app, and fail where it answers otherwise."""

import ast
import contextlib
import json
import os
import random
import re
import subprocess
import sys
import time
from pathlib import Path

import anyio
import pytest

from ipyasgi import Exchanges, Explorer
from ipyasgi.errors import RequestError
from ipyasgi.samples.shop import app as shop

from . import things

SHOP = "ipyasgi.samples.shop:app"


@pytest.fixture
def session():
    """Return the exchanges of a session with the shop."""
    with Explorer(shop) as explorer:
        explorer.get("/items", params={"limit": "2"})
        explorer.post("/items", json={"name": "jug", "price": 7.5})
        explorer.get("/items/6")
        explorer.get("/items/99")
        explorer.post("/items", json={"name": 1})
        explorer.get("/")
        explorer.delete("/items/6")
        explorer.get("/ticks?n=2&gap=0.001")
        explorer.get("/boom", raise_exceptions=False)
        with contextlib.suppress(TimeoutError):
            explorer.get("/slow", timeout=0.05)
        yield explorer.history[:]


def run(folder, *texts, **variables):
    """Run test files with plain pytest in an interpreter of its own; return passed, failed and what it printed."""
    for number, text in enumerate(texts):
        (folder / f"test_{number}.py").write_text(text, "utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("COVERAGE", "PYTEST"))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider"],
        cwd=folder,
        env={**environment, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **variables},  # plain, as for a reader; and quicker
        capture_output=True,
        text=True,
        timeout=50,
    )
    counts = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|error)", done.stdout)}
    return counts.get("passed", 0), counts.get("failed", 0) + counts.get("error", 0), done.stdout + done.stderr


def test_a_session_passes_as_it_stands(session, tmp_path):
    """
    Every exchange with a response is checked, in order, and all pass against a fresh app.

    Those from the first to the last that need the new item's id are one test.
    """
    text = session.to_pytest(app=SHOP)
    passed, failed, printed = run(tmp_path, text)

    assert (passed, failed) == (4, 0), printed
    assert re.findall(r"def (test_\w+)", text) == [
        "test_get_items",
        "test_flow_post_items",
        "test_get_ticks",
        "test_get_boom_raises",
    ]
    assert re.findall(r"client\.\w+\(f?(\S+?)[,)]", text.replace("\n        ", "")) == [
        '"/items"', '"/items"', '"/items/{item_id}"', '"/items/99"', '"/items"', '"/"', '"/items/{item_id}"',
        '"/ticks"', '"/boom"',
    ]  # fmt: skip
    assert '# r10, GET "/slow": AppReadTimeout, so there is nothing to check' in text


def test_a_chain_of_requests_passes_with_the_values_of_its_own_run(tmp_path):
    """A login, and POST, GET, DELETE and GET again: ids, codes and tokens are those of the run, and stand nowhere."""
    with Explorer(things.Things(), lifespan="off") as explorer:
        recorded = things.record(explorer)
        text = explorer.history.to_pytest(app="things:app")
    (tmp_path / "things.py").write_text(Path(things.__file__).read_text(encoding="utf-8"), encoding="utf-8")
    passed, failed, printed = run(tmp_path, text, PASSWORD="s3cret")

    assert (passed, failed) == (2, 0), printed
    assert re.findall(r"def (test_\w+)", text) == ["test_flow_post_login", "test_get_things_unauthorized"]
    assert not [one for one in recorded if one.removeprefix("Bearer ") in text]
    assert 'headers={"Authorization": f"Bearer {access_token}", "X-Csrf-Token": csrf}' in text
    assert '[{"id": thing_id, "code": thing_code, "name": "cup", "price": 3},' in re.sub(r"\n *", "", text)
    assert '{"detail": f"there is no thing {thing_id}"}' in text
    assert 'data={"thing_id": thing_id}' in text
    assert 'next_url = response.json()["links"]["next"]' in text
    assert "client.get(next_url, headers=" in re.sub(r"\n *", "", text)
    assert 'location = response.headers["location"]' in text
    assert '"links": {"next": ANY}' in text


def test_a_carried_token_is_not_written_where_the_app_repeats_it():
    """A token in a text of a response, or in the path of a request without one, is no text of the file."""

    async def app(scope, receive, send):
        if scope["path"].startswith("/slow"):
            await anyio.sleep_forever()
        made, repeated = (
            b'{"access_token": "t-ann", "refresh_token": "r-4711-ann"}',
            b'{"said": "hi t-ann", "also": "t-ann"}',
        )
        body = made if scope["method"] == "POST" else repeated
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": body})

    with Explorer(app, lifespan="off") as explorer:
        explorer.post("/login")
        explorer.get("/me", headers={"Authorization": "Bearer t-ann"})
        explorer.get("/me?token=t-ann")
        with contextlib.suppress(TimeoutError):
            explorer.get("/slow/r-4711-ann", timeout=0.05)
        for show in (False, True):
            text = explorer.history.to_pytest(show_secrets=show)
            assert text.count("{access_token}") == 1
            assert 'params={"token": access_token}' in text
            assert text.count('response.json() == {"said": ANY, "also": ANY}') == 2
            for one in (
                text,
                explorer.history.to_locust(show_secrets=show),
                explorer.history.to_http(show_secrets=show),
            ):
                assert "t-ann" not in one
                assert "r-4711" not in one
            assert '# r4, GET "/slow/{refresh_token}"' in text


def test_it_looks_as_a_person_would_write_it(session):
    """One request, one blank line, and a comparison of each thing that matters; what changes is ANY."""
    assert (
        session[1].to_pytest(app=SHOP)
        == '''\
"""Recorded with ipyasgi: each test sends a request and checks what stays the same."""

from unittest.mock import ANY

import pytest

from ipyasgi.samples.shop import app
from ipyasgi.testclient import TestClient


# One app for all tests, which run in the order of the recording: a later one may
# need what an earlier one made.
@pytest.fixture(scope="module")
def client():
    with TestClient(app, base_url="http://localhost:8000", lifespan="auto") as client:
        yield client


def test_post_items(client):
    response = client.post("/items", json={"name": "jug", "price": 7.5})

    assert response.status_code == 201
    assert response.headers["content-type"] == "application/json"
    assert response.json() == {"id": ANY, "name": "jug", "price": 7.5, "color": "plain"}
'''
    )


def test_it_fails_where_the_app_answers_otherwise(session, tmp_path):
    """A shop with other stock and another reason is noticed, and only where it is another."""
    changed = """
from ipyasgi.samples.shop import app as shop

async def app(scope, receive, send):
    async def changed(message):
        if "body" in message:
            message = {**message, "body": message["body"].replace(b"teapot", b"kettle").replace(b"no item", b"nothing")}
        await send(message)

    await shop(scope, receive, changed)
"""
    (tmp_path / "changed.py").write_text(changed, encoding="utf-8")
    texts = (session[:1], session[3:4], session[4:6], session[7:9])  # without the new item, whose test would be one
    passed, failed, printed = run(tmp_path, *(one.to_pytest(app="changed:app") for one in texts))

    assert (passed, failed) == (4, 2), printed
    assert "FAILED test_0.py::test_get_items " in printed
    assert "FAILED test_1.py::test_get_items_item_id_not_found" in printed


ANSWER = {"id": 1, "a": 1, "name": "Foo", "tags": [1], "made": "2026-11-22T12:00:00", "none": None}


@pytest.mark.parametrize(
    ("status", "content_type", "body", "passes"),
    [
        (201, b"application/json", ANSWER, True),
        (201, b"application/json", {**ANSWER, "id": 5, "made": "2031-01-01T00:00:00"}, True),
        (200, b"application/json", ANSWER, False),
        (201, b"application/problem+json", ANSWER, False),
        (201, b"application/json", {**ANSWER, "name": "Fou"}, False),
        (201, b"application/json", {**ANSWER, "more": 1}, False),
        (201, b"application/json", {key: ANSWER[key] for key in ANSWER if key != "id"}, False),
        (201, b"application/json", {**ANSWER, "tags": [1, 2]}, False),
        (201, b"application/json", {**ANSWER, "none": 0}, False),
    ],
)
def test_each_check_checks(status, content_type, body, passes):
    """Status, content type, values, members and lengths are held; identifiers and times are not."""
    answer = {"status": 201, "type": b"application/json", "body": ANSWER}

    async def app(scope, receive, send):
        headers = [(b"content-type", answer["type"])]
        await send({"type": "http.response.start", "status": answer["status"], "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(answer["body"]).encode()})

    with Explorer(app, lifespan="off") as explorer:
        text = explorer.get("/").to_pytest()
        names = {}
        exec(text.replace("from main import app", ""), names)
        answer |= {"status": status, "type": content_type, "body": body}
        with contextlib.nullcontext() if passes else pytest.raises(AssertionError):
            names["test_get_root"](explorer.client)


async def zoo(scope, receive, send):
    """Answer with every kind of response."""
    if scope["type"] == "lifespan":
        raise NotImplementedError
    path = scope["path"]
    content_type, body, status, more = {
        "/text": ("text/plain; charset=utf-8", 'Grüße, \u202e it\'s "fine"\n'.encode(), 200, []),
        "/long": ("text/html", b"<!doctype html>\n" + b"<p>x</p>\n" * 100, 200, []),
        "/time": ("text/plain", b"now is 2026-11-22 12:00\nmore", 200, []),
        "/bytes": ("image/png", b"\x89PNG\r\n\x1a\n" + b"\0" * 100, 200, []),
        "/few": ("application/octet-stream", b"\x00\xff", 200, []),
        "/list": (
            "application/json",
            b"[" + b",".join(b'{"id": %d, "n": "x"}' % n for n in range(100)) + b"]",
            200,
            [],
        ),
        "/nan": ("application/json", b"[NaN]", 200, []),
        "/null": ("application/json", b"null", 200, []),
        "/deep": ("application/json", b"[" * 300 + b"]" * 300, 200, []),
        "/secret": ("application/json", b'{"token": "s3cret", "a": {"password": "s3cret"}}', 200, []),
        "/form": ("text/plain", b"token=s3cret", 200, []),
        "/moved": ("", b"", 307, [(b"location", b"/text")]),
        "/made": ("", b"", 303, [(b"location", b"/items/17")]),
        "/login": ("", b"", 200, [(b"set-cookie", b"session=s3cret; Path=/")]),
        "/odd": ("application/x-odd; a=b", b"", 299, []),
        "/parts": ("multipart/mixed; boundary=xyz", b"--xyz\r\n\r\n1\r\n--xyz--", 200, []),
    }.get(path, ("", dict(scope["headers"]).get(b"cookie", b""), 200, []))
    if path == "/raise":
        raise anyio.BusyResourceError("x")
    if path == "/mine":
        raise type("Mine", (Exception,), {"__module__": "__main__"})("x")
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [*([(b"content-type", content_type.encode())] if content_type else []), *more],
        }
    )
    await send({"type": "http.response.body", "body": body})


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_every_kind_of_response_passes(backend, tmp_path):
    """Texts, bytes, long and odd JSON, redirects, cookies and exceptions make tests that pass, without any secret."""
    with Explorer(zoo, backend=backend, base_url="https://zoo.example") as explorer:
        for path in (
            "/text",
            "/long",
            "/time",
            "/bytes",
            "/few",
            "/list",
            "/nan",
            "/null",
            "/deep",
            "/secret",
            "/form",
        ):
            explorer.get(path)
        for path in ("/moved", "/odd", "/parts", "/raise", "/mine", "/login", "/who"):
            explorer.get(path, raise_exceptions=False)
        explorer.get("/moved", follow_redirects=False)
        explorer.get("/made", follow_redirects=False)
        explorer.head("/text")
        text = explorer.history[:].to_pytest(app="zoo_app:make", factory=True)
        alone = explorer.history[17].to_pytest(app="zoo_app:make.zoo")
    source = Path(__file__).read_text("utf-8")
    zoo_source = source[source.index("async def zoo") : source.index('@pytest.mark.parametrize("backend"')]
    (tmp_path / "zoo_app.py").write_text(
        f"import anyio\n\n\n{zoo_source}\ndef make():\n    return zoo\n\n\nmake.zoo = zoo\n", "utf-8"
    )

    passed, failed, printed = run(tmp_path, text, alone, SESSION="s3cret")
    assert (passed, failed) == (22, 0), printed
    assert "s3cret" not in text
    assert "from anyio import BusyResourceError" in text
    assert "pytest.raises(Exception)" in text
    assert 'TestClient(make(), base_url="https://zoo.example", lifespan="auto")' in text
    assert "follow_redirects=False" in text
    assert 'assert response.url.path == "/text"' in text
    assert "/items/17" not in text
    assert 'os.environ["SESSION"]' not in text  # the client has the cookie from the login before
    assert 'os.environ["SESSION"]' in alone


def test_volatile_paths_decide(session):
    """With volatile paths given, only they are left out."""
    text = session[0].to_pytest(app=SHOP, volatile={"$[0].price"})

    assert '"id": 2' in text
    assert '"price": ANY' in text


def test_an_app_of_the_notebook_is_left_to_be_named(session):
    """Where the app is not known to be in a module, one marked line waits for the reader."""
    text = session[:1].to_pytest()

    assert "from main import app  # EDIT: your app, and the module it is in" in text
    assert [type(node).__name__ for node in ast.parse(text).body][-1] == "FunctionDef"


@pytest.mark.parametrize("app", ["shop", "shop.py:app", "shop:", ":app", "shop:app()", "import os:x"])
def test_an_app_that_is_nowhere_is_an_error(session, app):
    """An app that is not module:attribute is an error."""
    with pytest.raises(RequestError, match="module:attribute"):
        session.to_pytest(app=app)


def test_nothing_to_check_is_an_error(session):
    """An exchange without a response makes no file."""
    with pytest.raises(RequestError, match="has a response to check"):
        session[-1].to_pytest(app=SHOP)


async def changing_app(scope, receive, send):
    """Respond with values that differ each time under names that do not say so; POST counts."""
    while (await receive()).get("more_body"):
        pass
    kind, body = b"application/json", json.dumps({"beat": time.time_ns(), "pick": random.random(), "fix": 1.5})
    if scope["path"] == "/text":
        kind, body = b"text/plain", str(random.random())
    elif scope["path"] == "/count":
        changing_app.count += scope["method"] == "POST"
        body = json.dumps({"count": changing_app.count})
    elif scope["path"] == "/go":
        await send({"type": "http.response.start", "status": 303, "headers": [(b"location", b"/count")]})
        await send({"type": "http.response.body"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]})
    await send({"type": "http.response.body", "body": body.encode()})


@pytest.mark.parametrize("how", ["recheck", "again", "replay"])
def test_values_that_differed_in_the_history_are_not_checked(how):
    """What a recheck ignores, and what two responses to the same request have different, is not checked."""
    with Explorer(changing_app, lifespan="off") as explorer:
        explorer.get("/")
        explorer.get("/text")
        if how == "recheck":
            assert explorer.recheck().ok
        elif how == "replay":
            explorer.replay("r1-r2")
        else:
            explorer.get("/")
            explorer.get("/text")
        several, json_alone, text_alone = (explorer.history[one].to_pytest() for one in (slice(2), "r1", "r2"))
        chosen = explorer.history["r1"].to_pytest(volatile=["$.beat"])

    for text in (several, json_alone):
        assert '{"beat": ANY, "pick": ANY, "fix": 1.5}' in text
    for text in (several, text_alone):
        assert "response.text" not in text
        assert '"text/plain"' in text
    assert '"pick": ANY' not in chosen


def test_a_time_in_nanoseconds_is_recognised():
    """A number near the present time is not checked, whatever its unit and name."""
    with Explorer(changing_app, lifespan="off") as explorer:
        assert '"beat": ANY' in explorer.get("/").to_pytest()


def test_a_change_of_state_is_checked():
    """Responses that differ because of a request in between are checked as they were."""
    changing_app.count = 0
    with Explorer(changing_app, lifespan="off") as explorer:
        for send in (explorer.get, explorer.post, explorer.get):
            send("/count")
        text = explorer.history[:].to_pytest()

    assert [text.count(f'{{"count": {number}}}') for number in (0, 1)] == [1, 2]


def test_a_redirect_is_sent_once():
    """The exchanges of one request, exported together or by the last one, are one call."""
    changing_app.count = 0
    with Explorer(changing_app, lifespan="off") as explorer:
        last = explorer.post("/go")
    chain = Exchanges([*last.previous, last])

    for exported in (last, chain):
        assert exported.to_pytest().count('client.post("/go"') == 1
        assert exported.to_httpx().count('"/go"') == 1
        assert exported.to_curl().count("/go") == 1
        assert len(json.loads(exported.to_har())["log"]["entries"]) == 2
    begin = chain[:1].to_pytest()
    assert (begin.count("client.post("), begin.count('"/go"'), begin.count("follow_redirects=False")) == (1, 1, 1)
