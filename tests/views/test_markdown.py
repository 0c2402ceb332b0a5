"""The Markdown of descriptions, as an app's author or a stranger may write it: read into blocks of plain text."""

import pytest

from ipyasgi.views.markdown import MOST_CHARS, Block, Span, read_markdown


def shown(text: str) -> list[str]:
    """Return the spans of the first block, each with the marks of its styles, and its link."""
    return [
        f"{'*' * one.bold}{'/' * one.italic}{'`' * one.code}{one.text}{f' -> {one.href}' if one.href else ''}"
        for one in read_markdown(text)[0].spans
    ]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("plain", ["plain"]),
        ("one\ntwo", ["one two"]),
        ("one  \ntwo<br>three\\\nfour", ["one\ntwo\nthree\nfour"]),
        ("a **b** c", ["a ", "*b", " c"]),
        ("**b `c` *d***", ["*b ", "*`c", "* ", "*/d"]),
        ("_a_ and __b c__", ["/a", " and ", "*b c"]),
        ("snake_case_name and __init__.py", ["snake_case_name and __init__.py"]),
        ("*args, **kwargs", ["*args, **kwargs"]),
        ("``a`b`` `c`", ["`a`b", " ", "`c"]),
        ("`**no**`", ["`**no**"]),
        (r"\*no\*", ["*no*"]),
        ("[a](https://x.org/b_c)", ["a -> https://x.org/b_c"]),
        ("<https://x.org>, and", ["https://x.org -> https://x.org", ", and"]),
        ("http://y.org/a.", ["http://y.org/a -> http://y.org/a", "."]),
        ("[a](mailto:a@b.c)", ["a -> mailto:a@b.c"]),
        ("[a](/docs)", ["a"]),
        ("[a](javascript:alert(1))", ["[a](javascript:alert(1))"]),
        ("[a](javascript:alert)", ["a"]),
        ("<script>a</script> <b>", ["<script>a</script> <b>"]),
    ],
)  # fmt: skip
def test_a_line(text: str, spans: list[str]) -> None:
    """Bold, italic, code and links are styles of text; all else, HTML and unknown addresses included, stays text."""
    assert shown(text) == spans


def test_blocks() -> None:
    """A list, a numbered one within, a table, code and a quote are blocks of their own."""
    text = "# Head\nText\n- a\n  b\n- c\n  3. d\n\n```py\nx = '<'\n```\n> e\n\n|f|g|\n|-|:-:|\n|`h`|\n\n---\n\n    i\n"
    head, para, items, code, quote, table, indented = read_markdown(text)
    assert (head.kind, para.kind) == ("heading", "paragraph")
    assert [part[0].spans[0].text for part in items.parts] == ["a b", "c"]
    assert (items.start, items.parts[1][1].start) == (None, 3)
    assert code == Block(kind="code", code="x = '<'")
    assert quote.parts[0][0].spans == (Span(text="e"),)
    assert table.rows == (((Span(text="f"),), (Span(text="g"),)), ((Span(text="h", code=True),), ()))
    assert indented.code == "i"


def test_the_sections_of_a_docstring() -> None:
    """The lines of arguments stay lines, fields of Sphinx too; an example is code, an underlined word a heading."""
    text = "Args:\n    a: one\n    b: two\n\n:param a: one\n:return: two\n\n>>> f()\n1\n\nNotes\n-----\nthree"
    args, fields, code, head, _ = read_markdown(text)
    assert args.spans[0].text == "Args:\na: one\nb: two"
    assert fields.spans[0].text == ":param a: one\n:return: two"
    assert code.code == ">>> f()\n1"
    assert (head.kind, head.spans[0].text) == ("heading", "Notes")


def test_a_text_without_end() -> None:
    """Of a long text the beginning is read, which is said; lists within lists end somewhere."""
    assert read_markdown("a " * MOST_CHARS)[-1].spans[0].text == "… (cut)"
    blocks, depth = read_markdown("\n".join(f"{'  ' * n}- a" for n in range(50))), 0
    while blocks and blocks[-1].parts:
        blocks, depth = blocks[-1].parts[-1], depth + 1
    assert depth == 4
    assert read_markdown("") == read_markdown(" \n\n") == ()
