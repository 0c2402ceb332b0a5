"""`ContractError`: what in a response contradicts the app's own OpenAPI document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractError:
    """
    One contradiction.

    :ivar kind: ``status``, ``media type`` or ``body``
    :ivar pointer: the JSON pointer of the value in the body, such as ``/items/0/price``; empty for the whole body
    :ivar message: what the document expects
    """

    kind: Literal["status", "media type", "body"]
    pointer: str = ""
    message: str

    def __str__(self) -> str:
        where = self.pointer or ("the body" if self.kind == "body" else "")
        return f"{where} {self.message}".strip()
