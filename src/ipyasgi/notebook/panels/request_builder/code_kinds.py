"""The request of a form in the words of several tools, by the names of the page's tabs. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ....explore.exchange import Exchange
from ....explore.formats.blanks import hide_secrets
from ....explore.formats.curl import render_curl
from ....explore.formats.httpx_code import render_httpx
from ....explore.formats.pytest_code import render_pytest
from ....explore.formats.python_code import PythonCode
from ....explore.requests import RequestSpec
from ....protocol.errors import RequestError
from .code_line import build_code, build_python

CODE_KINDS = ("magic", "python", "httpx", "curl", "pytest")


def build_code_as(
    kind: str, spec: RequestSpec, *, answer: Exchange | None = None, status: int = 200, show_secrets: bool = False
) -> str:
    """
    Return code that sends a request; secrets are names to be filled.

    :param kind: one of `CODE_KINDS`; any other is the first
    :param answer: what was last answered, which a test checks where it was this very request
    :param status: what a test expects of a request that was not sent yet
    """
    if kind == "pytest":
        return _test(spec, answer, status, show_secrets)
    write = _WRITERS.get(kind, _magic)
    try:
        return write(spec, show_secrets).rstrip("\n")
    except RequestError as exc:
        return f"# {exc}"


def _magic(spec: RequestSpec, show_secrets: bool) -> str:
    return build_code(spec, show_secrets=show_secrets)


_WRITERS: Mapping[str, Callable[[RequestSpec, bool], str]] = {
    "magic": _magic,
    "python": lambda spec, show_secrets: build_python(spec, show_secrets=show_secrets),
    "httpx": lambda spec, show_secrets: render_httpx([spec], show_secrets=show_secrets),
    "curl": lambda spec, show_secrets: render_curl([spec], show_secrets=show_secrets),
}


def _test(spec: RequestSpec, answer: Exchange | None, status: int, show_secrets: bool) -> str:
    if answer is not None and answer.spec == spec:
        try:
            return render_pytest([answer], show_secrets=show_secrets).rstrip("\n")
        except RequestError:  # it was not answered
            pass
    (hidden,), blanks = hide_secrets([spec], show=show_secrets)
    code = PythonCode(blanks)
    call = code.call(hidden, "        response = ")
    name = "_".join(re.findall(r"[a-z0-9]+", f"{spec.method} {spec.path.partition('?')[0]}".lower()))[:60]
    lines = [
        *(f"import {module}" for module in sorted(code.modules)),
        *([""] if code.modules else []),
        "from ipyasgi.testclient import TestClient",
        "from main import app  # EDIT: your app, and the module it is in",
        "",
        "",
        f"def test_{name}():",
        "    with TestClient(app) as client:",
        call,
        f"    assert response.status_code == {status}  # not sent yet: send it, and more is checked here",
    ]
    return "\n".join(lines)
