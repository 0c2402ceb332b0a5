"""Settings from outside: their names, what may stand for each, and ``[tool.ipyasgi]`` in ``pyproject.toml``.

===================  ======================  ==========  ==============================================================
name                 field of `Settings`     default     what it says
===================  ======================  ==========  ==============================================================
timeout              timeout_s               30          seconds for one request; ``none`` for ever
lifespan_timeout     lifespan_timeout_s      10          seconds for one lifespan step, startup or shutdown
show_secrets         show_secrets            false       show what would be masked
secret_names         secret_names                        names to mask too, beside those that say secret themselves
history_count        history_count           500         exchanges the history keeps
history_bytes        history_bytes           67108864    bytes the history keeps
body_shown_bytes     body_shown_bytes        65536       bytes of one body that a view shows
===================  ======================  ==========  ==============================================================

The later of these counts: the default; ``[tool.ipyasgi]`` of the nearest ``pyproject.toml`` at or above the working
directory that has it; ``c.AsgiMagics.timeout`` in an IPython profile; ``%config AsgiMagics.timeout = 5`` and
``%asgi config timeout=5``, which are the same; an option of the line, such as ``--timeout 5``. In Python all of it is
``Explorer(app, settings=Settings(...))`` and ``explorer.configure(...)``.
"""

from __future__ import annotations

import dataclasses
import math
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..explore.settings import Settings
from .grammar import did_you_mean
from .words import GrammarError

_MAX_INT = 2**53


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """
    One setting.

    :ivar name: outside of Python
    :ivar field: in `Settings`
    :ivar read: makes the field's value of a text, or of a value that is one already
    :ivar expects: what a person may write
    """

    name: str
    field: str
    read: Callable[[Any], Any]
    expects: str


SETTINGS: dict[str, Setting] = {
    setting.name: setting
    for setting in (
        Setting(name="timeout", field="timeout_s", read=_read_seconds_or_none, expects="seconds, or none for ever"),
        Setting(name="lifespan_timeout", field="lifespan_timeout_s", read=_read_seconds, expects="seconds"),
        Setting(name="show_secrets", field="show_secrets", read=_read_bool, expects="true or false"),
        Setting(name="secret_names", field="secret_names", read=_read_names, expects="names with commas between"),
        Setting(name="history_count", field="history_count", read=_read_count, expects="a number"),
        Setting(name="history_bytes", field="history_bytes", read=_read_count, expects="a number of bytes"),
        Setting(name="body_shown_bytes", field="body_shown_bytes", read=_read_count, expects="a number of bytes"),
    )
}


def read_setting(name: str, value: Any) -> tuple[str, Any]:
    """Return the field of `Settings` that a setting is, and its value; raises `GrammarError`."""
    setting = SETTINGS.get(name.replace("-", "_"))
    if setting is None:
        raise GrammarError(f"there is no setting {name!r}{did_you_mean(name, SETTINGS)}; %asgi config shows them")
    try:
        return setting.field, setting.read(value)
    except (ValueError, TypeError, KeyError, OverflowError):
        raise GrammarError(f"{name}={value}: give {setting.expects}") from None


def values_of(settings: Settings) -> dict[str, Any]:
    """Return the settings by their names outside of Python."""
    return {name: getattr(settings, setting.field) for name, setting in SETTINGS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectSettings:
    """
    What a project's file says.

    :ivar fields: values by field of `Settings`
    :ivar notes: what in it is not understood, one line each
    """

    fields: dict[str, Any] = dataclasses.field(default_factory=dict)
    notes: tuple[str, ...] = ()


def read_project(folder: Path) -> ProjectSettings:
    """Return ``[tool.ipyasgi]`` of the nearest ``pyproject.toml`` at or above ``folder`` that has it."""
    for place in (folder, *folder.parents):
        file = place / "pyproject.toml"
        try:
            if not file.is_file():
                continue
            table = tomllib.loads(file.read_text("utf-8")).get("tool", {}).get("ipyasgi")
        except (OSError, ValueError, AttributeError, RecursionError) as exc:
            return ProjectSettings(notes=(f"{file.name} cannot be read: {exc}",))
        if isinstance(table, dict):
            return _read_table(table)
    return ProjectSettings()


def _read_table(table: dict[str, Any]) -> ProjectSettings:
    fields: dict[str, Any] = {}
    notes: list[str] = []
    for name, value in table.items():
        try:
            field, read = read_setting(name, value)
        except GrammarError as exc:
            notes.append(f"pyproject.toml, [tool.ipyasgi]: {exc}")
        else:
            fields[field] = read
    return ProjectSettings(fields=fields, notes=tuple(notes))
