"""The ``.env`` file of the command ``ipyasgi --env FILE``."""

from __future__ import annotations

import io
import os
from pathlib import Path

from .protocol.errors import CallError


def add_environment(path: Path) -> None:
    """
    Add the variables of a ``.env`` file to the environment; existing variables are unchanged.

    Raises `CallError` for a file that cannot be read, with the number of an invalid line, but never with a value.
    """
    try:
        import dotenv
        from dotenv.parser import parse_stream
    except ImportError:
        raise CallError('--env needs python-dotenv: pip install "ipyasgi[env]"') from None
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, ValueError) as exc:
        why = exc.strerror if isinstance(exc, OSError) and exc.strerror else "it is not UTF-8 text"
        raise CallError(f"--env {path}: {why}") from None
    for each in parse_stream(io.StringIO(text)):
        # A line without "=" is a variable without a value; comments and empty lines have no key.
        if each.error or (each.key is not None and each.value is None) or "\0" in (each.value or ""):
            lines = each.original.string
            number = each.original.line + lines[: len(lines) - len(lines.lstrip())].count("\n")
            raise CallError(f"--env {path}, line {number}: write NAME=value, or # before a comment")
    for name, value in dotenv.dotenv_values(stream=io.StringIO(text)).items():
        os.environ.setdefault(name, value or "")
