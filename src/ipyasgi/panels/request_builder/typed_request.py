"""A draft and its operation's sheet, put together: the request, the untouched form, what the schemas say. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ...openapi.credentials import Credentials
from ...openapi.document import Document
from ...openapi.form_values import ABSENT, FormValues, sample_body, sample_values
from ...openapi.operation import Operation
from ...openapi.request import build_operation_spec
from ...openapi.schema_check import find_errors
from ...openapi.styles import to_text
from ...protocol.errors import FieldError
from ...records.redaction import Redactor
from ...records.requests import RequestSpec
from .body import check_json
from .draft import Draft, Rows
from .files import Files, read_files
from .form_error import FormError, FormFieldError
from .operation_form import OperationForm, body_kind

Advice = tuple[str, str]
"""An address and what is said of it; it keeps nobody from sending."""


def build_request(
    draft: Draft,
    sheet: OperationForm | None,
    files: Files,
    credentials: Credentials | None = None,
    redactor: Redactor = Redactor(),
) -> RequestSpec:
    """
    Return the request that a form is.

    :param credentials: who the reader says to be
    :param sheet: what the app's document says of it, None where it says nothing
    :param files: the files that were chosen in the form
    Raises `FormError` with the field that keeps it from being one.
    """
    kind = body_kind(draft.media)
    is_plain = not draft.media or bool(draft.content_type) or kind in ("json", "text")
    base = (draft if is_plain else replace(draft, body="", media="")).to_spec(redactor)
    if sheet is None and is_plain:
        return base
    operation = replace(_operation(draft, sheet), method=base.method, path="/")
    try:
        places = _places(draft)
        values = FormValues(query=places["query"], header=places["header"], cookie=places["cookie"])
        if not is_plain:
            values = replace(values, **_body_values(draft, kind, files))
        document = sheet.document if sheet is not None else Document()
        spec = _join(base, build_operation_spec(operation, values, document))
        return spec if credentials is None else credentials.apply(spec, operation, document.schemes)
    except FieldError as exc:
        raise FormError(FormFieldError(where=_address(exc.key), text=exc.why)) from None


def _operation(draft: Draft, sheet: OperationForm | None) -> Operation:
    if sheet is None:
        return Operation(method=draft.method or "GET", path="/")
    return sheet.operation


def _places(draft: Draft) -> dict[str, dict[str, Any]]:
    """Return the known parameters by place; the path is filled from its template, which knows where slashes stay."""
    places: dict[str, dict[str, Any]] = {"query": {}, "header": {}, "cookie": {}}
    for key, value in draft.known:
        place, _, name = key.partition(".")
        if place in places:
            if value is None:
                text = f"the value of {name} is not held any more: type it again"
                raise FormError(FormFieldError(where=key, text=text, missing=True))
            places[place][name] = value
    return places


def _body_values(draft: Draft, kind: str, files: Files) -> dict[str, Any]:
    if draft.body is None:
        raise FormError(
            FormFieldError(where="body", text="this body is not held any more: type it again", missing=True)
        )
    if not draft.body.strip():
        return {}
    check_json(draft.body)
    value, found = read_files(json.loads(draft.body), files)
    if kind == "file":
        content = next(iter(found.values()), None)
        if content is None:
            raise FormError(FormFieldError(where="body.", text="choose a file, or give a Python name", missing=True))
        return {"media_type": draft.media, "text": content[0][1]}
    return {"media_type": draft.media, "body": value, "files": found}


def _join(base: RequestSpec, typed: RequestSpec) -> RequestSpec:
    """Return both as one: what is known first, cookies in one header, the rows' Content-Type before any other."""
    known = [pair for pair in typed.headers if pair[0] != b"content-type" or not base.header("content-type")]
    headers = [*known, *base.headers]
    if any(name == b"cookie" for name, _ in known):  # rows alone stay as they were typed
        crumbs = b"; ".join(value for name, value in headers if name == b"cookie")
        headers = [*(pair for pair in headers if pair[0] != b"cookie"), (b"cookie", crumbs)]
    query = (*typed.query, *base.query)
    return replace(base, query=query, spelling=typed.spelling, headers=tuple(headers), body=typed.body or base.body)


# -- the untouched form ------------------------------------------------------------------------------------


def start_draft(draft: Draft, sheet: OperationForm) -> Draft:
    """Return the untouched form of an operation on the method and path of a draft, with the draft's header rows."""
    values = sample_values(sheet.operation, sheet.document)
    known = [
        (f"{place}.{name}", _as_text(sheet, f"{place}.{name}", value))
        for place, named in (("query", values.query), ("header", values.header), ("cookie", values.cookie))
        for name, value in named.items()
    ]
    media, body = "", ""
    if sheet.media:
        first = next((one for one in sheet.media if one.name == values.media_type), sheet.media[0])
        media = first.name
        kind = body_kind(media)
        given, text, files = sample_body(first, sheet.document)
        if kind in ("json", "form", "multipart") and given is not ABSENT:
            body = json.dumps(_with_marks(given, files), indent=2, ensure_ascii=False)
        elif kind == "text":
            body = text if isinstance(text, str) else ("" if given is ABSENT else str(given))
    return replace(
        draft,
        path_values=tuple((name, _path_text(values.path.get(name, ""))) for name, _ in draft.path_values),
        query=(),
        known=tuple(known),
        media=media,
        body=body if sheet.operation.body is not None and sheet.operation.body.required else "",
    )


def _path_text(value: Any) -> str:
    return to_text("path", value) if not isinstance(value, (list, dict)) else ",".join(map(str, value))


def _with_marks(given: Any, files: Mapping[str, Any]) -> Any:
    return given | {name: {"$python": ""} for name in files} if isinstance(given, dict) else given


def _as_text(sheet: OperationForm, key: str, value: Any) -> Any:
    """Return a parameter's value as the page's fields hold it: text, but where JSON travels in the parameter."""
    if sheet.parameters[key].media_type:
        return value
    if isinstance(value, list):
        return [_as_text(sheet, key, item) for item in value]
    if isinstance(value, dict):
        return {name: _as_text(sheet, key, item) for name, item in value.items()}
    return to_text(key, value)


def with_known(draft: Draft, sheet: OperationForm, files: Files) -> Draft:
    """Return the same request with its rows moved to the parameters that the document knows, as far as it stays it."""
    known, rows = _take_known(draft.query, "query", sheet)
    moved = replace(draft, query=rows, known=(*draft.known, *known))
    try:
        same = build_request(moved, sheet, files) == build_request(draft, sheet, files)
    except FormError:
        return draft
    return moved if same else draft


def _take_known(rows: Rows, place: str, sheet: OperationForm) -> tuple[list[tuple[str, Any]], Rows]:
    known: list[tuple[str, Any]] = []
    left = []
    for name, value in rows:
        parameter = sheet.parameters.get(f"{place}.{name}")
        if parameter is None or value is None or parameter.media_type or [one for one, _ in rows].count(name) != 1:
            left.append((name, value))
        else:
            many = sheet.tree(parameter.schema).root.kind == "array"
            known.append((parameter.key, [value] if many else value))
    return known, tuple(left)


def expected_status(sheet: OperationForm | None) -> int:
    """Return the status that the document promises where all is well, 200 where it promises none."""
    told = sheet.operation.responses if sheet is not None else {}
    return next((int(one) for one in told if one.isdecimal() and one.startswith("2")), 200)


# -- what the schemas say ----------------------------------------------------------------------------------


def advise(draft: Draft, sheet: OperationForm | None) -> Iterator[Advice]:
    """Yield what the document would not accept of a form; the app may."""
    if sheet is None:
        return
    values = {**dict(draft.known), **{f"path.{name}": value for name, value in draft.path_values if value}}
    for key, parameter in sheet.parameters.items():
        if key not in values:
            if parameter.required and parameter.place != "path":
                yield key, "is required"
            continue
        value = values[key]
        told = value if parameter.media_type else sheet.coerce(value, parameter.schema)
        for fault in find_errors(told, parameter.schema, sheet.document.flatten) if value is not None else ():
            yield f"{key}{fault.pointer}", fault.text
    yield from _advise_body(draft, sheet)


def _advise_body(draft: Draft, sheet: OperationForm) -> Iterator[Advice]:
    media = sheet.media_named(draft.media)
    if media is None or draft.body is None:
        return
    if not draft.body.strip():
        if sheet.operation.body is not None and sheet.operation.body.required:
            yield "body.", "is required"
        return
    kind = body_kind(media.name)
    if kind not in ("json", "form", "multipart"):
        return
    try:
        value = json.loads(draft.body)
    except (ValueError, RecursionError):
        return  # told as the problem that it is
    value = value if kind == "json" else sheet.coerce(_without_marks(value), media.schema)
    for fault in find_errors(value, media.schema, sheet.document.flatten):
        yield f"body.{fault.pointer}", fault.text


def _without_marks(value: Any) -> Any:
    """Return a form's value with a text where a file is, which is what a schema of a file asks for."""
    if isinstance(value, dict):
        if value.keys() & {"$file", "$python"}:
            return str(value.get("name") or value.get("$python") or "file")
        return {name: _without_marks(item) for name, item in value.items()}
    return [_without_marks(item) for item in value] if isinstance(value, list) else value


def _address(field: str) -> str:
    """Return a field's address as the page has it: of the body a JSON pointer."""
    place, dot, name = field.partition(".")
    if place != "body":
        return field
    return f"body./{name}" if dot and name else "body."
