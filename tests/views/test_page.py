"""A page with everything that can be shown."""

import re
from pathlib import Path

import pytest

from ipyasgi.views.view import View

from .conftest import Markup
from .page import build_page, strip_drawings


@pytest.mark.parametrize("theme", ["light", "dark", "unstyled", "bare"])
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


def test_a_drawing_stands_without_styles(everything: list[tuple[str, View]]) -> None:
    """Attributes say the colour of every line and box and the size of the text, and nothing is black on black."""
    drawn = [element for _, view in everything for element in Markup(view.html).elements]
    shapes = [(tag, attributes) for tag, attributes in drawn if tag in ("svg", "rect", "line", "path")]
    assert {tag for tag, _ in shapes} == {"svg", "rect", "line", "path"}
    assert [shape for shape in shapes if not {"fill", "stroke"} & shape[1].keys()] == []
    sizes = {(attributes["font-size"], attributes["fill"]) for tag, attributes in shapes if tag == "svg"}
    assert sizes == {("11", "currentColor")}


def test_a_drawing_without_its_elements_is_a_sentence(everything: list[tuple[str, View]]) -> None:
    """What JupyterLab keeps of a drawing in a notebook that is not trusted can be read."""
    html = {title: " ".join(strip_drawings(view.html).split()) for title, view in everything}
    assert (
        '<div class="i-scroll" tabindex="0"> The lifespan is running; its states: not started, starting, unsupported, '
        "startup failed, not answering deadline passed, running, lost loop blocked, shutting down, died, stopped, "
        "shutdown failed; what leads to them: startup, raises returns, cancelled, startup .complete, failed raises "
        "returns cancelled, shutdown .complete, failed raises cancelled, raises, shutdown, raises returns cancelled. "
        "</div>"
    ) in html["lifespan"]
    every = [
        text
        for one in html.values()
        for text in re.findall(r'<div class="i-scroll" tabindex="0"> (receive,? .*?)</div>', one)
    ]
    assert every
    assert [
        text for text in every if not re.fullmatch(r"receive(, [^,;]+)*; send(, [^,;]+)*; (.*; )?time 0.*\. ", text)
    ] == []
