"""A body as it is shown, in a terminal."""

from ipyasgi import Settings
from ipyasgi.views.body.kinds import show_body
from ipyasgi.views.body.shown import body_lines, cut_lines

from ..exhibit import MULTIPART, PIXEL


def test_lines_are_cut_and_counted() -> None:
    """Long lines and many lines are cut, and what is left out is said."""
    lines = list(cut_lines("x" * 500 + "\n" * 5 + "end", 3, "> "))
    assert lines == ["> " + "x" * 400 + " …", "> ", "> ", "> … 3 more lines"]


def test_media_have_a_label_in_a_terminal() -> None:
    """An image is shown as its type and size."""
    assert list(body_lines(show_body(PIXEL, "image/png", Settings()), 10)) == ["  image/png, 85 B"]


def test_parts_are_listed() -> None:
    """Each part has a line of its own and its content under it; a secret one its mask."""
    lines = list(body_lines(show_body(MULTIPART, "multipart/form-data; boundary=seam", Settings()), 10))
    assert lines[:4] == ["  title  text/plain, 9 B", "    A day out", "  api_token  9 B", "    •••"]
    assert "  facts 'facts.json'  application/json, 44 B" in lines
    assert lines[-1].startswith("      image/png")
