"""Path templates: their names, filled, and read back from paths."""

import pytest

from ipyasgi.protocol.errors import RequestError
from ipyasgi.routes.path_template import PathTemplate


def test_the_names_of_a_template():
    """Names come without their convertors, each once; braces in a query, or around nothing, are text."""
    assert PathTemplate("/a/{b}/{c:path}/{d:int}/{b}?q={e}").names == ("b", "c", "d")
    assert PathTemplate("/a/{}/{:path}").names == ()


def test_a_template_without_its_convertors():
    """OpenAPI documents have no convertors in their paths."""
    assert PathTemplate("GET /a/{b:path}/{c}").plain == "GET /a/{b}/{c}"


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
    assert PathTemplate(template).fill(values) == path


@pytest.mark.parametrize("values", [{}, {"x": ""}, {"x": None}])
def test_a_place_without_a_value_is_refused(values):
    """An empty value would make a path of another shape."""
    with pytest.raises(RequestError, match="x is required"):
        PathTemplate("/a/{x}").fill(values)


@pytest.mark.parametrize(
    ("template", "path", "values"),
    [
        ("/items/{item_id}", "/items/a%20b%2Fc", {"item_id": "a b/c"}),
        ("/files/{name:path}", "/files/a/b%20c", {"name": "a/b c"}),
        ("/{a}/x/{b:int}", "/%C3%A4/x/7", {"a": "ä", "b": "7"}),
        ("/a/{x}/{x}", "/a/1/1", {"x": "1"}),
        ("/a/{x}/{x}", "/a/1/2", None),
        ("/items/{item_id}", "/items/1/2", None),
        ("/a.b/{c}", "/axb/1", None),
        ("/none", "/none", {}),
    ],
)
def test_a_template_reads_values_back_from_a_path(template, path, values):
    """A value of one segment does not run over a slash, a dot is a dot, and a name has one value."""
    assert PathTemplate(template).match(path) == values
