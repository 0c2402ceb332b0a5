"""The files of `static/`, as text for the widgets. Only reading them lives here."""

from __future__ import annotations

from pathlib import Path

_STATIC = Path(__file__).with_name("static")


def read_static(*names: str) -> str:
    """Return the named files of `static/` joined in order: modules share code that way, without a bundler."""
    return "\n".join((_STATIC / name).read_text(encoding="utf-8") for name in names)
