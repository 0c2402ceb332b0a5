"""What counts as an app."""

import functools

import pytest
from fastapi import FastAPI
from starlette.applications import Starlette

from ipyasgi.client.apps import as_asgi3, check_app, is_asgi3
from ipyasgi.protocol.errors import NotAnAppError


async def function(scope, receive, send): ...


async def configured(options, scope, receive, send): ...


def asgi2(scope): ...


class Instance:
    async def __call__(self, scope, receive, send): ...


class Asgi2Class:
    def __init__(self, scope): ...

    async def __call__(self, receive, send): ...


@pytest.mark.parametrize(
    "app",
    [
        function,
        Instance(),
        Instance().__call__,
        functools.partial(configured, {}),
        asgi2,
        Asgi2Class,
        FastAPI(),
        Starlette(),
    ],
    ids=["function", "instance", "method", "partial", "asgi2", "asgi2 class", "fastapi", "starlette"],
)
def test_apps_are_accepted(app):
    """Functions, instances, methods, partials and ASGI 2 apps are apps."""
    check_app(app)
    assert is_asgi3(as_asgi3(app))


def wsgi(environ, start_response): ...


async def two(scope, receive): ...


def make_app(): ...


@pytest.mark.parametrize(
    "app",
    [wsgi, two, make_app, Instance, dict, print, len, 42, None, "module:app", object()],
    ids=["wsgi", "two", "factory", "class", "dict", "print", "len", "number", "None", "text", "object"],
)
def test_what_is_no_app_is_told(app):
    """WSGI apps, factories, classes by mistake and things that cannot be called are refused with what to give."""
    with pytest.raises(NotAnAppError, match=r"is not an ASGI app.*\(scope, receive, send\)") as caught:
        check_app(app)
    assert caught.value.given is app


class Configured:
    """Quart's kind: it is made with many things, and awaited with ASGI's three."""

    def __init__(self, import_name, static_url_path=None, static_folder="static"): ...

    async def __call__(self, scope, receive, send): ...


@pytest.mark.parametrize(
    ("app", "why"),
    [(wsgi, "it is a WSGI app"), (Configured, "a class, not an instance"), (FastAPI, "a class, not an instance")],
    ids=["wsgi", "class", "framework"],
)
def test_why_it_is_none_fits_on_a_line(app, why):
    """Objects that are often passed by mistake are described in the error."""
    with pytest.raises(NotAnAppError) as caught:
        check_app(app)
    assert f"({why})" in str(caught.value)
    assert len(str(caught.value)) < 250
