"""A cell in the shape of a .http file: where its parts end."""

import pytest

from ipyasgi.magic.cells import read_part, split_cell
from ipyasgi.magic.tokenizer import GrammarError

MARKDOWN = "Content-Type: text/markdown\n\n# Title\n\n### Heading\n\ntext\n"


def lines_of(line: str, cell: str) -> list[str]:
    return [part.line for part in split_cell(line, cell)]


@pytest.mark.parametrize(
    ("line", "cell", "lines"),
    [
        ("POST /items", "\nX-A: 1\n\n{}\n### the second\nGET /items\n###\n\nDELETE /items/1\n", 3),
        ("", "GET /a\nX: 1\n", 1),
        ("", "\n\nGET /a\n###\nGET /b", 2),
        ("", "# a comment\n// another\nGET /a", 1),
        ("GET /a", "", 1),
        ("GET /a", "###\n###\n", 1),
        ("", "", 1),
        ("POST /a", MARKDOWN, 1),
        ("POST /a", MARKDOWN + "### next\nGET /b\n", 2),
        ("POST /a", MARKDOWN + "### next\n\n# a comment\nr << GET {{path}}\n", 2),
        ("POST /a", MARKDOWN + "###\nGETT /b\n", 2),
        ("POST /a", MARKDOWN + "###\n", 1),
        ("POST /a", "\n{}\n### x\nnot a request", 2),
        ("POST /a", "Content-Type: text/plain\n###\nnot a request", 2),
        ("import - --send", "GET /a\n###\nGET /b", 1),
        ("found << import -", "GET /a\n###\nGET /b", 1),
    ],
)
def test_parts(line: str, cell: str, lines: int) -> None:
    """### separates; in a body of text only where a request or the end follows; ``import`` takes the whole cell."""
    assert len(split_cell(line, cell)) == lines


def test_names_above() -> None:
    """``# @name x`` above a request is ``x <<``; its own name goes before."""
    assert lines_of("", "# @name login\nPOST /a\n###\n# @name = b\n\nc << GET /b\n### \n# @nam x\nGET /c") == [
        "login << POST /a",
        "c << GET /b",
        "GET /c",
    ]


def test_a_heading_can_be_written_anywhere() -> None:
    """A backslash before ### at the beginning of a line makes it a text, and goes."""
    (part,) = split_cell("POST /a", "Content-Type: text/plain\n\n\\### GET\nGET /x\n")
    headers, body = read_part(part.rest or "", lambda source: None)

    assert [name for name, _ in headers] == ["Content-Type"]
    assert body is not None
    assert body.fill() == "### GET\nGET /x"


def test_markdown_stays_whole() -> None:
    """The headings of a Markdown body are in it."""
    (part,) = split_cell("POST /a", MARKDOWN)
    body = read_part(part.rest or "", lambda source: None)[1]

    assert body is not None
    assert body.fill() == "# Title\n\n### Heading\n\ntext"


@pytest.mark.parametrize("line", ["?a=1", "&a=1", "  ?a=1"])
def test_a_query_goes_on_the_first_line(line: str) -> None:
    """The continuation of other clients is refused, not taken for a body."""
    with pytest.raises(GrammarError, match="name==value"):
        read_part(line, lambda source: None)
