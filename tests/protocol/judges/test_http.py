"""Judge of HTTP connections: order, fields and missing messages."""

import itertools
from typing import Any

import pytest

from ipyasgi.protocol.judges.http import EXTENSIONS, check_end, check_message, judge_order

START = {"type": "http.response.start", "status": 200}
ALL = frozenset(EXTENSIONS)


@pytest.mark.parametrize(
    ("state", "announced", "kind", "rule", "text"),
    [
        ("started", False, "start", "start-twice", 'Received multiple "http.response.start" messages.'),
        (
            "no response",
            False,
            "body",
            "body-before-start",
            'Received "http.response.body" without "http.response.start".',
        ),
        ("complete", False, "body", "body-after-end", 'Received "http.response.body" after response completed.'),
        ("trailers due", True, "body", "body-after-end", 'Received "http.response.body" after body completed.'),
        (
            "started",
            False,
            "trailers",
            "trailers-not-announced",
            'Received "http.response.trailers" without declaring trailers.',
        ),
        (
            "complete",
            True,
            "trailers",
            "trailers-after-end",
            'Received "http.response.trailers" after response completed.',
        ),
        (
            "started, trailers announced",
            True,
            "trailers",
            "trailers-before-body-end",
            'Received "http.response.trailers" before body completed.',
        ),
    ],
)
@pytest.mark.parametrize("offered", [(), ALL])
def test_wrong_order_is_refused(state: str, announced: bool, kind: str, rule: str, text: str, offered: Any) -> None:
    """A message out of order is fatal, with Starlette's text."""
    message = {"type": f"http.response.{kind}"}
    found = judge_order(state, message, trailers_announced=announced, offered=offered)
    assert (found.rule, found.message, found.fatal) == (f"http.{rule}", text, True)


@pytest.mark.parametrize(
    ("kind", "offered", "rule"),
    [
        ("http.response.zero", ALL, "http.unknown-message"),
        ("http.response.push", (), "http.extension-not-offered"),
        ("http.response.push", ALL, "http.extension-order"),
    ],
)
def test_what_only_some_servers_know_is_noted(kind: str, offered: Any, rule: str) -> None:
    """A message type that the protocol does not have is a non-fatal violation, and ignored as in servers."""
    found = judge_order("no response", {"type": kind}, trailers_announced=False, offered=offered)
    assert (found.rule, found.fatal) == (rule, False)
    assert kind in found.message
    assert "ignored" in found.message


@pytest.mark.parametrize(
    ("message", "rules"),
    [
        ({**START, "headers": [(b"a", b"b")]}, ""),
        (START, ""),
        ({**START, "trailers": True}, ""),
        ({**START, "trailers": 1}, "flag-type"),
        ({**START, "status": 99, "headers": [(b"A", b"b")]}, "status header-case"),
        ({"type": "http.response.start"}, "status!"),
        ({**START, "headers": None}, "headers!"),
        ({"type": "http.response.body"}, ""),
        ({"type": "http.response.body", "body": b"", "more_body": False}, ""),
        ({"type": "http.response.body", "body": "x"}, "body-type!"),
        ({"type": "http.response.body", "more_body": 0}, "flag-type"),
        ({"type": "http.response.trailers"}, ""),
        ({"type": "http.response.trailers", "headers": [(b"A", b"b")], "more_trailers": 1}, "flag-type header-case"),
        ({"type": "http.response.trailers", "headers": None}, "headers!"),
        ({"type": "http.response.debug", "info": {}}, ""),
        ({"type": "http.response.debug"}, "extension-field!"),
        ({"type": "http.response.debug", "info": 3}, "extension-field!"),
        ({"type": "http.response.push", "path": "/", "headers": []}, ""),
        ({"type": "http.response.push", "path": b"/"}, "extension-field!"),
        ({"type": "http.response.push", "path": "/", "headers": [(b"A", b"")]}, "header-case"),
        ({"type": "http.response.early_hint", "links": [b"</a>"]}, ""),
        ({"type": "http.response.early_hint", "links": ["</a>"]}, "extension-field!"),
        ({"type": "http.response.early_hint", "links": b"</a>"}, "extension-field!"),
        ({"type": "http.response.early_hint", "links": itertools.repeat(b"</a>")}, "extension-field!"),
        ({"type": "http.response.early_hint", "links": [b"</a>"] * 10_000}, ""),
        ({"type": "http.response.early_hint"}, "extension-field!"),
        ({"type": "http.response.pathsend", "path": "/a"}, ""),
        ({"type": "http.response.pathsend"}, "extension-field!"),
        ({"type": "http.response.zerocopysend", "file": 3, "more_body": True}, ""),
        ({"type": "http.response.zerocopysend", "file": 3, "more_body": 1}, "flag-type"),
        ({"type": "http.response.zerocopysend"}, "extension-field!"),
    ],
    ids=range(31),
)
def test_fields(message: dict[str, Any], rules: str) -> None:
    """Wrong fields are violations, fatal (``!``) if the message cannot be read without them."""
    found = check_message(message, state="no response", offered=ALL)
    assert [one.rule + "!" * one.fatal for one in found] == [f"http.{rule}" for rule in rules.split()]


@pytest.mark.parametrize(
    "message",
    [{"type": "http.response.debug", "info": {}}, {**START, "trailers": True}, {"type": "http.response.trailers"}],
)
def test_what_the_scope_does_not_offer(message: dict[str, Any]) -> None:
    """Using an extension that the scope does not offer is a non-fatal violation."""
    (found,) = check_message(message, state="no response", offered=())
    assert (found.rule, found.fatal) == ("http.extension-not-offered", False)


def test_debug_comes_before_the_start() -> None:
    """Debug information after the start is a non-fatal violation, and used."""
    (found,) = check_message({"type": "http.response.debug", "info": {}}, state="started", offered=ALL)
    assert (found.rule, found.fatal) == ("http.extension-order", False)


@pytest.mark.parametrize(
    ("state", "rule"),
    [
        ("no response", "no-response"),
        ("started", "body-unfinished"),
        ("started, trailers announced", "body-unfinished"),
        ("trailers due", "trailers-unfinished"),
        ("complete", ""),
    ],
)
def test_the_end(state: str, rule: str) -> None:
    """An app that returns before its response is complete violates a rule."""
    found = check_end(state)
    assert (found.rule if found else "") == (f"http.{rule}" if rule else "")
