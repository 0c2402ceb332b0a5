"""Routes of a Django project."""

import sys
import types

import pytest
from django.urls import include, path, re_path
from django.views import View
from django.views.decorators.http import require_POST

from ipyasgi.routes.routes import read_routes
from ipyasgi.routes.tables.django import read_regex

from ...django_project import django_project


def show(request, pk):
    """Show it."""


class Pages(View):
    def get(self, request): ...

    def post(self, request): ...


@pytest.fixture(scope="module")
def app():
    """Give a project's handler."""
    urls = types.ModuleType("urls_of_the_test")
    urls.urlpatterns = [
        path("i/<int:pk>/", show, name="show"),
        path("pages", Pages.as_view()),
        re_path(r"^old/(?P<year>[0-9]{4})/$", show),
        re_path(r"^odd/(a|b)+$", show),
        path("api/", include([path("x/<path:rest>", require_POST(show), name="x")])),
    ]
    sys.modules[urls.__name__] = urls
    with django_project(urls.__name__) as app:
        yield app


def test_its_routes(app):
    """Views, class views and included patterns are there, with the methods that can be told."""
    routes = read_routes(app)

    assert list(routes) == [
        "GET /i/{pk}/",
        "GET /pages",
        "POST /pages",
        "GET /old/{year}/",
        "GET /^odd/(a|b)+$",
        "POST /api/x/{rest:path}",
    ]
    shown = routes["GET /i/{pk}/"]
    assert (shown.name, shown.handler, shown.doc) == ("show", "show", "Show it.")
    assert routes["GET /pages"].handler == "Pages"
    assert routes["POST /api/x/{rest:path}"].handler == "show"


@pytest.mark.parametrize(
    ("pattern", "template"),
    [
        (r"^a/(?P<b>\w+)/(?P<c>[^)/]+)$", "a/{b}/{c}"),
        (r"^a/(?P<b>(x|y)[()])\.json\Z", "a/{b}.json"),
        (r"^a/(?:b|c)/$", r"^a/(?:b|c)/$"),
        (r"^a.b$", r"^a.b$"),
        (r"", ""),
    ],
)
def test_expressions(pattern, template):
    """Named groups become places; what else an expression says is left as it is."""
    assert read_regex(pattern) == template
