"""The exercises of notebook 08: authentication by hand and by dependencies, cleanup, a dependency replaced."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from types import SimpleNamespace
from typing import Any

from .. import Exchange, Explorer
from .trial import (
    Missing,
    Wrong,
    ask,
    expect,
    expect_function,
    expect_json,
    expect_status,
    open_explorer,
    read_json,
    require,
    run,
    show,
)

SENT_HEADERS = {
    "Authorization": "Bearer tea-1",
    "Accept-Language": "tea-2",
    "Cookie": "session=tea-3",
    "X-Api-Key": "tea-4",
    "X-Request-Id": "tea-5",
}


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


def check_masked(names: Any) -> str:
    """08-2: the headers whose values an export does not contain."""
    wanted_type = "your solution should be a list of names"
    expect(isinstance(names, list | tuple | set | frozenset), f"{wanted_type}, not {show(names)}")
    expect(all(isinstance(name, str) for name in names), f"{wanted_type}, not {show(names)}")
    predicted = {name.strip().lower() for name in names}
    unknown = sorted(predicted - {name.lower() for name in SENT_HEADERS})
    expect(not unknown, f"{', '.join(unknown)} is none of the five headers")
    with open_explorer(_come_in, lifespan="off") as explorer:
        exported = ask(explorer, "GET", "/", headers=SENT_HEADERS).to_curl()
    for name, value in SENT_HEADERS.items():
        if value.removeprefix("Bearer ").removeprefix("session=") in exported:
            message = f"{name} is in the export with its value {value!r}, and in your list"
            expect(name.lower() not in predicted, message, "who could do harm with this value?")
        else:
            message = f"the value of {name} is not in the export, and {name} is not in your list"
            expect(name.lower() in predicted, message, "who could do harm with this value?")
    return "these three say who you are, and the other two do not"


async def _come_in(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"come in"})


class _Club:
    """An app that sets a cookie at ``/login`` and sends the reader's header at ``/logout``."""

    def __init__(self, header: tuple[bytes, bytes]) -> None:
        self.header = header
        self.cookies = ""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        login = (b"set-cookie", b"session=s-17; Path=/; HttpOnly")
        headers = {"/login": [login], "/logout": [self.header]}.get(scope["path"], [])
        self.cookies = dict(scope["headers"]).get(b"cookie", b"").decode("latin-1")
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


def check_logout(header: Any) -> str:
    """08-3: a header with which the client forgets a cookie."""
    message = f"your solution should be a pair of bytes, not {show(header)}"
    expect(isinstance(header, tuple | list) and len(header) == 2, message)
    expect(all(isinstance(part, bytes) for part in header), message, "write a `b` before the quotation mark")
    club = _Club((header[0], header[1]))
    with open_explorer(club, lifespan="off") as explorer:
        for path in ("/login", "/logout", "/"):
            ask(explorer, "GET", path)
    sent = [cookie.strip() for cookie in club.cookies.split(";")]
    still = [cookie for cookie in sent if cookie.partition("=")[0] == "session"]
    expect(not still, f"after /logout the client still sends {show(still and still[0])}", "how long is a cookie kept?")
    return "the client forgets the cookie"


def check_two_doors(app: Any) -> str:
    """08-4: the sender of the request by a token, and a route for one person only."""
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


def check_borrow(borrow: Callable[[list[str]], Any]) -> str:
    """08-5: what a dependency takes is given back in any case, and exceptions pass."""
    expect_function(borrow)
    expect(
        inspect.isgeneratorfunction(borrow) or inspect.isasyncgenfunction(borrow),
        "the function has no `yield`",
        "what comes after `yield` runs after the endpoint",
    )
    for fails in (False, True):
        shelf = ["Bytes", "Loops", "Tasks"]
        try:
            run(_use, borrow, shelf, fails)
        except _BlockFailedError:
            pass
        else:
            expect(not fails, "the exception of the endpoint is swallowed", "FastAPI makes a 500 of it, if it passes")
        if "Tasks" not in shelf:
            if not fails:
                raise Missing("after the request the book is not on the shelf")
            message = "after an endpoint that raises an exception the book is not on the shelf"
            raise Wrong(message, "which part of a `try` always runs?")
        expect(sorted(shelf) == ["Bytes", "Loops", "Tasks"], f"after the request the shelf is {show(shelf)}")
    return "the book is put back, whatever the endpoint does"


async def _use(borrow: Callable[[list[str]], Any], shelf: list[str], fails: bool) -> None:
    """Do what FastAPI does with a dependency: run it up to its ``yield``, then the endpoint, then the rest."""
    if inspect.isasyncgenfunction(borrow):
        async with asynccontextmanager(borrow)(shelf) as book:
            _read(book, shelf, fails)
    else:
        with contextmanager(borrow)(shelf) as book:
            _read(book, shelf, fails)


def _read(book: Any, shelf: list[str], fails: bool) -> None:
    expect(book == "Tasks", f"the endpoint gets {show(book)}, not the last book of the shelf")
    expect("Tasks" not in shelf, "while the endpoint runs, the book is still on the shelf")
    if fails:
        raise _BlockFailedError


def check_guest(guest: Callable[..., AbstractContextManager[Any]]) -> str:
    """08-6: another value instead of a dependency, and everything restored afterwards."""
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


CHECKS = {
    "08-1": check_guard,
    "08-2": check_masked,
    "08-3": check_logout,
    "08-4": check_two_doors,
    "08-5": check_borrow,
    "08-6": check_guest,
}
