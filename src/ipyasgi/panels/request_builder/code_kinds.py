"""The request of a form as code for several tools, one for each tab of the page. Pure."""

from __future__ import annotations

import re

from ...formats.curl import render_curl
from ...formats.magic_line import render_magic, render_magic_socket
from ...formats.placeholders import RequestTemplate, hide_secrets
from ...formats.pytest_code import render_pytest
from ...formats.python_code import PythonCode, build_code, render_httpx, render_python
from ...history.exchange import Exchange
from ...protocol.errors import RequestError
from ...records.redaction import Redactor
from ...records.requests import RequestSpec, build_spec
from ...shown import hint, in_marimo

CODE_KINDS = {"magic": "%asgi", "python": "Python", "httpx": "httpx", "curl": "cURL", "pytest": "pytest"}
"""The kinds, each with the title of its tab."""


def offered_kinds() -> dict[str, str]:
    """Return the kinds that the front end can run, the preferred one first."""
    return {kind: title for kind, title in CODE_KINDS.items() if kind != "magic" or not in_marimo()}


def build_code_as(
    kind: str, spec: RequestSpec, redactor: Redactor, *, exchange: Exchange | None = None, status: int = 200
) -> str:
    """
    Return code of one of `CODE_KINDS` that sends a request, with placeholders for secrets.

    :param exchange: the last exchange; if it has this request, a test checks its response
    :param status: the status that a test of another request expects
    """
    if kind == "httpx":
        return render_httpx([spec], redactor=redactor).rstrip("\n")
    if kind == "curl":
        return render_curl([spec], redactor=redactor)
    if kind == "pytest" and exchange is not None and exchange.spec == spec:
        try:
            return render_pytest([exchange], redactor=redactor).rstrip("\n")
        except RequestError:  # it has no response
            pass
    (request,), _ = hide_secrets([spec], redactor)
    if kind == "pytest":
        return _test(request, status)
    return render_python(request) if kind == "python" else render_magic(request)


def build_socket_code_as(kind: str, path: str, redactor: Redactor) -> str:
    """Return code that opens a WebSocket and sends a message, or a comment for tools without WebSockets."""
    if kind in ("httpx", "curl"):
        return f"# This tool has no WebSockets. Use {hint('%asgi, ', '')}Python or pytest."
    try:
        (request,), _ = hide_secrets([build_spec("GET", path)], redactor)
    except RequestError as exc:
        return f"# {exc}"
    if kind not in ("python", "pytest") and (line := render_magic_socket(request.target)) is not None:
        return line
    code = PythonCode()
    target = code.literal(request.target)
    if kind == "pytest":
        lines = [
            *_begin_test("websocket", path),
            f"        with client.websocket_connect({target}) as websocket:",
            '            websocket.send_json("hello")',
            '            assert websocket.receive()["type"] == "websocket.send"',
        ]
    else:
        lines = [
            f"with explorer.client.websocket_connect({target}) as socket:",
            '    socket.send_json("hello")',
            "    print(socket.receive())",
        ]
    return "\n".join([*code.head(), *lines])


def _test(request: RequestTemplate, status: int) -> str:
    code = PythonCode()
    call = code.call(build_code(request), "        response = ")
    lines = [
        *_begin_test(request.spec.method, request.spec.path),
        call,
        f"    assert response.status_code == {status}  # not sent yet; a sent request is checked in more detail",
    ]
    return "\n".join([*code.head(), *lines])


def _begin_test(method: str, path: str) -> list[str]:
    name = "_".join(re.findall(r"[a-z0-9]+", f"{method} {path.partition('?')[0]}".lower()))[:60]
    return [
        "from ipyasgi.testclient import TestClient",
        "from main import app  # EDIT: your app and its module",
        "",
        "",
        f"def test_{name}():",
        "    with TestClient(app) as client:",
    ]
