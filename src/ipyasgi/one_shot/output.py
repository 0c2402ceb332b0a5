"""`Output`: the standard output of a command that sends, on which nothing else writes."""

from __future__ import annotations

import codecs
import contextlib
import errno
import os
import sys
from typing import Any, Self

from ..protocol.errors import CallError


class Output:
    """
    The standard output; within ``with``, what the app and its processes print goes to the standard error instead.

    :ivar is_terminal: whether a person reads it
    :ivar is_left: whether its reader has left, as ``head`` does; what is written then is dropped
    """

    def __init__(self) -> None:
        self._stream: Any = sys.stdout  # None where there is none, such as with >&-
        self._binary: Any = getattr(self._stream, "buffer", None)
        self._undo = contextlib.ExitStack()
        self.is_left = False
        self.is_terminal = self._stream is not None and self._stream.isatty()

    def __enter__(self) -> Self:
        if sys.stderr is None:
            sys.stderr = self._undo.enter_context(open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123  # no path
            self._undo.callback(setattr, sys, "stderr", None)
        if self._stream is not None:
            self._stream.flush()
            if not self.is_terminal:
                self._take_descriptor()
        self._undo.callback(setattr, sys, "stdout", sys.stdout)
        sys.stdout = sys.stderr
        return self

    def __exit__(self, *_: object) -> None:
        self._undo.close()

    def _take_descriptor(self) -> None:
        """Write to a copy of the file descriptor, and let the original be the standard error for processes."""
        with contextlib.suppress(OSError, ValueError, AttributeError):  # a stream without a descriptor
            number, errors = self._stream.fileno(), sys.stderr.fileno()
            copy = os.dup(number)
            self._undo.callback(os.close, copy)
            self._undo.callback(os.dup2, copy, number)
            self._binary = os.fdopen(copy, "wb", closefd=False)
            os.dup2(errors, number)

    def write(self, content: bytes) -> None:
        """Write bytes, now; a reader that has left is noted in `is_left`. Raises `CallError` for a full disk."""
        if self.is_left or self._stream is None:
            return
        try:
            if self._binary is None:  # such as a notebook's
                self._stream.write(content.decode(errors="replace"))
            else:
                self._binary.write(content)
                self._binary.flush()
        except OSError as exc:
            self._close(exc)

    def write_text(self, text: str) -> None:
        """Write a text; what the encoding of the output does not have is escaped, such as ``\\u2192``."""
        content = text.encode(self._encoding, "backslashreplace")
        if self.is_terminal:
            self._show(content.decode(self._encoding))
        else:
            self.write(content)

    @property
    def is_unicode(self) -> bool:
        """Whether it takes all characters."""
        return codecs.lookup(self._encoding).name.startswith("utf")

    @property
    def _encoding(self) -> str:
        return getattr(self._stream, "encoding", None) or "utf-8"

    def _show(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError as exc:
            self._close(exc)

    def _close(self, error: OSError) -> None:
        self.is_left = True
        # Otherwise the interpreter would write what is left at its exit, and report the error again.
        with contextlib.suppress(OSError, ValueError, AttributeError):
            nothing = os.open(os.devnull, os.O_WRONLY)
            for stream in (self._stream, self._binary):
                os.dup2(nothing, stream.fileno())
            os.close(nothing)
        if not isinstance(error, ConnectionError) and error.errno != errno.EINVAL:  # what Windows says of a broken pipe
            raise CallError(f"the output cannot be written: {error.strerror or error}") from None


def say(text: str) -> None:
    """Write a line to the standard error, with the name of the command."""
    for number, line in enumerate(text.split("\n")):
        print(f"ipyasgi: {line}" if number == 0 else line, file=sys.stderr)
