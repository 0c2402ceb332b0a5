"""`Preview`: a body that its reader asked to see drawn, as a value. Draws nothing; the view does."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..records.settings import Settings
from ..shown import Shown


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Preview(Shown):
    """
    A response's body, to be drawn.

    :ivar content_type: the field's value, perhaps empty or wrong
    :ivar settings: they say how it is shown
    """

    content: bytes
    content_type: str
    settings: Settings = field(default_factory=Settings)

    def __repr__(self) -> str:
        return f"<Preview {self.content_type or 'of no content type'}, {len(self.content)} bytes>"
