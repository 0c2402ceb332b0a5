"""The keyword arguments of ``explorer.get(...)`` and the other verbs: one list for types, signatures and checks.

To add one, add its line to `SpecKwargs` (part of the request) or `SendKwargs` (how it is sent).
"""

from __future__ import annotations

import difflib
import functools
import inspect
from collections.abc import AsyncIterable, Callable, Iterable, Mapping, Sequence
from http.cookiejar import CookieJar
from typing import Any, TypedDict, TypeVar, cast

from ..client.httpx import httpx
from ..protocol.errors import RequestError
from ..records.console import Debug


class SpecKwargs(TypedDict, total=False):
    """The parts of a request, as in httpx."""

    params: Mapping[str, Any] | Sequence[tuple[str, Any]] | str | None
    headers: Mapping[str, str] | Sequence[tuple[str, str]] | None
    json: Any
    content: str | bytes | Iterable[bytes] | AsyncIterable[bytes] | None
    data: Mapping[str, Any] | None
    files: Any


class SendKwargs(TypedDict, total=False):
    """How a request is sent; ``cookies`` and ``auth`` are as in httpx."""

    cookies: Mapping[str, str] | Sequence[tuple[str, str]] | CookieJar | None
    auth: tuple[str | bytes, str | bytes] | Callable[[httpx.Request], httpx.Request] | httpx.Auth | None
    timeout: float | None
    follow_redirects: bool
    raise_exceptions: bool
    debug: Debug | None
    trace: bool


class RequestKwargs(SpecKwargs, SendKwargs, total=False):
    """The arguments of a verb."""


class HandshakeKwargs(TypedDict, total=False):
    """The arguments of a WebSocket handshake, as for a verb."""

    headers: Any
    params: Any
    cookies: Any
    auth: Any
    trace: bool


class _SettingDefault:
    def __init__(self, field: str) -> None:
        self._field = field

    def __repr__(self) -> str:
        return f"settings.{self._field}"


_DEFAULTS = {
    "timeout": _SettingDefault("timeout_s"),
    "follow_redirects": True,
    "raise_exceptions": True,
    "trace": _SettingDefault("trace"),
}
"""The defaults other than None, as signatures show them."""

F = TypeVar("F", bound=Callable[..., Any])


def with_arguments(kind: type) -> Callable[[F], F]:
    """
    Replace ``**kwargs: Unpack[kind]`` in a function's signature by the arguments, for help and completion.

    An argument that is not in this signature raises ``TypeError`` with a suggestion.
    """

    def decorate(function: F) -> F:
        signature = inspect.signature(function)
        named = [one for one in signature.parameters.values() if one.kind is not inspect.Parameter.VAR_KEYWORD]
        listed = [
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                default=_DEFAULTS.get(name),
                annotation=getattr(annotation, "__forward_arg__", annotation),
            )
            for name, annotation in kind.__annotations__.items()
        ]
        signature = signature.replace(parameters=[*named, *listed])
        keywords = [one.name for one in signature.parameters.values() if one.kind is inspect.Parameter.KEYWORD_ONLY]

        @functools.wraps(function)
        def checked(*args: Any, **kwargs: Any) -> Any:
            for name in kwargs:
                if name not in signature.parameters:
                    close = difflib.get_close_matches(name, keywords, n=1)
                    hint = f"did you mean {close[0]!r}?" if close else f"it takes {', '.join(keywords)}"
                    raise TypeError(f"{function.__name__}() got an unexpected keyword argument {name!r}; {hint}")
            return function(*args, **kwargs)

        checked.__signature__ = signature  # type: ignore[attr-defined]  # `inspect` reads it
        return cast(F, checked)

    return decorate


def split_arguments(given: RequestKwargs) -> tuple[SpecKwargs, SendKwargs]:
    """Return the parts of the request, and the arguments for sending it."""
    spec: dict[str, Any] = {name: value for name, value in given.items() if name in SpecKwargs.__annotations__}
    send: dict[str, Any] = {name: value for name, value in given.items() if name in SendKwargs.__annotations__}
    return spec, send  # type: ignore[return-value]  # both hold their own keys only


def check_auth(auth: Any) -> None:
    """Raise `RequestError` for a value that httpx does not accept as ``auth``."""
    is_pair = isinstance(auth, tuple) and len(auth) == 2 and all(isinstance(one, str | bytes) for one in auth)
    if auth is not None and not is_pair and not isinstance(auth, httpx.Auth) and not callable(auth):
        raise RequestError("auth takes a (user, password) tuple, an httpx.Auth, or a function of the request")


def cookies_of(cookies: Any) -> httpx.Cookies | CookieJar | dict[str, str] | list[tuple[str, str]] | None:
    """Return cookies in a form that httpx accepts; its only mappings are dict and its own type."""
    if isinstance(cookies, Mapping) and not isinstance(cookies, httpx.Cookies):
        return dict(cookies)
    return cookies if cookies is None or isinstance(cookies, CookieJar | httpx.Cookies) else list(cookies)
