"""`Draft`: what a form holds, as a frozen value: from the page and to it, and from a `RequestSpec`. Pure.

Widget state is saved in notebooks, so secrets stay in the kernel. What a draft sends is in `form_request.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, cast

from ...protocol.errors import RequestError
from ...records.redaction import Place, Redactor
from ...records.requests import RequestSpec
from ...routes.path_template import PathTemplate
from ...routes.route import Route

Pairs = tuple[tuple[str, str], ...]
Rows = tuple[tuple[str, str | None], ...]

METHODS_WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "WS"})
SKELETON = '{\n  "name": ""\n}'
"""The text in the body editor for a route whose body no document describes."""


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
    :ivar media: the type the body travels in; empty where a header row says it, or nothing does: then it is JSON

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
            return PathTemplate(self.path).fill(dict(self.path_values))
        except RequestError:
            return self.path

    def hides_body(self, redactor: Redactor) -> bool:
        """Return whether the body holds a secret, so that the page is not sent it."""
        return self.body is not None and bool(redactor.spans(self.body, self.content_type))


class FormError(RequestError):
    """
    An error in one field of a form, which keeps it from being sent.

    :ivar where: the field: ``path``, ``path_values.item_id``, ``query.0``, ``headers.2`` or ``body``
    :ivar text: what is wrong and what to do
    :ivar missing: whether something is still to be filled in, rather than wrong
    :ivar line: from 1, of the body; 0 where it does not apply
    :ivar column: from 1
    """

    def __init__(self, where: str, text: str, *, missing: bool = False, line: int = 0, column: int = 0) -> None:
        super().__init__(text)
        self.where = where
        self.text = text
        self.missing = missing
        self.line = line
        self.column = column


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
        values = PathTemplate(route.path).match(spec.path) if route.method == spec.method else None
        if values is not None:
            on_route = replace(draft, path=route.path, path_values=tuple(values.items()))
            if on_route.filled_path() == spec.path:
                return on_route
    return draft


def page_draft(draft: Draft, redactor: Redactor) -> dict[str, Any]:
    """Return a draft for the page; a secret value is None: the kernel holds it. In the path it is masked."""

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
        "body": None if draft.hides_body(redactor) else draft.body,
    }


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
        # A body without secrets was sent to the page, so what the page means by None is another one.
        body=(before.body if before.hides_body(redactor) else None) if body is None else _text(body),
        media=_text(page.get("media")),
    )


def _known_values(given: Any, before: tuple[tuple[str, Any], ...], redactor: Redactor) -> tuple[tuple[str, Any], ...]:
    held = {key: value for key, value in before if _hides_known(redactor, key, value)}
    rows = [row for row in given if isinstance(row, list) and len(row) == 2] if isinstance(given, list) else []
    return tuple(
        (_text(key), _hold(held[key]) if value is None and key in held else value) for key, value in rows if _text(key)
    )


def _hides_row(redactor: Redactor, name: str, value: str | None, place: Place) -> bool:
    """Return whether a row's value is a secret that the page may not know."""
    return not redactor.show and (isinstance(value, Held) or redactor.hides(name, value or "", place))


def _hides_known(redactor: Redactor, key: str, value: Any) -> bool:
    """Return whether the value of a known parameter, ``query.api_key``, is a secret; a list or object may hold one."""
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
        # Of two rows of one name one went: which of them is unknown.
        if len(places) == rivals or len({free[place][1] for place in places}) == 1:
            take(number, places[0] if places else None)
    if same_length:
        for number in sorted(asked - found.keys()):
            take(number, number)
    return found


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
