"""Scripts with httpx: they run as they stand."""

import os
import subprocess
import sys

from ipyasgi import Explorer
from ipyasgi.client.httpx import httpx
from ipyasgi.formats.httpx_code import render_httpx
from ipyasgi.records.requests import build_spec

from .specs import PLAIN, SECRET, SECRETS, VALUES

# Stands where httpx is imported: the script's client gets a transport that prints what it is given.
FAKE_HTTPX = """
from {httpx} import *
from {httpx} import Client as _Client


def Client(**options):
    def answer(request):
        print(request.method, request.url, request.headers.get("authorization", "-"), request.read())
        return Response(200, text="fine")

    return _Client(transport=MockTransport(answer), **options)
"""


def run(script, folder, **variables):
    """Run a script in an interpreter of its own and return what it printed, line by line."""
    (folder / "fake.py").write_text(FAKE_HTTPX.format(httpx=httpx.__name__))
    (folder / "script.py").write_text(script.replace("import httpx", "import fake as httpx"))
    done = subprocess.run(
        [sys.executable, "script.py"],
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def test_a_script_runs_as_it_stands(tmp_path):
    """Each request is sent to the base URL, one after the other, and what came back is printed."""
    specs = [build_spec("GET", "/items", params={"limit": "2"}), build_spec("POST", "/items", json={"name": "Foo"})]

    assert run(render_httpx(specs, base_url="http://localhost:1"), tmp_path) == [
        "GET http://localhost:1/items?limit=2 - b''",
        "200 fine",
        """POST http://localhost:1/items - b'{"name":"Foo"}'""",
        "200 fine",
    ]


def test_a_script_of_every_request_runs(tmp_path):
    """None of the odd requests breaks the script."""
    assert run(render_httpx(PLAIN), tmp_path).count("200 fine") == len(PLAIN)


def test_secrets_come_from_the_environment(tmp_path):
    """No secret is in the script; with the environment set it sends them."""
    script = render_httpx([SECRET])
    printed = run(script, tmp_path, **{name: str(value) for name, value in VALUES.items()})

    assert not [secret for secret in SECRETS if secret in script]
    assert script.startswith("import json\nimport os\n\nimport httpx\n")
    assert "token=q-tok" in printed[0]
    assert "Bearer b-tok" in printed[0]
    assert '"pin":7301948265' in printed[0]


def test_redirects_are_followed_where_they_were():
    """The client is told to, because httpx does not by itself."""

    async def app(scope, receive, send):
        headers = [(b"location", b"/b")] if scope["path"] == "/a" else []
        await send({"type": "http.response.start", "status": 302 if headers else 200, "headers": headers})
        await send({"type": "http.response.body"})

    with Explorer(app, lifespan="off") as explorer:
        assert "follow_redirects=True" in explorer.get("/a").to_httpx()
        assert "--location" in explorer.history[-1].to_curl()
        assert "follow_redirects" not in explorer.get("/a", follow_redirects=False).to_httpx()
        assert "--location" not in explorer.history[-1].to_curl()
