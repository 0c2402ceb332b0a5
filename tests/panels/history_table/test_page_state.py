"""What the page gets of the history: rows in words, and no secret in a filter or a mistake."""

import pytest

from ipyasgi import Explorer, Settings
from ipyasgi.panels.history_table.page_state import page_filter, page_mistake, page_rows
from ipyasgi.protocol.errors import FilterError
from ipyasgi.records.redaction import MASK


def test_a_row_is_what_the_summary_says(explorer: Explorer) -> None:
    """Name, request, outcome and what else is to be known, with secrets masked and text that acts written out."""
    explorer.get("/echo", params={"token": "s3cret", "x": "\u202e"})
    (row,) = page_rows(explorer.history, Settings())
    assert (row["name"], row["method"], row["outcome"], row["tone"]) == ("r1", "GET", "200 OK", "good")
    assert "s3cret" not in repr(row)
    assert row["size"]
    explorer.replay("r1")
    assert page_rows(explorer.history, Settings())[1]["marks"] == ["replay of r1"]


def test_a_filter_that_names_a_secret_stays_in_the_kernel() -> None:
    """Any other is kept as it was typed; asked for, this one too."""
    assert page_filter("method:GET 4xx", Settings()) == "method:GET 4xx"
    assert page_filter("header:x-api-key=s3cret", Settings()) == MASK
    assert page_filter("header:x-api-key=s3cret", Settings(show_secrets=True)) == "header:x-api-key=s3cret"


@pytest.mark.parametrize(("word", "told"), [("stat:4xx", True), ("token:s3cret", False)])
def test_a_mistake_names_its_word_unless_it_may_be_secret(explorer: Explorer, word: str, told: bool) -> None:
    """What may stand there instead is said in any case."""
    with pytest.raises(FilterError) as caught:
        explorer.history.filter(word)
    text = page_mistake(caught.value, Settings())
    assert (word in text) is told
    assert "Write" in text
