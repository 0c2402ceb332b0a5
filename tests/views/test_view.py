"""The one way to HTML."""

import re
from pathlib import Path

import jinja2
import pytest

import ipyasgi.views
from ipyasgi.views.view import build_view, one_line, render, visible

ROOM = Path(ipyasgi.views.__file__).parent


def test_every_value_is_escaped() -> None:
    """A value cannot become markup, in an element or in an attribute."""
    html = render("pairs.html", title='<b a="1">&', pairs=(), summary=None)
    assert "&lt;b a=&#34;1&#34;&gt;&amp;" in html
    assert "<b a" not in html


def test_nothing_marks_a_string_safe() -> None:
    """No module and no template of this floor switches escaping off."""
    sources = [path.read_text("utf-8") for path in [*ROOM.rglob("*.py"), *ROOM.glob("templates/*")]]
    assert len(sources) > 20
    assert [found for text in sources for found in re.findall(r"Markup\(|\|\s*safe|autoescape false", text)] == []


def test_a_value_that_is_missing_is_an_error() -> None:
    """A template that asks for what it was not given fails instead of showing nothing."""
    with pytest.raises(jinja2.UndefinedError):
        render("pairs.html")


def test_templates_bring_style_and_no_script() -> None:
    """Each fragment carries its style, small enough to travel with every output, and no script."""
    style = (ROOM / "templates" / "style.css").read_text("utf-8")
    assert len(style.encode()) < 7000
    assert all(rule.startswith((".ipyasgi", " ", "}")) for rule in style.splitlines())
    html = build_view("text", "pairs.html", title="none", pairs=(), summary=None).html
    assert html.count("<style>") == 1
    assert "<script" not in html
    assert not re.search("#fff|white(?!-space)", style)


def test_unseen_characters_are_made_visible() -> None:
    """Controls, direction changes and half surrogates become something to see; line ends and tabs stay."""
    assert visible("a\x1bb\x00\x7f") == "a␛b␀␡"
    assert visible("a\u202eb\x9b") == "a[U+202E]b[U+009B]"
    assert visible("\ud83d") == "\ufffd"
    assert visible("one\r\ntwo\tthree\n") == "one\ntwo\tthree\n"
    assert visible("👩\u200d👧 é") == "👩\u200d👧 é"


def test_one_line_is_one_short_line() -> None:
    """Newlines do not break a line of a terminal, and a long text is cut."""
    assert one_line("a\nb") == "a↵b"
    assert one_line("x" * 300, 10) == "xxxxxxxxx…"
