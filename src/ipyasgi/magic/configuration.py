"""Settings from outside of Python: as text, and as ``[tool.ipyasgi]`` in ``pyproject.toml``.

Each of these overrides those before it: the default; ``[tool.ipyasgi]`` of the nearest ``pyproject.toml`` at or above
the working directory that has it; ``c.AsgiMagics.timeout`` in an IPython profile; ``%config AsgiMagics.timeout = 5`` or
the equivalent ``%asgi config timeout=5``; an option of the line, such as ``--timeout 5``. The equivalent Python is
``Explorer(app, settings=Settings(...))`` and ``explorer.configure(...)``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..records.settings import SETTINGS, Settings
from .grammar import did_you_mean
from .tokenizer import GrammarError


def read_setting(name: str, value: Any) -> tuple[str, Any]:
    """Return the field of `Settings` for the name of a setting, and its value; raises `GrammarError`."""
    setting = SETTINGS.get(name.replace("-", "_"))
    if setting is None:
        raise GrammarError(f"Unknown setting {name!r}.{did_you_mean(name, SETTINGS)} `%asgi config` lists all.")
    try:
        return setting.field, setting.read(value)
    except (ValueError, TypeError, KeyError, OverflowError):
        raise GrammarError(f"Invalid value: {name}={value}. Give {setting.expects}.") from None


def values_of(settings: Settings) -> dict[str, Any]:
    """Return the settings by their names outside of Python."""
    return {name: getattr(settings, setting.field) for name, setting in SETTINGS.items()}


def read_project(folder: Path) -> tuple[dict[str, Any], list[str]]:
    """
    Read ``[tool.ipyasgi]`` of the nearest ``pyproject.toml`` at or above ``folder`` that has it.

    Return the values by field of `Settings`, and a line for each error.
    """
    for directory in (folder, *folder.parents):
        file = directory / "pyproject.toml"
        try:
            if not file.is_file():
                continue
            table = _read_toml(file).get("tool", {}).get("ipyasgi")
        except (OSError, ValueError, AttributeError, RecursionError) as exc:
            return {}, [f"Cannot read {file.name}: {exc}"]
        if isinstance(table, dict):
            return _read_table(table)
    return {}, []


def _read_toml(file: Path) -> dict[str, Any]:
    import tomllib  # needed only where there is such a file

    return tomllib.loads(file.read_text("utf-8"))


def _read_table(table: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    fields: dict[str, Any] = {}
    errors: list[str] = []
    for name, value in table.items():
        try:
            field, read = read_setting(name, value)
        except GrammarError as exc:
            errors.append(f"pyproject.toml, [tool.ipyasgi]: {exc}")
        else:
            fields[field] = read
    return fields, errors
