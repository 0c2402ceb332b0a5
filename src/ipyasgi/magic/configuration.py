"""Settings from outside of Python: their values as text, and ``[tool.ipyasgi]`` in ``pyproject.toml``.

The later of these counts: the default; ``[tool.ipyasgi]`` of the nearest ``pyproject.toml`` at or above the working
directory that has it; ``c.AsgiMagics.timeout`` in an IPython profile; ``%config AsgiMagics.timeout = 5`` and
``%asgi config timeout=5``, which are the same; an option of the line, such as ``--timeout 5``. In Python all of it is
``Explorer(app, settings=Settings(...))`` and ``explorer.configure(...)``.
"""

from __future__ import annotations

import dataclasses
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..records.settings import SETTINGS, Settings
from .grammar import did_you_mean
from .tokenizer import GrammarError


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
