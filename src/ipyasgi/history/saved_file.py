"""
Files of saved exchanges: JSON lines, versioned, a head and then one line for each exchange.

`write_saved` writes such a file for its owner alone. `read_saved` reads all of it or nothing: a file that is cut off,
foreign or too large is an error that names the line.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from ..client.httpx import httpx
from ..protocol.errors import IpyasgiError, RequestError
from ..records.plain_values import read_plain, to_plain
from .exchange import Exchange
from .restoring import check_saved
from .saved import SavedExchange, save

VERSION = 1
_KIND = "exchanges"
MAX_LINE_BYTES = 128 * 1024 * 1024
MAX_FILE_BYTES = 512 * 1024 * 1024
_MOST_PARTS = 1_000_000  # brackets and commas of a line, which bound the memory of its parts


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """The first line of a file."""

    ipyasgi: str
    version: int
    count: int


def write_saved(exchanges: Iterable[Exchange], path: Path, *, show_secrets: bool | None) -> Path:
    """
    Write exchanges to a file that only its owner may read, over what is there, and return its path.

    A file that cannot be written whole leaves the earlier one as it was.

    :param show_secrets: None for what the settings of each exchange say
    """
    target = Path(os.path.realpath(path.expanduser()))
    saved = [save(exchange, show_secrets) for exchange in exchanges]
    head = _Head(ipyasgi=_KIND, version=VERSION, count=len(saved))
    # Its mode is 600 from the beginning, and it takes the place of the target in one step.
    with tempfile.NamedTemporaryFile(
        "w", encoding="ascii", newline="\n", dir=target.parent, prefix=f".{target.name}.", delete=False
    ) as file:
        try:
            file.writelines(json.dumps(to_plain(part), separators=(",", ":")) + "\n" for part in (head, *saved))
            file.close()
            return Path(file.name).replace(target)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(file.name).unlink()
            raise


def read_saved(path: Path) -> list[SavedExchange]:
    """
    Return the exchanges of a file, each checked so that it can be restored.

    Raises `RequestError` that names the line, and ``FileNotFoundError``.
    """
    found = path.expanduser()
    if not found.is_file():
        raise FileNotFoundError(f"there is no file {str(path)!r}: write one with `save`")
    with found.open("rb") as file:
        return _read_lines(file, path.name)


def _read_lines(file: IO[bytes], name: str) -> list[SavedExchange]:
    head: _Head | None = None
    exchanges: list[SavedExchange] = []
    number = 0
    for number, line in enumerate(_lines(file), 1):
        try:
            if head is None:
                head = _read_head(line)
                continue
            if len(exchanges) == head.count:
                raise ValueError(f"there are more lines than the {head.count} exchanges of the file")
            exchange = read_plain(SavedExchange, _parse(line))
            check_saved(exchange)
            exchanges.append(exchange)
        except (ValueError, TypeError, OverflowError, RecursionError, httpx.InvalidURL, IpyasgiError) as exc:
            reason = "it is nested too deeply" if isinstance(exc, RecursionError) else str(exc)
            raise _error(name, number, reason) from None
    if head is None:
        raise _error(name, 1, "the file is empty")
    if len(exchanges) < head.count:
        raise _error(name, number + 1, f"the file is cut off: it has {len(exchanges)} of {head.count} exchanges")
    return exchanges


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the lines; one beyond the limits is empty, which is not JSON."""
    left = MAX_FILE_BYTES
    while line := file.readline(min(MAX_LINE_BYTES, left) + 1):
        left -= len(line)
        yield line if len(line) <= MAX_LINE_BYTES and left >= 0 else b""


def _read_head(line: bytes) -> _Head:
    try:
        data = _parse(line)
    except ValueError:
        data = None
    if type(data) is not dict or data.get("ipyasgi") != _KIND:
        raise ValueError("this is not a file that `save` has written")
    if data.get("version") != VERSION:
        version = str(data.get("version"))[:20]
        raise ValueError(f"the file has the format {version}, and this version of ipyasgi reads {VERSION}")
    return read_plain(_Head, data)


def _parse(line: bytes) -> Any:
    if not line:
        raise ValueError(f"the file is larger than {MAX_FILE_BYTES:,} bytes, or the line than {MAX_LINE_BYTES:,}")
    if sum(map(line.count, (b",", b"[", b"{"))) > _MOST_PARTS:
        raise ValueError("the line has too many parts")
    try:
        return json.loads(line)
    except ValueError as exc:
        raise ValueError(f"the line is not JSON, or is cut off: {exc}"[:200]) from None


def _error(name: str, number: int, reason: str) -> RequestError:
    return RequestError(f"{name}, line {number}: {reason}. Nothing was restored")
