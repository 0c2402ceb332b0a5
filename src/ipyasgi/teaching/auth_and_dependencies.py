"""The exercises of notebook 08: a guard by hand, two doors by dependencies, and a guest in a dependency's place."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from .. import Explorer
from .trial import Missing, Wrong, ask, expect, expect_status, open_explorer, read_json, show


def check_guard(app: Any) -> str:
    """08-1: 200 for the one token, 401 with its challenge for everything else."""
    with open_explorer(app) as explorer:
        expect_status(
            ask(explorer, "GET", "/", headers={"Authorization": "Bearer tea"}), 200, "that is the right token"
        )
        for credentials in (None, "Bearer coffee", "Bearer", "Basic tea", "Bearer tea2", "tea"):
            headers = {"Authorization": credentials} if credentials else {}
            who = f"who sends `Authorization: {credentials}`" if credentials else "who sends no `Authorization`"
            exchange = ask(explorer, "GET", "/", headers=headers)
            expect(exchange.status_code == 401, f"{who} is answered {exchange.outcome}", "only one value is right")
            expect(
                "www-authenticate" in exchange.headers,
                f"{who} is answered 401, and not told which scheme is wanted",
                "the name of that header is in section 1",
            )
    return "one token opens, and everyone else is told how to ask"


def check_two_doors(app: Any) -> str:
    """08-2: who is asking, by a token; and one door for one person alone."""
    with open_explorer(app) as explorer:
        for token, name in (("t-ada", "ada"), ("t-ben", "ben")):
            exchange = _ask_as(explorer, "GET", "/me", token)
            expect_status(exchange, 200, f"the token was {token!r}")
            found = read_json(exchange)
            if found is None:
                raise Missing("GET /me answers nothing")
            expect(found == {"name": name}, f"with the token {token!r}, GET /me answers {show(found)}")
        for token in ("", "t-cleo"):
            for method, path in (("GET", "/me"), ("DELETE", "/shop")):
                exchange = _ask_as(explorer, method, path, token)
                expect_status(exchange, 401, f"the token was {token!r}: nobody is known by it")
        expect_status(_ask_as(explorer, "DELETE", "/shop", "t-ben"), 403, "the token was ben's: known, and not allowed")
        exchange = _ask_as(explorer, "DELETE", "/shop", "t-ada")
        expect_status(exchange, 200, "the token was ada's")
        found = read_json(exchange)
        expect(found == {"deleted": True}, f"for ada, DELETE /shop answers {show(found)}")
    return "the first door knows both, the second lets one in"


def _ask_as(explorer: Explorer, method: str, path: str, token: str) -> Any:
    return ask(explorer, method, path, headers={"X-Token": token} if token else {})


class _OverridesOnly:
    """What of a FastAPI app the exercise is about: the table that says what stands in whose place."""

    def __init__(self) -> None:
        self.dependency_overrides: dict[Any, Callable[..., Any]] = {}


def check_guest(guest: Callable[..., AbstractContextManager[Any]]) -> str:
    """08-3: another value in a dependency's place, and all as it was afterwards."""
    expect(callable(guest), f"your answer is {show(guest)}, and a context manager was asked for")
    app, inside = _OverridesOnly(), []
    app.dependency_overrides[len] = others = _other
    for before in (None, _other):
        if before is not None:
            app.dependency_overrides[find_nobody] = before
        expected = dict(app.dependency_overrides)
        for fails in (False, True):
            try:
                with guest(app, find_nobody, "ada"):
                    inside.append(app.dependency_overrides.get(find_nobody))
                    kept = app.dependency_overrides.get(len) is others
                    if fails:
                        raise _BlockFailedError
            except _BlockFailedError:
                pass
            else:
                expect(not fails, "what the block raises is swallowed", "who needs to know that the test failed?")
            if inside[-1] is before:
                raise Missing("inside `with`, nothing is in the dependency's place")
            expect(kept, "inside `with`, what others had put in places of their own is gone")
            value = inside[-1]() if callable(inside[-1]) else inside[-1]
            expect(callable(inside[-1]), f"in the dependency's place is {show(value)}", "FastAPI calls what is there")
            expect(value == "ada", f"what is in the dependency's place gives {show(value)}, and 'ada' was asked for")
            if app.dependency_overrides != expected:
                when = "a block that raises" if fails else "the block"
                raise Wrong(
                    f"after {when} the table is not what it was", "what was there before, and when is it put back?"
                )
    return "a guest comes, and leaves everything as it was"


def find_nobody() -> str:
    """A dependency, to be replaced."""
    return "nobody"


def _other() -> str:
    return "another"


class _BlockFailedError(Exception):
    """What a block raises."""


CHECKS = {"08-1": check_guard, "08-2": check_two_doors, "08-3": check_guest}
