"""What the page gets to know of a form. Widget state is saved in notebooks, so secrets stay behind. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ....explore.redaction import is_secret, mask_body
from ....explore.routes import Route
from .code_line import build_code, build_socket_code
from .draft import Draft, Pairs, skeleton_of
from .path_values import fill_path
from .problem import FormError, Problem


def choices_of(routes: Iterable[Route]) -> list[dict[str, Any]]:
    """Return the routes as the page's picker takes them."""
    return [
        {
            "method": route.method,
            "path": route.path,
            "name": route.name,
            "handler": route.handler,
            "source": route.source,
            "says": route.doc.partition("\n")[0],
            "body": skeleton_of(route),
        }
        for route in routes
    ]


def page_draft(draft: Draft, *, show_secrets: bool = False) -> dict[str, Any]:
    """Return a draft for the page; a secret value is None: the kernel holds it."""
    return {
        "method": draft.method,
        "path": draft.path,
        "path_values": [list(pair) for pair in draft.path_values],
        "query": _rows(draft.query, show_secrets),
        "headers": _rows(draft.headers, show_secrets),
        "body": draft.body if show_secrets or not _has_secrets(draft) else None,
    }


def judge(draft: Draft, *, show_secrets: bool = False) -> dict[str, Any]:
    """Return what is to be said about a draft: its problem, and the code that does the same."""
    problem = Problem(where="", text="")
    code = ""
    try:
        if draft.method == "WS":
            code = build_socket_code(fill_path(draft.path, dict(draft.path_values)))
        else:
            code = build_code(draft.to_spec(), show_secrets=show_secrets)
    except FormError as exc:
        problem = exc.problem
    return {
        "where": problem.where,
        "text": problem.text,
        "missing": problem.missing,
        "line": problem.line,
        "column": problem.column,
        "code": code,
    }


def _rows(pairs: Pairs, show_secrets: bool) -> list[list[str | None]]:
    return [[name, None if value and is_secret(name) and not show_secrets else value] for name, value in pairs]


def _has_secrets(draft: Draft) -> bool:
    given = next((value for name, value in draft.headers if name.lower() == "content-type"), "application/json")
    body = draft.body.encode("utf-8", "replace")
    return mask_body(body, given) != body
