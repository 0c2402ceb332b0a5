"""Whatever an app or a client puts into a value, it stays text. The same in a browser: `tests/browser`."""

import re
import unicodedata
from collections.abc import Callable
from functools import cache

import pytest

from ipyasgi.views.view import View

from .conftest import Markup
from .hostile import BROKEN, HOSTILE, draw_all, draw_broken

_PAINT = {"fill", "stroke", "stroke-width", "stroke-dasharray"}

# What the templates write. `img` only ever for a body that is an image.
VOCABULARY = {
    "div": {"class", "tabindex"},
    "style": set(),
    "p": {"class"},
    "b": {"class"},
    "code": {"class"},
    "span": {"class"},
    "details": {"class", "open"},
    "summary": set(),
    "pre": {"tabindex"},
    "mark": set(),
    "del": set(),
    "ul": set(),
    "ol": {"class"},
    "li": {"class"},
    "table": {"class"},
    "thead": set(),
    "tbody": set(),
    "tr": set(),
    "th": {"scope"},
    "td": {"class"},
    "img": {"alt", "src"},
    "svg": {"class", "viewbox", "width", "height", "fill", "font-family", "font-size", "role", "aria-label"},
    "g": {"class"},
    "rect": {"class", "x", "y", "width", "height", "rx", *_PAINT},
    "line": {"class", "x1", "y1", "x2", "y2", *_PAINT},
    "path": {"class", "d", *_PAINT},
    "text": {"class", "x", "y", "text-anchor", "font-weight"},
}

Drawn = Callable[[str | bytes], list[View]]


@pytest.fixture(scope="module")
def drawn() -> Drawn:
    """Give what draws a text wherever it can stand, once for all tests."""
    return cache(lambda text: draw_broken(text) if isinstance(text, bytes) else draw_all(text))


def test_there_are_enough_of_them() -> None:
    """More than sixty hostile texts, each different."""
    assert len(set(HOSTILE)) + len(set(BROKEN)) == len(HOSTILE) + len(BROKEN) > 60


@pytest.mark.parametrize("text", [*HOSTILE, *BROKEN], ids=range(len(HOSTILE) + len(BROKEN)))
def test_nothing_but_the_templates_own_markup(drawn: Drawn, text: str | bytes) -> None:
    """No element, attribute, comment or URL comes from a value, and every element is closed where it was opened."""
    for view in drawn(text):
        markup = Markup(view.html)
        assert markup.wrong == []
        for tag, attributes in markup.elements:
            assert tag in VOCABULARY
            assert set(attributes) <= VOCABULARY[tag], tag
            assert tag != "img" or re.fullmatch(
                "data:image/(png|gif|jpeg|webp);base64,[\\w+/=]+", attributes["src"] or ""
            )
            names = (attributes.get("class") or "").split()
            assert all(re.fullmatch("i-[a-z]+|ipyasgi|tex2jax_ignore|mathjax_ignore", name) for name in names)


@pytest.mark.parametrize("text", [*HOSTILE, *BROKEN], ids=range(len(HOSTILE) + len(BROKEN)))
def test_invisible_characters_are_made_visible(drawn: Drawn, text: str | bytes) -> None:
    """No control character, direction change or half surrogate pair reaches HTML or a terminal."""
    acting = {"Cc", "Cs"}
    turning = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}
    for view in drawn(text):
        for form in (view.html, view.text):
            found = {
                f"U+{ord(character):04X}"
                for character in set(form) - {"\n", "\t"}
                if unicodedata.category(character) in acting or unicodedata.bidirectional(character) in turning
            }
            assert found == set()
            form.encode("utf-8")


def test_the_text_itself_is_there(drawn: Drawn) -> None:
    """A hostile text is shown as what it is, in each place where it was put."""
    text = "<i>&amp;'\"</i>"
    *exchanges, _, _, explorer, routes, state, lifespan, run = drawn(text)
    shown = Markup(exchanges[0].html)
    assert shown.text.count(text) >= 7  # header, body, sent body, log, print, exception, note
    assert f"ValueError: {text}" in shown.text
    assert Markup(run.html).text.count(text) >= 5  # path, subprotocol, header, message, exception
    for view in (explorer, routes, state, lifespan, run):
        assert text in Markup(view.html).text
        assert text in view.text


def test_the_shape_does_not_depend_on_the_text(drawn: Drawn) -> None:
    """The same elements in the same order, whatever the text is; what the timeline draws depends on time."""
    svg = ("text", "line", "rect")

    def shape(text: str) -> list[list[tuple[str, ...]]]:
        skeletons = [Markup(view.html).skeleton for view in drawn(text)[6:7]]
        return [[element for element in skeleton if element[0] not in svg] for skeleton in skeletons]

    expected = shape("no token")  # a header name that breaks a rule, as the others do
    for text in [text for text in HOSTILE[:31] if text == text.lower() and text.isprintable()]:  # else more violations
        assert shape(text) == expected, text
