"""Bytes as hexadecimal, sixteen a row, with their ASCII beside them."""

from __future__ import annotations

_ROW = 16


def hexdump(content: bytes) -> str:
    """Return rows of ``offset  bytes  characters``; the caller cuts."""
    rows = (content[begin : begin + _ROW] for begin in range(0, len(content), _ROW))
    return "\n".join(_row(number * _ROW, row) for number, row in enumerate(rows))


def _row(offset: int, row: bytes) -> str:
    left, right = row[:8].hex(" "), row[8:].hex(" ")
    characters = "".join(chr(byte) if 0x20 <= byte < 0x7F else "·" for byte in row)
    return f"{offset:08x}  {left:<23}  {right:<23}  {characters}"
