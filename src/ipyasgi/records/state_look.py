"""`StateLook`: an app's state at one moment, and what changed since the look before. Holds pictures, not the values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..shown import Shown
from .settings import Settings
from .state import Change, Picture, compare, take_pictures


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class StateLook(Shown):
    """
    What the state looked like, and how that differs from what was seen before.

    :ivar pictures: of each place, such as ``app.state``
    :ivar changes: since the look before; none in the first one
    :ivar settings: they say how this is shown
    """

    pictures: Mapping[str, Picture]
    changes: tuple[Change, ...] = ()
    settings: Settings = field(default_factory=Settings)

    def __repr__(self) -> str:
        return f"<StateLook: {len(self.changes)} changes>"


def look_at(places: dict[str, Any], before: StateLook | None, settings: Settings) -> StateLook:
    """
    Return what is there now.

    :param places: what is looked at: path text to live object
    :param before: what it is compared with
    """
    pictures = take_pictures(places)
    changes = compare(dict(before.pictures), pictures) if before is not None else ()
    return StateLook(pictures=pictures, changes=changes, settings=settings)
