"""`Input`: one thing that a request to a route may carry. A value; `inputs.py` reads them from a document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """
    A parameter, or a part of the body.

    :ivar name: empty for a body that has no parts
    :ivar what: its type and bounds in words: ``integer 1..100, default 10``
    :ivar media_type: of the body that it is a part of; empty for a parameter
    """

    name: str
    place: Literal["path", "query", "header", "cookie", "body"]
    what: str
    required: bool = False
    deprecated: bool = False
    description: str = ""
    media_type: str = ""
