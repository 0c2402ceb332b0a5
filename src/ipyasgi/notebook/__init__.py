"""Floor 12: IPython lives here and nowhere else: the magics object, the completion hook, tracebacks.

`load` and `unload` are what ``%load_ext ipyasgi`` and ``%unload_ext ipyasgi`` come to.
"""

from __future__ import annotations

from typing import Any

from .magics import AsgiMagics


def load(shell: Any) -> None:
    """Register the magic with this shell, once; what an older ipyasgi registered is undone first."""
    if isinstance(try_magics(shell), AsgiMagics):  # by `ipyasgi --lab`, before the first cell: what is attached stays
        return
    unload(shell)
    magics = AsgiMagics(shell)
    shell.register_magics(magics)
    magics.open()


def unload(shell: Any) -> None:
    """Close every attached app and take back whatever `load` put into the shell."""
    magics = try_magics(shell)
    if magics is None:
        return
    try:
        magics.close()
    finally:  # also when an app fails in its shutdown
        for table in shell.magics_manager.magics.values():
            table.pop("asgi", None)
        shell.magics_manager.registry.pop(type(magics).__name__, None)
        shell.configurables[:] = [one for one in shell.configurables if one is not magics]


def try_magics(shell: Any) -> AsgiMagics | None:
    """Return the magics object of a shell, or None where the extension is not loaded."""
    found = shell.magics_manager.registry.get(AsgiMagics.__name__)
    # Compared by name: after %reload_ext the class is another object, and the old one must still be found.
    return found if type(found).__name__ == AsgiMagics.__name__ else None
