"""Judge of the lifespan: the order of the messages, their fields, and what is missing at the end. Nothing is fatal."""

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
    """Return whether the app may send a message of this type now; False for tokens that are not message types."""
    return kind in _SENT and LIFESPAN.advance(status, kind) is not None


def check_message(message: Message, *, status: LifespanStatus) -> Iterator[Violation]:
    """Yield the violations of a message; its order is not checked once the caller has stopped waiting for the app."""
    kind = message["type"]
    if kind not in _SENT:
        yield note_unknown("lifespan", kind)
        return
    if not is_allowed(status, kind) and status not in _GIVEN_UP:
        yield _judge_order(status, kind)
    if kind.endswith(".failed") and not isinstance(message.get("message", ""), str):
        yield note("lifespan.failed-message", f"the message of {kind} is {type(message['message']).__name__}, not str")


def read_failure(message: Message) -> str:
    """Return the text of a ``.failed`` message; empty for other messages, and if the text is not a str."""
    text = message.get("message", "") if message["type"].endswith(".failed") else ""
    return text if isinstance(text, str) else ""


def check_end(status: LifespanStatus) -> Violation | None:
    """Return the violation of an app that returned in ``status``."""
    if status == "starting":
        return note("lifespan.startup-unfinished", "the app returned without completing or failing its startup")
    if status == "running":
        return note("lifespan.returned-early", "the app returned after its startup, before lifespan.shutdown")
    if status == "shutting down":
        return note("lifespan.shutdown-unfinished", "the app returned without completing or failing its shutdown")
    return None


def _judge_order(status: LifespanStatus, kind: str) -> Violation:
    text = f"{kind} was sent while the lifespan was {status!r}"
    if kind.startswith("lifespan.startup."):
        return note("lifespan.before-startup" if status == "not started" else "lifespan.startup-twice", text)
    return note("lifespan.before-shutdown" if status in _BEFORE_SHUTDOWN else "lifespan.shutdown-twice", text)
