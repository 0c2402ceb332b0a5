"""Judges the messages of a lifespan: their order, their fields, and what is missing at the end. Nothing is fatal."""

from __future__ import annotations

from collections.abc import Iterator

from ..machines import LIFESPAN, LifespanStatus
from ..types import Message
from ..violations import Violation, note, note_unknown

_SENT = frozenset(
    {
        "lifespan.startup.complete",
        "lifespan.startup.failed",
        "lifespan.shutdown.complete",
        "lifespan.shutdown.failed",
    }
)
_BEFORE_SHUTDOWN: tuple[LifespanStatus, ...] = ("not started", "starting", "running", "startup failed")
_GIVEN_UP: tuple[LifespanStatus, ...] = ("not answering", "lost")


def is_allowed(status: LifespanStatus, kind: str) -> bool:
    """Tell whether the app may send such a message now; names that only the table knows are none."""
    return kind in _SENT and LIFESPAN.advance(status, kind) is not None


def check_message(message: Message, *, status: LifespanStatus) -> Iterator[Violation]:
    """Yield what is wrong with a message; of its order nothing where the caller has given up waiting for it."""
    kind = message["type"]
    if kind not in _SENT:
        yield note_unknown("lifespan", kind)
        return
    if not is_allowed(status, kind) and status not in _GIVEN_UP:
        yield _judge_order(status, kind)
    if kind.endswith(".failed") and not isinstance(message.get("message", ""), str):
        yield note("lifespan.failed-message", f"the message of {kind} is {type(message['message']).__name__}, not str")


def read_failure(message: Message) -> str:
    """Return the words of a message that tells of a failure; empty for any other, and for what is no text."""
    told = message.get("message", "") if message["type"].endswith(".failed") else ""
    return told if isinstance(told, str) else ""


def check_end(status: LifespanStatus) -> Violation | None:
    """Return what an app that returned of itself in ``status`` still owed."""
    if status == "starting":
        return note("lifespan.no-startup-answer", "the app returned without answering lifespan.startup")
    if status == "running":
        return note("lifespan.returned-early", "the app returned after its startup, before lifespan.shutdown")
    if status == "shutting down":
        return note("lifespan.no-shutdown-answer", "the app returned without answering lifespan.shutdown")
    return None


def _judge_order(status: LifespanStatus, kind: str) -> Violation:
    what = f"{kind} was sent while the lifespan was {status!r}"
    if kind.startswith("lifespan.startup."):
        return note("lifespan.before-startup" if status == "not started" else "lifespan.startup-twice", what)
    return note("lifespan.shutdown-unasked" if status in _BEFORE_SHUTDOWN else "lifespan.shutdown-twice", what)
