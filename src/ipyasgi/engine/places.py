"""Where code comes from, in words: whose file it is, and a short name for a line in it. Pure, reads no file."""

from __future__ import annotations

import os
from pathlib import Path

_OURS = str(Path(__file__).parents[1]) + os.sep
_OUR_APPS = (_OURS + "samples" + os.sep, _OURS + "teaching" + os.sep)
_STDLIB = str(Path(os.__file__).parent) + os.sep  # sysconfig knows it too, but is slow to import
_PACKAGES = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")


def owner_of(filename: str) -> str:
    """Return whose code a file holds: empty for the user's, ``ipyasgi``, a package's name, or ``Python``."""
    if filename.startswith(_OUR_APPS):
        return ""
    if filename.startswith(_OURS):
        return "ipyasgi"
    for mark in _PACKAGES:
        if mark in filename:
            return Path(filename.rpartition(mark)[2]).parts[0].removesuffix(".py")
    if filename.startswith((_STDLIB, "<frozen ")):
        return "Python"
    return ""


def place_of(filename: str, line: int) -> str:
    """Return ``shop/api.py:42`` for a line of a file, ``cell:3`` for one of a notebook's cell."""
    parts = filename.replace("\\", "/").split("/")
    if filename.startswith("<ipython-input") or any(part.startswith("ipykernel_") for part in parts):
        return f"cell:{line}"
    return f"{'/'.join(parts[-2:])}:{line}"
