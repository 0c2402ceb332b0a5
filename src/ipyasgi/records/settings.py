"""The settings as one frozen value. Reads no file, no environment, no shell.

The trait of the magics, ``[tool.ipyasgi]``, ``%asgi config`` and the reference's table are generated from the fields.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from ..shown import Shown
from .redaction import Redactor

_MAX_INT = 2**53

CLIENT_ADDRESS = ("127.0.0.1", 50000)
"""``scope["client"]`` of an explorer's requests: an address, as from a server, because apps parse it."""


def _read_seconds(value: Any) -> float:
    seconds = float(value)
    if isinstance(value, bool) or not 0 < seconds < math.inf:
        raise ValueError
    return seconds


def _read_seconds_or_none(value: Any) -> float | None:
    return None if value is None or str(value).lower() == "none" else _read_seconds(value)


def _read_bool(value: Any) -> bool:
    return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}[str(value).lower()]


def _read_count(value: Any) -> int:
    count = int(value)
    if isinstance(value, bool) or not 0 <= count <= _MAX_INT:
        raise ValueError
    return count


def _read_names(value: Any) -> tuple[str, ...]:
    names = value.split(",") if isinstance(value, str) else list(value)
    if not all(isinstance(name, str) for name in names):
        raise ValueError
    return tuple(filter(None, map(str.strip, names)))


def read_base_url(value: Any) -> str:
    """Return a base URL, with ``http://`` if it is only a host; raises `ValueError` for anything else."""
    text = str(value).strip()
    text = text if "://" in text else f"http://{text}"
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"[\s\x00]", text):
        raise ValueError
    if parts.query or parts.fragment or (parts.port or 1) < 1:
        raise ValueError
    return text.rstrip("/")


def _setting(default: Any, read: Callable[[Any], Any], expects: str, help: str) -> Any:
    return dataclasses.field(default=default, metadata={"read": read, "expects": expects, "help": help})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(Shown):
    """
    The settings of one explorer; `SETTINGS` has the help text of each.

    :ivar redactor: masks secrets according to the settings and the app's document
    """

    timeout_s: float | None = _setting(
        30.0, _read_seconds_or_none, "seconds, or none for no limit", "Seconds for one request; None for no limit."
    )
    lifespan_timeout_s: float = _setting(
        10.0, _read_seconds, "seconds", "Seconds for one lifespan step, startup or shutdown."
    )
    base_url: str = _setting(
        "http://localhost:8000",
        read_base_url,
        "a URL such as https://shop.example",
        "Scheme, host and port that requests are sent to: the app's Host header.",
    )
    show_secrets: bool = _setting(False, _read_bool, "true or false", "Show secrets instead of masks.")
    secret_names: tuple[str, ...] = _setting(
        (), _read_names, "names separated by commas", "Further headers, cookies and fields to mask."
    )
    history_count: int = _setting(500, _read_count, "a number", "Exchanges the history keeps.")
    history_bytes: int = _setting(64 * 1024 * 1024, _read_count, "a number of bytes", "Bytes the history keeps.")
    body_bytes: int = _setting(
        32 * 1024 * 1024,
        _read_count,
        "a number of bytes",
        "Longest body that an exchange keeps whole; of a longer one it keeps the first 1 MiB, size and digest.",
    )
    body_shown_bytes: int = _setting(
        64 * 1024, _read_count, "a number of bytes", "Bytes of one body that a view shows."
    )
    trace: bool = _setting(
        False,
        _read_bool,
        "true or false",
        "Trace every request: its SQL, HTTP and cache calls, and problems such as N+1.",
    )
    contract: bool = _setting(
        True, _read_bool, "true or false", "Compare each response with the app's own OpenAPI document."
    )
    redactor: Redactor = dataclasses.field(default=Redactor(), compare=False, repr=False)

    def __post_init__(self) -> None:
        names = frozenset(self.secret_names)
        object.__setattr__(self, "redactor", replace(self.redactor, names=names, show=self.show_secrets))


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """
    One setting.

    :ivar name: as users write it; in `Settings` it is ``field``
    :ivar read: converts a text or a value; raises `ValueError`, `TypeError`, `KeyError` or `OverflowError`
    :ivar expects: the values that users may write
    """

    name: str
    field: str
    default: Any
    read: Callable[[Any], Any]
    expects: str
    help: str


SETTINGS: dict[str, Setting] = {
    setting.name: setting
    for setting in (
        Setting(name=one.name.removesuffix("_s"), field=one.name, default=one.default, **one.metadata)
        for one in dataclasses.fields(Settings)
        if one.metadata
    )
}
"""The settings by name, as users write it."""
