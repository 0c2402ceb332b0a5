"""Volatile and stable values of a response: by names, by formats and by given paths."""

from datetime import UTC, datetime

import pytest

from ipyasgi.formats.volatile_fields import VolatileFields, read_path
from ipyasgi.records.requests import build_spec

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
REQUEST = build_spec(
    "PUT",
    "/items/7",
    params={"page_id": "3", "limit": "2"},
    json={"ref_id": 12, "price": 5, "at": "2020-01-01T10:00:00"},
)


def stability(volatile=None, request=REQUEST):
    return VolatileFields(request, AT, volatile)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", 8),
        ("itemId", "x8"),
        ("order_ids", 4),
        ("uuid", "abc"),
        ("created_at", "yesterday"),
        ("lastModified", 1),
        ("elapsed", 0.2),
        ("id", 2),
        ("id", 5),
        ("token", "x"),
        ("password", 1),
        ("anything", "2026-11-22T11:59:00Z"),
        ("anything", "2026-11-22"),
        ("anything", "Sun, 22 Nov 2026 12:00:00 GMT"),
        ("anything", "01234567-89ab-4cde-8f01-23456789abcd"),
        ("anything", "item 01234567-89ab-4cde-8f01-23456789abcd is gone"),
        ("anything", "d41d8cd98f00b204e9800998ecf8427e"),
        ("anything", "<object at 0x7f3a5c0d1e>"),
        ("anything", AT.timestamp()),
        ("anything", int(AT.timestamp() * 1000)),
    ],
)
def test_volatile_values(name, value):
    """Identifiers, times, digests, addresses and secrets."""
    assert stability().is_volatile((name,), value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", 7),
        ("page_id", 3),
        ("ref_id", 12),
        ("id", None),
        ("name", "Foo"),
        ("price", 3.5),
        ("valid", True),
        ("created", False),
        ("born", "1999-12-31"),
        ("year", 2026),
        ("at", "2020-01-01T10:00:00"),
        ("color", "deadbeef"),
        ("key", "a"),
        ("items", [{"id": 8}]),
        ("total_tokens", 5),
        ("candidate", "x"),
    ],
)
def test_stable_values(name, value):
    """What was sent in the path or under the same name, plain values, and containers, whose members are asked for."""
    assert not stability().is_volatile((name,), value)


def test_given_paths_take_precedence_over_names():
    """Given paths replace the recognition of names; formats and secrets still count."""
    found = stability({"$.items[*].n", ("meta",)})

    assert found.is_volatile(("items", 3, "n"), 1)
    assert found.is_volatile(("meta",), {"a": 1})
    assert found.is_volatile(("meta", "a"), 1)
    assert not found.is_volatile(("items", 3, "id"), 1)
    assert found.is_volatile(("items", 3, "x"), "2026-11-22T11:59:00Z")
    assert found.is_volatile(("token",), "x")


def test_a_secret_that_comes_back_is_not_written_down():
    """A value that stands for a secret of the request is left out, whatever the field is called."""
    found = VolatileFields(build_spec("GET", "/hunter2/x"), AT, secrets={"hunter2", "x", "1234"})

    assert found.is_volatile(("said",), "hunter2")
    assert found.is_volatile(("said",), "you said hunter2")
    assert found.is_volatile(("said",), 1234)
    assert found.is_volatile(("said",), "x")
    assert not found.is_volatile(("said",), "six")


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("$", ()),
        ("$.a.b", ("a", "b")),
        ("a[0].b", ("a", 0, "b")),
        ("$[1][*]", (1, "*")),
        ('$["odd key"]["a\\"b"]', ("odd key", 'a"b')),
        ("$['x']", ("x",)),
        (("a", 0), ("a", 0)),
    ],
)
def test_paths(text, path):
    """JSON paths as text and as tuples."""
    assert read_path(text) == path


@pytest.mark.parametrize(
    ("text", "stable"),
    [
        ("hi", True),
        ("7 items", True),
        ("at 2026-11-22 12:00", False),
        ("at 2020-01-01T10:00:01 as you did not say", False),
        ("at 2020-01-01T10:00:00 as you said", True),
        ('{"token": "x"}', False),
        ("a=1&password=x", False),
    ],
)
def test_texts(text, stable):
    """A text with a time, an identifier or a secret is not stable."""
    assert stability().is_stable_text(text) is stable


@pytest.mark.parametrize(
    ("place", "stable"), [("/items", True), ("/items/7", True), ("/items/8", False), ("/x?token=a", False)]
)
def test_places(place, stable):
    """A number in a path that was not sent is one that the app made up."""
    assert stability().is_stable_url(place) is stable
