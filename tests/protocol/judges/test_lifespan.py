"""Judge of the lifespan: order, fields and missing messages."""

from typing import Any

import pytest

from ipyasgi.protocol.judges.lifespan import check_end, check_message, is_allowed, read_failure
from ipyasgi.protocol.machines import LifespanStatus

STATUSES: tuple[LifespanStatus, ...] = ("not started", "starting", "running", "shutting down", "stopped")


@pytest.mark.parametrize(
    ("status", "startup", "shutdown"),
    [
        ("not started", "before-startup", "before-shutdown"),
        ("starting", "", "before-shutdown"),
        ("running", "startup-twice", "before-shutdown"),
        ("shutting down", "startup-twice", ""),
        ("stopped", "startup-twice", "shutdown-twice"),
        ("startup failed", "startup-twice", "before-shutdown"),
        ("shutdown failed", "startup-twice", "shutdown-twice"),
        ("not answering", "", ""),
        ("lost", "", ""),
    ],
)
@pytest.mark.parametrize("answer", ["complete", "failed"])
def test_order(status: LifespanStatus, startup: str, shutdown: str, answer: str) -> None:
    """Each phase completes or fails once; after the caller has stopped waiting, the order is not checked."""
    for phase, rule in (("startup", startup), ("shutdown", shutdown)):
        kind = f"lifespan.{phase}.{answer}"
        found = list(check_message({"type": kind}, status=status))
        assert [one.rule for one in found] == ([f"lifespan.{rule}"] if rule else [])
        assert all(one.message == f"{kind} was sent while the lifespan was {status!r}" for one in found)
        assert is_allowed(status, kind) is (not rule and status in STATUSES)


@pytest.mark.parametrize("kind", ["lifespan.zero", "lifespan.startup", "lifespan.shutdown", "app.raised", "loop.lost"])
@pytest.mark.parametrize("status", STATUSES)
def test_only_four_messages_are_an_apps(kind: str, status: LifespanStatus) -> None:
    """A server's message and a token of the table are unknown message types."""
    (found,) = check_message({"type": kind}, status=status)
    assert (found.rule, is_allowed(status, kind)) == ("lifespan.unknown-message", False)


@pytest.mark.parametrize(("message", "text"), [("no", "no"), ("", ""), (b"no", ""), (None, ""), (ValueError("no"), "")])
def test_the_words_of_a_failure(message: Any, text: str) -> None:
    """The message of a failure is a str; other types are a violation and not shown."""
    failed = {"type": "lifespan.startup.failed", "message": message}
    found = [one.rule for one in check_message(failed, status="starting")]
    assert (read_failure(failed), found) == (text, [] if isinstance(message, str) else ["lifespan.failed-message"])
    assert read_failure({"type": "lifespan.startup.failed"}) == ""
    assert read_failure({"type": "lifespan.startup.complete", "message": "x"}) == ""


@pytest.mark.parametrize(
    ("status", "rule"),
    [
        ("not started", ""),
        ("starting", "startup-unfinished"),
        ("running", "returned-early"),
        ("shutting down", "shutdown-unfinished"),
        ("stopped", ""),
        ("startup failed", ""),
        ("not answering", ""),
        ("lost", ""),
    ],
)
def test_the_end(status: LifespanStatus, rule: str) -> None:
    """An app may return before its startup or after its shutdown; returning in between is a violation."""
    found = check_end(status)
    assert (found.rule if found else "") == (f"lifespan.{rule}" if rule else "")
