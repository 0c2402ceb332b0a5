"""The same small tea house in each framework, in that framework's own words."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest

from ipyasgi import Explorer

from ..django_project import django_project
from ..notebook.conftest import shell  # noqa: F401  (a fixture)

DJANGO = {
    "MIDDLEWARE": [
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
    ],
    "SESSION_ENGINE": "django.contrib.sessions.backends.signed_cookies",
}


@dataclass(frozen=True, kw_only=True)
class House:
    """
    One app, and what its framework is known for.

    :ivar log: what its lifespan and its background task have written
    :ivar lets_out: whether an exception of an endpoint leaves the app, as ASGI would like
    :ivar breaks: the rules that every answer breaks
    """

    framework: str
    app: Any
    log: list[str]
    lifespan: bool = True
    websocket: bool = True
    lets_out: bool = False
    breaks: frozenset[str] = frozenset()


KNOWN_FOR: dict[str, dict[str, Any]] = {
    "starlette": {"lets_out": True},
    "fastapi": {"lets_out": True},
    "litestar": {},
    "quart": {},
    "falcon": {},
    "django": {"lifespan": False, "websocket": False, "breaks": frozenset({"http.header-case"})},
}


@pytest.fixture(params=KNOWN_FOR)
def house(request: pytest.FixtureRequest) -> Iterator[House]:
    """Give the app of each framework in turn."""
    module = import_module(f".apps.{request.param}_app", __package__)
    with ExitStack() as stack:
        log: list[str] = getattr(module, "log", [])
        log.clear()
        app = module.app if hasattr(module, "app") else stack.enter_context(django_project(module.__name__, **DJANGO))
        yield House(framework=request.param, app=app, log=log, **KNOWN_FOR[request.param])


@pytest.fixture
def explorer(house: House) -> Iterator[Explorer]:
    """Give an explorer on it."""
    with Explorer(house.app, timeout=10) as explorer:
        yield explorer
