"""Path templates, read and filled."""

import pytest

from ipyasgi.protocol.errors import RequestError
from ipyasgi.routes.path_template import fill_path, path_parameters


def test_path_parameters():
    """Names come without their convertors."""
    assert path_parameters("/a/{b}/{c:path}/{d:int}") == ("b", "c", "d")
    assert path_parameters("/a") == ()


@pytest.mark.parametrize(
    ("template", "values", "path"),
    [
        ("/items/{item_id}", {"item_id": 7, "other": "x"}, "/items/7"),
        ("/items/{item_id}", {"item_id": "a b/c?d#e%"}, "/items/a%20b%2Fc%3Fd%23e%25"),
        ("/items/{item_id}", {"item_id": "a@b:c"}, "/items/a@b:c"),
        ("/items/{n:int}", {"n": 0}, "/items/0"),
        ("/files/{p:path}", {"p": "a/b c"}, "/files/a/b%20c"),
        ("/a/{x}/{x}", {"x": "1"}, "/a/1/1"),
        ("/a/{x}/{y}", {"x": "{y}", "y": "2"}, "/a/%7By%7D/2"),
        ("/a/{x}", {"x": r"\1"}, "/a/%5C1"),
        ("/a/{x}?q={x}", {"x": "1"}, "/a/1?q={x}"),
        ("/none", {}, "/none"),
    ],
)
def test_a_template_is_filled(template, values, path):
    """Each place takes its value, percent-encoded; slashes stay in a path place only; the query is left alone."""
    assert fill_path(template, values) == path


@pytest.mark.parametrize("values", [{}, {"x": ""}, {"x": None}])
def test_a_place_without_a_value_is_refused(values):
    """An empty value would make a path of another shape."""
    with pytest.raises(RequestError, match="x needs a value"):
        fill_path("/a/{x}", values)
