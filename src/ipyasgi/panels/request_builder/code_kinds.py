"""The request of a form in the words of several tools, by the names of the page's tabs. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ...formats.curl import render_curl
from ...formats.httpx_code import render_httpx
from ...formats.placeholders import hide_secrets
from ...formats.pytest_code import render_pytest
from ...formats.python_code import PythonCode
from ...history.exchange import Exchange
from ...protocol.errors import RequestError
from ...records.redaction import Redactor
from ...records.requests import RequestSpec
from .code_line import build_code, build_python, build_socket_line, build_socket_python

CODE_KINDS = ("magic", "python", "httpx", "curl", "pytest")


def build_code_as(
    kind: str, spec: RequestSpec, redactor: Redactor, *, answer: Exchange | None = None, status: int = 200
) -> str:
    """
    Return code that sends a request; secrets are names to be filled.

    :param kind: one of `CODE_KINDS`; any other is the first
    :param answer: what was last answered, which a test checks where it was this very request
    :param status: what a test expects of a request that was not sent yet
    """
    if kind == "pytest":
        return _test(spec, answer, status, redactor)
    write = _WRITERS.get(kind, build_code)
    try:
        return write(spec, redactor).rstrip("\n")
    except RequestError as exc:
        return f"# {exc}"


def build_socket_code_as(kind: str, path: str, redactor: Redactor) -> str:
    """Return code that opens a WebSocket and says a word, or a comment where that tool has none; ``kind`` as above."""
    if kind in ("httpx", "curl"):
        return "# no WebSockets there: the tabs %asgi, Python and pytest have them"
    if kind == "pytest":
        return _socket_test(path, redactor)
    write = build_socket_python if kind == "python" else build_socket_line
    return write(path, redactor)


_WRITERS: Mapping[str, Callable[[RequestSpec, Redactor], str]] = {
    "magic": build_code,
    "python": build_python,
    "httpx": lambda spec, redactor: render_httpx([spec], redactor=redactor),
    "curl": lambda spec, redactor: render_curl([spec], redactor=redactor),
}


def _test(spec: RequestSpec, answer: Exchange | None, status: int, redactor: Redactor) -> str:
    if answer is not None and answer.spec == spec:
        try:
            return render_pytest([answer], redactor=redactor).rstrip("\n")
        except RequestError:  # it was not answered
            pass
    (hidden,), blanks = hide_secrets([spec], redactor)
    code = PythonCode(blanks)
    call = code.call(hidden, "        response = ")
    lines = [
        *(f"import {module}" for module in sorted(code.modules)),
        *([""] if code.modules else []),
        *_begin_test(spec.method, spec.path),
        call,
        f"    assert response.status_code == {status}  # not sent yet: send it, and more is checked here",
    ]
    return "\n".join(lines)


def _socket_test(path: str, redactor: Redactor) -> str:
    url = redactor.url(path)
    filled = "" if url == path else "  # EDIT: what is masked"
    lines = [
        *_begin_test("websocket", path),
        f"        with client.websocket_connect({url!r}) as websocket:{filled}",
        '            websocket.send_json("hello")',
        '            assert websocket.receive()["type"] == "websocket.send"',
    ]
    return "\n".join(lines)


def _begin_test(method: str, path: str) -> list[str]:
    name = "_".join(re.findall(r"[a-z0-9]+", f"{method} {path.partition('?')[0]}".lower()))[:60]
    return [
        "from ipyasgi.testclient import TestClient",
        "from main import app  # EDIT: your app, and the module it is in",
        "",
        "",
        f"def test_{name}():",
        "    with TestClient(app) as client:",
    ]
