"""The exercises of notebook 08: authentication by hand, by dependencies, and a dependency replaced for a test."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from types import SimpleNamespace
from typing import Any

from .. import Exchange, Explorer
from .trial import (
    Missing,
    ask,
    expect,
    expect_function,
    expect_json,
    expect_status,
    open_explorer,
    read_json,
    require,
    show,
)


def check_guard(app: Any) -> str:
    """08-1: 200 for the one token, 401 with its challenge for everything else."""
    with open_explorer(app) as explorer:
        right = ask(explorer, "GET", "/", headers={"Authorization": "Bearer tea"})
        expect_status(right, 200, "with the right token")
        for credentials in (None, "Bearer coffee", "Bearer", "Basic tea", "Bearer tea2", "tea"):
            headers = {"Authorization": credentials} if credentials else {}
            case = f"with `Authorization: {credentials}`" if credentials else "without `Authorization`"
            exchange = ask(explorer, "GET", "/", headers=headers)
            expect_status(exchange, 401, case, "only one value is valid")
            message = f"GET / {case} returns 401 without the scheme that is required"
            expect("www-authenticate" in exchange.headers, message, "the name of that header is in section 1")
    return "one token is accepted, and every other client learns which scheme to use"


def check_two_doors(app: Any) -> str:
    """08-2: the sender of the request by a token, and a route for one person only."""
    with open_explorer(app) as explorer:
        for token, name in (("t-ada", "ada"), ("t-ben", "ben")):
            exchange = _ask_as(explorer, "GET", "/me", token)
            case = f"with the token {token!r}"
            expect_status(exchange, 200, case)
            require(read_json(exchange), "GET /me returns nothing")
            expect_json(exchange, {"name": name}, case)
        for token in ("", "t-cleo"):
            for method, path in (("GET", "/me"), ("DELETE", "/shop")):
                exchange = _ask_as(explorer, method, path, token)
                expect_status(exchange, 401, f"with the token {token!r}", "this token belongs to neither")
        exchange = _ask_as(explorer, "DELETE", "/shop", "t-ben")
        expect_status(exchange, 403, "with ben's token", "ben is known, but not allowed")
        expect_json(_ask_as(explorer, "DELETE", "/shop", "t-ada"), {"deleted": True}, "with ada's token")
    return "the first route knows both, the second accepts one"


def _ask_as(explorer: Explorer, method: str, path: str, token: str) -> Exchange:
    return ask(explorer, method, path, headers={"X-Token": token} if token else {})


def check_guest(guest: Callable[..., AbstractContextManager[Any]]) -> str:
    """08-3: another value instead of a dependency, and everything restored afterwards."""
    expect_function(guest)
    overrides: dict[Any, Callable[..., Any]] = {len: _other}
    app, inside = SimpleNamespace(dependency_overrides=overrides), []  # all that the exercise needs of a FastAPI app
    for before in (None, _other):
        if before is not None:
            app.dependency_overrides[find_user] = before
        expected = dict(app.dependency_overrides)
        for fails in (False, True):
            try:
                with guest(app, find_user, "ada"):
                    inside.append(app.dependency_overrides.get(find_user))
                    kept = app.dependency_overrides.get(len) is _other
                    if fails:
                        raise _BlockFailedError
            except _BlockFailedError:
                pass
            else:
                expect(not fails, "an exception in the block is swallowed", "how would a test know that it failed?")
            if inside[-1] is before:
                raise Missing("inside `with`, the dependency is not replaced")
            expect(kept, "inside `with`, other overrides are gone")
            value = inside[-1]() if callable(inside[-1]) else inside[-1]
            expect(callable(inside[-1]), f"the dependency is replaced by {show(value)}", "FastAPI calls an override")
            expect(value == "ada", f"the override returns {show(value)}, not 'ada'")
            message = f"after {'a block that raises' if fails else 'the block'} the overrides differ from those before"
            look = "which overrides were there before, and when are they restored?"
            expect(app.dependency_overrides == expected, message, look)
    return "the dependency is replaced, and everything is restored"


def find_user() -> str:
    """Return a value: a dependency to be replaced."""
    return "ben"


def _other() -> str:
    return "another"


class _BlockFailedError(Exception):
    pass


CHECKS = {"08-1": check_guard, "08-2": check_two_doors, "08-3": check_guest}
