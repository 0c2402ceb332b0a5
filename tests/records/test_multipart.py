"""A multipart body taken apart."""

import time

import pytest

from ipyasgi.records.multipart import boundary_of, field_names, find_contents, parameter, split

_PART = b'Content-Disposition: form-data; name="a"\r\n\r\n1\r\n'


def names(content: bytes, boundary: bytes = b"B") -> list[str]:
    """Return the names of the parts."""
    return [part.name for part in split(content, boundary, 20)[0]]


def test_parts_with_their_headers() -> None:
    """Name, file name, type, other headers and content of each part are told apart; content keeps its line ends."""
    content = (
        b'preamble\r\n--B\r\ncontent-disposition: form-data; filename="a \\"b\\".txt"; name=up\r\n'
        b"Content-Type: text/x;\r\n charset=utf-8\r\nX-More: 1\r\n\r\n"
        b"\r\none\r\n\r\n--Bad is not a boundary\r\n--B--\r\nepilogue"
    )
    (part,), count, closed = split(content, b"B", 20)
    assert (part.name, part.filename, part.content_type) == ("up", 'a "b".txt', "text/x; charset=utf-8")
    assert part.headers[2] == (b"x-more", b"1")
    assert part.content == b"\r\none\r\n\r\n--Bad is not a boundary"
    assert (count, closed) == (1, True)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"--B\r\n" + _PART + b"--B--", ["a"]),
        (b"--B\n" + _PART.replace(b"\r", b"") + b"--B--\n", ["a"]),
        (b"--B\r\n" + _PART + b"--B\r\n" + _PART, ["a", "a"]),
        (b"--B\r\n\r\nno headers\r\n--B--", [""]),
        (b"--B\r\nonly: headers", [""]),
        (b"--B--", []),
        (b"no boundary at all", []),
        (b"--B\r\n--B\r\n--B--", ["", ""]),
    ],
)
def test_bodies_that_are_not_as_they_should_be(content: bytes, found: list[str]) -> None:
    """Missing headers, line feeds alone and a missing end are read as far as they go."""
    assert names(content) == found


def test_many_parts_are_counted() -> None:
    """Parts beyond a limit are counted and not taken out."""
    parts, count, closed = split((b"--B\r\n" + _PART) * 500, b"B", 20)
    assert (len(parts), count, closed) == (20, 500, False)


def test_where_contents_are() -> None:
    """The content of each part is found in the body, behind long headers and outside of the boundaries too."""
    part = _PART.decode()
    body = f"{part}--B\r\n{part}--B\r\nx: {'y' * 20_000}\r\n{part}--B--\r\n{part}"
    found = find_contents(body, "multipart/form-data; boundary=B")
    assert [(name, body[start:end]) for name, start, end, _ in found] == [("a", "1")] * 3 + [("a", "1\r\n")]
    assert [(name, part[start:end]) for name, start, end, _ in find_contents(part, "text/plain")] == [("a", "1\r\n")]


def test_names_of_fields_anywhere() -> None:
    """A part without its boundary, with line feeds alone, or with a white space for a semicolon still has its name."""
    text = 'Content-Disposition: form-data; name="a"\n\nsays name=b\nContent-disposition: form-data\n name=c\n\n1'
    assert field_names(text) == ["a", "c"]


@pytest.mark.parametrize("run", [" ", ";", "a ", ';a="', '\\"', "; a", '"'])
def test_parameters_in_linear_time(run: str) -> None:
    """A header of nothing but beginnings costs no more than its length."""
    begun = time.process_time()
    assert parameter("form-data" + run * 200_000, "name") == ""
    assert time.process_time() - begun < 2


def test_the_boundary() -> None:
    """The declared boundary is used where the body has it; else the body's first line, where headers follow it."""
    body = b"--B\r\n" + _PART + b"--B--"
    assert boundary_of(body, 'multipart/form-data; boundary="B"') == b"B"
    assert boundary_of(body, "Multipart/Mixed;charset=x;boundary=B") == b"B"
    assert boundary_of(body, "multipart/form-data; boundary=wrong") == b"B"
    assert boundary_of(body, "text/plain") == b"B"
    assert boundary_of(b"--B\r\njust a line\r\n", "text/plain") == b""
    assert boundary_of(b"--B is a diff\r\n+++ c", "") == b""


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("text/plain; charset=x", "x"),
        ('text/plain;CHARSET="x y"', "x y"),
        ("text/plain; other=charset=y", ""),
        ("text/plain; xcharset=y", ""),
        ("text/plain; charset=", ""),
        ("", ""),
    ],
)
def test_parameters_of_a_field(value: str, found: str) -> None:
    """A parameter is found by its whole name, with or without quotes."""
    assert parameter(value, "charset") == found
