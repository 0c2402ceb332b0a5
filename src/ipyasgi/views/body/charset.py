"""Bytes as text, by byte order mark, declaration or guess; None if they are not text.

Source: RFC 9110, section 8.3.2; WHATWG Encoding: a byte order mark overrides any label, and text without a label that
is not UTF-8 is read as windows-1252.
"""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Python's own encodings for escapes and host names. Some take quadratic time, and browsers do not support them.
_NOT_FOR_BODIES = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"})
_INSIDE = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{1,40})|<\?xml[^>]{0,200}?encoding=[\"']([\w.-]{1,40})"
)
_WIDE = re.compile("[^\x00-\x7f\ufffd]")
_LOOKED_AT = 4096


def read_text(content: bytes, charset: str, *, whole: bool) -> tuple[str | None, tuple[str, ...]]:
    """
    Return the bytes as text, or None, with notes for the reader.

    :param charset: the declared one, perhaps unknown or empty
    :param whole: False if the bytes are cut, perhaps within a character
    """
    encoding, begin, notes = _encoding(content, charset)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(content[begin:], whole)
    wrong = text.count("\ufffd")
    if wrong and encoding == "utf-8" and not charset and not begin and not _WIDE.search(text):
        other = content.decode("cp1252", "replace")
        if sum(character > "\x7f" for character in other[:_LOOKED_AT]) * 3 <= len(other[:_LOOKED_AT]):
            text, wrong = other, 0
            notes = (*notes, "no charset is declared and it is not utf-8: read as windows-1252, as browsers do")
    if _is_binary(text[:_LOOKED_AT]):
        return None, ()
    if wrong:
        notes = (*notes, f"not all of it is {encoding}: � stands for bytes that cannot be decoded")
    return text, notes


def _encoding(content: bytes, charset: str) -> tuple[str, int, tuple[str, ...]]:
    """Return the encoding, the length of the byte order mark, and notes."""
    declared = _known(charset)
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            agrees = declared is None or encoding.startswith(declared.removesuffix("-sig"))
            notes = () if agrees else (f"declared as {charset[:40]}, but its byte order mark says {encoding}",)
            return encoding, len(mark), notes
    if declared is not None:
        if declared.startswith(("utf-16", "utf-32")) and content.isascii() and b"\0" not in content:
            return "utf-8", 0, (f"declared as {charset[:40]}, but it is plain ASCII",)
        return declared, 0, ()
    if charset:
        return "utf-8", 0, (f"the charset {charset[:40]!r} is not known: read as utf-8",)
    inside = _INSIDE.search(content[:1024])
    found = _known((inside[1] or inside[2]).decode("ascii", "replace")) if inside is not None else None
    return (found if found and not found.startswith(("utf-16", "utf-32")) else "utf-8"), 0, ()


def _known(charset: str) -> str | None:
    try:
        "".encode(charset or "-")  # raises if it is not a text encoding, such as base64 or zlib
        name = codecs.lookup(charset).name
    except (LookupError, ValueError):
        return None
    return None if name in _NOT_FOR_BODIES else name


def _is_binary(text: str) -> bool:
    odd = sum(character < " " and character not in "\t\n\r\f\x1b\x1e" for character in text)
    return "\0" in text or odd * 20 > len(text) or text.count("\ufffd") * 5 > len(text)
