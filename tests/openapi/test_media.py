"""Media types, and how their bodies are written."""

import pytest

from ipyasgi.openapi.media import kind_of


@pytest.mark.parametrize(
    ("media_type", "kind"),
    [
        ("application/json", "json"),
        ("Application/JSON; charset=utf-8", "json"),
        ("application/problem+json", "json"),
        ("*/*", "json"),
        ("application/x-www-form-urlencoded", "urlencoded"),
        ("multipart/form-data", "multipart"),
        ("multipart/mixed", "other"),
        ("text/plain", "text"),
        ("text/xml", "other"),
        ("application/xml", "other"),
        ("image/png", "other"),
        ("", "other"),
    ],
)
def test_each_has_its_way(media_type, kind):
    """Parameters and case do not matter; what cannot be written from values is ``other``."""
    assert kind_of(media_type) == kind
