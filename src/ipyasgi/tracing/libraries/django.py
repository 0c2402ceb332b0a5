"""Django's ORM: all its statements go through one class of cursors, whatever the database and the thread."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from ..statements import picture_parameters
from ..tracer import OpenCall
from .library import Describe, Library, Target, add_rows, watch_by


def _targets() -> Iterator[Target]:
    def describe(many: bool) -> Describe:
        def described(_: Any, sql: Any, params: Any = None) -> OpenCall:
            pictured = picture_parameters(params, many=many)
            return OpenCall(kind="sql", library="Django", statement=str(sql), parameters=pictured)

        return described

    def finish(call: OpenCall, result: Any, args: Any) -> None:
        add_rows(call, args[0].cursor)

    cursor = sys.modules["django.db.backends.utils"].CursorWrapper
    yield cursor, "execute", watch_by(describe(False), finish)
    yield cursor, "executemany", watch_by(describe(True), finish)


DJANGO = Library(name="Django's ORM", module="django.db.backends.utils", targets=_targets)
