"""Bytes as text."""

import codecs

import pytest

from ipyasgi.views.body.charset import read_text


def read(content: bytes, charset: str = "") -> tuple[str | None, tuple[str, ...]]:
    """Return the text of a whole body and what is odd about it."""
    return read_text(content, charset, whole=True)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("charset", ["", "latin-1", "utf-8"])
def test_a_byte_order_mark_wins(encoding: str, charset: str) -> None:
    """A byte order mark overrides any declaration and is not part of the text; a contradiction is noted."""
    mark = codecs.BOM_UTF16_BE if encoding == "utf-16-be" else b""
    text, notes = read(mark + "Ærø 你好".encode(encoding), charset)
    assert text == "Ærø 你好"
    agrees = not charset or (charset, encoding) == ("utf-8", "utf-8-sig")
    assert bool(notes) is not agrees


def test_a_declared_charset_is_used() -> None:
    """A known charset is used, and a note reports invalid bytes."""
    assert read("Ærø".encode("latin-1"), "ISO-8859-1") == ("Ærø", ())
    assert read("Ærø".encode("utf-16-le"), "utf-16-le") == ("Ærø", ())
    text, notes = read(b"mostly fine, but \xff here and more", "utf-8")
    assert text == "mostly fine, but � here and more"
    assert "�" in notes[0]


@pytest.mark.parametrize(
    "charset", ["klingon", "base64", "rot13", "idna", "unicode-escape", "undefined", "\0", "a" * 999]
)
def test_a_charset_that_is_none(charset: str) -> None:
    """An unsuitable charset is noted and read as utf-8, even if Python has a codec of that name."""
    text, notes = read(rb"abc\n", charset)
    assert text == r"abc\n"
    assert "is not known" in notes[0]


def test_text_that_does_not_say_its_charset() -> None:
    """Undeclared text is utf-8, else what it says in its own head, else windows-1252 as in browsers."""
    assert read("Ærø".encode()) == ("Ærø", ())
    assert read('<meta charset="latin-1">Ærø'.encode("latin-1"))[0] == '<meta charset="latin-1">Ærø'
    assert read('<?xml version="1.0" encoding="iso-8859-2"?>ł'.encode("iso-8859-2"))[0][-1] == "ł"
    text, notes = read("It’s Ærø, dear".encode("cp1252"))
    assert (text, "windows-1252" in notes[0]) == ("It’s Ærø, dear", True)
    mixed, notes = read("Ærø and more text".encode() + b"\xff")
    assert mixed == "Ærø and more text�"
    assert len(notes) == 1


def test_a_declaration_of_two_bytes_a_character_that_is_wrong() -> None:
    """Plain ASCII that is declared as UTF-16 is not turned into ideographs."""
    text, notes = read(b'{"plain": "ascii"}', "utf-16")
    assert text == '{"plain": "ascii"}'
    assert "plain ASCII" in notes[0]


@pytest.mark.parametrize(
    "content", [b"a\0b", bytes(range(1, 32)) * 3, bytes(range(128, 256)) * 4, b"\xff\xfe\xfd" * 50]
)
def test_binary_bodies(content: bytes) -> None:
    """Control characters, zeros, and bytes that fit no charset are not text."""
    assert read(content)[0] is None


def test_a_cut_within_a_character() -> None:
    """Of a body that is cut, half a character at the end is left out."""
    assert read_text("éé".encode()[:3], "", whole=False) == ("é", ())
