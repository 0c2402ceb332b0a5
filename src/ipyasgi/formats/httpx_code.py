"""Requests as a script with httpx, that runs against the app where it is served. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from ..records.requests import RequestSpec
from .imported import LOCAL_URL
from .placeholders import hide_secrets
from .python_code import PythonCode, build_code, quoted


def render_httpx(
    specs: Iterable[RequestSpec],
    *,
    base_url: str = LOCAL_URL,
    follow_redirects: bool = False,
    show_secrets: bool = False,
) -> str:
    """
    Return a script that sends these requests, one after the other, and prints what came back.

    Secrets are ``os.environ["NAME"]``.

    :param base_url: where requests go whose spec has only a path
    """
    code = PythonCode()
    options = [f"base_url={quoted(base_url)}", *(["follow_redirects=True"] if follow_redirects else [])]
    lines = [f"with httpx.Client({', '.join(options)}) as client:"]
    for request in hide_secrets(specs, show=show_secrets)[0]:
        lines.append(code.call(build_code(request), "    response = "))
        lines.append("    print(response.status_code, response.text)")
    return "\n".join([*code.head(), "import httpx", "", *lines, ""])
