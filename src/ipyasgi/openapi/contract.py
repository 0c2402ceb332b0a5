"""
What in a response contradicts the app's own document: its status, its media type, its JSON against the schema. Pure.

`Contract` does this once, at the first look: a response that nothing looks at costs nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..records.body_text import is_json_type
from ..records.contract_error import ContractError
from .document import Document, find_operation
from .media import essence_of
from .operation import MediaType, Operation, OperationResponse
from .schema_check import find_errors

MOST_BYTES = 512 * 1024
"""The longest body that is compared with its schema; of one with very many values only the first are."""
_MOST_NAMES, _NAME_CHARS = 8, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class AppResponded:
    """
    The response of an app, as it is compared with a document.

    :ivar path: as sent, without the query
    :ivar body: decoded; None if it is not kept whole, or was cut off
    """

    method: str
    path: str
    status: int
    content_type: str
    body: bytes | None


class Contract:
    """
    The contradictions of one response, found at the first look and then kept.

    :param document: returns the app's document without a request, or None as long as it has not been read
    :param errors: what was found earlier, for a restored exchange
    """

    def __init__(
        self, document: Callable[[], Document | None], errors: tuple[ContractError, ...] | None = None
    ) -> None:
        self._document = document
        self._errors = errors

    def errors(self, response: AppResponded) -> tuple[ContractError, ...]:
        """Return the contradictions of the response, which is the same at each call; none without a document."""
        if self._errors is None:
            document = self._document()
            if document is None or not len(document):  # perhaps it has to be requested from the app first
                return ()
            self._errors = find_contract_errors(document, response)  # two threads may both find the same
        return self._errors


def find_contract_errors(document: Document, response: AppResponded) -> tuple[ContractError, ...]:
    """
    Return what in a response contradicts the document; none if it does not describe the operation.

    A status of 500 or above that the document does not have is not a contradiction: it is an error already.
    """
    operation = find_operation(document, response.method, response.path)
    if operation is None or not operation.responses:
        return ()
    status = find_status(operation, response.status)
    if status is None:
        if response.status >= 500:
            return ()
        message = f"status {response.status} is not documented, only {_list(operation.responses)}"
        return (ContractError(kind="status", message=message),)
    documented = operation.responses[status]
    if not documented.media or not (response.content_type or response.body):
        return ()
    media = _try_media(documented, response.content_type)
    if media is None:
        names = _list(one.name for one in documented.media)
        message = f"media type {response.content_type[:_NAME_CHARS] or '(none)'} is not documented, only {names}"
        return (ContractError(kind="media type", message=message),)
    return _find_body_errors(document, media, response)


def find_status(operation: Operation, status: int) -> str | None:
    """Return the key of a status in an operation's responses: itself, its class (``4XX``) or ``default``; or None."""
    known = {key.upper(): key for key in operation.responses}
    return next((known[key] for key in (str(status), f"{status // 100}XX", "DEFAULT") if key in known), None)


def _try_media(documented: OperationResponse, content_type: str) -> MediaType | None:
    """Return the documented media type that fits best: itself, then ``text/*``, then ``*/*``."""
    essence = essence_of(content_type)
    known = {essence_of(one.name): one for one in documented.media}
    wanted = (essence, f"{essence.partition('/')[0]}/*", "*/*")
    return next((known[name] for name in wanted if name in known), None)


def _find_body_errors(document: Document, media: MediaType, response: AppResponded) -> tuple[ContractError, ...]:
    body = response.body
    if body is None or len(body) > MOST_BYTES or not is_json_type(essence_of(response.content_type)):
        return ()
    try:
        value: Any = json.loads(body)
    except (ValueError, RecursionError):
        return (ContractError(kind="body", message="is not JSON"),)
    found = find_errors(value, media.schema, document.flatten, left_out="writeOnly")
    return tuple(ContractError(kind="body", pointer=one.pointer, message=one.text) for one in found)


def _list(names: Any) -> str:
    every = [str(name)[:_NAME_CHARS] for name in names]
    return ", ".join(every[:_MOST_NAMES]) + (" and others" if len(every) > _MOST_NAMES else "")
