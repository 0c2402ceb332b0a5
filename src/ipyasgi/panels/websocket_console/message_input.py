"""What is typed into the console, read: a message in one of four ways of writing it, header lines. Pure."""

from __future__ import annotations

import base64
import binascii
import json

from ...protocol.errors import RequestError


def read_message(kind: str, text: str) -> str | bytes:
    """
    Return the message that a text writes.

    :param kind: ``text``; ``json``, sent as compact JSON; ``hex`` and ``base64``, sent as bytes
    Raises `RequestError` with what is wrong and where.
    """
    if kind == "json":
        try:
            value = json.loads(text)
        except json.JSONDecodeError as exc:
            raise RequestError(f"not JSON, line {exc.lineno} column {exc.colno}: {exc.msg}") from None
        except RecursionError:
            raise RequestError("nested too deeply: send it as text") from None
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    if kind == "hex":
        try:
            return bytes.fromhex(text.replace("0x", " ").replace(",", " "))
        except ValueError:
            raise RequestError("not hex: write two digits for each byte, such as 0a ff") from None
    if kind == "base64":
        try:
            return base64.b64decode("".join(text.split()), validate=True)
        except (binascii.Error, ValueError):
            raise RequestError("not base64: its characters are A-Z a-z 0-9 + / and = at the end") from None
    return text


def read_headers(text: str) -> list[tuple[str, str]]:
    """Return the headers of lines such as ``X-Token: abc``; raises `RequestError` for a line that is none."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            raise RequestError(f"line {number} of the headers is none: write Name: value")
        found.append((name.strip(), value.strip()))
    return found


def read_subprotocols(text: str) -> list[str]:
    """Return the subprotocols of a list with commas."""
    return [name for one in text.split(",") if (name := one.strip())]
