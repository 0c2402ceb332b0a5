"""Recognises JSON that was sent to an operation that takes a form."""

from __future__ import annotations

import weakref
from collections.abc import Callable

from ..client.httpx import httpx
from ..openapi.document import Document, find_operation
from ..openapi.media import essence_of, kind_of
from ..openapi.source import DocumentSource
from ..records.body_text import is_json_type

_STATUSES = (400, 415, 422)
_FORMS = ("urlencoded", "multipart")


def form_note(response: httpx.Response | None, document: Callable[[], Document | None]) -> tuple[str, ...]:
    """
    Return a note for the user if JSON was rejected and the app's document knows only forms for the request.

    :param document: returns the document; called only for JSON that was rejected
    """
    if response is None or response.status_code not in _STATUSES:
        return ()
    request = response.request
    if not is_json_type(essence_of(request.headers.get("content-type", ""))) or (found := document()) is None:
        return ()
    operation = find_operation(found, request.method, request.url.path)
    media = operation.body.media if operation is not None and operation.body is not None else ()
    if not media or any(kind_of(one.name) not in _FORMS for one in media):
        return ()
    return ("this endpoint takes a form: add --form; in Python pass data= instead of json=",)


def later_document(source: DocumentSource) -> Callable[[], Document | None]:
    """Return a function that returns the document as `current_document` does, and does not keep the app alive."""
    reference, kept = weakref.ref(source), source.kept

    def read() -> Document | None:
        found = reference()
        return kept.document if found is None else current_document(found)

    return read


def current_document(source: DocumentSource) -> Document | None:
    """Return the document without a request; only the last one read if reading it early could freeze it."""
    return source.read() if source.keeps_up else source.ready
