"""SQLAlchemy: the methods of its dialects that call a driver. Events would miss connections that are open already."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from ..statements import picture_parameters
from ..tracer import OpenCall
from .library import Describe, Library, Target, add_rows, classes_below, watch_by


def _targets() -> Iterator[Target]:
    def describe(many: bool) -> Describe:
        def described(_: Any, cursor: Any, statement: Any, parameters: Any = None, *__: Any, **___: Any) -> OpenCall:
            pictured = picture_parameters(parameters, many=many)
            return OpenCall(kind="sql", library="SQLAlchemy", statement=str(statement), parameters=pictured)

        return described

    def without_parameters(_: Any, cursor: Any, statement: Any, *__: Any, **___: Any) -> OpenCall:
        return OpenCall(kind="sql", library="SQLAlchemy", statement=str(statement))

    def finish(call: OpenCall, result: Any, args: Any) -> None:
        add_rows(call, args[1])

    methods = {
        "do_execute": describe(False),
        "do_executemany": describe(True),
        "do_execute_no_params": without_parameters,
    }
    for dialect in classes_below(sys.modules["sqlalchemy.engine.default"].DefaultDialect):
        for name, described in methods.items():
            if name in vars(dialect):
                yield dialect, name, watch_by(described, finish)


SQLALCHEMY = Library(name="SQLAlchemy", module="sqlalchemy.engine.default", targets=_targets)
