"""Media types by the first bytes of a body."""

import base64

import pytest

from ipyasgi.views.body.media import agrees, data_url, sniff


@pytest.mark.parametrize(
    ("content", "media_type", "found"),
    [
        (b"\x89PNG\r\n\x1a\n...", "", "image/png"),
        (b"\xff\xd8\xff\xe0", "text/html", "image/jpeg"),
        (b"GIF89a", "", "image/gif"),
        (b"GIF8 is no image", "", ""),
        (b"RIFF....WEBPVP8 ", "", "image/webp"),
        (b"RIFF....WAVEfmt ", "", "audio/wav"),
        (b"RIFF....what", "image/webp", ""),
        (b"\0\0\0\x1cftypavif", "", "image/avif"),
        (b"\0\0\0\x1cftypisom", "", "video/mp4"),
        (b"\0\0\0\x1cftypisom", "audio/mp4", "audio/mp4"),
        (b"\0\0\0\x1cftypM4A ", "audio/x-m4a", "audio/mp4"),
        (b"\0\0\0\x1cftypqt  ", "video/quicktime", ""),
        (b"ID3\x04", "", "audio/mpeg"),
        (b"\xff\xfb\x90", "audio/mpeg", "audio/mpeg"),
        (b"\xff\xfb\x90", "text/plain", ""),
        (b"OggS", "video/ogg", "video/ogg"),
        (b"OggS", "text/html", "audio/ogg"),
        (b"\x1a\x45\xdf\xa3....webm", "", "video/webm"),
        (b"\x1a\x45\xdf\xa3....webm", "audio/webm", "audio/webm"),
        (b"%PDF-1.7", "", "application/pdf"),
        (b"BM me up", "text/plain", ""),
        (b"BM......", "image/bmp", "image/bmp"),
        (b"<svg onload=alert(1)>", "image/png", ""),
        (b"", "image/png", ""),
    ],
)
def test_types_by_first_bytes(content: bytes, media_type: str, found: str) -> None:
    """The first bytes decide; the declared type counts only between sound and film, or for weak signatures."""
    assert sniff(content, media_type) == found


def test_names_that_mean_the_same() -> None:
    """Old and unofficial names of a type agree with it, and an office document is an archive."""
    assert agrees("image/jpg", "image/jpeg")
    assert agrees("audio/x-wav", "audio/wav")
    assert agrees("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/zip")
    assert not agrees("text/html", "image/png")
    assert not agrees("", "image/png")


def test_a_url_of_the_bytes() -> None:
    """The bytes come back out of the URL."""
    url = data_url(b'"><script>', "image/png")
    assert base64.b64decode(url.removeprefix("data:image/png;base64,")) == b'"><script>'
