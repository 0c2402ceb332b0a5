"""Requests as a script with httpx, that runs against the app where it is served. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from ..records.redaction import Redactor
from ..records.requests import RequestSpec
from .imported import LOCAL_URL
from .placeholders import hide_secrets
from .python_code import PythonCode, quoted


def render_httpx(
    specs: Iterable[RequestSpec],
    *,
    base_url: str = LOCAL_URL,
    follow_redirects: bool = False,
    redactor: Redactor = Redactor(),
) -> str:
    """
    Return a script that sends these requests, one after the other, and prints what came back.

    Secrets are ``os.environ["NAME"]``.

    :param base_url: where requests go whose spec has only a path
    """
    hidden, blanks = hide_secrets(specs, redactor)
    code = PythonCode(blanks)
    options = [f"base_url={quoted(base_url)}", *(["follow_redirects=True"] if follow_redirects else [])]
    lines = [f"with httpx.Client({', '.join(options)}) as client:"]
    for spec in hidden:
        lines.append(code.call(spec, "    response = "))
        lines.append("    print(response.status_code, response.text)")
    imports = [f"import {name}" for name in sorted(code.modules)]
    return "\n".join([*imports, *([""] if imports else []), "import httpx", "", *lines, ""])
