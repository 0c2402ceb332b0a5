"""The replacement of a library's function, whatever kind of function it is."""

import asyncio
import inspect
from collections.abc import Callable, Generator
from typing import Any

import pytest

from ipyasgi.tracing.libraries.library import watch
from ipyasgi.tracing.tracer import OpenCall, Tracer

ERROR = KeyError("mine")
RESULT = object()


def plain(value: Any) -> Any:
    if value is ERROR:
        raise value
    return value


async def coroutine(value: Any) -> Any:
    await asyncio.sleep(0)
    return plain(value)


def generator(value: Any) -> Generator[int, int, Any]:
    assert (yield 1) == 2
    return plain(value)


def run(function: Callable[..., Any], value: Any) -> Any:
    """Call a function of each kind to its end."""
    made = function(value)
    if inspect.iscoroutine(made):
        return asyncio.run(made)
    if not isinstance(made, Generator):
        return made
    assert next(made) == 1
    try:
        made.send(2)
    except StopIteration as end:
        return end.value
    pytest.fail("it goes on")


def describe(value: Any) -> OpenCall:
    return OpenCall(kind="sql", library="x", statement="select 1")


def finish(call: OpenCall, result: Any, args: Any) -> None:
    call.rows = 7


@pytest.mark.parametrize("function", [plain, coroutine, generator])
def test_result_and_error_are_the_same_objects(function: Callable[..., Any]) -> None:
    """The app gets the very result, and the very exception, whether it is traced or not."""
    watched = watch(function, describe, finish)
    tracer = Tracer()

    for _ in range(2):
        assert run(watched, RESULT) is RESULT
        with pytest.raises(KeyError) as raised:
            run(watched, ERROR)
        assert raised.value is ERROR
        tracer.__enter__()
    tracer.__exit__()

    assert [(call.rows, call.error) for call in tracer.calls] == [(7, ""), (None, "KeyError: 'mine'")]
    assert all(call.ended_ns is not None for call in tracer.calls)


def test_one_within_another_is_not_recorded() -> None:
    """Of a library that is built on another, only the upper one's call is recorded, unless they are of two kinds."""

    def describe_http(_: Any) -> OpenCall:
        return OpenCall(kind="http", library="y", method="GET", url="http://a/")

    below, beside = watch(plain, describe, finish), watch(plain, describe_http, finish, kind="http")

    async def upper(value: Any) -> Any:
        await asyncio.to_thread(below, value)
        return beside(value)

    with (tracer := Tracer()):
        run(watch(upper, describe, finish), RESULT)
        below(RESULT)

    assert [call.kind for call in tracer.calls] == ["sql", "http", "sql"]


@pytest.mark.parametrize("function", [plain, coroutine, generator])
@pytest.mark.parametrize("broken", ["describe", "finish"])
def test_an_error_of_ours_does_not_reach_the_app(function: Callable[..., Any], broken: str) -> None:
    """If a call cannot be described, it is counted as missing; if its result cannot be read, it is recorded without."""

    def fail(*_: Any) -> Any:
        raise AttributeError("a bug of ours")

    watched = watch(function, fail if broken == "describe" else describe, fail if broken == "finish" else finish)
    with (tracer := Tracer()):
        assert run(watched, RESULT) is RESULT

    assert (len(tracer.calls), tracer.missing) == ((0, 1) if broken == "describe" else (1, 0))
