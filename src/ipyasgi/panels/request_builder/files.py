"""`Files` of a form: sent by the page in chunks, or named as Python variables.

The value of a body has marks for files: ``{"$file": id, "name": ..., "size": ...}`` or ``{"$python": name}``.
"""

from __future__ import annotations

import mimetypes
import operator
import re
import sys
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...openapi.form_values import UploadFile, split_files
from .draft import FormError

MAX_FILES = 32
MAX_BYTES = 64 * 1024 * 1024
_NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
_OCTETS = "application/octet-stream"


@dataclass(slots=True, kw_only=True)
class _Arriving:
    name: str
    media_type: str
    pieces: list[bytes | None]


class Files:
    """The newest files of one form; ``look_up`` returns the value of a Python name, or raises AttributeError."""

    def __init__(self, look_up: Callable[[str], Any]) -> None:
        self._look_up = look_up
        self._arriving: OrderedDict[str, _Arriving] = OrderedDict()
        self._held: OrderedDict[str, UploadFile] = OrderedDict()

    def take(self, page: Mapping[str, Any], piece: bytes) -> bool:
        """Add one chunk from the page; return whether it completes a file. Malformed messages are ignored."""
        match page:
            case {"id": str(key), "index": int(index), "count": int(count), "name": str(name), "type": str(kind)}:
                pass
            case _:
                return False
        if not 0 <= index < count <= MAX_BYTES // 1024 or len(piece) > MAX_BYTES:
            return False
        if key not in self._arriving:
            self._arriving[key] = _Arriving(name=name, media_type=kind, pieces=[None] * count)
            while len(self._arriving) > MAX_FILES:
                self._arriving.popitem(last=False)
        pieces = self._arriving[key].pieces
        if index >= len(pieces) or sum(len(one or b"") for one in pieces) + len(piece) > MAX_BYTES:
            return False
        pieces[index] = bytes(piece)
        if any(one is None for one in pieces):
            return False
        whole = self._arriving.pop(key)
        guess = mimetypes.guess_type(whole.name)[0] or _OCTETS
        self._held[key] = (whole.name, b"".join(one or b"" for one in pieces), whole.media_type or guess)
        while len(self._held) > MAX_FILES:
            self._held.popitem(last=False)
        return True

    def read(self, mark: Mapping[str, Any], where: str) -> UploadFile:
        """Return the file of a mark; raises `FormError` if it is missing or unreadable."""
        if "$file" in mark:
            found = self._held.get(str(mark["$file"]))
            if found is None:
                text = f"{mark.get('name', 'The file')} is not in the kernel. Choose it again."
                raise FormError(where, text, missing=True)
            return found
        return self._read_python(str(mark["$python"]).strip(), where)

    def _read_python(self, name: str, where: str) -> UploadFile:
        if not name:
            raise FormError(where, "Choose a file, or give a Python name", missing=True)
        if not _NAME.fullmatch(name):
            raise FormError(where, f"{name!r} is not a Python name such as img or data.raw")
        try:
            value = self._look_up(name)
        except AttributeError:
            raise FormError(where, f"There is no Python name {name}") from None
        try:
            return _as_file(name, value)
        except (OSError, ValueError) as exc:
            raise FormError(where, f"{name} cannot be read: {exc}") from None
        except TypeError:
            text = f"{name} is of type {type(value).__name__}. Give bytes, str, a pathlib.Path or an open file."
            raise FormError(where, text) from None


def _as_file(name: str, value: Any) -> UploadFile:
    filename, content = f"{name}.bin", value
    if isinstance(value, Path):
        filename, content = value.name, value.read_bytes()
    elif callable(getattr(value, "read", None)):
        filename = Path(str(getattr(value, "name", filename))).name
        start = value.tell() if callable(getattr(value, "tell", None)) else None
        content = value.read()
        if start is not None:
            value.seek(start)  # for the next read: the code shown and the next Send
    if isinstance(content, str):
        content = content.encode()
        filename = re.sub(r"\.bin$", ".txt", filename)
    if not isinstance(content, (bytes, bytearray, memoryview)):
        raise TypeError
    return filename, bytes(content), mimetypes.guess_type(filename)[0] or _OCTETS


def read_files(value: Any, files: Files) -> tuple[Any, dict[str, list[UploadFile]]]:
    """
    Return the value of a form without files, and the files by part, ``""`` for the whole body.

    Raises `FormError` for a missing file.
    """
    if _is_mark(value):
        return None, {"": [files.read(value, "body.")]}
    rest, marks = split_files(value, _is_mark)
    return rest, {
        part: [files.read(mark, f"body.{pointer}") for pointer, mark in found] for part, found in marks.items()
    }


def _is_mark(value: Any) -> bool:
    return isinstance(value, dict) and bool(value.keys() & {"$file", "$python"})


def value_of_name(name: str) -> Any:
    """Return the value of ``img`` or ``data.raw`` in ``__main__``, where cells run; raises AttributeError."""
    return operator.attrgetter(name)(sys.modules["__main__"])
