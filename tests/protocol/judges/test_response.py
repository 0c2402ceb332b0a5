"""Checks of status, header fields, body and flags of any HTTP response."""

from enum import IntEnum
from http import HTTPStatus
from typing import Any

import pytest

from ipyasgi.protocol.judges.response import check_body, check_flag, check_headers, check_status
from ipyasgi.protocol.types import Kind


def told(violation: Any) -> str:
    """Return a violation's rule, with ``!`` if it is fatal; empty for None."""
    return violation.rule + "!" * violation.fatal if violation is not None else ""


KINDS: tuple[Kind, ...] = ("http", "websocket")


class Own(IntEnum):
    """A subclass of int."""

    TEAPOT = 418


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("status", "rule"),
    [
        (200, ""),
        (599, ""),
        (HTTPStatus.NOT_FOUND, ""),
        (Own.TEAPOT, ""),
        (99, "status"),
        (600, "status"),
        (-(10**5000), "status"),
        (10**5000, "status"),
        (True, "status"),
        (100, "interim-status"),
        (103, "interim-status"),
        (HTTPStatus.EARLY_HINTS, "interim-status"),
        ("200", "status!"),
        (200.0, "status!"),
        (None, "status!"),
    ],
    ids=range(15),
)
def test_status(kind: Kind, status: Any, rule: str) -> None:
    """A status is an int from 200 to 599; one that is not an int is fatal."""
    assert told(check_status(kind, status)) == (f"{kind}.{rule}" if rule else "")


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (b"", ""),
        (bytearray(b"x"), ""),
        (memoryview(b"x"), ""),
        ("x", "http.body-type!"),
        (None, "http.body-type!"),
        (3, "http.body-type!"),
        ([b"x"], "http.body-type!"),
    ],
)
def test_body(body: Any, rule: str) -> None:
    """A body is bytes, or another type that servers accept."""
    assert told(check_body("http", body)) == rule


@pytest.mark.parametrize(
    ("message", "rule"),
    [
        ({}, ""),
        ({"more_body": True}, ""),
        ({"more_body": False}, ""),
        ({"more_body": 1}, "http.flag-type"),
        ({"more_body": None}, "http.flag-type"),
        ({"more_body": "no"}, "http.flag-type"),
    ],
)
def test_flag(message: dict[str, Any], rule: str) -> None:
    """A flag is True, False or missing."""
    assert told(check_flag("http", message, "more_body")) == rule


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("headers", "rules"),
    [
        ([], ""),
        ([(b"a", b"b"), [b"set-cookie", b"\xff; a=1"]], ""),
        ({(b"a", b"b")}, ""),
        ([(b"!#$%&'*+-.^_`|~09az", b"")], ""),
        ([(b"A", b"b")], "header-case"),
        ([(b"A", b"b"), ("a", b"b")], "header-case header-type"),
        ([("a", "b")], "header-type"),
        ([(b"a", 1)], "header-type"),
        ([(bytearray(b"a"), b"b")], "header-type"),
        ([(b"", b"b")], "header-name"),
        ([(b"a b", b"b")], "header-name"),
        ([(b"a:", b"b")], "header-name"),
        ([(b":status", b"b")], "header-name"),
        ([(b"a\xe9", b"b")], "header-name"),
        ([(b"a\n", b"b")], "header-name"),
        ([(b"a", b"1\r\nb: 2")], "header-value"),
        ([(b"a", b"1\r")], "header-value"),
        ([(b"a", b"\n")], "header-value"),
        ([(b"a", b"1\0")], "header-value"),
        ([(b"a", b" 1")], "header-space"),
        ([(b"a", b"1\t")], "header-space"),
        ([(b"a", b" ")], "header-space"),
        ([(b"A B", b" 1")], "header-name header-space"),
        ({"a": "b"}, "headers!"),
        ([b"a: b"], "headers!"),
        ([(b"a", b"b", b"c")], "headers!"),
        (None, "headers!"),
        (3, "headers!"),
    ],
    ids=range(28),
)
def test_headers(kind: Kind, headers: Any, rules: str) -> None:
    """Header fields are pairs of bytes: a lower-case token and a single-line value."""
    assert [told(one) for one in check_headers(kind, headers)] == [f"{kind}.{rule}" for rule in rules.split()]


@pytest.mark.parametrize(
    "pair",
    [
        ("set-cookie", "SECRET"),
        (b"set-cookie", "SECRET"),
        (b"Set-Cookie", b"SECRET"),
        (b"set-cookie: SECRET", b""),
        ("set-cookie: SECRET", b""),
        (b"set-cookie", b" SECRET"),
        (b"set-cookie", b"SECRET\r\n"),
        (["SECRET"], b""),
        ("SECRET",),
        "SECRET",
    ],
)
def test_no_value_of_a_header_is_told(pair: Any) -> None:
    """A violation of a header contains its name and types but not its value, which may be secret."""
    found = list(check_headers("http", [pair]))
    assert found
    assert "SECRET" not in repr(found)


def test_a_long_name_is_cut() -> None:
    """A long header name is shortened in messages."""
    (found,) = check_headers("http", [(b"A" * 10_000, b"")])
    assert len(found.message) < 100
