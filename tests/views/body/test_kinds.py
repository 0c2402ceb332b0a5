"""What kind of thing a body is, and how much of it is shown."""

import base64
import dataclasses
import json
import os

import pytest

from ipyasgi import Settings
from ipyasgi.records.secret_rules import MASK
from ipyasgi.views.body.kinds import hexdump, show_body
from ipyasgi.views.body.shown import BodyShown

from ..exhibit import ANSWERS, PIXEL

_MULTIPART = b'--B\r\nContent-Disposition: form-data; name="password"\r\n\r\nhunter2\r\n--B--\r\n'


def shown(content: bytes, content_type: str = "", **settings: object) -> BodyShown:
    """Return the body as it is shown with some settings."""
    return show_body(content, content_type, dataclasses.replace(Settings(), **settings))


@pytest.mark.parametrize(
    ("content", "content_type", "kind"),
    [
        (b"", "text/plain", "empty"),
        (b'{"a":1}', "application/json", "json"),
        (b'{"a":1}', "application/vnd.api+json; charset=utf-8", "json"),
        (b'{"a":1}', "", "json"),
        (b"{not json}", "", "text"),
        (b'{"a":1}', "text/html", "text"),
        (b"<p>", "text/html", "text"),
        (b"<svg onload=x>", "image/svg+xml", "text"),
        (PIXEL, "image/png", "image"),
        (PIXEL, "text/html", "image"),
        (b"not a png", "image/png", "text"),
        (b"\x00\x01\x02", "", "hex"),
        (b"\x00\x01\x02", "text/plain", "hex"),
        (b"hello", "application/octet-stream", "text"),
        (b"RIFF....WAVE" + bytes(99), "image/webp", "audio"),
        (b"RIFF....what" + bytes(99), "image/webp", "hex"),
        (b"x", "this is ; no = content / type", "text"),
        (b"x", "text/plain; charset=", "text"),
        (b"x", "text/plain; charset=base64", "text"),
        (b"x", "text/plain; charset=\0", "text"),
    ],
)
def test_the_bytes_decide(content: bytes, content_type: str, kind: str) -> None:
    """The media type is believed where the bytes agree; a wrong or missing one breaks nothing."""
    assert shown(content, content_type).kind == kind


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/csv", "image/png", "multipart/form-data", "", "text/x"]
)
def test_any_bytes_can_be_shown(content_type: str) -> None:
    """Noise of any length under any media type is shown as something."""
    for size in (1, 2, 15, 400, 5000):
        assert shown(os.urandom(size), content_type).label


def test_the_rest_of_a_cut_body_is_counted() -> None:
    """No more than the setting is shown, and the rest is counted."""
    text = shown(b"x" * 10_000, "text/plain", body_shown_bytes=1000)
    assert (len(text.text), text.missing) == (1000, "cut here: 9.0 kB more")
    assert shown(b"x" * 1000, "text/plain", body_shown_bytes=1000).missing == ""
    laid_out = shown(json.dumps([{"n": 1}] * 500).encode(), "application/json", body_shown_bytes=1000)
    assert len(laid_out.text) == 1000
    assert laid_out.missing.startswith("cut here: 4.")
    assert "1.0 kB more" in shown(b"\0" * 2024, "").missing


def test_a_character_is_not_cut_in_half() -> None:
    """A cut in the middle of a character drops it instead of showing a replacement."""
    assert shown("é".encode() * 600, "text/plain", body_shown_bytes=1001).text == "é" * 500


def test_charsets() -> None:
    """A declared charset is used; notes report an unknown charset and invalid bytes."""
    assert shown("Ærø".encode("latin-1"), "text/plain; charset=latin-1").text == "Ærø"
    assert shown("Ærø".encode("utf-16"), 'text/plain; charset="UTF-16"').text == "Ærø"
    unknown = shown(b"abc", "text/plain; charset=klingon")
    assert (unknown.text, len(unknown.notes)) == ("abc", 1)


def test_images_are_data_urls_of_their_real_type() -> None:
    """An image is embedded with the type of its bytes; a big one is not shown."""
    image = shown(PIXEL, "text/html")
    assert image.source == "data:image/png;base64," + base64.b64encode(PIXEL).decode()
    assert image.notes == ("sent as text/html, but it is image/png",)
    big = shown(PIXEL + bytes(2_000_000), "image/png")
    assert (big.kind, big.source) == ("hex", "")


def test_records_are_a_table_too() -> None:
    """A list of records gets a table with a column for each name, cut to some rows, secrets masked."""
    table = shown(ANSWERS["records"][2], "application/json").table
    assert table is not None
    assert table.header == ("id", "name", "price", "tags", "color")
    assert (len(table.rows), table.left_out) == (50, "10 more rows")
    masked = shown(b'[{"a":1,"token":"t"},{"b":{"password":"p"}}]', "application/json").table
    assert masked is not None
    assert masked.rows == (("1", MASK, ""), ("", "", f'{{"password": "{MASK}"}}'))
    assert shown(b"[1, 2]", "application/json").table is None


def test_csv_is_a_table_too() -> None:
    """Comma- and tab-separated values get a table, quotes understood."""
    table = shown(b'a,b\n1,"x, y"\n', "text/csv").table
    assert table is not None
    assert (table.header, table.rows) == (("a", "b"), (("1", "x, y"),))
    tabs = shown(b"a\tb\n1\t2\n", "text/tab-separated-values").table
    assert tabs is not None
    assert tabs.rows == (("1", "2"),)
    assert shown(b"just one line", "text/csv").table is None


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"a=1&password=hunter2", "application/x-www-form-urlencoded"),
        (b"a=1&password=hunter2", "application/json"),
        (b'{"password": "hunter2", "cut": [', "application/json"),
        (b'{"password": "hunter2"}\n{"password": "hunter2"}\n', "application/x-ndjson"),
        (b'data: {"password": "hunter2"}\n\n', "text/event-stream"),
        (b'{"password": "hunter2"}', "text/plain"),
    ],
)  # fmt: skip
def test_secrets_are_masked_with_any_media_type(content: bytes, content_type: str) -> None:
    """A secret field of JSON or a form is masked even where the content type does not say what the body is."""
    assert "hunter2" not in shown(content, content_type).text
    assert MASK in shown(content, content_type).text
    assert "hunter2" in shown(content, content_type, show_secrets=True).text


@pytest.mark.parametrize(
    "content",
    [
        b"a=b" + b"&aaaaaaaaaa" * 40 + b" ",
        b"a=b&" + b"a" * 400_000 + b" ",
        b"{" + b"".join(b'"%d":1,' % number for number in range(90_000)) + b'"89999":1}',
        b"[0, [" + b" " * 400_000 + b"1]]",
    ],
    ids=["many fields", "a long field", "many names", "white space"],
)
def test_hostile_bodies_are_shown_in_linear_time(content: bytes) -> None:
    """A body that almost is a form, and JSON of many names or much white space, hold nothing up."""
    assert shown(content, "text/plain").text
    assert shown(content, "application/json").text


def test_json_nested_too_deeply_is_laid_out() -> None:
    """JSON that is nested too deeply for the parser is shown, and a note reports that it was not checked."""
    deep = shown(b"[" * 100_000, "application/json")
    assert (deep.kind, deep.notes) == ("json", ("nested too deeply to be checked",))


def test_a_hexdump_has_rows_of_sixteen() -> None:
    """Each row has its offset, up to sixteen bytes and their printable characters."""
    first, second = hexdump(bytes(range(0x3A, 0x4C))).split("\n")
    assert first == "00000000  3a 3b 3c 3d 3e 3f 40 41  42 43 44 45 46 47 48 49  :;<=>?@ABCDEFGHI"
    assert second.split() == ["00000010", "4a", "4b", "JK"]
    assert hexdump(b"\x00\xff").endswith("··")
    assert hexdump(b"") == ""
