"""A page with everything that can be shown."""

import re
from pathlib import Path

import pytest

from ipyasgi.views.view import View

from .conftest import Markup
from .page import build_page


@pytest.mark.parametrize("theme", ["light", "dark", "bare"])
def test_the_page_of_everything(everything: list[tuple[str, View]], theme: str, tmp_path: Path) -> None:
    """An exchange of every kind is on one page without script, foreign address, or frame that was not asked for."""
    assert len(everything) > 60
    page = build_page(everything, theme)
    (tmp_path / "page.html").write_text(page, "utf-8")
    not_asked_for = [view for title, view in everything if not title.startswith("preview")]
    elements = [element for view in not_asked_for for element in Markup(view.html).elements]
    assert {tag for tag, _ in elements}.isdisjoint(
        {"script", "iframe", "object", "embed", "link", "a", "form", "input"}
    )
    urls = {attributes["src"] for tag, attributes in elements if tag in ("img", "audio", "video")}
    assert {re.sub(";.*", "", url or "", flags=re.DOTALL) for url in urls} == {"data:image/png", "data:audio/wav"}


def test_every_view_is_well_formed(everything: list[tuple[str, View]]) -> None:
    """Each fragment stands alone: one root, one style, every element closed."""
    for title, view in everything:
        markup = Markup(view.html)
        assert markup.wrong == [], title
        assert markup.elements[0] == ("div", {"class": "ipyasgi tex2jax_ignore mathjax_ignore"})
        assert sum(tag == "style" for tag, _ in markup.elements) == 1
        assert view.text.strip()
        assert not view.text.endswith("\n")


def test_no_view_is_heavy(everything: list[tuple[str, View]]) -> None:
    """What a notebook saves of one output stays within a small multiple of what is shown of a body."""
    assert max(len(view.html) for _, view in everything) < 300_000
    assert max(len(view.text) for _, view in everything) < 20_000
