"""Routes of Channels: HTTP by Django, WebSockets by a ``URLRouter``, within its wrappers."""

import sys
import types

import pytest
from django.http import HttpResponse
from django.urls import path, re_path

from ipyasgi.routes.routes import read_routes

from ...django_project import django_project

pytest.importorskip("channels")
URLS = types.ModuleType("urls_of_channels")
URLS.urlpatterns = [path("page", lambda request: HttpResponse())]  # type: ignore[attr-defined]


def test_its_routes() -> None:
    """Nested routers and regular expressions are read; both protocols are there."""
    sys.modules[URLS.__name__] = URLS
    with django_project(URLS.__name__) as django:
        from channels.generic.http import AsyncHttpConsumer
        from channels.generic.websocket import AsyncWebsocketConsumer
        from channels.routing import ProtocolTypeRouter, URLRouter
        from channels.security.websocket import OriginValidator

        class Chat(AsyncWebsocketConsumer):
            """Chat."""

        class Long(AsyncHttpConsumer): ...

        sockets = URLRouter(
            [
                re_path(r"^ws/(?P<room>\w+)/$", Chat.as_asgi()),
                path("in/", URLRouter([path("<int:n>", Chat.as_asgi())])),
                path("long", Long.as_asgi()),
            ]
        )
        routes = read_routes(ProtocolTypeRouter({"http": django, "websocket": OriginValidator(sockets, ["*"])}))
    assert list(routes) == ["GET /page", "WS /ws/{room}/", "WS /in/{n}", "ANY /long"]
    assert (routes["WS /in/{n}"].handler.rpartition(".")[2], routes["WS /in/{n}"].doc) == ("Chat", "Chat.")
