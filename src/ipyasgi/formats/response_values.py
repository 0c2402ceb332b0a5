"""`ResponseValue`: the name of a value of an earlier response in a ``.http`` file, as in REST Client. Pure.

::

    {{NAME.response.body.$.items[0].id}}    a value of its JSON; {{NAME.response.body.*}} is the whole text
    {{NAME.response.headers.Location}}

``NAME`` is that of ``# @name NAME`` above the earlier request. It is a place, not an expression: nothing is evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..client.httpx import httpx
from ..protocol.errors import RequestError
from ..records.carried import Source
from .volatile_fields import read_path

_NAMED = re.compile(r"([A-Za-z_][\w-]*+)\.response\.(body|headers)\.(\S.*)", re.DOTALL)
_STEPS = re.compile(
    r"\$?+(?:(?<![$\w])[A-Za-z_][\w-]*+|\.[A-Za-z_][\w-]*+|\[\d++\]|\[\"[^\"\\]*+\"\]|\['[^'\\]*+'\])*+", re.ASCII
)
_WRITABLE = re.compile(r"[^'\\{}\x00-\x1f\x7f]*")
_PLAIN = re.compile(r"[A-Za-z_]\w*", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseValue:
    """
    The place of a value in the response to a named request.

    :ivar request: the name of the request
    :ivar part: of the response
    :ivar place: a path such as ``$.id``, ``*`` for the whole body, or the name of a header
    """

    request: str
    part: str
    place: str

    def find(self, responses: Mapping[str, httpx.Response]) -> Any:
        """Return the value in these responses by the names of their requests; raises `RequestError` without one."""
        response = responses.get(self.request)
        if response is None:
            raise RequestError(f"{{{{{self}}}}} has no value: there is no response to {self.request}")
        try:
            if self.part == "headers":
                return response.headers[self.place]
            found: Any = response.text if self.place == "*" else response.json()
            for step in read_path(self.place) if self.place != "*" else ():
                found = found[step]
        except (KeyError, IndexError, TypeError, ValueError, RecursionError):
            raise RequestError(
                f"{{{{{self}}}}} has no value: the response to {self.request} does not have it"
            ) from None
        return found

    def __str__(self) -> str:
        return f"{self.request}.response.{self.part}.{self.place}"


def try_read(text: str) -> ResponseValue | None:
    """Return the place that the text between braces names; None for any other text."""
    match = _NAMED.fullmatch(text.strip())
    if match is None or (match[2] == "body" and match[3] != "*" and _STEPS.fullmatch(match[3]) is None):
        return None
    return ResponseValue(request=match[1], part=match[2], place=match[3])


def try_write(source: Source) -> str:
    """Return ``{{r1.response.body.$.id}}`` for a carried value; empty if a file cannot name its place."""
    if source.part == "header":
        return f"{{{{{source.exchange}.response.headers.{source.steps[0]}}}}}"
    if source.part != "json" or not all(_WRITABLE.fullmatch(str(step)) for step in source.steps):
        return ""
    return f"{{{{{source.exchange}.response.body.${''.join(map(_write_step, source.steps))}}}}}"


def _write_step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if _PLAIN.fullmatch(step) else f"['{step}']"
