"""A Django project for the time of a test: Django has one set of settings for each process. Not a test."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import django
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.test import override_settings


@contextmanager
def django_project(urls: str, **more: Any) -> Iterator[Any]:
    """Give the handler of a project whose patterns are in the module ``urls``."""
    if not settings.configured:
        # STATIC_URL for those who look at every object there is, and so wake the lazy ones of django.test.
        settings.configure(SECRET_KEY="for the tests", ALLOWED_HOSTS=["*"], STATIC_URL="/static/")
        django.setup()
    with override_settings(ROOT_URLCONF=urls, **more):
        yield get_asgi_application()
