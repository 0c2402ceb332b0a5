"""Redis: the commands of redis-py's clients, those of clusters too, and its pipelines, each of which is one call."""

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

    def cluster_pipeline(one: Any, *_: Any, **__: Any) -> OpenCall | None:
        strategy = getattr(one, "_execution_strategy", one)  # up to redis-py 5 the pipeline itself has the commands
        names = ("_command_queue", "command_stack", "_command_stack")
        queue = next(filter(None, (getattr(strategy, name, ()) for name in names)), ())
        commands = [command.args for command in queue]
        return OpenCall(kind="cache", library="redis", statement=name_pipeline(commands)) if commands else None

    for module, client, pipelined, describe in (
        ("redis.client", "Redis", "Pipeline", pipeline),
        ("redis.asyncio.client", "Redis", "Pipeline", pipeline),
        ("redis.cluster", "RedisCluster", "ClusterPipeline", cluster_pipeline),
        ("redis.asyncio.cluster", "RedisCluster", "ClusterPipeline", cluster_pipeline),
    ):
        if module in sys.modules:
            one, many = getattr(sys.modules[module], client), getattr(sys.modules[module], pipelined)
            yield one, "execute_command", watch_by(command, add_no_result, kind="cache")
            yield many, "execute", watch_by(describe, add_no_result, kind="cache")
            if "immediate_execute_command" in vars(many):
                yield many, "immediate_execute_command", watch_by(command, add_no_result, kind="cache")


REDIS = Library(name="redis", module="redis.client", targets=_targets)
