"""Regular expressions that are compiled at their first use: compiling all of a module can take longer than its code."""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


class _LazyPattern:
    """A pattern; each method that was used is an attribute, so that a later use is as quick as the pattern's own."""

    def __init__(self, source: Any, flags: int) -> None:
        self._source = source
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(self._source, self._flags), name)
        setattr(self, name, found)
        return found


def lazy_pattern(source: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return what has the methods and attributes of ``re.compile(source, flags)``."""
    return cast("re.Pattern[AnyStr]", _LazyPattern(source, flags))
