"""`CheckResult`: the same words as text and as HTML."""

from ipyasgi.teaching import CheckResult

WRONG = CheckResult(exercise="01-2", state="wrong", what="it answers b'<b>&'", look="where does it end?")


def test_text_has_the_hint_below():
    """In a terminal the mark and the name come first, the hint on a line of its own."""
    assert repr(WRONG) == "✗ 01-2  it answers b'<b>&'\n        where does it end?"


def test_text_without_a_hint_is_one_line():
    """A result without a hint is one line."""
    assert repr(CheckResult(exercise="01-2", state="passed", what="well done")) == "✓ 01-2  well done"


def test_html_escapes_what_the_answer_said():
    """What came from the answer is shown and does nothing."""
    html = WRONG._repr_html_()
    assert "it answers b&#39;&lt;b&gt;&amp;&#39;" in html
    assert "where does it end?" in html
    assert "<b>&" not in html


def test_html_sets_code_apart():
    """What stands between backticks is code in HTML, and escaped there as well."""
    html = CheckResult(exercise="01-2", state="open", what="replace the `<...>` here")._repr_html_()
    assert "replace the <code>&lt;...&gt;</code> here" in html
