"""What frameworks answer to a wrong request, at the fields it is about."""

from typing import Any

import pytest

from ipyasgi.openapi.validation_errors import read_validation_errors

SENT = {"price": 0, "pets": [{"kind": "cat", "lives": 12}], "nick": 7}


@pytest.mark.parametrize(
    ("detail", "where"),
    [
        ({"loc": ["body", "price"], "msg": "no", "type": "greater_than"}, "body./price"),
        ({"loc": ["body", "pets", 0, "cat", "lives"], "msg": "no", "type": "less_than"}, "body./pets/0/lives"),
        ({"loc": ["body", "nick", "str"], "msg": "no", "type": "string_type"}, "body./nick"),
        ({"loc": ["body", "nick", "function-wrap[f()]"], "msg": "no", "type": "x"}, "body./nick"),
        ({"loc": ["body", "name"], "msg": "no", "type": "missing"}, "body./name"),
        ({"loc": ["body", "pets", 0, "cat", "name"], "msg": "no", "type": "missing"}, "body./pets/0/name"),
        ({"loc": ["body"], "msg": "no", "type": "missing"}, "body."),
        ({"loc": ["query", "limit"], "msg": "no", "type": "int_parsing"}, "query.limit"),
        ({"loc": ["path", "item_id"], "msg": "no", "type": "int_parsing"}, "path.item_id"),
        ({"loc": ["header", "x-token"], "msg": "no", "type": "missing"}, "header.x-token"),
        ({"loc": ["cookie", "ads"], "msg": "no", "type": "missing"}, "cookie.ads"),
        ({"loc": ["query", "tags", 1], "msg": "no", "type": "x"}, "query.tags"),
    ],
)
def test_fastapi_s_loc_is_an_address(detail: dict[str, Any], where: str) -> None:
    """Names of union members and validators are left out, a member that is missing is not."""
    found = read_validation_errors({"detail": [detail]}, SENT)
    assert [(address, text) for address, text in found] == [(where, "no")]


@pytest.mark.parametrize(
    ("answer", "where", "text"),
    [
        ({"status_code": 400, "extra": [{"message": "Expected int", "key": "pets.0.lives", "source": "body"}]},
         "body./pets/0/lives", "Expected int"),
        ({"extra": [{"message": "m", "key": "limit", "source": "query"}]}, "query.limit", "m"),
        ({"title": "Bad", "errors": [{"detail": "too low", "pointer": "#/price"}]}, "body./price", "too low"),
        ({"errors": [{"title": "t", "source": {"pointer": "/price"}}]}, "body./price", "t"),
        ({"errors": [{"title": "t", "source": {"parameter": "limit"}}]}, "query.limit", "t"),
        ({"price": ["A valid number is required.", "Really."]}, "body./price", "A valid number is required. Really."),
        ({"errors": {"price": "wrong"}}, "body./price", "wrong"),
    ],
)  # fmt: skip
def test_other_shapes_are_understood(answer: Any, where: str, text: str) -> None:
    """Litestar, problem details, JSON:API and Django REST framework name fields too."""
    assert list(read_validation_errors(answer, SENT)) == [(where, text)]


@pytest.mark.parametrize(
    "answer",
    [None, [], "x", {"detail": "Not Found"}, {"detail": [1, {"loc": "x"}, {"loc": []}]}, {"errors": [1]},
     {"extra": [{}]}, {"a": [1]}],
)  # fmt: skip
def test_what_names_no_field_says_nothing(answer: Any) -> None:
    """An answer of any shape is survived."""
    assert read_validation_errors(answer, SENT) == ()
