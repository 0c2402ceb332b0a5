"""Reads the validation errors in a response and assigns them to the fields of a form. Pure.

The addresses are a form's: ``query.limit``, ``path.item_id``, ``header.x-token``, ``body./pets/0/name``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .form_values import escape_pointer
from .references import as_list

MAX_DETAILS = 100
_MAX_TEXT = 300
_PLACES = {"path": "path", "query": "query", "header": "header", "headers": "header", "cookie": "cookie"}
_BODIES = ("body", "form", "file", "json", "data")


def read_validation_errors(response: Any, sent: Any = None) -> tuple[tuple[str, str], ...]:
    """
    Return ``(address, text)`` pairs of the errors in a response; the address is empty if the response names none.

    Supported: FastAPI's and Django Ninja's ``detail`` with ``loc``, Litestar's ``extra`` with ``key``, problem details
    (RFC 9457) with ``errors`` that have a ``pointer``, JSON:API's ``source.pointer``, and Django REST framework's
    mapping of fields to messages.

    :param response: the decoded JSON of a 4xx response, of any shape
    :param sent: the decoded JSON of the request's body, to distinguish names of fields from names of union members
    """
    if not isinstance(response, Mapping):
        return ()
    for reader in (_of_fastapi, _of_litestar, _of_pointers, _of_fields):
        found = [(address, " ".join(text.split())[:_MAX_TEXT]) for address, text in reader(response, sent)]
        if found:
            return tuple(dict.fromkeys(found[:MAX_DETAILS]))
    return ()


def _of_fastapi(response: Mapping[str, Any], sent: Any) -> Iterator[tuple[str, str]]:
    for one in as_list(response.get("detail")):
        if isinstance(one, Mapping) and isinstance(loc := one.get("loc"), list) and loc:
            missing = str(one.get("type", "")).endswith("missing")
            yield _address(str(loc[0]), loc[1:], sent, missing=missing), str(one.get("msg", "is not accepted"))


def _of_litestar(response: Mapping[str, Any], sent: Any) -> Iterator[tuple[str, str]]:
    for one in as_list(response.get("extra")):
        if isinstance(one, Mapping) and isinstance(one.get("key"), str) and "message" in one:
            steps = [int(step) if step.isdecimal() else step for step in one["key"].split(".")]
            yield _address(str(one.get("source", "body")), steps, sent, missing=True), str(one["message"])


def _of_pointers(response: Mapping[str, Any], sent: Any) -> Iterator[tuple[str, str]]:
    for one in as_list(response.get("errors")):
        if not isinstance(one, Mapping):
            continue
        source = one.get("source")
        pointer = one.get("pointer", source.get("pointer") if isinstance(source, Mapping) else None)
        text = next((str(one[word]) for word in ("detail", "message", "title") if word in one), "is not accepted")
        if isinstance(pointer, str):
            yield f"body.{pointer.removeprefix('#')}", text
        elif isinstance(source, Mapping) and isinstance(source.get("parameter"), str):
            yield f"query.{source['parameter']}", text


def _of_fields(response: Mapping[str, Any], sent: Any) -> Iterator[tuple[str, str]]:
    """Read ``{"price": ["A valid number is required."]}``, with the names of the body's fields."""
    inner = response.get("errors", response)
    if not isinstance(inner, Mapping):
        return
    for name, texts in inner.items():
        listed = [texts] if isinstance(texts, str) and inner is not response else as_list(texts)
        if listed and all(isinstance(text, str) for text in listed):
            yield f"body./{escape_pointer(name)}", " ".join(listed)


def _address(place: str, steps: Sequence[Any], sent: Any, *, missing: bool) -> str:
    if place in _PLACES:
        return f"{_PLACES[place]}.{steps[0]}" if steps else ""
    return f"body.{_pointer_into(sent, steps, missing=missing)}" if place in _BODIES else ""


def _pointer_into(sent: Any, steps: Sequence[Any], *, missing: bool) -> str:
    """
    Return the JSON pointer of the steps in the body.

    Some steps name union members or validators: those not in the body are skipped, except the last of a missing field.
    """
    pointer, here = "", sent
    for number, step in enumerate(steps):
        last = number == len(steps) - 1
        if isinstance(here, Mapping) and str(step) in here:
            here = here[str(step)]
        elif isinstance(here, list) and isinstance(step, int) and 0 <= step < len(here):
            here = here[step]
        elif not (last and missing and isinstance(here, Mapping)):
            continue
        pointer += f"/{escape_pointer(step)}"
    return pointer
