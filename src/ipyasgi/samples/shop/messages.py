"""How the shop reads what it is sent, and how it answers.

Here live the functions between ASGI's messages and Python's values, and the ways to say no. No database.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from ipyasgi.protocol.types import Receive, Scope, Send

Number = TypeVar("Number", int, float)
Header = tuple[bytes, bytes]
Item = dict[str, Any]


class ClientLeft(Exception):
    """The client went away before it had said everything."""


class Refused(Exception):
    """The shop says no: a status, a JSON body that says why, and headers."""

    def __init__(self, status: int, body: Item, headers: Iterable[Header] = ()) -> None:
        self.status = status
        self.body = body
        self.headers = tuple(headers)
        super().__init__(status, body)


def build_problem(status: int, detail: str, headers: Iterable[Header] = ()) -> Refused:
    """Return a refusal in the words of RFC 9457, "Problem Details for HTTP APIs"."""
    problem = {"title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return Refused(status, problem, [(b"content-type", b"application/problem+json"), *headers])


def build_invalid(*faults: Item) -> Refused:
    """Return the refusal of bad input, in the shape that FastAPI made familiar."""
    return Refused(422, {"detail": faults})


def build_fault(*loc: str, msg: str, type: str) -> Item:
    """Return one fault of the input; `loc` is where it sits, such as ``("body", "price")``."""
    return {"loc": loc, "msg": msg, "type": type}


def read_query(scope: Scope) -> dict[str, str]:
    """Return the query as a dict; of a repeated name the last value counts."""
    return dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))


def read_number(text: str, kind: type[Number], loc: tuple[str, str], low: float, high: float) -> Number:
    """Return the number in `text`; refuse what is none, or is not between `low` and `high`."""
    with suppress(ValueError):
        number = kind(text)
        if low <= number <= high:
            return number
    msg = f"Input should be a number between {low} and {high}"
    raise build_invalid(build_fault(*loc, msg=msg, type=f"{kind.__name__}_parsing"))


async def read_body(receive: Receive) -> bytes:
    """Return the request's whole body, which may come in several messages."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientLeft
        body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body)


def read_item(body: bytes) -> Item:
    """Return name, price and color from a JSON body; refuse it with all its faults at once."""
    try:
        given = json.loads(body)
    except ValueError as exc:
        raise build_invalid(build_fault("body", msg=f"JSON decode error: {exc}", type="json_invalid")) from exc
    if not isinstance(given, dict):
        raise build_invalid(build_fault("body", msg="Input should be an object", type="dict_type"))
    given = {"color": "plain", **given}
    faults = []
    for name, is_good, msg, type in FIELDS:
        if name not in given:
            faults.append(build_fault("body", name, msg="Field required", type="missing"))
        elif not is_good(given[name]):
            faults.append(build_fault("body", name, msg=msg, type=type))
    if faults:
        raise build_invalid(*faults)
    return {name: given[name] for name, *_ in FIELDS}


def is_label(value: object) -> bool:
    """Return whether `value` can stand on a price tag."""
    return isinstance(value, str) and 1 <= len(value) <= 40 and value.isprintable()


def is_price(value: object) -> bool:
    """Return whether somebody could pay `value`; True and False are ints to Python, but no price."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 1000


FIELDS = (  # name, what it has to pass, what to say if it does not, the same in one word
    ("name", is_label, "Input should be a text of 1 to 40 characters", "string_type"),
    ("price", is_price, "Input should be a number greater than 0 and at most 1000", "greater_than"),
    ("color", is_label, "Input should be a text of 1 to 40 characters", "string_type"),
)


async def send_json(send: Send, status: int, value: object, headers: Iterable[Header] = ()) -> None:
    """Answer with JSON: one message with the status and the headers, then one with the body."""
    body = json.dumps(value).encode()
    fields = [(b"content-length", str(len(body)).encode()), *headers]
    if b"content-type" not in dict(fields):
        fields.insert(0, (b"content-type", b"application/json"))
    await send({"type": "http.response.start", "status": status, "headers": fields})
    await send({"type": "http.response.body", "body": body})


async def wait_until_left(receive: Receive) -> None:
    """Return when the client is gone; what it still says is dropped."""
    while (await receive())["type"] != "http.disconnect":
        pass
