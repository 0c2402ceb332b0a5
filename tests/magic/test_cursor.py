"""Where a cursor stands: ``|`` marks it in each text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipyasgi.magic.cursor import find_place

PLACES = [
    ("%asgi |", "head", ""),
    ("%asgi G|", "head", "G"),
    ("%asgi|", "head", ""),
    ("r = %asgi ro|", "head", "ro"),
    ("a.b['c'] = %asgi ro|", "head", "ro"),
    ("    %asgi ro|", "head", "ro"),
    ("x = 1\n%asgi ro|\ny = 2", "head", "ro"),
    ("%asgi r << G|", "head", "G"),
    ("%asgi --as-python G|", "head", "G"),
    ("%asgi shop.main:a|", "head", "shop.main:a"),
    ("%asgi GET |", "target", ""),
    ("%asgi GET /it|ems", "target", "/it"),
    ("%asgi GET '/a b|", "target", "'/a b"),
    ("%asgi --timeout 5 GET /|", "target", "/"),
    ("%asgi GET /items |", "item", ""),
    ("%asgi GET /items li|", "item", "li"),
    ("%asgi GET /items limit==|", "value", ""),
    ("%asgi GET /items limit==1|", "value", "1"),
    ("%asgi GET /items 'q==a b|", "value", "a b"),
    ("%asgi POST /items color=r|", "value", "r"),
    ("%asgi POST /items price:=|", "value", ""),
    ("%asgi POST /items X-Token:a|", "value", "a"),
    ("%asgi POST /items pic@im|", "value", "im"),
    ("%asgi get /it|", "target", "/it"),
    ("%asgi POST /items {|", "body", "{"),
    ('%asgi POST /items {"na|', "body", '{"na'),
    ('r = %asgi POST /items X-A:1 {"a": [1, |', "body", '{"a": [1, '),
    ('%asgi POST /items {"a": 1} X-|', "item", "X-"),
    ("%asgi GET /items --|", "option", "--"),
    ("%asgi GET /items -|", "item", "-"),
    ("%asgi GET /items --ti|", "option", "--ti"),
    ("%asgi GET /items --timeout |", "option value", ""),
    ("%asgi GET /items --timeout 5|", "option value", "5"),
    ("%asgi GET /items --timeout=5|", "option value", "5"),
    ("%asgi GET /items --form |", "item", ""),
    ("%asgi GET /items/{{|", "expression", ""),
    ("%asgi GET /items/{{item_i|", "expression", "item_i"),
    ("%asgi GET /items/{{n}}/{{a.b|", "expression", "a.b"),
    ("%asgi GET /items q=={{x|", "expression", "x"),
    ("%asgi lifespan st|", "word", "st"),
    ("%asgi show |", "word", ""),
    ("%asgi export r1 cu|", "word", "cu"),
    ("%%asgi GE|", "head", "GE"),
    ("%%asgi POST /it|\n\n{}", "target", "/it"),
    ("\n%%asgi POST /it|", "target", "/it"),
    ("%%asgi\nGET /it|", "target", "/it"),
    ("%%asgi --as-python\nGET /it|", "target", "/it"),
    ("%%asgi POST /items\nX-|", "header", "X-"),
    ("%%asgi POST /items\n|", "header", ""),
    ("%%asgi POST /items\nX-A: b\nCont|", "header", "Cont"),
    ("%%asgi POST /items\nContent-Type: app|", "header value", "app"),
    ("%%asgi POST /items\n\n|", "body", ""),
    ('%%asgi POST /items\nX-A: b\n\n{"na|', "body", '{"na'),
    ('%%asgi POST /items\n\n{"a": 1,\n "b|', "body", '{"a": 1,\n "b'),
    ("%%asgi GET /a\n###\nGET /it|", "target", "/it"),
    ("%%asgi GET /a\n### next\n# a comment\n\nPOST /x\nX-|", "header", "X-"),
]


@pytest.mark.parametrize(("marked", "kind", "fragment"), PLACES)
def test_places(marked: str, kind: str, fragment: str) -> None:
    """The place has its kind, and its fragment stands in the text where it says."""
    at = marked.index("|")
    text = marked.replace("|", "")
    place = find_place(text, at)

    assert place is not None
    assert (place.kind, place.fragment) == (kind, fragment)
    assert text[place.start : at] == fragment


@pytest.mark.parametrize(
    "marked", ["|", "asgi GET /|", "x = 1|\n%asgi GET /", "%asgix G|", "%%timeit\n%%asgi G|", "%asgi\n|"]
)
def test_elsewhere(marked: str) -> None:
    """Outside of our magics there is no place."""
    assert find_place(marked.replace("|", ""), marked.index("|")) is None


def test_a_place_knows_its_line() -> None:
    """Head, target and the item whose value is typed are there for whoever completes."""
    text = "%asgi r << POST /items/{item_id} item_id=7 --form 'full name'=Ada color="
    place = find_place(text, len(text))

    assert place is not None
    assert (place.head, place.target, place.name, place.sign) == ("POST", "/items/{item_id}", "color", "=")
    assert place.words[1:] == ("item_id=7", "full name=Ada")


def test_a_body_knows_its_request() -> None:
    """In a cell the request line above says what the body is for."""
    text = '%%asgi\nGET /a\n###\nPOST /items\nX-A: b\n\n{"'
    place = find_place(text, len(text))

    assert place is not None
    assert (place.kind, place.head, place.target) == ("body", "POST", "/items")


@given(st.text(alphabet="%asgi GET/{}'\"\\=:@#&;-<r\n\x00é", max_size=60), st.integers(0, 80))
@settings(max_examples=400, deadline=None, database=None)
def test_any_text_has_a_place_or_none(text: str, at: int) -> None:
    """Whatever is being typed, asking where the cursor stands does not fail."""
    for begin in ("", "%asgi ", "%%asgi ", "%%asgi\n"):
        place = find_place(begin + text, min(at, len(begin + text)))
        assert place is None or place.start + len(place.fragment) <= len(begin + text)
