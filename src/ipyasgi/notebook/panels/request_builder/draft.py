"""`Draft`: what a form holds, as a frozen value, on its way to a `RequestSpec` and back. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from ....explore.requests import RequestSpec, build_spec, check_path
from ....explore.routes import Route
from ....protocol.errors import RequestError
from .body import METHODS_WITHOUT_BODY, SKELETON, read_body
from .path_values import fill_path, try_read_path
from .problem import FormError, Problem

Pairs = tuple[tuple[str, str], ...]
_FIELD_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """
    What a form holds.

    :ivar method: upper-case; ``WS`` for a WebSocket route
    :ivar path: a template such as ``/items/{item_id}``, or a path as it is sent; may carry a query
    :ivar path_values: values of the template's names
    :ivar query: rows in order; rows without a name are not sent
    :ivar headers: rows in order; rows without a name are not sent
    :ivar body: the text in the editor
    """

    method: str = "GET"
    path: str = "/"
    path_values: Pairs = ()
    query: Pairs = ()
    headers: Pairs = ()
    body: str = ""

    def to_spec(self) -> RequestSpec:
        """Return the request; raises `FormError` with the field that keeps it from being one."""
        if self.method == "WS":
            text = "a WebSocket is not a request: open one with explorer.client.websocket_connect(path)"
            raise FormError(Problem(where="method", text=text))
        try:
            check_path(self.path)
            path = fill_path(self.path, dict(self.path_values))
            typed = build_spec(self.method or "GET", path)
        except FormError:
            raise
        except RequestError as exc:
            raise FormError(Problem(where="path", text=str(exc))) from None
        headers = [(name.strip(), value) for name, value in self.headers if name.strip()]
        self._check_headers()
        given = next((value for name, value in headers if name.lower() == "content-type"), "")
        body, content_type = read_body(self.body, given)
        if content_type and not given:
            headers.append(("content-type", content_type))
        rows = [(name, value) for name, value in self.query if name]
        params = [*typed.query, *rows] if rows else None
        try:
            return build_spec(self.method, path, params=params, headers=headers, content=body or None)
        except RequestError as exc:
            raise FormError(Problem(where="", text=str(exc))) from None

    def _check_headers(self) -> None:
        for number, (name, value) in enumerate(self.headers):
            where = f"headers.{number}"
            if not name.strip():
                if value:
                    raise FormError(Problem(where=where, text="this header has a value and no name", missing=True))
            elif not _FIELD_NAME.fullmatch(name.strip()):
                raise FormError(Problem(where=where, text=f"{name!r} is not a header name"))
            elif not value.isprintable() and "\t" not in value:
                raise FormError(Problem(where=where, text=f"the value of {name} holds characters no header may have"))
            elif not value.isascii():
                raise FormError(Problem(where=where, text=f"the value of {name} is not ASCII: percent-encode it"))


def fresh_draft(route: Route, headers: Pairs = ()) -> Draft:
    """Return the untouched form of a route; headers are kept from one route to the next."""
    return Draft(
        method=route.method,
        path=route.path,
        path_values=tuple((name, "") for name in route.parameters),
        headers=headers,
        body=skeleton_of(route),
    )


def skeleton_of(route: Route) -> str:
    """Return what stands in the body editor before anything is typed."""
    return "" if route.method in METHODS_WITHOUT_BODY | {"DELETE"} else SKELETON


def draft_of(spec: RequestSpec, routes: Iterable[Route] = ()) -> Draft:
    """
    Return the form that holds a request; on a route of the app where one fits, else with the path as it is.

    Raises `RequestError` for a body that is not text.
    """
    try:
        body = spec.body.decode()
    except UnicodeDecodeError:
        raise RequestError("this body is not text, so the form cannot hold it: explorer.send(spec) sends it") from None
    draft = Draft(
        method=spec.method,
        path=spec.path,
        query=spec.query,
        headers=tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in spec.headers),
        body=body,
    )
    for route in routes:
        values = try_read_path(route.path, spec.path) if route.method == spec.method else None
        if values is not None:
            on_route = replace(draft, path=route.path, path_values=tuple(values.items()))
            if _fills_to(on_route, spec.path):
                return on_route
    return draft


def _fills_to(draft: Draft, path: str) -> bool:
    try:
        return fill_path(draft.path, dict(draft.path_values)) == path
    except FormError:
        return False


def read_draft(page: Any, before: Draft) -> Draft:
    """
    Return what a page sent. A value the page does not know (None) is the one that was held before.

    :param page: foreign: anything may be missing or of another type
    """
    page = page if isinstance(page, dict) else {}
    body = page.get("body", "")
    return Draft(
        method=_text(page.get("method")).upper(),
        path=_text(page.get("path")).strip(),
        path_values=_pairs(page.get("path_values"), ()),
        query=_pairs(page.get("query"), before.query),
        headers=_pairs(page.get("headers"), before.headers),
        body=before.body if body is None else _text(body),
    )


def _pairs(rows: Any, before: Pairs) -> Pairs:
    held = dict(before)
    found = []
    for row in rows if isinstance(rows, list) else ():
        match row:
            case [str(name), None]:
                found.append((name, held.get(name, "")))
            case [name, value]:
                found.append((_text(name), _text(value)))
    return tuple(found)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
