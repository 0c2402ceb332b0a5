"""A fresh Django project with REST framework, Ninja and Channels."""

import django
from channels.auth import AuthMiddlewareStack
from channels.generic.websocket import WebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.conf import settings

settings.configure(
    DEBUG=True,
    SECRET_KEY="only for this test",
    ROOT_URLCONF=__name__,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=[
        "django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions", "rest_framework", "channels",
    ],
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    REST_FRAMEWORK={"UNAUTHENTICATED_USER": None, "DEFAULT_AUTHENTICATION_CLASSES": []},
)  # fmt: skip
django.setup()

from django.core.asgi import get_asgi_application  # noqa: E402
from django.http import HttpRequest, JsonResponse  # noqa: E402
from django.urls import path, re_path  # noqa: E402
from ninja import NinjaAPI  # noqa: E402
from rest_framework.decorators import api_view  # noqa: E402
from rest_framework.request import Request  # noqa: E402
from rest_framework.response import Response  # noqa: E402

ninja = NinjaAPI()


@ninja.post("/add")
def add(request: HttpRequest, a: int, b: int) -> int:
    return a + b


@api_view(["GET"])
def read_cup(request: Request, cup_id: int) -> Response:
    return Response({"cup_id": cup_id})


def read_item(request: HttpRequest, item_id: str) -> JsonResponse:
    return JsonResponse({"item_id": item_id})


class Echo(WebsocketConsumer):
    def receive(self, text_data: str = "", bytes_data: bytes | None = None) -> None:
        self.send(text_data=text_data)


urlpatterns = [
    path("ninja/", ninja.urls),
    path("cups/<int:cup_id>/", read_cup),
    re_path(r"^items/(?P<item_id>\w+)/$", read_item),
]
app = ProtocolTypeRouter({
    "http": get_asgi_application(),
    "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter([path("ws/echo", Echo.as_asgi())]))),
})  # fmt: skip
REQUESTS = ("GET /cups/1/", "GET /items/tea/", "POST /ninja/add?a=1&b=2", "POST /ninja/add?a=x", "GET /cups/1")
ROUTES = ("GET /items/{item_id}/", "POST /ninja/add", "WS /ws/echo")
