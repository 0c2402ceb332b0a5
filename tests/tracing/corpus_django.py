"""The corpus as a Django project: its patterns, and middleware of each kind between sync and async. Not a test."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, StreamingHttpResponse
from django.middleware.gzip import GZipMiddleware
from django.template.response import SimpleTemplateResponse
from django.urls import include, path
from django.utils.decorators import sync_and_async_middleware
from django.utils.deprecation import MiddlewareMixin
from django.views import View

from .statements import query_some

HERE = __name__
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    f"{HERE}.Compress",
    f"{HERE}.add_time",
    f"{HERE}.OnlySync",
    f"{HERE}.OnlyAsync",
    f"{HERE}.OfMixin",
    "django.middleware.common.CommonMiddleware",
]


@sync_and_async_middleware
def add_time(get_response: Callable[[HttpRequest], Any]) -> Any:
    """Add a header, from both kinds of function."""
    if iscoroutinefunction(get_response):

        async def middleware(request: HttpRequest) -> HttpResponse:
            response = await get_response(request)
            response["x-took"] = "some"
            return response

        return middleware

    def middleware_sync(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["x-took"] = "some"
        return response

    return middleware_sync


class OnlySync:
    """Responds by itself to who has no key, and to one kind of exception."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/private" and "authorization" not in request.headers:
            return HttpResponse("who are you?", status=401)
        return self._next(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        pass

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return HttpResponse("later", status=503) if isinstance(exception, ZeroDivisionError) else None

    def process_template_response(self, request: HttpRequest, response: Any) -> Any:
        response["x-template"] = "yes"
        return response


class OnlyAsync:
    sync_capable, async_capable = False, True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        markcoroutinefunction(self)

    async def __call__(self, request: HttpRequest) -> HttpResponse:
        await asyncio.sleep(0)
        response: HttpResponse = await self.get_response(request)
        response["x-async"] = "yes"
        return response

    async def process_template_response(self, request: HttpRequest, response: Any) -> Any:
        return response


class Compress(GZipMiddleware):
    max_random_bytes = 0


class OfMixin(MiddlewareMixin):
    def process_response(self, request: HttpRequest, response: Any) -> Any:
        response["x-mixin"] = "yes"
        return response


class Template(SimpleTemplateResponse):
    @property
    def rendered_content(self) -> str:
        return "rendered"


async def plain(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"path": request.path})


def big(request: HttpRequest) -> HttpResponse:
    return HttpResponse("b" * 30_000)


async def upload(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"bytes": len(request.body)})


async def query(request: HttpRequest) -> HttpResponse:
    return JsonResponse(query_some(), safe=False)


def thread(request: HttpRequest) -> HttpResponse:
    return JsonResponse(query_some(), safe=False)


async def teapot(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied("short and stout")


async def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("broken on purpose")


def divided(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError("on purpose")


async def stream(request: HttpRequest) -> StreamingHttpResponse:
    async def pieces() -> AsyncIterator[bytes]:
        for number in range(3):
            await asyncio.sleep(0)
            yield b"%d" % number

    return StreamingHttpResponse(pieces())


def template(request: HttpRequest) -> HttpResponse:
    return Template("any")


def moved(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect("/plain")


class Cookies(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        response = JsonResponse(request.COOKIES)
        response.set_cookie("seen", "yes")
        return response


urlpatterns = [
    *(path(one.__name__, one) for one in (plain, big, upload, query, thread, teapot, broken, divided, stream, moved)),
    path("private", plain),
    path("background", template),
    path("cookies", Cookies.as_view()),
    path("sub/", include([path("inside", divided)])),
]
