"""Values of HTTP extensions: server pushes, and the contents of files that an app sends by path or descriptor.

Pure except for reading files, which iterating does, in a worker thread. The order of the messages is in
`ipyasgi.protocol.machines`, their handling in `ipyasgi.engine.http_cycle`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..protocol.types import Headers, Message
from .request_body import PIECE_BYTES

FILE_MESSAGES = frozenset({"http.response.pathsend", "http.response.zerocopysend"})
"""Messages that replace body messages with the contents of a file."""
OPT_IN = FILE_MESSAGES | {"http.response.early_hint", "http.response.push"}
"""Extensions that are offered on request only, because they change what apps send."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerPush:
    """
    A resource that the app wants pushed to the client.

    :ivar path: percent-decoded
    :ivar headers: of the request that the server would make for it

    Source: ASGI extensions, "HTTP/2 Server Push".
    """

    path: str
    headers: Headers


def read_sent_file(message: Message) -> Iterator[bytes]:
    """
    Yield the file contents of a message of `FILE_MESSAGES`, in chunks of at most `PIECE_BYTES`.

    Raises ``OSError`` if the file cannot be read.
    Source: ASGI extensions, "Path Send" and "Zero Copy Send".
    """
    if message["type"] == "http.response.pathsend":
        with Path(message["path"]).open("rb") as file:
            while piece := file.read(PIECE_BYTES):
                yield piece
    else:
        yield from _read_descriptor(message["file"], message.get("offset"), message.get("count"))


def _read_descriptor(file: Any, offset: int | None, count: int | None) -> Iterator[bytes]:
    # As sendfile does, start at the descriptor's position and move it only if no offset is given. The app closes it.
    descriptor: int = file if isinstance(file, int) else file.fileno()
    done = 0
    while count is None or done < count:
        size = PIECE_BYTES if count is None else min(PIECE_BYTES, count - done)
        piece = os.read(descriptor, size) if offset is None else _read_at(descriptor, size, offset + done)
        if not piece:
            return
        done += len(piece)
        yield piece


def _read_at(descriptor: int, size: int, position: int) -> bytes:
    if sys.platform == "win32":  # has no pread
        os.lseek(descriptor, position, os.SEEK_SET)
        return os.read(descriptor, size)
    return os.pread(descriptor, size, position)
