"""The tea house in Django, which has no lifespan, no WebSockets and no task after an answer."""

import json
from typing import Any

from django.http import JsonResponse, StreamingHttpResponse
from django.urls import path, reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST


async def greet(request: Any, name: str) -> JsonResponse:
    """Greet somebody."""
    return JsonResponse({"greeting": f"hi {name}", "times": int(request.GET.get("times", 1))})


@csrf_exempt
@require_POST
def make(request: Any) -> JsonResponse:
    return JsonResponse({"id": 1, **json.loads(request.body)}, status=201)


@csrf_exempt
@require_POST
def fill_in(request: Any) -> JsonResponse:
    return JsonResponse({"name": request.POST["name"]})


@csrf_exempt
@require_POST
def upload(request: Any) -> JsonResponse:
    file = request.FILES["file"]
    return JsonResponse({"name": file.name, "size": file.size})


async def stream(request: Any) -> StreamingHttpResponse:
    async def pieces() -> Any:
        for number in range(3):
            yield f"piece {number}\n"

    return StreamingHttpResponse(pieces(), content_type="text/plain")


def fail(request: Any) -> None:
    raise LookupError("no tea")


def count(request: Any) -> JsonResponse:
    request.session["visits"] = request.session.get("visits", 0) + 1
    return JsonResponse({"visits": request.session["visits"]})


async def about(request: Any) -> JsonResponse:
    url = request.build_absolute_uri(reverse("greet", args=["Ada"]))
    return JsonResponse({"url": url, "client": request.META["REMOTE_ADDR"]})


urlpatterns = [
    path("greet/<name>", greet, name="greet"),
    path("items", make),
    path("form", fill_in),
    path("upload", upload),
    path("stream", stream),
    path("fail", fail),
    path("count", count),
    path("about", about),
]
