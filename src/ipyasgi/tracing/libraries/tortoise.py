"""Tortoise ORM: the methods of its clients that call a driver."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from ..statements import picture_parameters
from ..tracer import OpenCall
from .library import Describe, Library, Target, classes_below, watch_by

_METHODS = {
    "execute_insert": False,
    "execute_many": True,
    "execute_query": False,
    "execute_query_dict": False,
    "execute_script": False,
}


def _targets() -> Iterator[Target]:
    def describe(many: bool) -> Describe:
        def described(_: Any, query: Any, values: Any = None) -> OpenCall:
            pictured = picture_parameters(values, many=many)
            return OpenCall(kind="sql", library="Tortoise ORM", statement=str(query), parameters=pictured)

        return described

    def finish(call: OpenCall, result: Any, args: Any) -> None:
        if isinstance(result, list):
            call.rows = len(result)
        elif isinstance(result, tuple) and len(result) == 2 and type(result[0]) is int:
            call.rows = result[0]

    for client in classes_below(sys.modules["tortoise.backends.base.client"].BaseDBAsyncClient):
        for name, many in _METHODS.items():
            if name in vars(client) and not getattr(vars(client)[name], "__isabstractmethod__", False):
                yield client, name, watch_by(describe(many), finish)


TORTOISE = Library(name="Tortoise ORM", module="tortoise.backends.base.client", targets=_targets)
