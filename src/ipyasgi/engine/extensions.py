"""What HTTP extensions bring along: server pushes as values, and the contents of files that an app has sent for it.

Pure but for reading files, which is done in worker threads by whoever iterates. When such a message may come is said in
`ipyasgi.protocol.machines`, what becomes of it in `ipyasgi.engine.http_cycle`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..protocol.types import Headers, Message
from .body_reader import PIECE_BYTES

FILE_MESSAGES = frozenset({"http.response.pathsend", "http.response.zerocopysend"})
"""Messages that stand for body messages with the contents of a file."""
OPT_IN = FILE_MESSAGES | {"http.response.early_hint", "http.response.push"}
"""Extensions that an app may use only where its scope offers them, because they change what apps send."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerPush:
    """
    A resource that the app wants pushed to the client.

    :ivar path: as an app sees a path, percent-decoded
    :ivar headers: of the request that the server would make for it

    Source: ASGI extensions, "HTTP/2 Server Push".
    """

    path: str
    headers: Headers


def read_sent_file(message: Message) -> Iterator[bytes]:
    """
    Yield the contents that a message of `FILE_MESSAGES` stands for, in pieces of at most `PIECE_BYTES`.

    Raises ``OSError`` where the file cannot be read.
    Source: ASGI extensions, "Path Send" and "Zero Copy Send".
    """
    if message["type"] == "http.response.pathsend":
        return _read_path(Path(message["path"]))
    return _read_descriptor(message["file"], message.get("offset"), message.get("count"))


def _read_path(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece


def _read_descriptor(file: Any, offset: int | None, count: int | None) -> Iterator[bytes]:
    # The descriptor's own position counts, and moves only where no offset is given: what sendfile does. It stays open:
    # closing it is the app's part.
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
