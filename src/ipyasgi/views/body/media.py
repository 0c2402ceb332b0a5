"""What the first bytes of a body say it is, and images, sounds and films as ``data:`` URLs.

The type in a URL comes from here, never from a header: a browser acts on it.
"""

from __future__ import annotations

import base64

LIMIT_BYTES = 1024 * 1024
"""Media up to here are shown; a bigger one would make the notebook heavy."""

_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"OggS", "audio/ogg"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b\x08", "application/gzip"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
# Too short to mean anything by themselves; believed where the media type says the same.
_WEAK = (
    (b"BM", "image/bmp", ("image/bmp", "image/x-ms-bmp")),
    (b"\0\0\1\0", "image/x-icon", ("image/x-icon", "image/vnd.microsoft.icon")),
    (b"\xff\xfb", "audio/mpeg", ("audio/mpeg", "audio/mp3")),
    (b"\xff\xf3", "audio/mpeg", ("audio/mpeg", "audio/mp3")),
    (b"\xff\xf2", "audio/mpeg", ("audio/mpeg", "audio/mp3")),
)
_BRANDS = {b"avif": "image/avif", b"avis": "image/avif", b"M4A ": "audio/mp4"}
_ALIKE = {
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "image/vnd.microsoft.icon": "image/x-icon",
    "image/x-ms-bmp": "image/bmp",
    "audio/mp3": "audio/mpeg",
    "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
    "audio/x-flac": "audio/flac",
    "audio/x-m4a": "audio/mp4",
    "application/ogg": "audio/ogg",
    "application/x-pdf": "application/pdf",
    "application/x-gzip": "application/gzip",
    "application/x-zip-compressed": "application/zip",
}


def sniff(content: bytes, media_type: str) -> str:
    """
    Return the media type that the first bytes show, or an empty text.

    :param media_type: the declared one; it decides where the bytes leave a choice, as between sound and film
    """
    found = _by_bytes(content, media_type)
    declared = _ALIKE.get(media_type, media_type)
    both = {"audio/ogg": "video/ogg", "video/webm": "audio/webm", "video/mp4": "audio/mp4"}
    return declared if both.get(found) == declared else found


def agrees(media_type: str, found: str) -> bool:
    """Return whether a declared media type means what was found: ``image/jpg`` means ``image/jpeg``."""
    declared = _ALIKE.get(media_type, media_type)
    return declared == found or (found == "application/zip" and "." in declared)  # office documents are archives


def data_url(content: bytes, media_type: str) -> str:
    """Return the bytes as a URL; ``media_type`` is one of ours."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode('ascii')}"


def _by_bytes(content: bytes, media_type: str) -> str:
    for beginning, found in _BEGINNINGS:
        if content.startswith(beginning):
            return found
    for beginning, found, declared in _WEAK:
        if content.startswith(beginning) and media_type in declared:
            return found
    if content.startswith(b"RIFF"):
        return _RIFF.get(content[8:12], "")
    if content[4:8] == b"ftyp":
        brand = content[8:12]
        return _BRANDS.get(brand) or ("video/mp4" if brand[:3] in (b"iso", b"mp4", b"avc", b"M4V", b"das") else "")
    if content.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in content[:64]:
        return "video/webm"
    return ""
