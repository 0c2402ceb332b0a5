"""The body of a form: JSON unless a Content-Type header says otherwise, checked while it is typed. Pure."""

from __future__ import annotations

import json

from ...records.redaction import is_json_type
from .form_error import FormError, FormFieldError

METHODS_WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "WS"})

SKELETON = '{\n  "name": ""\n}'
"""What stands in the editor for a route whose body nobody has described."""


def read_body(text: str, content_type: str) -> tuple[bytes, str]:
    """
    Return the body's bytes and its content type, both empty where nothing is written.

    :param content_type: the header the form holds, empty where it holds none: then the body must be JSON
    Raises `FormError` with line and column.
    """
    if not text.strip():
        return b"", ""
    if not content_type.strip() or is_json_type(content_type):
        check_json(text)
    try:
        return text.encode(), content_type or "application/json"
    except UnicodeEncodeError as exc:
        raise FormError(FormFieldError(where="body", text=f"the body cannot be sent as UTF-8: {exc.reason}")) from None


def check_json(text: str) -> None:
    """Raise `FormError` where the text is not JSON."""
    try:
        json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as exc:
        words = f"not JSON at line {exc.lineno}, column {exc.colno}: {exc.msg}"
        raise FormError(FormFieldError(where="body", text=words, line=exc.lineno, column=exc.colno)) from None
    except (ValueError, RecursionError) as exc:
        raise FormError(FormFieldError(where="body", text=f"not JSON: {exc}")) from None


def _refuse(word: str) -> object:
    raise ValueError(f"{word} is not a JSON number")
