"""Exchanges in another format, from the page: five formats, and what cannot be done is said."""

import pytest

from ipyasgi import Exchanges, Explorer
from ipyasgi.panels.history_table.exporting import FORMATS, export
from ipyasgi.protocol.errors import RequestError


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_is_what_the_exchanges_make_of_themselves(explorer: Explorer, kind: str) -> None:
    """The text is that of `Exchanges.to_...`; one exchange is told by its name, several by their number."""
    one = explorer.get("/echo", params={"token": "s3cret"})
    two = Exchanges([one, explorer.post("/items", json={"a": 1})])
    made = export(two, kind)
    assert made.text == getattr(two, f"to_{kind}")()
    assert made.about == f"2 exchanges as {kind}"
    assert "s3cret" not in made.text
    assert "." in made.filename
    assert export(Exchanges([one]), kind).about == f"r1 as {kind}"


def test_what_cannot_be_exported_is_said(explorer: Explorer) -> None:
    """A format there is not names those there are; nothing selected is no empty file."""
    explorer.get("/echo")
    with pytest.raises(RequestError, match="har"):
        export(explorer.history.filter(""), "docx")
    with pytest.raises(RequestError, match="select"):
        export(Exchanges(), "curl")
