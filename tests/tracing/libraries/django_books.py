"""Books and their authors as models of Django, in a database for the time of a test. Not a test."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import django
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.db import connections, models
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path

if not settings.configured:
    settings.configure(SECRET_KEY="for the tests", ALLOWED_HOSTS=["*"], STATIC_URL="/static/")
    django.setup()

_NUMBERS = itertools.count(1)


class Author(models.Model):
    """One author."""

    name: Any = models.TextField()
    password: Any = models.TextField(default="")

    class Meta:
        app_label = "ipyasgi_tracing"


class Book(models.Model):
    """One book, with its author."""

    title: Any = models.TextField()
    author: Any = models.ForeignKey(Author, on_delete=models.CASCADE)

    class Meta:
        app_label = "ipyasgi_tracing"


@contextmanager
def database_of_books(options: dict[str, Any]) -> Iterator[Any]:
    """Make tables with five books by five authors, and give an app whose views query them."""
    alias = f"books{next(_NUMBERS)}"  # threads keep connections by their alias
    connections.settings[alias] = connections.configure_settings({"default": {}, alias: options})[alias]
    try:
        with connections[alias].schema_editor() as editor:
            editor.create_model(Author)
            editor.create_model(Book)
        for number in range(5):
            author = Author.objects.using(alias).create(name=f"Ann {number}")
            Book.objects.using(alias).create(title=f"Miso {number}", author=author)
        with override_settings(ROOT_URLCONF=_Urls(alias), MIDDLEWARE=[]):
            yield ASGIHandler()
        with connections[alias].schema_editor() as editor:
            editor.delete_model(Book)
            editor.delete_model(Author)
        connections[alias].close()
    finally:
        del connections.settings[alias]


class _Urls:
    """The patterns of the app; each view closes the connection of its thread."""

    def __init__(self, alias: str) -> None:
        def loop(request: Any) -> HttpResponse:
            for book in Book.objects.using(alias).order_by("id"):
                str(book.author.name)
            connections[alias].close()
            return HttpResponse()

        async def loop_async(request: Any) -> HttpResponse:
            async for book in Book.objects.using(alias).order_by("id"):
                await Author.objects.using(alias).aget(pk=book.author_id)
            await sync_to_async(lambda: connections[alias].close())()
            return HttpResponse()

        def repeat(request: Any) -> HttpResponse:
            for _ in range(2):
                Author.objects.using(alias).filter(name="Ann 1").first()
            connections[alias].close()
            return HttpResponse()

        def change(request: Any) -> HttpResponse:
            Author.objects.using(alias).filter(id__gt=3).update(password="hunter2")
            with connections[alias].cursor() as cursor:
                rows = [(f"Cid {number}",) for number in range(3)]
                cursor.executemany("insert into ipyasgi_tracing_author (name, password) values (%s, '')", rows)
            connections[alias].close()
            return HttpResponse()

        def fail(request: Any) -> HttpResponse:
            try:
                with connections[alias].cursor() as cursor:
                    cursor.execute("select * from missing")
            finally:
                connections[alias].close()
            return HttpResponse()

        views = (loop, loop_async, repeat, change, fail)
        self.urlpatterns = [path(view.__name__, view) for view in views]
