"""`FormRequest`: the request of a form, built once for each message of the page. Pure.

A draft, its operation, files and credentials become one `RequestSpec`, or an error that prevents sending. Hints from
the schemas do not prevent it.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

from ...openapi.credentials import Credentials
from ...openapi.form_values import DEEPEST_FILE, FormValues, sample_body
from ...openapi.media import essence_of
from ...openapi.operation import Operation
from ...openapi.request import write_body, write_parameters
from ...openapi.schema_check import find_errors
from ...protocol.errors import FieldError, RequestError
from ...records.body_text import is_json_type
from ...records.redaction import Redactor
from ...records.requests import RequestSpec, build_spec, check_method, check_path, read_target
from ...records.secret_rules import MASK, Place
from ...routes.path_template import PathTemplate
from ...views.view import one_line
from .draft import Draft, FormError, Held, Rows
from .files import Files, read_files
from .form_secrets import empty_parameters, empty_secrets, fill_secrets, has_empty_secret
from .held_secrets import find_lost_secret, find_mark
from .operation_form import OperationForm, body_kind

Hint = tuple[str, str]
"""The address of a field, and what there is to say about its value, such as the schema's error."""

_FIELD_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class FormRequest:
    """
    The request of a form.

    :ivar path: with its values, for a WebSocket with its query; empty if one is missing
    :ivar spec: the request; None for a WebSocket, and if there is an error
    :ivar hints: errors by the app's document; the app may accept the values
    :ivar replaced: fields that are sent in place of a credential of the app, and which one that is
    :ivar status: of the successful response by the document
    """

    draft: Draft
    path: str = ""
    spec: RequestSpec | None = None
    error: FormError | None = None
    hints: tuple[Hint, ...] = ()
    replaced: tuple[Hint, ...] = ()
    status: int = 200

    def to_spec(self) -> RequestSpec:
        """Return the request; raises `FormError` if the form cannot be sent."""
        if self.error is not None:
            raise copy.copy(self.error)
        if self.spec is None:
            raise FormError("method", "This is a WebSocket. Open it with explorer.client.websocket_connect(path).")
        return self.spec


def read_form(
    draft: Draft,
    form: OperationForm | None,
    files: Files,
    credentials: Credentials | None = None,
    redactor: Redactor = Redactor(),
) -> FormRequest:
    """Return the request of a draft, with the form of its operation if the app's document describes it."""
    path, spec, error = "", None, None
    try:
        path = _fill(draft, redactor)
        if draft.method == "WS":
            path = _build_target(draft, path, form, files, redactor)
        else:
            spec = _build(draft, path, form, files, credentials, redactor)
    except FormError as exc:
        error = exc.with_traceback(None)
    return FormRequest(
        draft=draft,
        path=path,
        spec=spec,
        error=error,
        hints=tuple(_find_hints(draft, form)),
        replaced=tuple(_find_replaced(draft, form, credentials)),
        status=form.expected_status if form is not None else 200,
    )


def move_rows(
    draft: Draft,
    form: OperationForm | None,
    files: Files,
    credentials: Credentials | None = None,
    redactor: Redactor = Redactor(),
) -> Draft:
    """
    Return the draft with its rows moved to the parts of the form that send the same: parameters, and the body's type.

    Rows of headers that the credentials set are removed, because the present ones are sent.
    """
    for move in (_with_parameters, _with_media):
        moved = move(draft, form)
        before, after = (_sent_by(read_form(one, form, files, redactor=redactor)) for one in (draft, moved))
        if before is not None and before == after:
            draft = moved
    if form is not None and credentials is not None:
        draft = _without_credentials(draft, form, credentials)
    return draft


def _sent_by(request: FormRequest) -> RequestSpec | str | None:
    """Return the request with sorted headers, or a WebSocket's target; None if the form cannot be sent."""
    spec = request.spec
    return request.path or None if spec is None else replace(spec, headers=tuple(sorted(spec.headers)))


def _with_parameters(draft: Draft, form: OperationForm | None) -> Draft:
    if form is None:
        return draft
    known, rows = _take_known(draft.query, "query", form)
    return replace(draft, query=rows, known=(*draft.known, *known))


def _with_media(draft: Draft, form: OperationForm | None) -> Draft:
    """Return the draft with the media type of its body instead of a Content-Type row."""
    media = essence_of(draft.content_type)
    if is_json_type(media) and (form is None or form.media_named(media) is None):
        media = ""  # that of JSON, by default
    body = _fields_of(draft.body) if draft.body and body_kind(media) == "form" else draft.body
    return replace(draft, headers=_without(draft.headers, {"content-type"}), media=media, body=body)


def _fields_of(body: str) -> str:
    """Return the fields of an encoded form as JSON, several values of one name as a list."""
    fields: dict[str, list[str]] = {}
    for name, value in parse_qsl(body, keep_blank_values=True):
        fields.setdefault(name, []).append(value)
    return json.dumps({name: values if len(values) > 1 else values[0] for name, values in fields.items()})


def _without_credentials(draft: Draft, form: OperationForm, credentials: Credentials) -> Draft:
    sent = credentials.sent_as(form.operation, form.document.schemes)
    names = {name.lower() for _, place, name in sent if place == "header"}  # a cookie row has others too
    return replace(draft, headers=_without(draft.headers, names))


def _without(rows: Rows, names: Collection[str]) -> Rows:
    return tuple(row for row in rows if row[0].strip().lower() not in names)


def _take_known(rows: Rows, place: str, form: OperationForm) -> tuple[list[tuple[str, Any]], Rows]:
    known: list[tuple[str, Any]] = []
    left = []
    for name, value in rows:
        parameter = form.parameters.get(f"{place}.{name}")
        if parameter is None or value is None or parameter.media_type or [one for one, _ in rows].count(name) != 1:
            left.append((name, value))
        else:
            many = form.tree(parameter.schema).root.kind == "array"
            known.append((parameter.key, [value] if many else value))
    return known, tuple(left)


def _fill(draft: Draft, redactor: Redactor) -> str:
    template, values = PathTemplate(draft.path), dict(draft.path_values)
    for name in template.names:
        value = values.get(name, "")
        if value is None or (isinstance(value, Held) and not redactor.strict().hides(name, value)):
            text = f"The kernel holds no value for {name}. Type it again."
            raise FormError(f"path_values.{name}", text, missing=True)
        if not value:
            raise FormError(f"path_values.{name}", f"{name} is required", missing=True)
    return template.fill(values)


def _build(
    draft: Draft,
    path: str,
    form: OperationForm | None,
    files: Files,
    credentials: Credentials | None,
    redactor: Redactor,
) -> RequestSpec:
    operation = form.operation if form is not None else Operation(method=draft.method or "GET", path="/")
    typed = _read_path(draft, path, redactor)
    _check_headers(draft)
    query = _kept("query", draft.query, "query", redactor)
    rows = _kept("headers", draft.headers, "header", redactor)
    headers = [(name.strip().encode(), value.encode()) for name, value in rows]
    try:
        _check_secrets(draft, form, redactor)
        content_type, body = _read_body(draft, operation, files)
        known_query, known_headers = write_parameters(operation, _known_values(draft))
        params = [*known_query, *typed, *query] if known_query or query else None
        headers = _join(known_headers, headers, content_type)
        spec = build_spec(draft.method or "GET", path, params=params, headers=headers, **body)
        if credentials is not None and form is not None:
            spec = credentials.apply(spec, operation, form.document.schemes)
        return spec
    except FieldError as exc:
        raise FormError(_address(exc.key), exc.why) from None
    except FormError:
        raise
    except RequestError as exc:
        raise FormError("", str(exc)) from None


def _build_target(draft: Draft, path: str, form: OperationForm | None, files: Files, redactor: Redactor) -> str:
    """Return the path of a WebSocket with its query; its console has the headers."""
    return _build(replace(draft, method="GET", headers=(), body=""), path, form, files, None, redactor).target


def _read_path(draft: Draft, path: str, redactor: Redactor) -> tuple[tuple[str, str], ...]:
    try:
        check_method(draft.method or "GET")
        check_path(redactor.strict().url(draft.path))  # the error contains the path, and is saved with the page
        query, _ = read_target(path)
    except RequestError as exc:
        raise FormError("path", str(exc)) from None
    if MASK in draft.path:
        raise FormError("path", f"{MASK} stands for a secret. Type the value again.")
    return query


def _check_headers(draft: Draft) -> None:
    for number, (name, value) in enumerate(draft.headers):
        where = f"headers.{number}"
        if not name.strip():
            if value:
                raise FormError(where, "The name of this header is missing", missing=True)
        elif not _FIELD_NAME.fullmatch(name.strip()):
            raise FormError(where, f"{name!r} is not a header name")
        elif value is None:
            continue
        elif not value.isprintable() and "\t" not in value:
            raise FormError(where, f"The value of {name} contains characters that headers cannot have")
        elif not value.isascii():
            raise FormError(where, f"The value of {name} is not ASCII. Percent-encode it.")


def _kept(part: str, rows: Rows, place: Place, redactor: Redactor) -> list[tuple[str, str]]:
    """Return the rows to send; raises `FormError` for a held value that is lost, or that would no longer be secret."""
    found: list[tuple[str, str]] = []
    for number, (name, value) in enumerate(rows):
        if not name.strip():
            continue
        if value is None or (isinstance(value, Held) and not redactor.strict().hides(name, value, place)):
            text = f"The kernel holds no value for {name}. Type it again."
            raise FormError(f"{part}.{number}", text, missing=True)
        found.append((name, str(value)))
    return found


def _known_values(draft: Draft) -> FormValues:
    """Return the known parameters by location, without the path, which its template fills."""
    places: dict[str, dict[str, Any]] = {"query": {}, "header": {}, "cookie": {}}
    for key, value in draft.known:
        place, _, name = key.partition(".")
        if place in places:
            if value is None:
                raise FormError(key, f"The kernel no longer holds the value of {name}. Type it again.", missing=True)
            places[place][name] = value
    return FormValues(query=places["query"], header=places["header"], cookie=places["cookie"])


def _join(
    known: list[tuple[bytes, bytes]], rows: list[tuple[bytes, bytes]], content_type: bytes
) -> list[tuple[bytes, bytes]]:
    """Return all headers: known ones first, cookies in one, and one Content-Type, preferably that of a row."""
    typed = [name.lower() for name, _ in rows]
    headers = [pair for pair in known if pair[0] != b"content-type" or b"content-type" not in typed]
    if any(name == b"cookie" for name, _ in headers):  # rows alone are sent as typed
        crumbs = [value for name, value in (*headers, *rows) if name.lower() == b"cookie"]
        headers = [pair for pair in headers if pair[0] != b"cookie"]
        rows = [*(pair for pair in rows if pair[0].lower() != b"cookie"), (b"cookie", b"; ".join(crumbs))]
    headers += rows
    if content_type and not any(name.lower() == b"content-type" for name, _ in headers):
        headers.append((b"content-type", content_type))
    return headers


def _check_secrets(draft: Draft, form: OperationForm | None, redactor: Redactor) -> None:
    """Raise `FormError` for a secret that is required and empty, or that the kernel no longer holds."""
    if form is not None:
        for key, name in empty_parameters(form.operation, dict(draft.known), redactor):
            raise FormError(key, f"{name} is required", missing=True)
        for pointer, name in _empty_in_body(draft, form):
            raise FormError(f"body.{pointer}", f"{name} is required", missing=True)
    lost = find_lost_secret(draft.body, draft.body_type, redactor.strict())
    if lost is not None:
        mark = find_mark(try_json(draft.body))
        where = "body" if mark is None else f"body.{mark}"
        raise FormError(where, f"The kernel no longer holds the value of {lost}. Type it again.", missing=True)


def _empty_in_body(draft: Draft, form: OperationForm) -> Iterator[tuple[str, str]]:
    media = form.media_named(draft.media)
    if media is not None and '""' in draft.body and body_kind(media.name) in ("json", "form", "multipart"):
        yield from empty_secrets(try_json(draft.body), form.tree(media.schema), form.redactor)


def _read_body(draft: Draft, operation: Operation, files: Files) -> tuple[bytes, dict[str, Any]]:
    """Return the content type, and the argument of `build_spec` for the body, like `write_body`."""
    if not draft.body.strip():
        return b"", {}
    kind = body_kind(draft.media)
    if not draft.media or draft.content_type or kind in ("json", "text"):
        content_type = draft.content_type or draft.media
        if not content_type.strip() or is_json_type(content_type):
            _read_json(draft.body)
        try:
            return (content_type or "application/json").encode("ascii"), {"content": draft.body.encode()}
        except UnicodeEncodeError as exc:
            raise FormError("body", f"The body cannot be sent as {exc.encoding}: {exc.reason}") from None
    value = _read_json(draft.body)
    value, found = read_files(value, files) if kind != "form" else (value, {})
    values = FormValues(media_type=draft.media, body=value, files=found)
    if kind == "file":
        chosen = next(iter(found.values()), None)
        if chosen is None:
            raise FormError("body.", "Choose a file, or give a Python name", missing=True)
        values = FormValues(media_type=draft.media, text=chosen[0][1])
    return write_body(operation, values)


def _read_json(body: str) -> Any:
    try:
        return json.loads(body, parse_constant=_refuse)
    except json.JSONDecodeError as exc:
        text = f"Not JSON at line {exc.lineno}, column {exc.colno}: {exc.msg}"
        raise FormError("body", text, line=exc.lineno, column=exc.colno) from None
    except (ValueError, RecursionError) as exc:
        raise FormError("body", f"Not JSON: {exc}") from None


def _refuse(word: str) -> object:
    raise ValueError(f"{word} is not a JSON number")


def try_json(text: str) -> Any:
    """Return the value of a JSON text, None if it is invalid."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _address(field: str) -> str:
    """Return the address of a field on the page, for the body with a JSON pointer."""
    place, dot, name = field.partition(".")
    if place != "body":
        return field
    return f"body./{name}" if dot and name else "body."


def _find_hints(draft: Draft, form: OperationForm | None) -> Iterator[Hint]:
    if form is None:
        return
    values = {**dict(draft.known), **{f"path.{name}": value for name, value in draft.path_values if value}}
    empty = dict(empty_parameters(form.operation, values, form.redactor))
    for key, parameter in form.parameters.items():
        value = values.get(key)
        if key not in values and parameter.required and parameter.place != "path":
            yield key, "is required"
        if value is None or key in empty:
            continue
        typed = value if parameter.media_type else form.coerce(value, parameter.schema)
        for error in find_errors(typed, parameter.schema, form.document.flatten):
            yield f"{key}{error.pointer}", error.text
    yield from _find_body_hints(draft, form)


def _find_body_hints(draft: Draft, form: OperationForm) -> Iterator[Hint]:
    media = form.media_named(draft.media)
    if media is None:
        return
    if not draft.body.strip():
        if form.operation.body is not None and form.operation.body.required:
            yield "body.", "is required"
        return
    kind = body_kind(media.name)
    if kind not in ("json", "form", "multipart"):
        return
    value = try_json(draft.body)
    if value is None and draft.body.strip() != "null":
        return  # invalid JSON, which is the form's error
    if has_empty_secret(value, form.redactor):
        value = fill_secrets(value, sample_body(media, form.document)[0], form.redactor)  # Send asks for them
    value = value if kind == "json" else form.coerce(_without_marks(value), media.schema)
    for error in find_errors(value, media.schema, form.document.flatten):
        yield f"body.{error.pointer}", error.text


def _find_replaced(draft: Draft, form: OperationForm | None, credentials: Credentials | None) -> Iterator[Hint]:
    if form is None or credentials is None:
        return
    known = {key.lower() if key.startswith("header.") else key: key for key, _ in draft.known}
    for scheme, place, name in credentials.sent_as(form.operation, form.document.schemes):
        status = credentials.status(scheme.key)
        user = one_line(status.user, 100) if status is not None else ""
        text = f"replaces the sign-in as {user}" if user else f"replaces the credentials of {one_line(scheme.key, 60)}"
        key = f"{place}.{name.lower() if place == 'header' else name}"
        where = [known[key]] if key in known else []
        if place == "query":
            where += [f"query.{number}" for number, (row, _) in enumerate(draft.query) if row == name]
        elif place == "header":
            rows = [row.strip().lower() for row, _ in draft.headers]
            where += [f"headers.{number}" for number, row in enumerate(rows) if row == name.lower()]
        else:
            where += [f"headers.{number}" for number, row in enumerate(draft.headers) if _has_cookie(row, name)]
        yield from ((one, text) for one in where)


def _has_cookie(row: tuple[str, str | None], name: str) -> bool:
    crumbs = (row[1] or "").split(";") if row[0].strip().lower() == "cookie" else ()
    return any(crumb.strip().startswith(f"{name}=") for crumb in crumbs)


def _without_marks(value: Any, depth: int = 0) -> Any:
    """Return a form's value with a string for each file, as its schema requires."""
    if depth > DEEPEST_FILE:
        return value
    if isinstance(value, dict):
        if value.keys() & {"$file", "$python"}:
            return str(value.get("name") or value.get("$python") or "file")
        return {name: _without_marks(item, depth + 1) for name, item in value.items()}
    return [_without_marks(item, depth + 1) for item in value] if isinstance(value, list) else value
