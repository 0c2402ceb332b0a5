"""What counts as a breach of the specification, and which breaches stop the message."""

from typing import Any

import pytest

from ipyasgi.protocol import violations
from ipyasgi.protocol.errors import ProtocolError


@pytest.mark.parametrize(
    ("state", "announced", "kind", "rule", "text"),
    [
        ("started", False, "start", "http.start-twice", 'Received multiple "http.response.start" messages.'),
        (
            "no response",
            False,
            "body",
            "http.body-before-start",
            'Received "http.response.body" without "http.response.start".',
        ),
        ("complete", False, "body", "http.body-after-end", 'Received "http.response.body" after response completed.'),
        ("trailers due", True, "body", "http.body-after-end", 'Received "http.response.body" after body completed.'),
        (
            "started",
            False,
            "trailers",
            "http.trailers-not-announced",
            'Received "http.response.trailers" without declaring trailers.',
        ),
        (
            "complete",
            True,
            "trailers",
            "http.trailers-after-end",
            'Received "http.response.trailers" after response completed.',
        ),
        (
            "started, trailers announced",
            True,
            "trailers",
            "http.trailers-before-body-end",
            'Received "http.response.trailers" before body completed.',
        ),
    ],
)
def test_wrong_order_is_refused(state: str, announced: bool, kind: str, rule: str, text: str) -> None:
    """A message out of order is fatal, with Starlette's words."""
    found = violations.judge_http_order(state, {"type": f"http.response.{kind}"}, trailers_announced=announced)
    assert (found.rule, found.what, found.fatal) == (rule, text, True)
    error = found.error()
    assert isinstance(error, ProtocolError)
    assert (str(error), error.rule) == (text, rule)


def test_an_unknown_message_is_only_noted() -> None:
    """A type that the protocol does not have is ignored, as servers do."""
    found = violations.judge_http_order("started", {"type": "http.response.zero"}, trailers_announced=False)
    assert (found.rule, found.fatal) == ("http.unknown-message", False)
    assert "'http.response.zero'" in found.what


START = {"type": "http.response.start", "status": 200}


@pytest.mark.parametrize(
    ("message", "rules"),
    [
        ({**START, "headers": [(b"a", b"b")]}, []),
        ({**START}, []),
        ({**START, "status": 99}, ["http.status"]),
        ({**START, "status": 600}, ["http.status"]),
        ({**START, "status": "200"}, ["http.status!"]),
        ({**START, "status": None}, ["http.status!"]),
        ({"type": "http.response.start"}, ["http.status!"]),
        ({**START, "headers": [(b"A", b"b")]}, ["http.header-case"]),
        ({**START, "headers": [("a", "b")]}, ["http.header-type"]),
        ({**START, "headers": [(b"a", 1)]}, ["http.header-type"]),
        ({**START, "headers": [(b"A", b"b"), ("a", b"b")]}, ["http.header-case", "http.header-type"]),
        ({**START, "headers": {"a": "b"}}, ["http.headers!"]),
        ({**START, "headers": [b"a: b"]}, ["http.headers!"]),
        ({**START, "headers": [(b"a", b"b", b"c")]}, ["http.headers!"]),
        ({**START, "headers": None}, ["http.headers!"]),
        ({"type": "http.response.body"}, []),
        ({"type": "http.response.body", "body": bytearray(b"x")}, []),
        ({"type": "http.response.body", "body": memoryview(b"x")}, []),
        ({"type": "http.response.body", "body": "x"}, ["http.body-type!"]),
        ({"type": "http.response.body", "body": None}, ["http.body-type!"]),
        ({"type": "http.response.body", "body": 3}, ["http.body-type!"]),
        ({"type": "http.response.trailers", "headers": [(b"A", b"b")]}, ["http.header-case"]),
        ({"type": "http.response.debug"}, ["http.debug-info!"]),
        ({"type": "http.response.debug", "info": {}}, []),
    ],
)
def test_fields(message: dict[str, Any], rules: list[str]) -> None:
    """Wrong fields are noted; fatal (``!``) where the message cannot be read without them."""
    assert [found.rule + "!" * found.fatal for found in violations.check_http_fields(message)] == rules


@pytest.mark.parametrize(
    ("given", "named"), [(None, "NoneType"), (5, "int"), ({"kind": "x"}, "a dict with the keys ['kind']")]
)
def test_no_message_at_all(given: object, named: str) -> None:
    """Something without a type is refused, and named."""
    found = violations.judge_shape("http", given)
    assert found.fatal
    assert named in found.what


def test_every_violation_says_where_it_stands() -> None:
    """Rule ids begin with the kind of connection, and each names a section of the specification."""
    found = [
        violations.note_unknown("http", "x"),
        violations.note_no_response("returned"),
        violations.note_unfinished_body(),
        violations.judge_order("websocket", "open", "websocket.accept", fatal=True),
        violations.judge_order("lifespan", "running", "lifespan.startup.complete", fatal=False),
    ]
    assert all(one.rule.split(".")[0] in ("http", "websocket", "lifespan") and one.section for one in found)
    assert found[3].what == "websocket.accept was sent while the connection was 'open'"
    assert found[4].what == "lifespan.startup.complete was sent while the lifespan was 'running'"


@pytest.mark.parametrize("pair", [("set-cookie", "SECRET"), (b"set-cookie", "SECRET"), ("SECRET",), "SECRET"])
def test_no_value_of_a_header_is_told(pair: Any) -> None:
    """What is wrong with a header is said with its name and its types: the value may be a secret."""
    found = list(violations.check_http_fields({**START, "headers": [pair]}))
    assert found
    assert "SECRET" not in repr(found)
    assert "str" in found[0].what or "tuple" in found[0].what
