"""Between ASGI's messages and Python's values: how the shop reads requests and sends responses and errors."""

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


class ClientDisconnected(Exception):
    """The client disconnected before it had sent the whole body."""


class HTTPError(Exception):
    """An error response: a status, a JSON body with the reason, and headers."""

    def __init__(self, status: int, body: Item, headers: Iterable[Header] = ()) -> None:
        self.status = status
        self.body = body
        self.headers = tuple(headers)
        super().__init__(status, body)


def build_problem(status: int, detail: str, headers: Iterable[Header] = ()) -> HTTPError:
    """Return an error in the format of RFC 9457, "Problem Details for HTTP APIs"."""
    problem = {"title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return HTTPError(status, problem, [(b"content-type", b"application/problem+json"), *headers])


def build_invalid(*errors: Item) -> HTTPError:
    """Return the error response for invalid input, in FastAPI's format."""
    return HTTPError(422, {"detail": errors})


def build_error(*loc: str, msg: str, type: str) -> Item:
    """Return one error of the input; `loc` is its location, such as ``("body", "price")``."""
    return {"loc": loc, "msg": msg, "type": type}


def read_query(scope: Scope) -> dict[str, str]:
    """Return the query as a dict; the last value of a repeated name is used."""
    return dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))


def read_number(text: str, kind: type[Number], loc: tuple[str, str], low: float, high: float) -> Number:
    """Return the number in `text`; raises `HTTPError` where it is not a number between `low` and `high`."""
    with suppress(ValueError):
        number = kind(text)
        if low <= number <= high:
            return number
    msg = f"Input should be a number between {low} and {high}"
    raise build_invalid(build_error(*loc, msg=msg, type=f"{kind.__name__}_parsing"))


async def read_body(receive: Receive) -> bytes:
    """Return the request's whole body, which may arrive in several messages."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnected
        body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body)


def read_item(body: bytes) -> Item:
    """Return name, price and color from a JSON body; raises `HTTPError` with all its errors at once."""
    try:
        given = json.loads(body)
    except ValueError as exc:
        raise build_invalid(build_error("body", msg=f"JSON decode error: {exc}", type="json_invalid")) from exc
    if not isinstance(given, dict):
        raise build_invalid(build_error("body", msg="Input should be an object", type="dict_type"))
    given = {"color": "plain", **given}
    errors = []
    for name, is_good, msg, type in FIELDS:
        if name not in given:
            errors.append(build_error("body", name, msg="Field required", type="missing"))
        elif not is_good(given[name]):
            errors.append(build_error("body", name, msg=msg, type=type))
    if errors:
        raise build_invalid(*errors)
    return {name: given[name] for name, *_ in FIELDS}


def is_label(value: object) -> bool:
    """Return whether `value` is a short printable text."""
    return isinstance(value, str) and 1 <= len(value) <= 40 and value.isprintable()


def is_price(value: object) -> bool:
    """Return whether `value` is a valid price; True and False are ints to Python, but not prices."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 1000


FIELDS = (  # name, check, error message, error type
    ("name", is_label, "Input should be a text of 1 to 40 characters", "string_type"),
    ("price", is_price, "Input should be a number greater than 0 and at most 1000", "greater_than"),
    ("color", is_label, "Input should be a text of 1 to 40 characters", "string_type"),
)


async def send_json(send: Send, status: int, value: object, headers: Iterable[Header] = ()) -> None:
    """Send a JSON response: one message with the status and the headers, then one with the body."""
    body = json.dumps(value).encode()
    fields = [(b"content-length", str(len(body)).encode()), *headers]
    if b"content-type" not in dict(fields):
        fields.insert(0, (b"content-type", b"application/json"))
    await send({"type": "http.response.start", "status": status, "headers": fields})
    await send({"type": "http.response.body", "body": body})


async def wait_for_disconnect(receive: Receive) -> None:
    """Return when the client has disconnected; other messages are dropped."""
    while (await receive())["type"] != "http.disconnect":
        pass
