"""A body drawn on request. `tests/browser` checks in a browser that it is harmless."""

import html

import pytest

from ipyasgi import Settings
from ipyasgi.history.exchange import Preview
from ipyasgi.views.preview import view_preview
from ipyasgi.views.view import View

from .conftest import Markup
from .exhibit import PAGE, PIXEL


def preview(content: bytes, content_type: str, **settings: bool) -> View:
    """Return the view of a body that was asked for."""
    return view_preview(Preview(content=content, content_type=content_type), Settings(**settings))


@pytest.mark.parametrize(
    ("content", "content_type", "element"),
    [
        (PAGE, "text/html; charset=utf-8", "iframe"),
        (b"<!DOCTYPE html><p>", "", "iframe"),
        (b"<svg onload=alert(1)></svg>", "image/svg+xml", "iframe"),
        (PIXEL, "text/html", "img"),
        (b"RIFF....WAVE", "audio/wav", "audio"),
        (b"....ftypisom", "video/mp4", "video"),
        (b"%PDF-1.4", "application/octet-stream", "embed"),
        (b"<p>not sent as HTML", "text/plain", "p"),
        (b"\0\1\2", "text/html", "p"),
        (b"<html>" + bytes(9_000_000), "text/html", "p"),
    ],
)
def test_each_kind_has_its_element(content: bytes, content_type: str, element: str) -> None:
    """The bytes decide the element; a note explains why a body is not drawn."""
    view = preview(content, content_type)
    markup = Markup(view.html)
    assert markup.wrong == []
    assert markup.elements[-1][0] == element
    assert "\n" not in view.text


def test_a_document_is_two_frames_deep() -> None:
    """The outer frame holds a page with a policy that allows nothing, and only that page holds the document."""
    outer = Markup(preview(PAGE, "text/html").html).elements[-1][1]
    assert outer["sandbox"] == ""
    middle = Markup((outer["srcdoc"] or "").replace("<!doctype html>", ""))
    policy = next(attributes["content"] for tag, attributes in middle.elements if "content" in attributes)
    assert (policy or "").startswith("default-src 'none';")
    inner = middle.elements[-1][1]
    assert inner["sandbox"] == ""
    assert (inner["srcdoc"] or "").startswith("<!doctype html>")
    assert [tag for tag, _ in middle.elements].count("iframe") == 1


def test_frames_of_the_document_are_none() -> None:
    """No frame within the document is left one, however it is written."""
    page = b"<IFRAME src=x></iframe><svg><foreignObject><object data=x><embed/src=x><frameset><x-iframe>"
    written = html.unescape(html.unescape(preview(page, "text/html").html))
    assert (
        "<x-IFRAME src=x></x-iframe><svg><foreignObject><x-object data=x><x-embed/src=x><x-frameset><x-iframe>"
        in written
    )


def test_secrets_are_masked_in_a_drawn_page() -> None:
    """A secret field of a page is masked unless it is asked for."""
    assert "in-a-page" not in html.unescape(html.unescape(preview(PAGE, "text/html").html))
    assert "in-a-page" in preview(PAGE, "text/html", show_secrets=True).html


def test_the_text_for_a_terminal() -> None:
    """The text gives the type and names the attribute with the bytes."""
    assert preview(PAGE, "text/html").text.startswith("text/html, ")
    assert ".content" in preview(PAGE, "text/html").text
