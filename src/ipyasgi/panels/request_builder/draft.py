"""`Draft`: the content of a form as a frozen value, read from the page or a `RequestSpec`. Pure.

Widget state is saved in notebooks, so secrets stay in the kernel. `form_request.py` builds the request.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, cast

from ...protocol.errors import RequestError
from ...records.redaction import Redactor
from ...records.requests import RequestSpec
from ...records.secret_rules import Place
from ...routes.path_template import PathTemplate
from ...routes.route import ANY, Route
from .held_secrets import HeldSecret, mark_secrets, restore_secrets

Pairs = tuple[tuple[str, str], ...]
Rows = tuple[tuple[str, str | None], ...]

METHODS_WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "WS"})
SKELETON = '{\n  "name": ""\n}'
"""The body of an untouched form without a document."""


class Held(str):
    """A secret value that only the kernel holds; the page must not receive it under another name."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """
    The content of a form.

    :ivar method: upper-case; ``WS`` for a WebSocket route
    :ivar path: a template such as ``/items/{item_id}``, filled with ``path_values``, or a path; may contain a query
    :ivar query: rows in order, like ``headers``; those without a name are not sent
    :ivar known: values of described parameters by key, ``query.limit``: text, or lists and objects of text
    :ivar body: the text in the editor; for forms the JSON of their fields
    :ivar media: the media type of the body; empty if a header row has it, or for JSON
    :ivar held: the secrets of the body that the page has marks for

    A value of None is a secret that is lost.
    """

    method: str = "GET"
    path: str = "/"
    path_values: Pairs = ()
    query: Rows = ()
    headers: Rows = ()
    known: tuple[tuple[str, Any], ...] = ()
    body: str = ""
    media: str = ""
    held: tuple[HeldSecret, ...] = ()

    @property
    def content_type(self) -> str:
        """The value of the first Content-Type row, or an empty string."""
        return next((value or "" for name, value in self.headers if name.strip().lower() == "content-type"), "")

    def filled_path(self) -> str:
        """Return the path with its values, or unchanged if one is missing."""
        try:
            return PathTemplate(self.path).fill(dict(self.path_values))
        except RequestError:
            return self.path

    @property
    def body_type(self) -> str:
        """The content type that the body is sent with, as far as a row or `media` has it."""
        return self.content_type or self.media

    def marked(self, redactor: Redactor) -> tuple[str, tuple[HeldSecret, ...]]:
        """Return the body with marks for its secrets, and the secrets."""
        return mark_secrets(self.body, self.body_type, redactor, self.held)


class FormError(RequestError):
    """
    An error in one field of a form, which prevents sending it.

    :ivar where: the field: ``path``, ``path_values.item_id``, ``query.0``, ``headers.2`` or ``body``
    :ivar missing: whether a value is missing rather than invalid
    :ivar line: in the body, from 1, as is ``column``; 0 elsewhere
    """

    def __init__(self, where: str, text: str, *, missing: bool = False, line: int = 0, column: int = 0) -> None:
        super().__init__(text)
        self.where = where
        self.text = text
        self.missing = missing
        self.line = line
        self.column = column


def fresh_draft(route: Route, headers: Rows = ()) -> Draft:
    """Return the untouched form of a route, with headers kept from another."""
    return Draft(
        method=route.sent_method,
        path=route.path,
        path_values=tuple((name, "") for name in route.parameters),
        headers=headers,
        body=skeleton_of(route),
    )


def skeleton_of(route: Route) -> str:
    """Return the untouched body of a route."""
    return "" if route.sent_method in METHODS_WITHOUT_BODY | {"DELETE"} else SKELETON


def draft_of(spec: RequestSpec, routes: Iterable[Route] = ()) -> Draft:
    """Return the form of a request, on a route of the app if one matches; raises `RequestError` for a binary body."""
    try:
        body = spec.body.decode()
    except UnicodeDecodeError:
        raise RequestError("This body is not text. Send it with explorer.send(spec), not with the form.") from None
    draft = Draft(
        method=spec.method,
        path=spec.path,
        query=spec.query,
        headers=tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in spec.headers),
        body=body,
    )
    for route in routes:
        values = PathTemplate(route.path).match(spec.path) if route.method in (spec.method, ANY) else None
        if values is not None:
            on_route = replace(draft, path=route.path, path_values=tuple(values.items()))
            if on_route.filled_path() == spec.path:
                return on_route
    return draft


def page_draft(draft: Draft, redactor: Redactor) -> dict[str, Any]:
    """Return a draft for the page, with None for secret values; in the path they are masked."""

    def rows(pairs: Rows, place: Place) -> list[list[str | None]]:
        return [[name, None if _hides_row(redactor, name, value, place) else value] for name, value in pairs]

    return {
        "method": draft.method,
        "path": redactor.url(draft.path),
        "path_values": [list(pair) for pair in draft.path_values],
        "query": rows(draft.query, "query"),
        "headers": rows(draft.headers, "header"),
        "known": [[key, None if _hides_known(redactor, key, value) else value] for key, value in draft.known],
        "media": draft.media,
        "body": draft.marked(redactor)[0],
    }


def read_draft(page: Any, before: Draft, redactor: Redactor = Redactor()) -> Draft:
    """
    Return a draft that the page sent, untrusted; None, or a mask in the path, means the secret held before.

    ``marks`` are those that the page may still put into the body.
    """
    redactor = redactor.strict()
    page = page if isinstance(page, dict) else {}
    path, text = _text(page.get("path")).strip(), _text(page.get("body"))
    marks = page["marks"] if isinstance(page.get("marks"), list) else []
    held = before.marked(redactor)[1]
    draft = Draft(
        method=_text(page.get("method")).upper(),
        path=before.path if path == redactor.url(before.path) else path,
        path_values=tuple((name, value or "") for name, value in _rows(page.get("path_values"), (), "", redactor)),
        query=_rows(page.get("query"), before.query, "query", redactor),
        headers=_rows(page.get("headers"), before.headers, "header", redactor),
        known=_known_values(page.get("known"), before.known, redactor),
        media=_text(page.get("media")),
    )
    body = restore_secrets(text, draft.body_type, redactor, held)
    kept = tuple(one for one in held if one.mark in marks or one.mark in text)
    draft = replace(draft, body=body, held=kept)
    return replace(draft, held=draft.marked(redactor)[1])


def _known_values(given: Any, before: tuple[tuple[str, Any], ...], redactor: Redactor) -> tuple[tuple[str, Any], ...]:
    held = {key: value for key, value in before if _hides_known(redactor, key, value)}
    rows = [row for row in given if isinstance(row, list) and len(row) == 2] if isinstance(given, list) else []
    return tuple(
        (_text(key), _hold(held[key]) if value is None and key in held else value) for key, value in rows if _text(key)
    )


def _hides_row(redactor: Redactor, name: str, value: str | None, place: Place) -> bool:
    return not redactor.show and (isinstance(value, Held) or redactor.hides(name, value or "", place))


def _hides_known(redactor: Redactor, key: str, value: Any) -> bool:
    """Return whether the value of a known parameter, ``query.api_key``, is or contains a secret."""
    place, _, name = key.partition(".")
    if isinstance(value, (list, dict)):
        return bool(value) and (redactor.is_secret(name, cast("Place", place)) or redactor.value(value) != value)
    return _hides_row(redactor, name, None if value is None else str(value), cast("Place", place))


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
        n: (name, value) for n, (name, value) in enumerate(before) if value and _hides_row(redactor, name, value, place)
    }
    asked = {n for n, (_, value) in enumerate(rows) if value is None}
    held = _held_values([name for name, _ in rows], asked, free, same_length=len(rows) == len(before))
    return tuple((name, held.get(number, value)) for number, (name, value) in enumerate(rows))


def _held_values(
    names: list[str], asked: set[int], free: dict[int, tuple[str, str]], *, same_length: bool
) -> dict[int, Held]:
    """
    Return the held values of rows by number, but not of those where the assignment is uncertain.

    A row keeps its value if its number and name are unchanged, else by its name, else, if the number of rows is the
    same, by its number: it was renamed.
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
        # If one of two rows with the same name was removed, it is unknown which.
        if len(places) == rivals or len({free[place][1] for place in places}) == 1:
            take(number, places[0] if places else None)
    if same_length:
        for number in sorted(asked - found.keys()):
            take(number, number)
    return found


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
