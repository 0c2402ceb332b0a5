"""Which httpx the client is made of; each case in a process of its own, because it is decided once."""

import os
import subprocess
import sys

import pytest

CODE = """
import sys
from ipyasgi.client.httpx import AppReadTimeout, httpx
from ipyasgi.testclient import TestClient, WebSocketDenialResponse
import anyio
async def app(scope, receive, send):
    if scope["path"] == "/slow":
        await anyio.sleep(30)
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": b"x"})
client = TestClient(app)
assert isinstance(client, httpx.Client)
assert client.get("/").content == b"x"
assert issubclass(WebSocketDenialResponse, httpx.Response)
try:
    client.get("/slow", timeout=0.05)
except httpx.ReadTimeout as exc:
    assert isinstance(exc, AppReadTimeout)
print(httpx.__name__, {"httpx": "httpx2", "httpx2": "httpx"}[httpx.__name__] in sys.modules)
"""


def run(code: str, wanted: str | None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "IPYASGI_HTTPX"}
    if wanted is not None:
        environment["IPYASGI_HTTPX"] = wanted
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, env=environment, timeout=40
    )


@pytest.mark.parametrize(
    ("wanted", "chosen"), [("httpx", "httpx"), ("httpx2", "httpx2"), ("", "httpx2"), (None, "httpx2")]
)
def test_the_environment_decides(wanted: str | None, chosen: str) -> None:
    """``IPYASGI_HTTPX`` names the one to use, else it is httpx2 where there is one; the other is not imported."""
    answer = run(CODE, wanted)
    assert (answer.stdout, answer.stderr) == (f"{chosen} False\n", "")


def test_httpx_where_there_is_no_httpx2() -> None:
    """Without httpx2 the client is made of httpx."""
    answer = run("import sys; sys.modules['httpx2'] = None\n" + CODE, None)
    assert (answer.stdout.split()[:1], answer.stderr) == (["httpx"], "")


def test_a_name_that_does_not_exist() -> None:
    """Another name is refused with the names that exist."""
    answer = run("import ipyasgi.testclient", "requests")
    assert answer.returncode == 1
    assert "IPYASGI_HTTPX is 'requests': set it to 'httpx' or 'httpx2', or unset it" in answer.stderr
