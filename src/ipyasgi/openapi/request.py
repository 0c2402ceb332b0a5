"""Builds the `RequestSpec` of an operation from the values of its form. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from ..protocol.errors import FieldError, RequestError
from ..records.body_text import is_json_type
from ..records.requests import RequestSpec, build_spec
from ..routes.path_template import PathField, PathTemplate
from .form_values import ABSENT, FormValues, UploadFile
from .media import essence_of, kind_of
from .operation import MediaType, Operation, Parameter, ParameterPlace
from .references import is_list
from .styles import to_json, to_text, write_cookie, write_form, write_header, write_path, write_query

_Part = tuple[str, tuple[str | None, bytes, str] | tuple[None, bytes]]


def build_operation_spec(operation: Operation, values: FormValues) -> RequestSpec:
    """
    Return the request with the values of a form, including those that the operation does not declare.

    Raises `FieldError` for a value that cannot be written.
    """
    path = _fill(operation, values.path)
    query, headers = write_parameters(operation, values)
    content_type, body = write_body(operation, values)
    if content_type and b"content-type" not in dict(headers):
        headers.append((b"content-type", content_type))
    try:
        return build_spec(operation.method, path, params=query, headers=headers, **body)
    except RequestError as exc:
        raise FieldError("body" if body else "path", str(exc)) from exc


def write_parameters(
    operation: Operation, values: FormValues
) -> tuple[list[tuple[str, str]], list[tuple[bytes, bytes]]]:
    """Return the query's pairs, and the headers, with all cookies in one header; raises `FieldError`."""

    def parameters(place: ParameterPlace, given: Mapping[str, Any]) -> Iterator[tuple[Parameter, Any]]:
        return ((_parameter(operation, place, name), value) for name, value in given.items())

    headers = [
        (one.name, write_header(one, value)) for one, value in parameters("header", values.header) if value is not None
    ]
    cookies = [pair for one, value in parameters("cookie", values.cookie) for pair in write_cookie(one, value)]
    if cookies:
        headers.append(("cookie", "; ".join(f"{name}={text}" for name, text in cookies)))
    query = [pair for one, value in parameters("query", values.query) for pair in write_query(one, value)]
    return query, [_header(name, text) for name, text in headers]


def _parameter(operation: Operation, place: ParameterPlace, name: str) -> Parameter:
    found = (one for one in operation.parameters if one.place == place and one.name == name)
    is_form = place in ("query", "cookie")
    return next(found, Parameter(name=name, place=place, style="form" if is_form else "simple", explode=is_form))


def _fill(operation: Operation, values: Mapping[str, Any]) -> str:
    def value_of(field: PathField) -> str:
        text = write_path(_parameter(operation, "path", field.name), values.get(field.name))
        if text in (".", ".."):
            raise FieldError(f"path.{field.name}", f"{text!r} would change the path: use another value")
        return text

    return PathTemplate(operation.path).write(value_of)


def _header(name: str, text: str) -> tuple[bytes, bytes]:
    try:
        pair = (name.lower().encode("ascii"), text.encode("latin-1"))
    except UnicodeEncodeError:
        raise FieldError(f"header.{name}", f"{text[:50]!r} has characters that a header cannot contain") from None
    if any(sign in text for sign in "\r\n\0") or not name or any(sign in name for sign in "\r\n\0: "):
        raise FieldError(f"header.{name}", "a header cannot contain a line break or NUL: remove it")
    return pair


def write_body(operation: Operation, values: FormValues) -> tuple[bytes, dict[str, Any]]:
    """
    Return the content type, empty if `build_spec` sets it, and its keyword argument for the body, if any.

    Raises `FieldError` for a value that cannot be written.
    """
    media_type = values.media_type
    if not media_type:
        return b"", {}
    if "\r" in media_type or "\n" in media_type or not media_type.isascii():
        raise FieldError("body", "a media type can contain only ASCII characters and no line breaks")
    declared = operation.body.media if operation.body is not None else ()
    media = next((one for one in declared if one.name == media_type), MediaType(name=media_type))
    kind = kind_of(media_type)
    if values.text is not None:
        content = values.text
    elif kind == "multipart":
        parts = _multipart(media, values)
        return b"", {"files": parts} if parts else {}
    elif values.body is ABSENT:
        return b"", {}
    elif kind == "urlencoded":
        return b"", {"data": _urlencoded(media, values.body)}
    elif kind == "json":
        content = to_json("body", values.body)
    elif isinstance(values.body, (str, bytes)):
        content = values.body
    elif kind == "text":
        content = to_text("body", values.body)
    else:
        raise FieldError("body", f"{media_type} cannot be written from values: give the body as text")
    sent_as = "application/json" if kind == "json" and not is_json_type(media_type) else media_type
    return sent_as.encode(), {"content": content}


def _urlencoded(media: MediaType, body: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in _properties(body):
        pairs = _try_styled(media, name, value)
        if pairs is None and (isinstance(value, Mapping) or is_json_type(media.encoded_as(name))):
            pairs = [(name, to_json(f"body.{name}", value))]
        elif pairs is None:
            flat = [to_json(f"body.{name}", one) if _is_nested(one) else one for one in _items(value)]
            pairs = write_form(f"body.{name}", name, flat, ",", explode=True)
        for key, text in pairs:
            found.setdefault(key, []).append(text)
    return found


def _try_styled(media: MediaType, name: str, value: Any) -> list[tuple[str, str]] | None:
    """Return the pairs of a property with ``style`` or ``explode`` in its encoding, which precede a content type."""
    encoding = media.encoding.get(name, {})
    if "style" not in encoding and "explode" not in encoding:
        return None
    style = str(encoding.get("style", "form"))
    explode = encoding.get("explode", style == "form") is True
    try:
        return write_query(Parameter(name=name, place="query", style=style, explode=explode), value)
    except FieldError as exc:
        raise FieldError(f"body.{name}", exc.why) from None


def _multipart(media: MediaType, values: FormValues) -> list[_Part]:
    parts: list[_Part] = []
    if values.body is not ABSENT:
        for name, value in _properties(values.body):
            pairs = _try_styled(media, name, value)
            if pairs is not None:
                parts += [(key, (None, text.encode())) for key, text in pairs]
                continue
            encoded = media.encoded_as(name)
            whole = [value] if is_json_type(encoded) else _items(value)
            parts += [(name, _part(f"body.{name}", one, encoded)) for one in whole if one is not None]
    for name, given in values.files.items():
        for filename, content, media_type in _files(given):
            if any(sign in media_type for sign in "\r\n"):
                raise FieldError(f"body.{name}", "a media type cannot contain a line break")
            parts.append((name, (filename or "file", content, media_type or "application/octet-stream")))
    return parts


def _part(key: str, value: Any, encoded: str) -> tuple[None, bytes, str] | tuple[None, bytes]:
    if _is_nested(value) or is_json_type(encoded):
        return None, to_json(key, value).encode(), essence_of(encoded) or "application/json"
    text = to_text(key, value).encode()
    return (None, text, encoded) if encoded and encoded.isprintable() else (None, text)


def _files(given: UploadFile | Sequence[UploadFile]) -> Iterable[UploadFile]:
    return [cast("UploadFile", given)] if given and isinstance(given[0], str) else cast("Sequence[UploadFile]", given)


def _properties(body: Any) -> list[tuple[str, Any]]:
    if not isinstance(body, Mapping):
        raise FieldError("body", "a form consists of names and values: give an object")
    return [(str(name), value) for name, value in body.items() if value is not None]


def _items(value: Any) -> list[Any]:
    return list(value) if is_list(value) else [value]


def _is_nested(value: Any) -> bool:
    return isinstance(value, Mapping) or is_list(value)
