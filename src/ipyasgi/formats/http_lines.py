"""The lines of a ``.http`` file that cells of ``%%asgi`` have too: comments and headers. Pure."""

from __future__ import annotations

import re

_COMMENT = re.compile(r"\s*(?:#|//)\s*(?:@name(?:\s+|\s*=\s*)(?P<name>\S+)\s*$)?")
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*:(.*)")
_SPACE = " \t"  # other white space is text


def read_comment(line: str) -> str | None:
    """Return the name in a comment, or an empty string; None for a line that is not a comment."""
    match = _COMMENT.match(line)
    return match["name"] or "" if match is not None else None


def read_header(line: str) -> tuple[str, str] | None:
    """Return the name and value of a header line; None for another line."""
    match = _HEADER.fullmatch(line)
    return (match[1], match[2].strip(_SPACE)) if match is not None else None
