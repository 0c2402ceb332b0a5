"""`import_requests`: reads any of the foreign formats."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .curl import read_curl
from .foreign_text import decode, format_of
from .har import read_har
from .http_file import read_http
from .imported import Imported

_SUFFIXES = (".http", ".rest", ".har", ".json", ".sh", ".curl", ".txt", ".yaml", ".yml")


def import_requests(
    text_or_path: str | bytes | os.PathLike[str], *, base_url: str = "", variables: Mapping[str, Any] | None = None
) -> Imported:
    """
    Return the requests of a ``.http`` file, a HAR archive or curl commands, to send with `Explorer.send`.

    :param text_or_path: the text, also as bytes in any usual encoding; a path, or the name of an existing file
    :param base_url: a further URL of the app, besides those of this machine
    :param variables: values for the variables in the text
    Raises `RequestError` for a text that cannot be read, ``FileNotFoundError`` for a file that does not exist.
    """
    text = _text_of(text_or_path).removeprefix("\ufeff")
    text = text.replace("\r\n", "\n") if "\n" in text else text.replace("\r", "\n")
    match format_of(text):
        case "har":
            return read_har(text, base_url=base_url)
        case "curl":
            return read_curl(text, base_url=base_url, variables=variables)
        case "http":
            return read_http(text, base_url=base_url, variables=variables)


def _text_of(text_or_path: str | bytes | os.PathLike[str]) -> str:
    if isinstance(text_or_path, bytes):
        return decode(text_or_path)
    path = _try_file(text_or_path)
    if path is not None:
        return decode(path.read_bytes())
    if not isinstance(text_or_path, str) or _looks_like_file(text_or_path):
        raise FileNotFoundError(f"there is no file {str(text_or_path)!r}: give its path, or the text itself")
    return text_or_path


def _try_file(text_or_path: str | os.PathLike[str]) -> Path | None:
    """Return the path of an existing file; None for any other text, which may be too long for a path."""
    try:
        path = Path(text_or_path).expanduser()
        return path if path.is_file() else None
    except (OSError, RuntimeError, ValueError):
        return None


def _looks_like_file(text: str) -> bool:
    """Return whether a text looks like a file name rather than a URL."""
    return text.endswith(_SUFFIXES) and len(text.split()) == 1 and "://" not in text and not text.startswith("{{")
