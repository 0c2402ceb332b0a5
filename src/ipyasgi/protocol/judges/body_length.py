"""Compares the length of a response's body with the length declared in its head."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Self

from ..violations import Violation, note

_NO_CONTENT = frozenset({*range(100, 200), 204, 205, 304})
_UNUSUAL = frozenset({b"Content-Length", b"transfer-encoding", b"Transfer-Encoding"})
_DIGITS = 18  # enough for any body; int() of a much longer text is slow


class BodyLength:
    """
    Counts the bytes of a body. Mutable; used on one thread.

    :param declared: length in bytes; None if unknown
    :param forbidden: whether there must be no body
    :ivar violations: of the head, all non-fatal
    """

    __slots__ = ("_forbidden", "_left", "_status", "violations")

    def __init__(
        self, status: int, declared: int | None, *, forbidden: bool = False, violations: tuple[Violation, ...] = ()
    ) -> None:
        self.violations = violations
        self._status = status
        self._left = declared
        self._forbidden = forbidden

    @classmethod
    def of(cls, status: int, headers: Sequence[tuple[bytes, bytes]], *, head: bool) -> Self | None:
        """
        Return the counter of the body; None if any length is valid.

        :param headers: byte pairs of ``http.response.start``
        :param head: whether the request is HEAD
        """
        fields = dict(headers)
        empty = status in _NO_CONTENT
        if not empty and len(fields) == len(headers) and _UNUSUAL.isdisjoint(fields):  # the fast path, nearly always
            length = fields.get(b"content-length")
            if length is None:
                return None
            if length.isdigit() and len(length) <= _DIGITS:
                return cls(status, None if head else int(length))
        lengths = [value for name, value in headers if name.lower() == b"content-length"]
        encoded = any(name.lower() == b"transfer-encoding" for name, _ in headers)
        violations = tuple(_check_head(status, lengths, encoded=encoded)) if lengths else ()
        # HEAD and 304 declare the length of a body that they do not have, and a body sent for HEAD is not counted.
        declared = None if head or empty else _read_length(lengths)
        return cls(status, declared, forbidden=empty and not head, violations=violations)

    def take(self, sent_bytes: int, *, last: bool) -> Violation | None:
        """Count ``sent_bytes`` more bytes of the body; return the violation they cause; each is returned once."""
        if self._left is not None:
            self._left -= sent_bytes
            if self._left < 0:
                over, self._left = -self._left, None
                return note("http.body-too-long", f"the body is {over} bytes longer than content-length says")
            if last and self._left:
                return note("http.body-too-short", f"the body is {self._left} bytes shorter than content-length says")
        elif self._forbidden and sent_bytes:
            self._forbidden = False
            return note("http.body-forbidden", f"a body was sent, though a response {self._status} has none")
        return None


def _read_length(lengths: list[bytes]) -> int | None:
    """Return the number of bytes if all values are the same number, else None."""
    if len(lengths) != 1 and len({length.strip() for length in lengths}) != 1:
        return None
    length = lengths[0].strip()
    return int(length) if length.isdigit() and len(length) <= _DIGITS else None


def _check_head(status: int, lengths: list[bytes], *, encoded: bool) -> Iterator[Violation]:
    values = {length.strip() for length in lengths}
    if any(_read_length([value]) is None for value in values):
        yield note("http.content-length-number", "content-length is not a number of bytes")
    if len(values) > 1:
        yield note("http.content-length-differs", f"content-length has {len(values)} different values")
    if encoded:
        yield note("http.transfer-encoding", "content-length and transfer-encoding were sent together")
    if status == 204 or 100 <= status < 200:
        text = f"the status {status} came with a content-length, though its response has no body"
        yield note("http.content-length-forbidden", text)
