"""The keyword arguments of the verbs, ``explorer.get(...)``: listed once for types, signatures and checks.

To add an argument, add its line to `SpecKwargs` (part of the request) or `SendKwargs` (how it is sent).
"""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Mapping, Sequence
from http.cookiejar import CookieJar
from typing import Any, TypedDict, TypeVar

from ..client.httpx import httpx
from ..protocol.errors import RequestError


class SpecKwargs(TypedDict, total=False):
    """The arguments that say what is sent, as in httpx."""

    params: Mapping[str, Any] | Sequence[tuple[str, Any]] | str | None
    headers: Mapping[str, str] | Sequence[tuple[str, str]] | None
    json: Any
    content: str | bytes | None
    data: Mapping[str, Any] | None
    files: Any


class SendKwargs(TypedDict, total=False):
    """The arguments that say how it is sent; ``cookies`` and ``auth`` as in httpx."""

    cookies: Mapping[str, str] | Sequence[tuple[str, str]] | CookieJar | None
    auth: tuple[str | bytes, str | bytes] | Callable[[httpx.Request], httpx.Request] | httpx.Auth | None
    timeout: float | None
    follow_redirects: bool
    raise_exceptions: bool


class RequestKwargs(SpecKwargs, SendKwargs, total=False):
    """The arguments of a verb."""


class _FromSettings:
    """The default of an argument whose default is a setting."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return f"settings.{self._name}"


_DEFAULTS = {"timeout": _FromSettings("timeout_s"), "follow_redirects": True, "raise_exceptions": True}
"""The defaults that are not None."""

F = TypeVar("F", bound=Callable[..., Any])


def with_arguments(kind: type) -> Callable[[F], F]:
    """Give a function with ``**kwargs: Unpack[kind]`` the signature that spells them out, for help and completion."""

    def spell_out(function: F) -> F:
        signature = inspect.signature(function)
        named = [one for one in signature.parameters.values() if one.kind is not inspect.Parameter.VAR_KEYWORD]
        spelled = [
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                default=_DEFAULTS.get(name),
                annotation=getattr(annotation, "__forward_arg__", annotation),
            )
            for name, annotation in kind.__annotations__.items()
        ]
        function.__signature__ = signature.replace(parameters=[*named, *spelled])  # type: ignore[attr-defined]
        return function

    return spell_out


def check_arguments(verb: str, given: Mapping[str, Any], kind: type = RequestKwargs) -> None:
    """Raise ``TypeError`` for an argument that a verb does not take, naming the verb and the argument meant."""
    known = kind.__annotations__
    for name in given:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"; did you mean {close[0]!r}?" if close else f"; it takes {', '.join(known)}"
            raise TypeError(f"{verb}() got an unexpected keyword argument {name!r}{hint}")


def split_arguments(given: RequestKwargs) -> tuple[SpecKwargs, SendKwargs]:
    """Return the arguments that say what is sent, and those that say how."""
    spec: dict[str, Any] = {name: value for name, value in given.items() if name in SpecKwargs.__annotations__}
    send: dict[str, Any] = {name: value for name, value in given.items() if name in SendKwargs.__annotations__}
    return spec, send  # type: ignore[return-value]


def check_auth(auth: Any) -> None:
    """Raise `RequestError` for what httpx would not take as ``auth``."""
    is_pair = isinstance(auth, tuple) and len(auth) == 2 and all(isinstance(one, str | bytes) for one in auth)
    if auth is not None and not is_pair and not isinstance(auth, httpx.Auth) and not callable(auth):
        raise RequestError("auth takes a (user, password) tuple, an httpx.Auth, or a function of the request")


def cookies_of(cookies: Any) -> httpx.Cookies | CookieJar | dict[str, str] | list[tuple[str, str]] | None:
    """Return cookies as httpx takes them, which of the mappings knows dict and its own alone."""
    if isinstance(cookies, Mapping) and not isinstance(cookies, httpx.Cookies):
        return dict(cookies)
    return cookies if cookies is None or isinstance(cookies, CookieJar | httpx.Cookies) else list(cookies)
