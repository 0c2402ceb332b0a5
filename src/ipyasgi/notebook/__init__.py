"""Floor 12: the only module that knows IPython: the magics, the completion hook, tracebacks, the terminal.

``%load_ext ipyasgi`` calls `load`, and ``%unload_ext ipyasgi`` calls `unload`.
"""

from __future__ import annotations

from typing import Any

from .magics import AsgiMagics


def load(shell: Any) -> None:
    """Register the magic with this shell, once; replaces the magic of an ipyasgi that was reloaded."""
    if isinstance(try_magics(shell), AsgiMagics):  # by `ipyasgi --lab`, before the first cell: keep its apps
        return
    unload(shell)
    magics = AsgiMagics(shell)
    shell.register_magics(magics)
    magics.open()


def unload(shell: Any) -> None:
    """Close every attached app and remove what `load` has registered."""
    magics = try_magics(shell)
    if magics is None:
        return
    try:
        magics.close()
    finally:  # an app may fail in its shutdown
        for table in shell.magics_manager.magics.values():
            table.pop("asgi", None)
        shell.magics_manager.registry.pop(type(magics).__name__, None)
        shell.configurables[:] = [one for one in shell.configurables if one is not magics]


def try_magics(shell: Any) -> AsgiMagics | None:
    """Return the magics object of a shell, or None if the extension is not loaded."""
    found = shell.magics_manager.registry.get(AsgiMagics.__name__)
    # Compared by name: %reload_ext creates a new class, and the object of the old class must still be found.
    return found if type(found).__name__ == AsgiMagics.__name__ else None
