"""A foreign text of whatever format: which one it is, told by what it begins with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .curl import read_curl
from .har import read_har
from .http_file import read_http
from .imported import Imported


def read_requests(text: str, *, base_url: str = "", variables: Mapping[str, Any] | None = None) -> Imported:
    """
    Return the requests of a text: a HAR archive, curl commands, or a ``.http`` file.

    :param base_url: a URL that means the app, as those of this machine do
    :param variables: values for the names in it; never an expression
    Raises `RequestError` for what cannot be read.
    """
    words = text.lstrip("\ufeff \t\r\n")
    if words.startswith("{"):
        return read_har(text, base_url=base_url)
    first = words.removeprefix("$ ").partition("\n")[0].partition(" ")[0]
    if first in ("curl", "curl.exe"):
        return read_curl(text, base_url=base_url, variables=variables)
    return read_http(text, base_url=base_url, variables=variables)
