"""Redis: the commands of both of redis-py's clients, and its pipelines, each of which is one call."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from ..commands import name_command, name_pipeline, picture_arguments
from ..tracer import OpenCall
from .library import Library, Target, add_no_result, watch_by


def _targets() -> Iterator[Target]:
    def command(_: Any, *args: Any, **__: Any) -> OpenCall:
        return OpenCall(kind="cache", library="redis", statement=name_command(args), parameters=picture_arguments(args))

    def pipeline(one: Any, *_: Any, **__: Any) -> OpenCall | None:
        commands = [args for args, _ in one.command_stack]
        return OpenCall(kind="cache", library="redis", statement=name_pipeline(commands)) if commands else None

    for module in ("redis.client", "redis.asyncio.client"):
        if module in sys.modules:
            client, pipelined = sys.modules[module].Redis, sys.modules[module].Pipeline
            yield client, "execute_command", watch_by(command, add_no_result, kind="cache")
            yield pipelined, "immediate_execute_command", watch_by(command, add_no_result, kind="cache")
            yield pipelined, "execute", watch_by(pipeline, add_no_result, kind="cache")


REDIS = Library(name="redis", module="redis.client", targets=_targets)
