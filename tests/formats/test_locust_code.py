"""Exports to Locust: the file runs as it stands, against an app that makes up new ids and tokens."""

import contextlib
import importlib.util
import os
import re
import socket
import subprocess
import sys
import time
import types
from pathlib import Path

import pytest

from ipyasgi import Exchanges, Explorer
from ipyasgi.client.httpx import httpx
from ipyasgi.errors import RequestError
from ipyasgi.samples.shop import app as shop
from ipyasgi.testclient import TestClient

from . import things


class Session:
    """What Locust's session has, with a client of ours below it: ``seen`` is each status, name and failure."""

    def __init__(self, client):
        self._client = client
        self.cookies = client.cookies
        self.seen = []

    def __getattr__(self, name):
        return lambda *args, **options: self.request(name.upper(), *args, **options)

    @contextlib.contextmanager
    def request(self, method, url, *, name, catch_response, allow_redirects=True, data=None, **options):
        assert catch_response
        options["content" if isinstance(data, str | bytes) else "data"] = data
        response = self._client.request(method, url, follow_redirects=allow_redirects, **options)
        response.success = lambda: self.seen.append((response.status_code, f"{method} {name}"))
        response.failure = lambda why: self.seen.append((why, f"{method} {name}"))
        yield response


def run(text, app, monkeypatch, times=1):
    """Run the task of a locustfile in this process, on an app; return what its session has seen."""
    fake = types.SimpleNamespace(HttpUser=object, between=lambda *_: None, task=lambda function: function)
    monkeypatch.setitem(sys.modules, "locust", fake)
    names = {}
    exec(compile(text, "locustfile.py", "exec"), names)
    user = names["Recorded"]()
    with TestClient(app, base_url=user.host, raise_server_exceptions=False, lifespan="auto") as client:
        user.client = Session(client)
        for _ in range(times):
            user.send_all()
    return user.client.seen


@pytest.fixture
def recorded():
    """Return the values that must not be written, and the locustfile of a session with things."""
    with Explorer(things.Things(), lifespan="off") as explorer:
        values = things.record(explorer)
        return values, explorer.history.to_locust(host="http://localhost:9000/")


def test_each_run_uses_its_own_values(recorded, monkeypatch):
    """Two runs against a fresh app see the recorded statuses; no id, token or password is written."""
    values, text = recorded
    monkeypatch.setenv("PASSWORD", "s3cret")
    once = [(200, "POST /login"), (201, "POST /things"), (200, "GET /things/{id}"), (201, "POST /things")]
    once += [(200, "GET /things"), (201, "POST /uploads"), (200, "GET /pages"), (200, "GET /pages/{id}/of")]
    once += [(202, "POST /jobs"), (200, "GET /jobs/{id}/of")]
    once += [(204, "DELETE /things/{id}"), (404, "GET /things/{id}"), (404, "GET /things/none")]
    once += [(401, "GET /things")]

    assert [
        (status, re.sub(r"\{\w+\}", "{id}", name)) for status, name in run(text, things.Things(), monkeypatch, 2)
    ] == [
        *once,
        *once,
    ]
    assert not [one for one in values if one.removeprefix("Bearer ") in text]
    assert 'host = "http://localhost:9000"' in text
    assert "It needs PASSWORD in the environment." in text


def test_rows_are_routes_and_another_status_is_a_failure(monkeypatch):
    """Requests are counted by the route's path; a run stops where a value that later ones need is missing."""
    with Explorer(shop) as explorer:
        explorer.get("/items", params={"limit": "2"})
        explorer.post("/items", json={"name": "jug", "price": 7.5})
        explorer.get("/items/6")
        explorer.get("/boom", raise_exceptions=False)
        text = explorer.history.to_locust()

    async def broken(scope, receive, send):
        assert scope["type"] == "http"
        await receive()
        status = 503 if scope["method"] == "POST" else 200
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    assert run(text, shop, monkeypatch) == [
        (200, "GET /items"), (201, "POST /items"), (200, "GET /items/{item_id}"), (500, "GET /boom"),
    ]  # fmt: skip
    assert run(text, broken, monkeypatch) == [(200, "GET /items"), ("status 503 instead of 201", "POST /items")]


async def echo(scope, receive, send):
    """Send back what was received: the query, the headers of one name, and the body."""
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    found = [value for name, value in scope["headers"] if name in (b"x-a", b"content-type")]
    status = 307 if scope["path"] == "/old" else 200
    headers = [(b"location", b"/new?a=1")] if status == 307 else []
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"|".join([scope["query_string"], *found, body])})


def test_any_request_can_be_sent_by_requests():
    """The arguments are those of the library requests: bodies, forms, files, repeated headers, redirects."""
    requests = pytest.importorskip("requests")
    sent = []

    class Recorder(requests.adapters.BaseAdapter):
        def send(self, request, **_):
            sent.append(request)
            response = requests.Response()
            response.status_code, response.request, response.url = 200, request, request.url
            return response

        def close(self):
            pass

    with Explorer(echo, lifespan="off") as explorer:
        explorer.get("/a", params=[("q", "ä b"), ("q", "2")], headers=[("X-A", "1"), ("X-A", "2")])
        explorer.post("/b", content="grün €".encode())
        explorer.put("/c", content=bytes(range(256)))
        explorer.post("/d", data={"a": "1", "b": ["x y", "z"]})
        explorer.post("/e", json={"n": [1, None, "ü"]})
        explorer.post("/f", data={"a": "1"}, files={"doc": ("a.txt", b"hi", "text/plain")})
        explorer.get("/old", follow_redirects=False)
        text = explorer.history.to_locust()
        expected = [one.request.content for one in explorer.history]
    session = requests.Session()
    session.mount("http://", Recorder())

    class Client:
        cookies = session.cookies

        def __getattr__(self, method):
            @contextlib.contextmanager
            def send(url, *, name, catch_response, **options):
                response = session.request(method, f"http://localhost:8000{url}", **options)
                response.success = response.failure = lambda *_: None
                yield response

            return send

    fake = types.ModuleType("locust")
    fake.HttpUser, fake.between, fake.task = object, lambda *_: None, lambda function: function
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setitem(sys.modules, "locust", fake)
        names = {}
        exec(text, names)
    user = names["Recorded"]()
    user.client = Client()
    user.send_all()

    assert [one.path_url for one in sent] == ["/a?q=%C3%A4+b&q=2", "/b", "/c", "/d", "/e", "/f", "/old"]
    assert sent[0].headers["X-A"] == "1, 2"
    bodies = [one.body.encode() if isinstance(one.body, str) else one.body for one in sent]
    assert bodies[1:4] == expected[1:4]
    assert b"a.txt" in bodies[5]
    assert b'name="a"' in bodies[5]
    assert text.count("allow_redirects=False") == 1


def test_what_cannot_be_sent_is_said():
    """A request without a response is a comment; if there is no other, that is an error."""
    with Explorer(shop) as explorer:
        explorer.get("/items")
        with contextlib.suppress(TimeoutError):
            explorer.get("/slow", timeout=0.05)
        assert '# r2, GET "/slow": AppReadTimeout, left out' in explorer.history.to_locust()
        with pytest.raises(RequestError, match="none of these exchanges has a response"):
            explorer.history["r2"].to_locust()
    with pytest.raises(RequestError, match="no exchange to export"):
        Exchanges().to_locust()


# -- Locust itself ---------------------------------------------------------------------------------------------


def free_port():
    """Return a port of the loopback that was free a moment ago."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextlib.contextmanager
def processes():
    """Give a function that starts a program; what still runs at the end is stopped."""
    with contextlib.ExitStack() as stack:

        def start(*words, **options):
            one = subprocess.Popen([sys.executable, "-m", *words], stdin=subprocess.DEVNULL, **options)
            stack.callback(one.wait)
            stack.callback(one.kill)
            return one

        yield start


@pytest.fixture
def server(tmp_path):
    """Serve the things with uvicorn on the loopback, and return its URL."""
    (tmp_path / "things.py").write_text(Path(things.__file__).read_text(encoding="utf-8"), encoding="utf-8")
    port = free_port()
    with processes() as start:
        one = start("uvicorn", "things:app", "--port", str(port), "--log-level", "error", cwd=tmp_path)
        while one.poll() is None:
            with contextlib.suppress(httpx.TransportError):
                httpx.get(f"http://127.0.0.1:{port}/things")
                break
            time.sleep(0.05)
        assert one.poll() is None
        yield f"http://127.0.0.1:{port}"


LOCUST = ("locust", "-f", "locustfile.py", "--headless", "--users", "4", "--spawn-rate", "4")
LOCUST += ("--run-time", "8s", "--stop-timeout", "60", "--only-summary")
ROW = re.compile(r"^(GET|POST|DELETE) +(\S+) +(\d+) +(\d+)\(", re.MULTILINE)


@pytest.mark.nightly
@pytest.mark.parametrize("workers", [0, 2])
def test_locust_runs_it_without_failures(recorded, server, tmp_path, workers):
    """Locust alone, and as a master with two workers, ends with status 0: no request failed."""
    if importlib.util.find_spec("locust") is None:  # to import it would patch the threads of this process
        pytest.skip("locust is part of the test extra")
    (tmp_path / "locustfile.py").write_text(recorded[1], encoding="utf-8")
    options = {"cwd": tmp_path, "env": {**os.environ, "PASSWORD": "s3cret"}, "text": True}
    master, port = [], str(free_port())
    if workers:
        master = ["--master", "--master-bind-host", "127.0.0.1", "--master-bind-port", port]
        master += ["--expect-workers", str(workers)]
    with processes() as start:
        main = start(
            *LOCUST, "--host", server, *master,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options,
        )  # fmt: skip
        helpers = [
            start(
                "locust",
                "-f",
                "locustfile.py",
                "--worker",
                "--master-host",
                "127.0.0.1",
                "--master-port",
                port,
                **options,
            )
            for _ in range(workers)
        ]
        printed, _ = main.communicate()
        assert main.returncode == 0, printed
        assert [one.wait() for one in helpers] == [0] * workers
    rows = {f"{method} {name}": (int(count), int(failed)) for method, name, count, failed in ROW.findall(printed)}
    runs = rows["POST /login"][0]
    assert runs >= 4
    assert rows == {
        "POST /login": (runs, 0), "POST /things": (2 * runs, 0), "GET /things": (2 * runs, 0),
        "GET /things/{thing_id}": (2 * runs, 0), "GET /things/none": (runs, 0), "DELETE /things/{thing_id}": (runs, 0),
        "POST /uploads": (runs, 0), "POST /jobs": (runs, 0), "GET /jobs/{id}/of": (runs, 0),
        "GET /pages": (runs, 0), "GET /pages/{id}/of": (runs, 0),
    }, printed  # fmt: skip
