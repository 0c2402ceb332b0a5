"""`Draft`: what a form holds, as a frozen value, on its way to a `RequestSpec` and back. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast
from urllib.parse import unquote

from ...protocol.errors import RequestError
from ...records.redaction import MASK, Place, Redactor
from ...records.requests import RequestSpec, build_spec, check_path
from ...routes import path_template
from ...routes.path_template import PATH_PLACE, path_parameters
from ...routes.routes import Route
from .body import METHODS_WITHOUT_BODY, SKELETON, read_body
from .form_error import FormError, FormFieldError

Pairs = tuple[tuple[str, str], ...]
Rows = tuple[tuple[str, str | None], ...]
_FIELD_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class Held(str):
    """A value that only the kernel holds: the page does not know it, and may not learn it under another name."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """
    What a form holds.

    :ivar method: upper-case; ``WS`` for a WebSocket route
    :ivar path: a template such as ``/items/{item_id}``, or a path as it is sent; may carry a query
    :ivar path_values: values of the template's names
    :ivar query: rows in order; rows without a name are not sent
    :ivar headers: rows in order; rows without a name are not sent
    :ivar known: values of the parameters that the app's document describes, by key, ``query.limit``; text, or lists
        and objects of it; only what is sent
    :ivar body: the text in the editor; of forms the JSON of their fields
    :ivar media: the type the body travels in; empty where a header row says it, or nobody: then it is JSON

    None, as a value of a row or a parameter or as the body, is a secret that neither page nor kernel knows any more.
    """

    method: str = "GET"
    path: str = "/"
    path_values: Pairs = ()
    query: Rows = ()
    headers: Rows = ()
    known: tuple[tuple[str, Any], ...] = ()
    body: str | None = ""
    media: str = ""

    @property
    def content_type(self) -> str:
        """The first Content-Type row's value, empty where there is none."""
        return next((value or "" for name, value in self.headers if name.strip().lower() == "content-type"), "")

    def filled_path(self) -> str:
        """Return the path with its values; as it stands where one is missing."""
        try:
            return fill_path(self.path, dict(self.path_values))
        except FormError:
            return self.path

    def to_spec(self, redactor: Redactor = Redactor()) -> RequestSpec:
        """
        Return the request without what a document describes, which `typed_request.py` adds.

        Raises `FormError` with the field that keeps it from being one.
        """
        if self.method == "WS":
            text = "a WebSocket is not a request: open one with explorer.client.websocket_connect(path)"
            raise FormError(FormFieldError(where="method", text=text))
        try:
            check_path(redactor.strict().url(self.path))  # what is wrong with it is said, and saved
            self._check_path_is_known()
            path = fill_path(self.path, dict(self.path_values))
            typed = build_spec(self.method or "GET", path)
        except FormError:
            raise
        except RequestError as exc:
            raise FormError(FormFieldError(where="path", text=str(exc))) from None
        self._check_headers()
        rows = _known("query", self.query, "query", redactor)
        headers = [(name.strip(), value) for name, value in _known("headers", self.headers, "header", redactor)]
        if self.body is None:
            raise FormError(
                FormFieldError(where="body", text="this body is not held any more: type it again", missing=True)
            )
        body, content_type = read_body(self.body, self.content_type or self.media)
        if content_type and not self.content_type:
            headers.append(("content-type", content_type))
        params = [*typed.query, *rows] if rows else None
        try:
            return build_spec(self.method, path, params=params, headers=headers, content=body or None)
        except RequestError as exc:
            raise FormError(FormFieldError(where="", text=str(exc))) from None

    def hides_body(self, redactor: Redactor) -> bool:
        """Return whether the body holds a secret that the page may not know."""
        return self.body is not None and bool(redactor.spans(self.body, self.content_type))

    def _check_path_is_known(self) -> None:
        if MASK in self.path:
            raise FormError(FormFieldError(where="path", text=f"{MASK} stands for a secret: type the value again"))

    def _check_headers(self) -> None:
        for number, (name, value) in enumerate(self.headers):
            where = f"headers.{number}"
            if not name.strip():
                if value:
                    raise FormError(
                        FormFieldError(where=where, text="this header has a value and no name", missing=True)
                    )
            elif not _FIELD_NAME.fullmatch(name.strip()):
                raise FormError(FormFieldError(where=where, text=f"{name!r} is not a header name"))
            elif value is None:
                continue
            elif not value.isprintable() and "\t" not in value:
                raise FormError(
                    FormFieldError(where=where, text=f"the value of {name} holds characters no header may have")
                )
            elif not value.isascii():
                raise FormError(
                    FormFieldError(where=where, text=f"the value of {name} is not ASCII: percent-encode it")
                )


def _known(part: str, rows: Rows, place: Place, redactor: Redactor) -> list[tuple[str, str]]:
    """Return the rows to be sent; raises `FormError` for a kept value that is lost, or would be sent as no secret."""
    found: list[tuple[str, str]] = []
    for number, (name, value) in enumerate(rows):
        if not name.strip():
            continue
        if value is None or (isinstance(value, Held) and not redactor.strict().hides(name, value, place)):
            text = f"the value kept in the kernel is not that of {name}: type the value again"
            raise FormError(FormFieldError(where=f"{part}.{number}", text=text, missing=True))
        found.append((name, str(value)))
    return found


def fill_path(template: str, values: Mapping[str, str]) -> str:
    """Return the template filled as `path_template.fill_path` does; raises `FormError` with the field to fill."""
    for name in path_parameters(template.partition("?")[0]):
        if not values.get(name):
            text = f"{name} needs a value: it is part of the path"
            raise FormError(FormFieldError(where=f"path_values.{name}", text=text, missing=True))
    return path_template.fill_path(template, values)


def try_read_path(template: str, path: str) -> dict[str, str] | None:
    """Return the values that lead from the template to the path, None where none do."""
    pattern, end = "", 0
    for place in PATH_PLACE.finditer(template):
        pattern += re.escape(template[end : place.start()])
        pattern += "(.+)" if place.group(2) == "path" else "([^/]+)"
        end = place.end()
    match = re.fullmatch(pattern + re.escape(template[end:]), path)
    if match is None:
        return None
    return dict(zip(path_parameters(template), map(unquote, match.groups()), strict=False))


def fresh_draft(route: Route, headers: Rows = ()) -> Draft:
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
            if on_route.filled_path() == spec.path:
                return on_route
    return draft


def read_draft(page: Any, before: Draft, redactor: Redactor = Redactor()) -> Draft:
    """
    Return what a page sent. A value the page does not know (None, in the path a mask) is the one that was held before.

    :param page: foreign: anything may be missing or of another type
    """
    redactor = redactor.strict()
    page = page if isinstance(page, dict) else {}
    path, body = _text(page.get("path")).strip(), page.get("body", "")
    return Draft(
        method=_text(page.get("method")).upper(),
        path=before.path if path == redactor.url(before.path) else path,
        path_values=tuple((name, value or "") for name, value in _rows(page.get("path_values"), (), "", redactor)),
        query=_rows(page.get("query"), before.query, "query", redactor),
        headers=_rows(page.get("headers"), before.headers, "header", redactor),
        known=_known_values(page.get("known"), before.known, redactor),
        # A body without secrets is on the page, so what the page means is another one.
        body=(before.body if before.hides_body(redactor) else None) if body is None else _text(body),
        media=_text(page.get("media")),
    )


def _known_values(given: Any, before: tuple[tuple[str, Any], ...], redactor: Redactor) -> tuple[tuple[str, Any], ...]:
    held = {key: value for key, value in before if hides_known(redactor, key, value)}
    rows = [row for row in given if isinstance(row, list) and len(row) == 2] if isinstance(given, list) else []
    return tuple(
        (_text(key), _hold(held[key]) if value is None and key in held else value) for key, value in rows if _text(key)
    )


def hides_row(redactor: Redactor, name: str, value: str | None, place: Place) -> bool:
    """Return whether a row's value is a secret that the page may not know."""
    return not redactor.show and (isinstance(value, Held) or redactor.hides(name, value or "", place))


def hides_known(redactor: Redactor, key: str, value: Any) -> bool:
    """Return whether the value of a known parameter, ``query.api_key``, is a secret; a list or object may hold one."""
    place, _, name = key.partition(".")
    if isinstance(value, (list, dict)):
        return bool(value) and (redactor.is_secret(name, cast("Place", place)) or redactor.value(value) != value)
    return hides_row(redactor, name, None if value is None else str(value), cast("Place", place))


def _hold(value: Any) -> Any:
    return Held(value) if isinstance(value, str) else value


def _rows(given: Any, before: Rows, place: Place, redactor: Redactor) -> Rows:
    rows: list[tuple[str, str | None]] = []
    for row in given if isinstance(given, list) else ():
        match row:
            case [name, None]:
                rows.append((_text(name), None))
            case [name, value]:
                rows.append((_text(name), _text(value)))
    free = {
        n: (name, value) for n, (name, value) in enumerate(before) if value and hides_row(redactor, name, value, place)
    }
    asked = {n for n, (_, value) in enumerate(rows) if value is None}
    held = _held_values([name for name, _ in rows], asked, free, same_length=len(rows) == len(before))
    return tuple((name, held.get(number, value)) for number, (name, value) in enumerate(rows))


def _held_values(
    names: list[str], asked: set[int], free: dict[int, tuple[str, str]], *, same_length: bool
) -> dict[int, Held]:
    """
    Return the kept values of the rows that ask for one, by row number; a row to which none surely belongs has none.

    A row keeps its value where place and name are the same, then where the name is, then where the place is and no
    row came or went: then it was renamed.
    """
    found: dict[int, Held] = {}

    def take(number: int, place: int | None) -> None:
        if number not in found and place in free:
            found[number] = Held(free.pop(place)[1])

    if same_length:
        for number in sorted(asked):
            take(number, number if free.get(number, ("",))[0] == names[number] else None)
    for number in sorted(asked - found.keys()):
        places = [place for place, (name, _) in free.items() if name == names[number]]
        rivals = sum(names[other] == names[number] for other in asked - found.keys())
        # Of two rows of one name one went: nobody can tell which.
        if len(places) == rivals or len({free[place][1] for place in places}) == 1:
            take(number, places[0] if places else None)
    if same_length:
        for number in sorted(asked - found.keys()):
            take(number, number)
    return found


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
