"""Every error class of the toolkit, as one tree. Classes and their texts live here; no logic.

::

    IpyasgiError
    ├── CallError                your call: wrong arguments, or not possible now
    │   ├── BodyLimitError       a response's body was too long to be kept whole
    │   ├── NotAnAppError        the object is not an ASGI app
    │   ├── AppNotFoundError     ``module:attr`` could not be imported
    │   ├── RequestError         a method, path, header or body that cannot be sent
    │   │   └── FieldError       a value that cannot be used for its parameter
    │   ├── OverrideError        a dependency that the app does not have, or a value that cannot replace it
    │   ├── FilterError          a history filter that cannot be parsed
    │   ├── LoopError            the loop is closed or lost, or runs on your own thread
    │   ├── LifespanStateError   the lifespan step is not possible now
    │   └── SignInError          the app refused to sign you in
    ├── AppError                 the app broke the protocol
    │   ├── ProtocolError        it sent or did something the specification forbids
    │   ├── AppExitError         it raised SystemExit or KeyboardInterrupt
    │   ├── AppInteractionError  it called input() or breakpoint(), which would block
    │   ├── LifespanError        startup or shutdown failed without an exception of its own
    │   └── EventStreamError     its response cannot be read as server-sent events
    └── DeadlineError            a deadline passed (also a ``TimeoutError``)

The app's own exception is raised unchanged, never wrapped. Each error stores its arguments as attributes, and its text
ends with what to do next.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..shown import hint, visible


class IpyasgiError(Exception):
    """
    Base class of all errors of the toolkit; copied and pickled with its attributes.

    Its `str` has control characters visible: it may quote a file or a response, and is printed by terminals.
    """

    def __str__(self) -> str:
        return visible(super().__str__())

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.args, dict(self.__dict__))


def _rebuild(kind: type[IpyasgiError], args: tuple[object, ...], values: dict[str, object]) -> IpyasgiError:
    error = kind.__new__(kind, *args)
    error.args = args  # TimeoutError is an OSError, which sets args only in __init__
    error.__dict__.update(values)
    return error


class CallError(IpyasgiError):
    """The call could not be made; the app was not reached."""


class NotAnAppError(CallError):
    """The object is not an ASGI app."""

    def __init__(self, given: object, why: str = "") -> None:
        self.given = given
        described = f"{type(given).__name__} object" if not isinstance(given, type) else f"class {given.__name__}"
        reason = f" ({why})" if why else ""
        super().__init__(
            f"this {described} is not an ASGI app{reason}: give a callable that takes (scope, receive, send), "
            "such as FastAPI() or an async function; for a function that makes the app, add --factory"
        )


class AppNotFoundError(CallError):
    """A ``module:attr`` expression does not resolve to an object."""

    def __init__(self, expression: str, why: str) -> None:
        self.expression = expression
        self.why = why
        super().__init__(f"{expression!r}: {why}")


class RequestError(CallError):
    """A request cannot be built from the given arguments."""


class FieldError(RequestError):
    """A value cannot be used for its parameter or property.

    :ivar key: ``query.limit``, ``body.name``, or ``body`` for the whole body
    """

    def __init__(self, key: str, why: str) -> None:
        self.key = key
        self.why = why
        super().__init__(f"{key}: {why}")


class OverrideError(CallError):
    """A dependency cannot be overridden: the app does not have it, or the value cannot replace it."""


class BodyLimitError(CallError):
    """A response's body is longer than the setting ``body_bytes``, so only its beginning is kept.

    :ivar limit_bytes: the setting
    :ivar kept_bytes: the length of the beginning
    :ivar size_bytes: the length of the body; None for a compressed body that was not decoded to its end
    """

    def __init__(self, limit_bytes: int, kept_bytes: int, size_bytes: int | None) -> None:
        self.limit_bytes = limit_bytes
        self.kept_bytes = kept_bytes
        self.size_bytes = size_bytes
        size = f"has {size_bytes:,} bytes, more" if size_bytes is not None else "is longer, decoded,"
        super().__init__(
            f"the response's body {size} than the setting body_bytes ({limit_bytes:,}) allows, so only its first "
            f"{kept_bytes:,} bytes are kept: increase body_bytes and send the request again, or read the body with "
            "client.stream()"
        )


class FilterError(CallError, ValueError):
    """A history filter cannot be parsed.

    :ivar word: the token that cannot be parsed
    :ivar allowed: what is allowed instead
    """

    def __init__(self, word: str, why: str, allowed: str) -> None:
        self.word = word
        self.allowed = allowed
        shown = word if len(word) <= 60 else f"{word[:59]}…"
        super().__init__(f"cannot read {shown} in the filter: {why}. Write {allowed}")


class LoopError(CallError, RuntimeError):
    """The event loop cannot run this call."""


class LifespanStateError(CallError, RuntimeError):
    """The current state of the lifespan does not allow the requested step."""

    def __init__(self, wanted: str, status: str, possible: Sequence[str]) -> None:
        self.wanted = wanted
        self.status = status
        self.possible = tuple(possible)
        then = f"possible now: {', '.join(possible)}" if possible else "nothing is possible now"
        super().__init__(f"cannot {wanted}: the lifespan is {status!r}; {then}")


class SignInError(CallError):
    """The app refused to sign the user in.

    :ivar message: the app's own message, or its status
    :ivar exchange: the name of the exchange
    """

    def __init__(self, message: str, exchange: str) -> None:
        self.message = message
        self.exchange = exchange
        show = hint(f"%asgi show {exchange}", f"explorer.history[{exchange!r}]")
        super().__init__(f"Sign-in failed: {message}. {show} shows the response")


class AppError(IpyasgiError):
    """The app broke the ASGI protocol."""


class ProtocolError(AppError, AssertionError):
    """The app sent a message that the specification does not allow at that point.

    Also an ``AssertionError``, because Starlette's ``TestClient`` raises that and test suites expect it.

    :ivar rule: id of the rule in `ipyasgi.protocol.rules.RULES`
    """

    def __init__(self, message: str, *, rule: str) -> None:
        self.rule = rule
        super().__init__(message)


class AppExitError(AppError):
    """The app raised ``SystemExit`` or ``KeyboardInterrupt``; this error ends the call but not the process."""

    def __init__(self, raised: BaseException) -> None:
        self.raised = raised
        super().__init__(
            f"the app raised {type(raised).__name__}({', '.join(map(repr, raised.args))}); "
            "a server would have exited. Raise another exception, or send a response"
        )


class AppInteractionError(AppError, RuntimeError):
    """The app called ``input()`` or ``breakpoint()`` while the prompt waits for the app.

    :ivar function: the function that it called
    """

    def __init__(self, function: str) -> None:
        self.function = function
        if function == "breakpoint()":
            super().__init__(
                "the app called breakpoint(), and no debugger is attached. Click the bug in the notebook's toolbar, "
                "then run the cell again, or use --pdb for a prompt in the cell. After an exception use %debug"
            )
        else:
            super().__init__(
                f"the app called {function}, which would never return: the app runs on a background thread while the "
                "prompt waits for it. Use --pdb to be asked in the cell, or pass the value with the request"
            )


class LifespanError(AppError, RuntimeError):
    """The app sent ``lifespan.startup.failed`` or ``lifespan.shutdown.failed``, or ended too early."""

    def __init__(self, phase: str, app_message: str) -> None:
        self.phase = phase
        self.app_message = app_message
        lines = app_message.rstrip().split("\n")
        summary = lines[-1] if lines[0].startswith("Traceback (most recent call last)") else app_message
        reason = f": {summary}" if summary else " without a message"
        super().__init__(f"lifespan {phase} failed{reason}. Fix the app's {phase} code, then start it again")


class EventStreamError(AppError):
    """A response cannot be read as a stream of server-sent events."""


class DeadlineError(IpyasgiError, TimeoutError):
    """A deadline passed while the toolkit waited for the app.

    :ivar waited_for: description of what did not arrive: the ``end`` or the ``next message`` of a response that has
        begun, the ``background tasks`` after it, else any other noun
    :ivar timeout_s: the deadline in seconds
    :ivar stack: frames of the app's task as ``file:line in function``, innermost last
    :ivar place: the innermost line of the app's own code, and what was awaited there
    :ivar so_far: what has arrived of the response: ``200 OK, 5 chunks, 300 bytes``; empty without a response
    """

    def __init__(
        self, waited_for: str, timeout_s: float, stack: Sequence[str] = (), place: str = "", so_far: str = ""
    ) -> None:
        self.waited_for = waited_for
        self.timeout_s = timeout_s
        self.stack = tuple(stack)
        self.place = place or (stack[-1] if stack else "")
        self.so_far = so_far
        super().__init__(self._text(f"{timeout_s:g} s"))

    def _text(self, limit: str) -> str:
        if self.waited_for == "background tasks":
            at = f" at {self.place}" if self.place else ""
            begun = (
                f"the response is complete ({self.so_far}), but after {limit} a background task is still running{at}"
            )
            return f"{begun}. It is cancelled: increase the timeout, or check what the task awaits"
        where = f"; the app was waiting at {self.place}" if self.place else ""
        line = " at that line" if self.place else ""
        advice = f"Increase the timeout, or check what the app awaits{line}"
        if not self.so_far:
            return f"no {self.waited_for} within {limit}{where}. {advice}"
        missing = "did not end" if self.waited_for == "end" else "did not continue"
        if self.waited_for == "end":
            advice += ". Read an endless stream with & at the end of the line, with begin() or with stream()"
        return f"the response {missing} within {limit} ({self.so_far} so far){where}. {advice}"
