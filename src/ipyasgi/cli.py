"""The command ``ipyasgi``: sends a request to an app and ends (`one_shot`), or opens a `session` on it."""

from __future__ import annotations

import gc
import importlib
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command, and return the exit status."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    collects = gc.isenabled()
    gc.disable()  # imports leave no garbage, and the collector would search all that was imported, again and again
    try:
        # Both are imported here, because sending must not import IPython.
        one_shot = importlib.import_module(".one_shot.command", __package__)
        if one_shot.is_one_shot(words):
            return int(one_shot.send_once(words))
        session = importlib.import_module(".session", __package__)
    finally:
        if collects:
            gc.enable()
    return int(session.open_session(words))


if __name__ == "__main__":
    sys.exit(main())
