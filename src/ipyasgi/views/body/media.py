"""The media type that the first bytes of a body show, and images, audio and video as ``data:`` URLs.

The type in a URL comes from here and never from a header, because a browser acts on it.
"""

from __future__ import annotations

import base64

LIMIT_BYTES = 1024 * 1024
"""Media up to this size are shown; larger media would make the notebook slow."""

_BEGINNINGS = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "audio/mpeg": (b"ID3",),
    "audio/flac": (b"fLaC",),
    "audio/ogg": (b"OggS",),
    "application/pdf": (b"%PDF-",),
    "application/zip": (b"PK\x03\x04",),
    "application/gzip": (b"\x1f\x8b\x08",),
}
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
# These are too short to be reliable, so the declared media type must agree.
_WEAK = {
    "image/bmp": (b"BM",),
    "image/x-icon": (b"\0\0\1\0",),
    "audio/mpeg": (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"),
}
_BRANDS = {b"avif": "image/avif", b"avis": "image/avif", b"M4A ": "audio/mp4"}
_ALTERNATIVES = {"audio/ogg": "video/ogg", "video/webm": "audio/webm", "video/mp4": "audio/mp4"}
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
    """Return the media type that the first bytes show, or nothing; the declared one decides between alternatives."""
    declared = _ALIKE.get(media_type, media_type)
    found = _by_bytes(content, declared)
    return declared if _ALTERNATIVES.get(found) == declared else found


def agrees(media_type: str, found: str) -> bool:
    """Return whether a declared media type means the detected one, as ``image/jpg`` means ``image/jpeg``."""
    declared = _ALIKE.get(media_type, media_type)
    return declared == found or (found == "application/zip" and "." in declared)  # office documents are archives


def data_url(content: bytes, media_type: str) -> str:
    """Return the bytes as a URL with a media type from this module."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode('ascii')}"


def _by_bytes(content: bytes, declared: str) -> str:
    for found, beginnings in _BEGINNINGS.items():
        if content.startswith(beginnings):
            return found
    if declared in _WEAK and content.startswith(_WEAK[declared]):
        return declared
    if content.startswith(b"RIFF"):
        return _RIFF.get(content[8:12], "")
    if content[4:8] == b"ftyp":
        brand = content[8:12]
        return _BRANDS.get(brand) or ("video/mp4" if brand[:3] in (b"iso", b"mp4", b"avc", b"M4V", b"das") else "")
    if content.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in content[:64]:
        return "video/webm"
    return ""
