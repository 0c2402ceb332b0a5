"""`file_names`: the files and folders that a path which is being typed may mean."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path

_MOST = 1000  # entries of one folder
_PLAIN = re.compile(r"[\w.+,~/-]+")


def file_names(fragment: str, suffixes: Collection[str] = ()) -> list[str]:
    """
    Return paths that begin with a fragment, in quotes where the magic needs them: files with a suffix come first.

    Folders end with a slash. Hidden entries are left out until the dot is typed.

    :param fragment: as it is written, perhaps with an opening quote
    :param suffixes: such as ``.jsonl``
    """
    folder, slash, begun = fragment.removeprefix('"').rpartition("/")
    entries = [
        (name, is_folder)
        for name, is_folder in _entries(folder + slash)
        if name.isprintable() and '"' not in name and (begun.startswith(".") or not name.startswith("."))
    ]
    entries.sort(key=lambda one: (one[1] or Path(one[0]).suffix.lower() not in suffixes, one[0].casefold()))
    paths = (folder + slash + name + "/" * is_folder for name, is_folder in entries)
    return [path if _PLAIN.fullmatch(path) and not fragment.startswith('"') else _quoted(path) for path in paths]


def _entries(folder: str) -> Iterator[tuple[str, bool]]:
    """Yield names of a folder, each with whether it is a folder; none if it cannot be read."""
    try:
        with os.scandir(Path(folder).expanduser()) as found:
            for entry in islice(found, _MOST):
                yield entry.name, entry.is_dir()
    except (OSError, RuntimeError):  # such as for the home of an unknown user
        return


def _quoted(path: str) -> str:
    """Return a path in quotes; without the closing one for a folder, in which typing goes on."""
    return f'"{path}' if path.endswith("/") else f'"{path}"'
