"""Foreign text: bytes in any usual encoding as text, and which format a text has. Pure.

What is in none of the formats is an error that says what it looks like and what can be read.
"""

from __future__ import annotations

import codecs
import re
from typing import Literal

from ..protocol.errors import RequestError

Format = Literal["har", "curl", "http"]

_MARKS = (  # a mark of UTF-32 begins with one of UTF-16
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
_LOOKED_AT = 4096
_CONTROLS = bytes({*range(32)} - {*b"\t\n\f\r\x1b"}) + b"\x7f"
_LEADING = re.compile(r"(?:[ \t]*+(?:(?:\#(?!\#\#)|//)[^\n]*+)?\n)*+[ \t]*+(?:(?:\$|%|>|PS[^>\n]*+>)[ \t]+(?=\S))?")
_WORD = re.compile(r"[^\s(;=]++")
_PIPED_BODY = re.compile(r"(?:printf|echo)\s")
_INTO_CURL = re.compile(r"\|\s*+(?:\\\n\s*+)?curl\b")
_READABLE = "what can be read: a .http file, a HAR archive and curl commands"
_PROGRAMS = {
    "wget": "a wget command", "http": "an HTTPie command", "https": "an HTTPie command", "httpie": "an HTTPie command",
    "xh": "an xh command", "xhs": "an xh command", "curlie": "a curlie command", "sudo": "a command for root",
    "invoke-webrequest": "a PowerShell command", "invoke-restmethod": "a PowerShell command",
    "iwr": "a PowerShell command", "irm": "a PowerShell command", "$session": "PowerShell code",
    "fetch": "JavaScript", "await": "JavaScript", "axios": "JavaScript", "axios.get": "JavaScript",
    "axios.post": "JavaScript", "const": "JavaScript", "let": "JavaScript", "var": "JavaScript",
    "import": "Python code", "from": "Python code", "requests.get": "Python code", "requests.post": "Python code",
    "httpx.get": "Python code", "httpx.post": "Python code", "with": "Python code", "%asgi": "a line for %asgi",
    "%%asgi": "a cell for %asgi", "openapi:": "an OpenAPI document", "swagger:": "an OpenAPI document",
}  # fmt: skip
_ADVICE = {
    "a wget command": "write the same request for curl",
    "an HTTPie command": "run it as %asgi METHOD /path name=value, or write it for curl",
    "an xh command": "run it as %asgi METHOD /path name=value, or print it with xh --curl",
    "a curlie command": "write curl instead of curlie",
    "a command for root": "leave sudo out",
    "a PowerShell command": "copy the request as cURL in the browser",
    "PowerShell code": "copy the request as cURL in the browser",
    "JavaScript": "copy the request as cURL in the browser",
    "Python code": "run it as it is",
    "a line for %asgi": "run it as it is",
    "a cell for %asgi": "run it as it is",
    "an OpenAPI document": "attach the app, whose operations %asgi docs lists",
    "a page of HTML or XML": "save the requests as a HAR archive in the browser's network tools",
}
# Instructions of a shell that a script with curl commands may begin with.
_OF_SCRIPTS = frozenset({"export", "set", "cd"})
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")


def decode(content: bytes) -> str:
    """
    Return a file's bytes as text, without a byte order mark: UTF-8, 16 or 32, or else Windows-1252.

    Raises `RequestError` for bytes that are not text.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace")
    head = content[:_LOOKED_AT]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) * 4 > len(head):  # more than half of them: each second byte of Latin text in UTF-16
        if min(even, odd) * 4 < max(even, odd):
            return content.decode("utf-16-be" if even > odd else "utf-16-le", "replace")
        raise _binary(head)
    try:
        return content.decode()
    except UnicodeDecodeError:
        if len(head.translate(None, _CONTROLS)) < len(head):
            raise _binary(head) from None
        return (
            content.decode("cp1252", "replace") if not _UNDEFINED.intersection(content) else content.decode("latin-1")
        )


_UNDEFINED = frozenset(b"\x81\x8d\x8f\x90\x9d")  # in Windows-1252


def _binary(head: bytes) -> RequestError:
    return RequestError(f"this is not text: it begins with the bytes {head[:8]!r}; {_READABLE}")


def format_of(text: str) -> Format:
    """Return the format of a text; raises `RequestError` for other formats, as far as they can be recognised."""
    start = text.lstrip("\ufeff \t\n\x00")
    if not start:
        raise RequestError(f"the text is empty; {_READABLE}")
    if start[0] in "{[" and not start.startswith("{{"):
        return "har"
    if re.search(r"^###", text[: len(text) - len(start)] + start.partition("\n")[0], re.MULTILINE):
        return "http"
    match = _LEADING.match(start)
    first = start[match.end() :] if match is not None else start
    word = _first_word(first)
    if begins_with_curl(first):
        return "curl"
    if (word in _OF_SCRIPTS or _ASSIGNMENT.match(first)) and re.search(r"^[ \t]*+curl\s", first, re.MULTILINE):
        return "curl"  # whose reader says what to leave out
    check_request_line(first.partition("\n")[0])
    return "http"


def begins_with_curl(text: str) -> bool:
    """Return whether a text begins with a curl command, or with one whose body is piped into curl."""
    if is_curl(_first_word(text)):
        return True
    return _PIPED_BODY.match(text) is not None and _INTO_CURL.search(text) is not None


def is_curl(word: str) -> bool:
    """Return whether the first word of a command is curl, which may have a path."""
    return re.split(r"[/\\]", word)[-1].lower() in ("curl", "curl.exe")


def check_request_line(line: str) -> None:
    """Raise `RequestError` for the first line of what is known not to be a request."""
    word = _first_word(line)
    if line.startswith("<") and re.match(r"<[!?a-zA-Z]", line):
        kind = "a page of HTML or XML"
    elif (found := _PROGRAMS.get(word.lower())) is None:
        return
    else:
        kind = found
    raise RequestError(f"this is {kind}, which cannot be read: {_ADVICE[kind]}; {_READABLE}")


def _first_word(text: str) -> str:
    match = _WORD.match(text)
    return match[0] if match is not None else ""
